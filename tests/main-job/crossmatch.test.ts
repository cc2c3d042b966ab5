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

test("a table without positions fails the job with a message that says so", async () => {
  const job = await site
    .client("crossmatch")
    .create({ RADIUS: 0.5 }, { run: true, files: { TABLE: table("name,colour\nM1,red\n") } });
  expect((await job.wait()).phase).toBe("ERROR");
  expect(await job.error()).toContain("colour");
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
