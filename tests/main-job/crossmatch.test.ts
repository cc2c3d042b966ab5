import { afterAll, beforeAll, expect, test } from "bun:test";
import { messierCsv } from "@uws/worker-crossmatch";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
  site.worker("crossmatch");
});
afterAll(() => site.stop());

const table = (text: string) => new File([text], "table.csv", { type: "text/csv" });
const url = () => site.client("crossmatch").jobListUrl;

test("the Messier objects, from upload to results", async () => {
  const job = await site
    .client("crossmatch")
    .create({ RADIUS: 0.5 }, { run: true, runId: "messier", files: { TABLE: table(messierCsv()) } });
  let last = -1;
  for await (const event of job.events()) {
    if (event.type !== "progress") continue;
    expect(event.fraction).toBeGreaterThanOrEqual(last);
    last = event.fraction;
  }
  const ended = await job.wait();
  expect(ended).toMatchObject({ phase: "COMPLETED", runId: "messier" });
  expect(ended.results.map(({ id, mediaType }) => [id, mediaType])).toEqual([
    ["result", "application/x-votable+xml"],
    ["csv", "text/csv"],
    ["chart", "image/svg+xml"],
  ]);

  const votable = await (await job.download("result")).text();
  const csv = (await (await job.download("csv")).text()).trim().split("\n");
  expect(votable.match(/<TR>/g)).toHaveLength(csv.length - 1);
  // The Pleiades are Hipparcos stars: Alcyone, HIP 17702, is among the matches of M45.
  expect(csv.some((line) => line.includes("M45") && line.includes("17702"))).toBe(true);
  expect(await (await job.download("chart")).text()).toStartWith("<svg");
});

test("a column that the parameters name and the table lacks fails the job with a message that says so", async () => {
  const job = await site
    .client("crossmatch")
    .create({ RA: "nowhere", DEC: "b" }, { run: true, files: { TABLE: table("a,b\n1,2\n") } });
  expect((await job.wait()).phase).toBe("ERROR");
  expect(await job.error()).toContain("nowhere");
});

test.each([
  ["a table without position columns", "name,colour\nM1,red\n"],
  ["a table without a declination", "name,ra\nM1,83.6\n"],
  ["something that is no table", String.fromCharCode(0, 1, 2, 255).repeat(100)],
  ["an empty file", ""],
])("%s is refused and nothing is stored", async (_what, text) => {
  const jobs = async () => (await site.client("crossmatch").list()).length;
  const before = await jobs();
  const body = new FormData();
  body.set("TABLE", table(text));
  const answer = await fetch(url(), { method: "POST", body, redirect: "manual" });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("TABLE");
  expect(await jobs()).toBe(before);
});

test.each([
  ["comments and a byte order mark", "\uFEFF# from a catalogue\n\n# twice\n_RAJ2000;_DEJ2000\n56.75;24.12\n"],
  ["tabs", "alpha\tdelta\n56.75\t24.12\n"],
  ["quotes", '"Right Ascension","Declination"\n56.75,24.12\n'],
  ["text in the form", "name,RA_deg,Dec_deg\nM45,56.75,24.12\n"],
])("a table with %s is taken", async (what, text) => {
  const { client } = site;
  const job =
    what === "text in the form"
      ? await client("crossmatch").create({ TABLE: text }, { run: true })
      : await client("crossmatch").create({}, { run: true, files: { TABLE: table(text) } });
  expect((await job.wait()).phase).toBe("COMPLETED");
});

test.each([
  ["-1", "RADIUS"],
  ["abc", "RADIUS"],
])("radius %s is refused and nothing is stored", async (radius, name) => {
  const jobs = async () => (await site.client("crossmatch").list()).length;
  const before = await jobs();
  const body = new FormData();
  body.set("RADIUS", radius);
  body.set("TABLE", table(messierCsv()));
  const answer = await fetch(url(), { method: "POST", body, redirect: "manual" });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(name);
  expect(await jobs()).toBe(before);
});

test("an unknown job is 404, with every child", async () => {
  const unknown = `${url()}/01930000-0000-7000-8000-000000000000`;
  for (const child of ["", "/phase", "/results", "/results/result", "/parameters", "/error", "/events", "/quote"]) {
    expect((await fetch(`${unknown}${child}`)).status).toBe(404);
  }
});
