import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compileSchema, type JsonObject } from "@uws/description";
import { type ApiFixture, apiFixture } from "../testing.ts";

/* Parameters whose xtype DALI defines, and groups of them, over HTTP. */

const cutout = `
name: cutout
version: 1.0.0
title: Cut-out
parameters:
  type: object
  additionalProperties: false
  required: [BAND]
  properties:
    BAND: { description: Wavelengths, items: { type: number, minimum: 0 }, x-ivoa: { xtype: interval, unit: m } }
    CIRCLE: { x-ivoa: { xtype: circle, unit: deg } }
    POLYGONS: { type: array, items: { x-ivoa: { xtype: polygon } } }
    FROM: { type: string, x-ivoa: { xtype: timestamp } }
    TABLE: { type: string, x-file: { mediaTypes: [text/csv], maxBytes: 1000 } }
groups:
  - { name: region, title: Where, parameters: [CIRCLE, POLYGONS] }
examples: [{ title: Visible, parameters: { BAND: [4.0e-7, "+Inf"] } }]
`;

let it: ApiFixture;
let list: string;
beforeAll(async () => {
  it = await apiFixture({
    services: ([cone, ...others]) => {
      if (cone === undefined) return [];
      const file = join(dirname(cone.descriptions[0] ?? ""), "cutout.yaml");
      writeFileSync(file, cutout);
      return [cone, ...others, { ...cone, path: "cutout", descriptions: [file] }];
    },
  });
  list = it.cones.replace("/cone/", "/cutout/");
});
afterAll(() => it.close());

const json = { "content-type": "application/json", accept: "application/json" };
const service = () => list.replace("/async", "");
const textOf = async (url: string) => await (await it.request(url)).text();

async function parametersOf(answer: Response): Promise<unknown> {
  expect([answer.status, await answer.clone().text()]).toEqual([303, ""]);
  const job = await it.request(answer.headers.get("location") ?? "", { headers: { accept: "application/json" } });
  return ((await job.json()) as { parameters: unknown }).parameters;
}

test("a form's text is kept as it was sent; JSON's numbers are kept as DALI writes them", async () => {
  const form = await it.post(
    list,
    new URLSearchParams({ BAND: "4e-7  +Inf", CIRCLE: "12.50 -45 1", FROM: "2004-02-29" }),
  );
  expect(await parametersOf(form)).toEqual([
    { name: "BAND", value: "4e-7  +Inf" },
    { name: "CIRCLE", value: "12.50 -45 1" },
    { name: "FROM", value: "2004-02-29" },
  ]);
  const polygons = "[[1, 1, 2, 1, 2, 2], [3.10, 1, 4, 1, 4, 2]]";
  const typed = `{"phase": "RUN", "parameters": {"band": [4e-7, "+Inf"], "CIRCLE": [12.50, -45, 1], "POLYGONS": ${polygons}}}`;
  expect(await parametersOf(await it.post(list, typed, json))).toEqual([
    { name: "band", value: "4e-7 +Inf" },
    { name: "CIRCLE", value: "12.50 -45 1" },
    { name: "POLYGONS", value: "1 1 2 1 2 2" },
    { name: "POLYGONS", value: "3.10 1 4 1 4 2" },
  ]);
  const batch = await it.post(`${list}/batch`, `{"jobs": [{"parameters": {"BAND": [1, 2]}}]}`, json);
  expect(batch.status).toBe(201);
});

test("what is wrong is told to programs as well, of every parameter", async () => {
  const jobs = await it.countJobs();
  const body = { executionDuration: "soon", parameters: { BAND: [2, 1], CIRCLE: "361 0 1", NO: "x".repeat(500) } };
  const answer = await it.post(list, JSON.stringify({ phase: "RUN", ...body }), json);
  const { errors, detail, code } = (await answer.json()) as {
    errors: Record<string, unknown>[];
    detail: string;
    code: string;
  };
  expect([answer.status, code]).toEqual([400, "invalid"]);
  const known = "is not a parameter of this job type; it has BAND, CIRCLE, POLYGONS, FROM, TABLE";
  const circle = 'must be a circle "longitude latitude radius": longitude 361 is not between 0 and 360';
  expect(errors.map(({ message: _, ...error }) => error)).toEqual([
    { parameter: "EXECUTIONDURATION", value: "soon", rule: expect.any(String) },
    { parameter: "BAND", value: "2 1", rule: 'must be an interval "low high": 2 to 1 is no interval: low comes first' },
    { parameter: "CIRCLE", value: "361 0 1", rule: circle },
    { parameter: "NO", value: `${"x".repeat(200)}…`, rule: known },
  ]);
  expect(errors.map(({ message }) => message).join("\n")).toBe(detail);
  expect(errors[2]?.message).toBe(`CIRCLE="361 0 1" ${circle}`);
  // Text stays text.
  expect(await (await it.post(list, new URLSearchParams({ CIRCLE: "361 0 1" }))).text()).toBe(
    `CIRCLE="361 0 1" ${circle}`,
  );
  const missing = await it.post(list, '{"phase": "RUN"}', json);
  expect(await missing.json()).toMatchObject({
    errors: [{ parameter: "BAND", value: null, rule: "is required", message: "BAND is required" }],
  });
  const batch = await it.post(`${list}/batch`, '{"jobs": [{}, {"parameters": {"CIRCLE": [1]}}]}', json);
  expect(await batch.json()).toMatchObject({ errors: [{ job: 1, parameter: "CIRCLE", value: "1" }] });
  // A change of a job, and what is wrong with no parameter.
  const job = (await it.post(list, "BAND=1+2")).headers.get("location") ?? "";
  const changed = await it.post(`${job}/parameters`, '{"FROM": "yesterday"}', json);
  expect(await changed.json()).toMatchObject({ errors: [{ parameter: "FROM", value: "yesterday" }] });
  expect(await (await it.post(list, "[", json)).json()).not.toHaveProperty("errors");
  expect(await it.countJobs()).toBe(jobs + 1);
});

test("descriptions for other programs have arraysize, xtype and groups", async () => {
  const capabilities = await textOf(`${service()}/capabilities`);
  expect(capabilities).toContain('<dataType arraysize="2" extendedType="interval">real</dataType>');
  expect(capabilities).toContain('<dataType arraysize="*" extendedType="polygon">real</dataType>');
  const descriptor = await textOf(`${service()}/description?RESPONSEFORMAT=datalink`);
  expect(descriptor).toMatch(
    /<PARAM ID="async.1" name="CIRCLE" datatype="double" arraysize="3" unit="deg" xtype="circle"/,
  );
  expect(descriptor).toMatch(/name="FROM" datatype="char" arraysize="\*" xtype="timestamp"/);
  expect(descriptor).toMatch(
    /<GROUP name="region"[^>]*>\s*<DESCRIPTION>Where<\/DESCRIPTION>\s*<PARAMref ref="async.1"><\/PARAMref>\s*<PARAMref ref="async.2">/,
  );
  const opus = await textOf(`${service()}/description?RESPONSEFORMAT=opus`);
  expect(opus).toMatch(/name="BAND" datatype="double" arraysize="2" xtype="interval"/);
  expect(opus).toMatch(/<GROUP name="region"[^>]*>\s*<DESCRIPTION>Where<\/DESCRIPTION>\s*<PARAMref ref="CIRCLE"/);
  const groups = [{ name: "region", title: "Where", parameters: ["CIRCLE", "POLYGONS"] }];
  expect(JSON.parse(await textOf(`${service()}/description`))).toMatchObject({ groups });
});

test("OpenAPI has an array in JSON and a text in forms, groups and limits", async () => {
  const document = (await (await fetch(`${it.api.url}/swagger/json`)).json()) as Document;
  const content = document.paths["/cutout/async"]?.post.requestBody.content ?? {};
  const body = content["application/json"]?.schema.properties.parameters as Body["schema"] | undefined;
  const fits = (schema: object | undefined, value: unknown) => compileSchema((schema ?? {}) as JsonObject)(value);
  const { BAND, CIRCLE, FROM } = body?.properties ?? {};
  expect([fits(BAND, [0, "+Inf"]), fits(BAND, [-1, 0]), fits(BAND, [1]), fits(BAND, "1 2")]).toEqual([
    ...[true, false],
    ...[false, false],
  ]);
  expect([fits(CIRCLE, [1, 2, 3]), fits(CIRCLE, [361, 2, 3]), fits(FROM, "now")]).toEqual([true, false, false]);
  const form = content["application/x-www-form-urlencoded"];
  expect([fits(form?.schema.properties.BAND, "0 +Inf"), fits(form?.schema.properties.BAND, "0")]).toEqual([
    true,
    false,
  ]);
  expect(form?.examples?.["cutout-1"]?.value).toEqual({ BAND: "4e-7 +Inf" });
  expect(content["application/json"]?.examples?.["cutout-1"]?.value).toMatchObject({
    parameters: { BAND: [4e-7, "+Inf"] },
  });
  expect(form?.schema).toMatchObject({
    "x-groups": [{ name: "region", title: "Where", parameters: ["CIRCLE", "POLYGONS"] }],
    "x-limits": { executionDuration: { default: 3600, max: 86_400 } },
  });
  expect(content["multipart/form-data"]?.schema.properties.TABLE).toEqual({
    ...{ type: "string", format: "binary", description: "(at most 1000 bytes, of type text/csv)" },
    ...{ contentMediaType: "text/csv", "x-file": { mediaTypes: ["text/csv"], maxBytes: 1000 } },
  });
  expect(document["x-limits"]).toMatchObject({ uploadBytes: 4 * 1024 ** 3, parameters: 1000 });
  expect(document.components.schemas.Problem?.properties).toHaveProperty("errors");
});

interface Body {
  readonly schema: { readonly properties: Record<string, object> };
  readonly examples?: Record<string, { readonly value: unknown }>;
}

interface Document {
  readonly paths: Record<
    string,
    { readonly post: { readonly requestBody: { readonly content: Record<string, Body> } } }
  >;
  readonly "x-limits": object;
  readonly components: { readonly schemas: Record<string, Body["schema"]> };
}
