import { afterAll, beforeAll, expect, test } from "bun:test";
import { UwsClient } from "@uws/client";
import { type Site, startSite } from "../support/site.ts";

/** `packages/client` with a server of ours: what it does to many jobs at once, and what it tells of services. */

let site: Site;
let client: UwsClient;
beforeAll(async () => {
  site = await startSite({
    services: ([crossmatch, simulate]) => {
      if (crossmatch === undefined || simulate === undefined) return [];
      const descriptions = [...crossmatch.descriptions, ...simulate.descriptions];
      return [crossmatch, simulate, { ...simulate, path: "both", typeParameter: "KIND", descriptions }];
    },
  });
  client = site.client("simulate");
});
afterAll(() => site.stop());

const ids = (jobs: readonly { readonly jobId: string }[]) => jobs.map(({ jobId }) => jobId).toSorted();

/** The ids of all jobs to which it was done. */
async function changed(changing: ReturnType<UwsClient["changeMany"]>): Promise<string[]> {
  const done: string[] = [];
  for await (const { jobs, refused } of changing) {
    expect(refused).toEqual([]);
    done.push(...jobs);
  }
  return done.toSorted();
}

test("a batch makes jobs with parameters, times and run ids of their own, in order", async () => {
  const destruction = new Date(Date.now() + 3_600_000);
  const created = await client.createMany([
    { run: true, runId: "one", executionDuration: 60, parameters: { DURATION: 0.5, note: ["a", "b"] } },
    { destruction },
  ]);
  expect(created.map(({ phase }) => phase)).toEqual(["QUEUED", "PENDING"]);
  const [first, second] = await Promise.all(created.map(({ href }) => client.job(href).get()));
  expect(first).toMatchObject({
    jobId: created[0]?.jobId,
    runId: "one",
    executionDuration: 60,
    parameters: [
      { name: "DURATION", value: "0.5" },
      { name: "note", value: "a" },
      { name: "note", value: "b" },
    ],
  });
  expect([second?.phase, second?.destruction, second?.runId]).toEqual(["PENDING", destruction, undefined]);
});

test("a batch with a mistake makes nothing, and tells of each; so does one that is too large", async () => {
  const before = await client.list();
  const mistaken = client.createMany([{ parameters: { STEPS: "many" } }, {}, { parameters: { DURATION: -1 } }]);
  await expect(mistaken).rejects.toMatchObject({
    name: "UwsClientError",
    status: 400,
    code: "invalid",
    message: expect.stringMatching(/jobs\[0\]: STEPS[\s\S]*jobs\[2\]: DURATION/),
  });
  const many = client.createMany(Array.from({ length: 1001 }, () => ({})));
  await expect(many).rejects.toMatchObject({ status: 413, code: "too_large" });
  expect(await client.list()).toEqual(before);
});

test("a batch whose answer is lost is made once", async () => {
  let lost = 0;
  const lossy = new UwsClient(client.jobListUrl, {
    async fetch(request) {
      const answer = await fetch(request);
      if (lost++ === 0) throw new Error("lost");
      return answer;
    },
  });
  const idempotencyKey = crypto.randomUUID();
  const created = await lossy.createMany([{ runId: "once" }, { runId: "once" }], { idempotencyKey });
  expect(lost).toBe(2);
  expect(ids(await client.list({ runId: "once" }))).toEqual(ids(created));
});

test("jobs are aborted, archived and destroyed by a filter or their ids, and a dry run changes nothing", async () => {
  const runId = "survey";
  const jobs = [1, 2, 3].map((STEPS) => ({ run: true, runId, parameters: { STEPS } }));
  const [first, second, third] = await client.createMany(jobs);
  const all = ids([first, second, third].filter((job) => job !== undefined));
  const filter = { runId, type: "simulate", after: new Date(0), before: new Date(Date.now() + 3_600_000) };
  expect(await changed(client.changeMany("abort", filter, { dryRun: true }))).toEqual(all);
  expect(ids(await client.list({ ...filter, phases: ["QUEUED"] }))).toEqual(all);

  expect(await changed(client.changeMany("abort", { runId, parameters: { STEPS: "2" } }))).toEqual([
    second?.jobId ?? "",
  ]);
  expect(ids(await client.list({ runId, phases: ["ABORTED"] }))).toEqual([second?.jobId ?? ""]);
  const idsGiven = [first?.jobId ?? "", second?.jobId ?? "", crypto.randomUUID()];
  const [answer, ...more] = await Array.fromAsync(client.changeMany("abort", { ids: idsGiven }));
  expect([answer?.jobs, answer?.refused.map(({ code }) => code).toSorted(), more]).toEqual([
    [first?.jobId ?? ""],
    ["forbidden", "not_found"],
    [],
  ]);
  expect(await changed(client.changeMany("archive", { runId, phases: ["ABORTED"] }))).toHaveLength(2);
  expect(await changed(client.changeMany("delete", { runId }))).toEqual([third?.jobId ?? ""]);
  await expect(client.changeMany("delete", {}).next()).rejects.toMatchObject({ status: 400, code: "invalid" });
});

test("where a filter fits more jobs than a request changes, it goes on", async () => {
  for (const count of [1000, 5]) {
    await client.createMany(Array.from({ length: count }, () => ({ runId: "large" })));
  }
  const answers = await Array.fromAsync(client.changeMany("delete", { runId: "large" }));
  expect(answers.map(({ jobs }) => jobs.length)).toEqual([1000, 5]);
  expect(await client.list({ runId: "large" })).toEqual([]);
});

test("a service tells how busy it is", async () => {
  await client.createMany([{ run: true }, { run: true }]);
  const { service, time, types } = await client.statistics();
  expect([service, time]).toEqual(["simulate", expect.any(Date)]);
  const ends = { completed: expect.any(Number), failed: 0, aborted: expect.any(Number) };
  expect(types).toEqual([
    expect.objectContaining({ type: "simulate", paused: false, running: 0, held: 0, lastHour: ends, lastDay: ends }),
  ]);
  expect(types[0]?.queued).toBeGreaterThanOrEqual(2);
  await expect(site.client("nothing").statistics()).rejects.toMatchObject({ status: 404 });
});

test("of a service with several types each is described, and how a job names its own", async () => {
  const both = site.client("both");
  const described = await both.descriptions();
  expect([described?.typeParameter, described?.types.map(({ name }) => name)]).toEqual([
    "KIND",
    ["crossmatch", "simulate"],
  ]);
  expect(await both.description()).toBeUndefined();
  expect((await both.description({ type: "crossmatch" }))?.parameters.map(({ name }) => name)).toContain("RADIUS");
  expect(await both.description({ type: "nothing" })).toBeUndefined();

  const [one, ...others] = (await client.descriptions())?.types ?? [];
  expect([one?.name, others]).toEqual(["simulate", []]);
  expect(await site.client("nothing").descriptions()).toBeUndefined();
});
