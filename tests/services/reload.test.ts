import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "@uws/testing";
import { Commands, type Environment } from "../support/commands.ts";

/*
 * The services of a running server, changed by a file and SIGHUP.
 */

const commands = new Commands();
afterAll(() => commands.stop());

const describe = (name: string, version: string, parameter: string, max = 600) =>
  `name: ${name}\nversion: ${version}\ntitle: ${name} ${version}\n` +
  `parameters: { type: object, additionalProperties: false, properties: { ${parameter}: { type: string, x-file: {} } } }\n` +
  `executionDuration: { default: 60, max: ${max} }\n`;

const before =
  "services:\n  - { path: kept, descriptions: [first.yaml] }\n  - { path: removed, descriptions: [first.yaml] }\n";
const after =
  "auth: { realm: elsewhere }\nservices:\n  - { path: kept, descriptions: [first.yaml], typeParameter: KIND }\n  - path: added\n    descriptions: [first.yaml, second.yaml]\n    typeParameter: KIND\n";

let folder: string;
let environment: Environment;
let server: ReturnType<Commands["run"]>;
let url: string;

const write = (name: string, text: string) => Bun.write(join(folder, name), text);
const form = (fields: Record<string, string>) => new URLSearchParams(fields);
const request = (path: string, init: RequestInit = {}) =>
  fetch(path.startsWith("http") ? path : url + path, { redirect: "manual", ...init });
const post = (path: string, body?: RequestInit["body"]) =>
  request(path, { method: "POST", ...(body === undefined ? {} : { body }) });
const json = async (path: string) =>
  (await (await request(path, { headers: { accept: "application/json" } })).json()) as object;
const locationOf = (answer: Response) => answer.headers.get("location") ?? "";

beforeAll(async () => {
  folder = await commands.folder();
  await write("uws.yaml", before);
  await write("first.yaml", describe("first", "1.0.0", "OLD"));
  await write("second.yaml", describe("second", "1.0.0", "OTHER"));
  environment = await commands.site({ UWS_CONFIG: join(folder, "uws.yaml"), UWS_LOG_LEVEL: "info" });
  server = commands.run(["up", "--no-workers"], environment);
  await server.line(/(Stop it with)/);
  url = (await server.line(/kept +(http:\S+)\/kept\/async/)) ?? "";
});

test("SIGHUP adds a service, removes one, and takes a new version of a description, while requests in flight go on", async () => {
  const old = locationOf(await post("/kept/async", form({ OLD: "1", JOBTYPE: "first" })));
  // Two requests that are under way: one waits for a job, one sends a file to a service that will not be there any more.
  const waiting = request(`${old}?WAIT=60`, { headers: { accept: "application/json" } });
  const rest = Promise.withResolvers<void>();
  const uploading = request("/removed/async", {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=b-b" },
    body: halves(rest.promise),
  });
  await until(async () => (await files()).length > 0, "the upload");

  await write("uws.yaml", after);
  await write("first.yaml", describe("first", "2.0.0", "NEW", 100));
  server.signal("SIGHUP");
  await server.line(/("services":\["kept","added"\].*the services were read again)/);
  await server.line(/("settings":\["auth"\].*need a restart)/);

  expect((await request("/removed/async")).status).toBe(404);
  expect((await post("/added/async", form({ kind: "second", OTHER: "1" }))).status).toBe(303);
  const refused = await post("/added/async");
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("allowed: first, second")]);
  expect(await json("/kept/description")).toMatchObject({ version: "2.0.0" });
  const job = locationOf(await post("/kept/async", form({ NEW: "1", EXECUTIONDURATION: "500" })));
  expect(await json(job)).toMatchObject({ typeVersion: "2.0.0", executionDuration: 100 });

  const { paths, components } = (await json("/swagger/json")) as {
    paths: Record<string, { post?: { requestBody: { content: Record<string, { schema: { properties: object } }> } } }>;
    components: { schemas: object };
  };
  expect(Object.keys(paths).filter((path) => path.endsWith("/async"))).toEqual(["/kept/async", "/added/async"]);
  const fields =
    paths["/kept/async"]?.post?.requestBody.content["application/x-www-form-urlencoded"]?.schema.properties;
  expect(Object.keys(fields ?? {})).toContain("NEW");
  expect(Object.keys(components.schemas)).toContain("NewJson.added.second");
  expect(await (await request("/")).text()).toContain("/added/async");

  // A job that was there keeps its description.
  await post(`${old}/executionduration`, form({ EXECUTIONDURATION: "500" }));
  expect((await post(`${old}/parameters`, form({ OLD: "2" }))).status).toBe(303);
  expect((await post(`${old}/parameters`, form({ NEW: "2" }))).status).toBe(400);
  expect(await json(old)).toMatchObject({ typeVersion: "1.0.0", executionDuration: 500 });

  await post(`${old}/phase`, form({ PHASE: "ABORT" }));
  expect(await (await waiting).json()).toMatchObject({ phase: "ABORTED" });
  rest.resolve();
  const uploaded = await uploading;
  expect([uploaded.status, locationOf(uploaded)]).toEqual([303, expect.stringContaining("/removed/async/")]);
});

test("a wrong file changes nothing, and the log names file, line and field; the next right one is taken", async () => {
  const document = await json("/swagger/json");
  await write("uws.yaml", `${after}  - path: more\n    descriptions: [first.yaml]\n    jobList: sync\n`);
  server.signal("SIGHUP");
  await server.line(/(uws\.yaml:9: services\.2\.jobList: must not be any of)/);
  await write("uws.yaml", `${after}  - { path: more, descriptions: [third.yaml, fourth.yaml] }\n`);
  await write("third.yaml", describe("third", "1.0.0", "PHASE"));
  server.signal("SIGHUP");
  await server.line(/(third\.yaml:4: parameters\.properties\.PHASE: is a control parameter)/);
  await server.line(/(uws\.yaml:7: services\.2\.descriptions\.1: \S+fourth\.yaml: cannot be read)/);
  expect(await json("/swagger/json")).toEqual(document);
  expect((await request("/more/async")).status).toBe(404);
  expect((await request("/added/async")).status).toBe(200);

  await write("uws.yaml", `${after}  - { path: more, descriptions: [third.yaml] }\n`);
  await write("third.yaml", describe("third", "1.0.0", "STEPS"));
  server.signal("SIGHUP");
  await server.line(/("services":\["kept","added","more"\])/);
  expect((await post("/more/async", form({ STEPS: "1" }))).status).toBe(303);
});

test("a keeper and a gateway alone take it as well, and live on", async () => {
  for (const part of ["keeper", "gateway"]) {
    const process = commands.run([part], environment);
    await process.line(/(started)/);
    process.signal("SIGHUP");
    await process.line(/(the services were read again)/);
  }
});

async function files(): Promise<string[]> {
  const names = await readdir(join(environment.UWS_DATA_DIR ?? "", "blobs"), { recursive: true }).catch(() => []);
  return names;
}

/** A form with a file of which the second half comes later. */
function halves(later: Promise<void>): ReadableStream<Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const head = '--b-b\r\nContent-Disposition: form-data; name="OLD"; filename="a"\r\n\r\n';
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(encode(head + "first half, ".repeat(100_000)));
      await later;
      controller.enqueue(encode("second half\r\n--b-b--\r\n"));
      controller.close();
    },
  });
}
