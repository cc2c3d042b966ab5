import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type ApiFixture, apiFixture } from "../../apps/api/src/testing.ts";
import { everyObject } from "./every-object.ts";

/*
 * The OpenAPI document is valid by a validator that is not ours, and says what the server takes.
 */

const workers = join(import.meta.dirname, "../../apps/workers");

interface Body {
  readonly schema: {
    readonly oneOf?: { readonly $ref: string }[];
    readonly discriminator?: { readonly propertyName: string; readonly mapping: Record<string, string> };
    readonly properties?: Record<string, object>;
  };
  readonly examples?: Record<string, { readonly value: unknown }>;
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Record<string, Body> };
  readonly responses: Record<string, { readonly content?: Record<string, object> }>;
}
interface Document {
  readonly openapi: string;
  readonly tags: { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object>; readonly securitySchemes?: object };
}

let it: ApiFixture;
let document: Document;
beforeAll(async () => {
  it = await apiFixture({
    environment: { UWS_AUTH_BASIC: "true" },
    services: (configured) => {
      const [cone, free] = configured;
      if (cone === undefined || free === undefined) return [];
      const examples = ["crossmatch", "simulate"].map((name) => join(workers, name, "description.yaml"));
      return [
        ...configured,
        { ...cone, path: "all/of_it~", descriptions: [...cone.descriptions, ...free.descriptions, ...examples] },
        { ...cone, path: "staff", typeParameter: "kind", descriptions: examples, access: { anonymous: false } },
        {
          ...cone,
          path: "matched",
          descriptions: examples.slice(0, 1),
          errors: "votable",
          quota: { active: 1, over: "hold" },
        },
      ];
    },
  });
  document = (await (await fetch(`${it.api.url}/swagger/json`)).json()) as Document;
});
afterAll(() => it.close());

const forms = ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"];

/** Compiles schemas of the document, in which references point into the document. */
function compiler() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "openapi");
  return (schema: object) => {
    const pointing = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
    const validate = ajv.compile(pointing);
    return (value: unknown) => (validate(value) ? [] : (validate.errors ?? []).map(({ message }) => message));
  };
}

test("a validator of OpenAPI 3.1 finds nothing wrong, and every reference leads somewhere", async () => {
  expect(document.openapi).toBe("3.1.0");
  const copy = () => structuredClone(document) as unknown as Record<string, unknown>;
  const validator = new Validator();
  expect(await validator.validate(copy())).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  expect(() => validator.resolveRefs()).not.toThrow();
  // It is one that finds mistakes.
  const { valid } = await new Validator().validate({ ...copy(), paths: { a: {} } });
  expect(valid).toBe(false);
});

test("every schema is one of JSON Schema 2020-12", () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  let count = 0;
  for (const { schema } of everyObject(document)) {
    if (typeof schema !== "object" || schema === null) continue;
    count += 1;
    expect([schema, ajv.validateSchema(schema), ajv.errors]).toEqual([schema, true, null]);
  }
  for (const schema of Object.values(document.components.schemas)) expect(ajv.validateSchema(schema)).toBe(true);
  expect(count).toBeGreaterThan(200);
});

test("every operation has an id of its own, a tag of its service, and tells how it refuses", () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(document.tags.map(({ name }) => name)).toEqual([
    ...["cone", "api/batch", "all/of_it~", "staff", "matched", "server"],
  ]);
  for (const { path, responses } of operations.filter(({ path }) => path.endsWith("/async"))) {
    expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining(["400", "401", "403"])]);
    for (const status of ["400", "401", "403"]) {
      expect(Object.keys(responses[status]?.content ?? {})).toEqual(["text/plain", "application/problem+json"]);
    }
  }
  expect(document.components.securitySchemes).toMatchObject({
    basic: { type: "http", scheme: "basic" },
    worker: { type: "http", scheme: "bearer" },
    attempt: { type: "http", scheme: "bearer" },
  });
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(["Job", "JobList", "JobEvent", "JobDescription", "JobDescriptionList", "Problem"]),
  );
});

describe("the creation of a job at a service with several types", () => {
  test("is discriminated by the type parameter, in each kind of body", () => {
    for (const [path, parameter, names] of [
      ["/all/of_it~/async", "JOBTYPE", ["cone", "free", "crossmatch", "simulate"]],
      ["/staff/async", "kind", ["crossmatch", "simulate"]],
    ] as const) {
      const content = document.paths[path]?.post?.requestBody?.content ?? {};
      expect(Object.keys(content)).toEqual(forms);
      for (const { schema } of Object.values(content)) {
        expect(schema.discriminator?.propertyName).toBe(parameter);
        expect(Object.keys(schema.discriminator?.mapping ?? {})).toEqual([...names]);
        expect(Object.values(schema.discriminator?.mapping ?? {})).toEqual(
          (schema.oneOf ?? []).map(({ $ref }) => $ref),
        );
      }
      const fields = Object.keys(content["application/x-www-form-urlencoded"]?.schema.properties ?? {});
      expect(fields).toEqual(expect.arrayContaining([parameter, "PHASE", "RUNID", "DURATION"]));
      expect(content["multipart/form-data"]?.schema.properties?.TABLE ?? {}).toMatchObject({ format: "binary" });
    }
  });

  test("takes what the document allows, by exactly one of the types, and refuses the rest", async () => {
    const compile = compiler();
    const schema = document.paths["/all/of_it~/async"]?.post?.requestBody?.content["application/json"]?.schema ?? {};
    const problems = compile(schema);
    const statusOf = async (body: object) => {
      const headers = { "content-type": "application/json" };
      return (await it.post(`${it.api.url}/all/of_it~/async`, JSON.stringify(body), headers)).status;
    };
    for (const body of [
      { JOBTYPE: "cone", parameters: { RADIUS: 1 } },
      { JOBTYPE: "free", parameters: { RADIUS: 99, ANY: "1" }, runId: "a" },
      { JOBTYPE: "simulate", phase: "RUN", parameters: { DURATION: 1 } },
    ]) {
      expect([body, problems(body), await statusOf(body)]).toEqual([body, [], 303]);
    }
    for (const body of [{}, { JOBTYPE: "none" }, { JOBTYPE: "cone", parameters: { RADIUS: 99 } }]) {
      expect([body, problems(body).length > 0, await statusOf(body)]).toEqual([body, true, 400]);
    }
  });
});

test("every example is one: it fits its schema, and the server takes it", async () => {
  const compile = compiler();
  let count = 0;
  for (const path of ["/cone/async", "/all/of_it~/async", "/matched/async"]) {
    const content = document.paths[path]?.post?.requestBody?.content ?? {};
    for (const [type, { schema, examples = {} }] of Object.entries(content)) {
      for (const [name, { value }] of Object.entries(examples)) {
        expect([path, name, compile(schema)(value)]).toEqual([path, name, []]);
        if (type !== "application/json") continue;
        // An example may leave out the file that a person has to choose.
        const { phase: _phase, ...pending } = value as { phase: string };
        const answer = await it.post(it.api.url + path, JSON.stringify(pending), { "content-type": type });
        expect([path, name, answer.status, await answer.text()]).toEqual([path, name, 303, ""]);
        count += 1;
      }
    }
  }
  expect(count).toBeGreaterThan(3);
});

test("descriptions and events are what their schemas say", async () => {
  const compile = compiler();
  const { JobDescription = {}, JobDescriptionList = {}, JobEvent = {} } = document.components.schemas;
  const read = async (path: string) => await (await fetch(it.api.url + path)).json();
  expect(compile(JobDescription)(await read("/cone/description"))).toEqual([]);
  expect(compile(JobDescriptionList)(await read("/all/of_it~/description"))).toEqual([]);
  expect(compile(JobDescription)({ name: "x" })).not.toEqual([]);

  const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
  const attempt = await it.start(job);
  await it.progress(attempt, 1, 0.5, "half");
  await it.addResult(attempt, "result", "a,b\n");
  await it.complete(attempt);
  const events = (await (await fetch(`${job}/events`)).text())
    .split("\n\n")
    .filter((text) => text.startsWith("id:"))
    .map((text) =>
      Object.fromEntries(text.split("\n").map((line) => [line.split(": ")[0], line.replace(/^\w+: /, "")])),
    )
    .map(({ data = "", ...rest }) => ({ ...rest, data: JSON.parse(data) as unknown }) as { event?: string });
  expect(events.map(({ event }) => event)).toEqual(["progress", "log", "result", "phase", "end"]);
  for (const event of events) expect([event, compile(JobEvent)(event)]).toEqual([event, []]);
});
