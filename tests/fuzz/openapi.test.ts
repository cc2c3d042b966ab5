import { afterAll, expect } from "bun:test";
import { newAttemptToken } from "@uws/store";
import fc from "fast-check";
import { apiFixture } from "../../apps/api/src/testing.ts";
import { type Answer, answerOf, Checker, type OpenApiContent, type OpenApiOperation, utf8 } from "./answers.ts";
import { nearlyValid, valid } from "./arbitrary-of.ts";
import { formOf, multipartOf } from "./encode.ts";
import { fuzz, patience } from "./fuzz.ts";
import { anyBytes, anyText } from "./texts.ts";

/*
 * The server does what its OpenAPI document says: whatever is sent to an operation, the status is one that the operation names,
 * with a media type and a body as they stand there; and what fits the document's schemas is not refused as wrong.
 */

const api = await apiFixture({
  services: (configured) => {
    const [cone, free] = configured;
    if (cone === undefined || free === undefined) return configured;
    return [...configured, { ...cone, path: "many", descriptions: [...cone.descriptions, ...free.descriptions] }];
  },
});
const manys = `${api.api.url}/many/async`;
const checker = await Checker.of(api.api.url);
afterAll(() => api.close());

/** Jobs of every kind that clients meet. */
type Kind = "pending" | "queued" | "executing" | "completed" | "failed" | "aborted" | "gone" | "never";
const kinds: readonly Kind[] = ["pending", "pending", "queued", "executing", "completed", "aborted", "gone", "never"];

/** What workers got with their jobs. */
const tokens = new Map<string, string>();

async function jobOf(list: string, kind: Kind): Promise<string> {
  if (kind === "never") return "01990000-0000-7000-8000-000000000000";
  const url = await api.create(list, { RADIUS: "1", LABEL: "a", ...(list === manys ? { JOBTYPE: "cone" } : {}) });
  const id = url.split("/").at(-1) ?? "";
  const post = (fields: Record<string, string>) => api.post(url, new URLSearchParams(fields));
  if (kind === "gone") await post({ ACTION: "DELETE" });
  if (kind === "aborted") await post({ PHASE: "ABORT" });
  if (kind === "pending" || kind === "gone" || kind === "aborted") return id;
  await post({ PHASE: "RUN" });
  if (kind === "queued") return id;
  const attempt = await api.start(url);
  tokens.set(id, attempt.token);
  await api.addResult(attempt, "result", "a,b\n1,2\n");
  if (kind === "completed") await api.complete(attempt);
  return id;
}

/** What is sent in one place of a request, and whether it fits the document. */
interface Sent<Value> {
  readonly value: Value;
  readonly fits: boolean;
}

const fitting = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Sent<Value>> =>
  arbitrary.map((value) => ({ value, fits: true }));
const wild = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Sent<Value>> =>
  arbitrary.map((value) => ({ value, fits: false }));

/** A value in a query or a form: an array is a repetition. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return [typeof value === "string" ? value : (JSON.stringify(value) ?? "")];
}

function pairsOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [["", String(value)]];
  return Object.entries(value).flatMap(([name, each]) => textsOf(each).map((text): [string, string] => [name, text]));
}

interface Body {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

function encoded(mediaType: string, value: unknown): Body {
  switch (mediaType) {
    case "application/x-www-form-urlencoded":
      return { contentType: mediaType, bytes: bytesOf(formOf(pairsOf(value))) };
    case "multipart/form-data": {
      const parts = pairsOf(value).map(([name, content]) => ({ name: name.toWellFormed(), content }));
      return { contentType: `${mediaType}; boundary=b-b`, bytes: multipartOf(parts, "b-b") };
    }
    case "application/json":
      return { contentType: mediaType, bytes: bytesOf(JSON.stringify(value)) };
    default:
      return { contentType: mediaType, bytes: bytesOf(String(value)) };
  }
}

function bodyOf(content: OpenApiContent): fc.Arbitrary<Sent<Body>> {
  const types = Object.entries(content).map(
    ([type, { schema = {} }]) => [type, { schema: checker.whole(schema) }] as const,
  );
  const documented = types.map(([type, { schema }]) =>
    fitting(valid(schema)).map(({ value, fits }) => ({ value: encoded(type, value), fits })),
  );
  const mutated = types.map(([type, { schema }]) => wild(nearlyWhole(schema).map((value) => encoded(type, value))));
  return fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...documented) },
    { weight: 4, arbitrary: fc.oneof(...mutated) },
    {
      weight: 2,
      arbitrary: wild(
        fc.record({
          contentType: fc.constantFrom(
            ...types.map(([type]) => type),
            "text/xml",
            "application/octet-stream",
            "x",
            "a/b;c",
          ),
          bytes: anyBytes.map((bytes) => new Uint8Array(bytes)),
        }),
      ),
    },
  );
}

/** An object whose members nearly fit, with one more that nobody has heard of; or something else. */
function nearlyWhole(schema: object): fc.Arbitrary<unknown> {
  const { properties } = schema as { properties?: Readonly<Record<string, object>> };
  if (properties === undefined) return nearlyValid(schema);
  const members = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, nearlyValid(each)]));
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ ...members, unheard: anyText }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: nearlyValid(schema) },
  );
}

const accept = fc.constantFrom(
  undefined,
  "*/*",
  "text/xml",
  "application/json",
  "application/problem+json",
  "text/html",
  "application/xhtml+xml",
  "application/yaml",
  "application/x-votable+xml",
  "text/html, image/gif, image/jpeg, */*; q=0.2",
);

/** Parameters of a job whose names stand in a path. */
const names = ["LABEL", "label", "RADIUS", "TABLE", "result", "nothing", "ñ", "__proto__", "a/b", "%"];

interface Values {
  readonly kind: Kind;
  readonly name: string;
  /** Names of query and header parameters, and what is sent under them. */
  readonly others: Readonly<Record<string, Sent<unknown>>>;
  readonly body: Sent<Body> | undefined;
  readonly accept: string | undefined;
}

function valuesOf({ parameters = [], requestBody }: OpenApiOperation): fc.Arbitrary<Values> {
  const others = parameters.filter((parameter) => parameter.in !== "path");
  return fc.record({
    kind: fc.constantFrom(...kinds),
    name: fc.oneof(
      fc.constantFrom(...names),
      anyText.map((text) => text.toWellFormed()),
    ),
    others: fc.record(
      Object.fromEntries(
        others.map(({ name, schema }) => [
          name,
          fc.oneof(
            { weight: 2, arbitrary: fitting(valid(schema)) },
            { weight: 1, arbitrary: wild(nearlyValid(schema)) },
          ),
        ]),
      ),
      { requiredKeys: others.filter(({ required }) => required === true).map(({ name }) => name) },
    ),
    body:
      requestBody === undefined ? fc.constant(undefined) : fc.option(bodyOf(requestBody.content), { nil: undefined }),
    accept,
  });
}

/** Whether a request is kept by the server until something changes; the tests do not wait. */
const waits = (kind: Kind) => kind === "pending" || kind === "queued" || kind === "executing";

async function send(
  path: string,
  method: string,
  operation: OpenApiOperation,
  values: Values,
): Promise<Answer | undefined> {
  const list = path.startsWith("/cone/") ? api.cones : path.startsWith("/many/") ? manys : api.frees;
  const id = path.includes("{id}") ? await jobOf(list, values.kind) : "";
  const headers = new Headers(values.accept === undefined ? {} : { accept: values.accept });
  // Who waits for the end of a job waits unless told otherwise.
  const query: [string, string][] = path.endsWith("/sync/{id}") && waits(values.kind) ? [["WAIT", "0"]] : [];
  for (const { name, in: place } of operation.parameters ?? []) {
    const sent = values.others[name];
    if (sent === undefined || place === "path" || (name === "WAIT" && query.length > 0)) continue;
    const texts = name === "WAIT" && waits(values.kind) ? ["0"] : textsOf(sent.value);
    if (place === "query") query.push(...texts.map((text): [string, string] => [name, text]));
    else headers.set(name, (texts[0] ?? "").replace(/[^\x20-\x7e]/g, "").trim());
  }
  // Reports on a job are for its worker.
  if (method === "PATCH") headers.set("authorization", `Bearer ${tokens.get(id) ?? newAttemptToken(id)}`);
  const encodedName = encodeURIComponent(values.name === "." || values.name === ".." ? "dot" : values.name || "empty");
  const target = path.replace("{id}", id).replace(/\{[a-z]+\}/g, encodedName);
  const form = formOf(query);
  const url = `${api.api.url}${target}${form === "" ? "" : `?${form}`}`;
  // No URL of a server can be so long.
  fc.pre(url.length < 8000);
  if (values.body !== undefined) headers.set("content-type", values.body.value.contentType);
  const leaving = new AbortController();
  const response = await fetch(url, {
    method,
    headers,
    redirect: "manual",
    ...(values.body === undefined ? {} : { body: values.body.value.bytes }),
    signal: AbortSignal.any([leaving.signal, AbortSignal.timeout(patience)]),
  });
  const endless = response.headers.get("content-type")?.startsWith("text/event-stream") && waits(values.kind);
  if (!endless) return await answerOf(response);
  leaving.abort();
  return { status: response.status, headers: response.headers, body: new Uint8Array() };
}

/** The answer is one of those that the operation names. */
function expectDocumented(operation: OpenApiOperation, answer: Answer): void {
  const { status, headers, body } = answer;
  const response = operation.responses[status] ?? operation.responses.default;
  if (response === undefined) throw new Error(`${status} is not documented: ${new TextDecoder().decode(body)}`);
  if (body.length === 0) return;
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
  const content = response.content ?? {};
  const media = content[type] ?? content[type.replace(/\/.*/, "/*")] ?? content["*/*"];
  if (media === undefined) throw new Error(`${status} as ${type} is not documented`);
  const json = /^application\/(?:[\w.-]+\+)?json$/.test(type);
  if (media.schema !== undefined) checker.expectFits(json ? JSON.parse(utf8(body)) : "", json ? media.schema : {});
}

/** Nothing that fits the document is refused as wrong, except where a path's name decides what fits. */
function expectTaken(
  path: string,
  { requestBody, parameters = [] }: OpenApiOperation,
  { others, body }: Values,
  answer: Answer,
): void {
  const fits = Object.values(others).every((sent) => sent.fits) && (body?.fits ?? requestBody?.required !== true);
  if (!fits || path.includes("/parameters") || ![400, 413, 415].includes(answer.status)) return;
  const reason = new TextDecoder().decode(answer.body);
  // What runs a job must have all that is required, in the query or in the body: a body's schema cannot say so, and neither can
  // the parameters of a query of which one says what type of job it is.
  const typed = parameters.some(({ name }) => name === "JOBTYPE");
  if ((requestBody !== undefined || typed) && /\bis required\b/.test(reason)) return;
  throw new Error(`what fits the document is refused: ${reason}`);
}

for (const [path, methods] of Object.entries(checker.document.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    fuzz(`${method.toUpperCase()} ${path}`, 20, () =>
      fc.asyncProperty(valuesOf(operation), async (values) => {
        api.logged.length = 0;
        const answer = await send(path, method.toUpperCase(), operation, values);
        if (answer === undefined) return;
        checker.expectSound(answer, "503" in operation.responses && path !== "/readyz");
        expectDocumented(operation, answer);
        expectTaken(path, operation, values, answer);
        expect(api.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
      }),
    );
  }
}
