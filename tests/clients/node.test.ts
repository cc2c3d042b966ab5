import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Site, startSite } from "../support/site.ts";
import { runWell } from "../support/tools/index.ts";

/** The client of `packages/client` where there is no Bun: in Node, from the bundle that a browser would load. */

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await startSite();
  site.worker("crossmatch");
  folder = await mkdtemp(join(tmpdir(), "uws-node-"));
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true, force: true });
});

const root = join(import.meta.dirname, "../..");

async function bundle(): Promise<string> {
  const built = await Bun.build({ entrypoints: [join(root, "packages/client/src/index.ts")], target: "browser" });
  const [output] = built.outputs;
  if (output === undefined) throw new Error(`no bundle: ${built.logs.join("\n")}`);
  return await output.text();
}

test("a bundle for browsers needs neither Bun nor Node", async () => {
  const text = await bundle();
  expect(text).not.toMatch(/\bBun\.|from\s*"(node|bun):|require\(/);
});

test("in Node it uploads, follows events, waits, and downloads", async () => {
  await Bun.write(join(folder, "client.mjs"), await bundle());
  await Bun.write(join(folder, "main.mjs"), program);
  const out = await runWell("node", [join(folder, "main.mjs"), site.running.url]);
  expect(JSON.parse(out)).toEqual({
    runtime: "node",
    services: ["crossmatch", "simulate"],
    parameters: expect.arrayContaining(["TABLE", "RADIUS"]),
    uploaded: "name,ra,dec\nSirius,101.2872,-16.7161\n",
    phases: expect.arrayContaining(["EXECUTING", "COMPLETED"]),
    waited: "COMPLETED",
    results: ["result", "csv", "chart"],
    csv: expect.stringMatching(/^input_row,name,ra,dec,hip,.*\r\n1,Sirius,/),
    json: "COMPLETED",
    refused: { name: "UwsClientError", status: 400 },
    listed: true,
    gone: 404,
    batch: ["QUEUED", "QUEUED"],
    worked: ["EXECUTING", "COMPLETED", "COMPLETED"],
    deleted: 2,
    fenced: "fenced",
  });
});

/** Plain JavaScript, as a user of Node would write it. */
const program = `
// What the oldest Node has not yet.
delete URL.parse;
delete Promise.withResolvers;
delete Array.fromAsync;
const { listServices, UwsClient } = await import("./client.mjs");
const server = process.argv[2];
const services = await listServices(server);
const client = new UwsClient(services[0].jobList);
const description = await client.description();
const table = new File(["name,ra,dec\\nSirius,101.2872,-16.7161\\n"], "stars.csv", { type: "text/csv" });
const job = await client.create({ RADIUS: 0.5 }, { files: { TABLE: table } });
const uploaded = await (await job.parameter("TABLE")).text();
await job.run();
const phases = [];
for await (const event of job.events()) if (event.type === "phase") phases.push(event.phase);
const ended = await job.wait();
const json = await new UwsClient(services[0].jobList, { format: "json" }).job(job.url).get();
const refused = await client.create({ RADIUS: "wide" }, { run: true }).catch(({ name, status }) => ({ name, status }));
const listed = (await client.list({ phases: ["COMPLETED"] })).some(({ href }) => href === job.url);
const csv = await (await job.download("csv")).text();
await job.delete();
const gone = await job.get().catch(({ status }) => status);

const simulate = new UwsClient(services[1].jobList);
const batch = await simulate.createMany([{ run: true, runId: "node" }, { run: true, runId: "node" }]);
const [one, other] = await simulate.claim({ worker: "node", max: 2 });
const worked = [await one.report({ log: [{ message: "begun" }] })];
await one.keep(async (signal) => signal.throwIfAborted());
worked.push(await one.complete({ results: [{ id: "answer", content: "42" }] }), await simulate.job(one.url).get());
await simulate.job(other.url).abort();
const fenced = await other.report().catch(({ code }) => code);
let deleted = 0;
for await (const { jobs } of simulate.changeMany("delete", { runId: "node" })) deleted += jobs.length;
console.log(JSON.stringify({
  runtime: process.versions.bun === undefined ? "node" : "bun",
  services: services.map(({ path }) => path),
  parameters: description.parameters.map(({ name }) => name),
  uploaded, phases, waited: ended.phase, results: ended.results.map(({ id }) => id), csv, json: json.phase, refused, listed, gone,
  batch: batch.map(({ phase }) => phase), worked: worked.map(({ phase }) => phase), deleted, fenced,
}));
`;
