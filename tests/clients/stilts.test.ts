import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { JobHandle } from "@uws/client";
import { type Site, startSite } from "../support/site.ts";
import { run, runWell, stilts } from "../support/tools/index.ts";

/** STILTS, which speaks UWS with the same code as TOPCAT. */

let site: Site;
beforeAll(async () => {
  site = await startSite({
    services: (configured) => [
      ...configured,
      ...configured
        .filter(({ path }) => path === "simulate")
        .map((service) => ({ ...service, path: "tap", errors: "votable" as const })),
    ],
  });
  site.worker("simulate");
  site.worker("crossmatch");
});
afterAll(() => site.stop());

const at = (path: string) => `${site.running.url}/${path}`;
const ask = async (...args: readonly string[]) => await runWell(await stilts(), args);
const lines = (text: string) => text.trim().split("\n");
const exists = async ({ url }: JobHandle) => (await fetch(url)).status === 200;

const file = join(import.meta.dirname, "positions.csv");
/** What Hipparcos has within 0.2 degrees of the positions in that file. */
const matches = ["name,hip", "Pleiades,17702", "Sirius,32349"];
const nameAndStar = 'keepcols "name hip"; sort hip';

const parameters = async () => ({ TABLE: await Bun.file(file).text(), RADIUS: "0.2" });

test("taplint finds no error in the jobs of a service", async () => {
  // A service that takes the parameters of TAP. Its tables are TAP's own, and are not asked for.
  const report = lines(await ask("taplint", `tapurl=${at("simulate")}`, "interface=tap1.0", "stages=CPV AVV UWS"));
  // E: an error of ours; F: something that could not be tested, mostly since what came before was wrong.
  expect(report.filter((line) => /^[EF]-/.test(line))).toEqual([]);
  // It has created three jobs, given one of them another run id, aborted one and run one.
  expect(report.filter((line) => line.startsWith("I-UWS-CJOB"))).toHaveLength(3);
  for (const said of ["POSTed runId=", "POSTed PHASE=ABORT", "POSTed PHASE=RUN", "document explicitly V1.1"]) {
    expect(report.join("\n")).toContain(said);
  }
});

test("tapresume waits for a job and reads its table", async () => {
  const job = await site.client("crossmatch").create(await parameters(), { run: true });
  const resume = ["tapresume", `joburl=${job.url}`, "poll=100", "progress=false"];
  expect(lines(await ask(...resume, "delete=never", `ocmd=${nameAndStar}`, "ofmt=csv"))).toEqual(matches);
  expect(await exists(job)).toBe(true);
  expect(await ask(...resume, "delete=finished", "omode=count")).toMatch(/rows: 2\b/);
  expect(await exists(job)).toBe(false);
});

test("tapresume fails with a job that has failed", async () => {
  const job = await site.client("simulate").create({ DURATION: 0.1, OUTCOME: "fatal" }, { run: true });
  const { code, error } = await run(await stilts(), ["tapresume", `joburl=${job.url}`, "poll=100", "omode=count"]);
  expect([code, error]).toEqual([1, expect.stringContaining("TAP Execution error")]);
});

// shows: error-votable
test("tapresume says why a job has failed where its service tells errors as VOTable", async () => {
  const job = await site.client("tap").create({ DURATION: 0.1, OUTCOME: "fatal" }, { run: true });
  const resume = ["tapresume", `joburl=${job.url}`, "poll=100", "delete=never", "omode=count"];
  const { code, error } = await run(await stilts(), resume);
  const why = await (await fetch(job.url, { headers: { accept: "application/json" } })).json();
  const { message } = (why as { errorSummary: { message: string } }).errorSummary;
  expect([code, error]).toEqual([1, expect.stringContaining(message)]);
});

test("tapquery uploads a table in its own kind of multipart, chunked and with a preamble", async () => {
  const query = [`tapurl=${at("simulate")}`, "interface=tap1.0", "adql=select 1", "parse=false", "sync=false"];
  const upload = ["nupload=1", `upload1=${file}`, "ufmt1=csv", "upname1=positions"];
  const { error } = await run(await stilts(), ["tapquery", ...query, ...upload, "poll=100", "delete=never"]);
  // It says where the job is, and then that its result is no table.
  const url = /^http\S+$/m.exec(error)?.[0] ?? error;
  expect(await (await fetch(`${url}/phase`)).text()).toBe("COMPLETED");
  expect(await (await fetch(`${url}/parameters/UPLOAD`)).text()).toBe("positions,param:upload_positions");
  const uploaded = await ask("tpipe", `in=${url}/parameters/upload_positions`, "ofmt=csv");
  expect(uploaded).toBe(await Bun.file(file).text());
});

test("a table is read from sync as from any URL", async () => {
  const url = `${at("crossmatch/sync")}?${new URLSearchParams(await parameters())}`;
  expect(lines(await ask("tpipe", `in=${url}`, `cmd=${nameAndStar}`, "ofmt=csv"))).toEqual(matches);
});
