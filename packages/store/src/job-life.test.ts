import { afterAll, beforeAll, expect, test } from "bun:test";
import { newAttemptToken, parseAttemptToken } from "./attempt.ts";
import { abortJob } from "./commands/abort-job.ts";
import { acceptAttempts } from "./commands/accept-attempts.ts";
import { addResult } from "./commands/add-result.ts";
import { changeJob } from "./commands/change-job.ts";
import { claimJobs } from "./commands/claim-jobs.ts";
import { listGarbage } from "./commands/collect-garbage.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { deleteJob } from "./commands/delete-job.ts";
import { destroyJobs } from "./commands/destroy-jobs.ts";
import { dispatchJobs } from "./commands/dispatch-jobs.ts";
import { expireAttempts } from "./commands/expire-attempts.ts";
import { failAttempts } from "./commands/fail-attempts.ts";
import { loseLeases } from "./commands/lose-leases.ts";
import { markSilent } from "./commands/mark-silent.ts";
import { recordEvents } from "./commands/record-events.ts";
import { redispatchJobs } from "./commands/redispatch-jobs.ts";
import { releaseAttempts } from "./commands/release-attempts.ts";
import { renewLeases } from "./commands/renew-leases.ts";
import { unclaimJobs } from "./commands/unclaim-jobs.ts";
import { getJob } from "./queries/get-job.ts";
import { listAttempts } from "./queries/list-attempts.ts";
import { listLogLines } from "./queries/list-log-lines.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const read = async (id: string) => {
  const job = await getJob(fixture.store, "simulate", id);
  if (job === undefined) throw new Error(`Job ${id} is gone.`);
  return job;
};
const noEvents = { progress: null, log: [], checkpoint: null } as const;
const noDelay = { base: 0, max: 0 };
const toRun = { run: { quota: undefined } };
/** Other tests' jobs stand in the same tables: of what a sweep did, only what concerns this job. */
const of = <T extends { id: string }>(id: string, rows: T[]) => rows.filter((row) => row.id === id);

test("a job is created, claimed, accepted, reported on and completed", async () => {
  const { store } = fixture;
  const id = await fixture.create({ parameters: [{ name: "Size", value: "3" }], runId: "run", owner: "ada" });
  expect(await read(id)).toMatchObject({
    phase: "QUEUED",
    runId: "run",
    owner: "ada",
    attempt: 0,
    startTime: undefined,
    typeVersion: "1.0.0",
  });

  const attempt = { job: id, token: newAttemptToken(id) };
  const [claimed] = await claimJobs(store, [{ id, token: attempt.token, worker: "w1" }], 5000);
  expect(claimed).toMatchObject({ id, attempt: 1, parameters: [{ name: "Size", value: "3" }], checkpoint: null });
  expect((await read(id)).phase).toBe("QUEUED");

  expect(await acceptAttempts(store, [attempt], 10_000)).toEqual([{ id, type: "simulate" }]);
  await recordEvents(store, [
    {
      ...attempt,
      sequence: 2,
      progress: { fraction: 0.5, message: "half", counters: { rows: 7 } },
      log: [{ sequence: 1, level: "info", message: "hello" }],
      checkpoint: null,
    },
  ]);
  expect(await read(id)).toMatchObject({
    phase: "EXECUTING",
    attempt: 1,
    worker: "w1",
    progress: { fraction: 0.5, message: "half", counters: { rows: 7 } },
  });
  expect(await listLogLines(store, id, { attempt: 0, sequence: 0 }, 10)).toMatchObject([{ message: "hello" }]);

  expect(
    await addResult(
      store,
      attempt,
      { id: "r", mediaType: "text/plain", size: 3, location: { key: "k", sha256: "s" } },
      3,
    ),
  ).toBe("added");
  expect(await completeAttempts(store, [attempt])).toMatchObject([{ id }]);
  const job = await read(id);
  expect(job).toMatchObject({ phase: "COMPLETED", results: [{ id: "r", size: 3, location: { key: "k" } }] });
  expect(job.endTime?.getTime()).toBeGreaterThanOrEqual(job.startTime?.getTime() ?? Number.POSITIVE_INFINITY);
  expect(await listAttempts(store, id)).toMatchObject([{ number: 1, worker: "w1", outcome: "completed" }]);
});

test("a job is claimed once, however many try", async () => {
  const id = await fixture.create();
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, worker) =>
      claimJobs(fixture.store, [{ id, token: newAttemptToken(id), worker: `w${worker}` }], 5000),
    ),
  );
  expect(claims.flat()).toHaveLength(1);
});

test("no write under another token, and none after the job was aborted", async () => {
  const { store } = fixture;
  const attempt = await fixture.start();
  const wrong = { job: attempt.job, token: newAttemptToken(attempt.job) };
  const everyWrite = async (by: typeof attempt) => [
    await recordEvents(store, [{ ...by, sequence: 1, ...noEvents }]),
    await renewLeases(store, [by], 10_000),
    await completeAttempts(store, [by]),
    await failAttempts(store, [{ ...by, type: "fatal", message: "m", detail: "", retryable: false, retryDelay: 0 }]),
    await releaseAttempts(store, [{ ...by, reason: "r", checkpoint: null }]),
  ];
  const result = { id: "r", mediaType: "a/b", size: 1, location: { key: "k", sha256: "s" } };

  expect((await everyWrite(wrong)).flat()).toEqual([]);
  expect(await addResult(store, wrong, result, 0)).toBe("fenced");
  expect((await read(attempt.job)).phase).toBe("EXECUTING");

  expect(await abortJob(store, attempt.job)).toEqual({ token: attempt.token });
  expect((await everyWrite(attempt)).flat()).toEqual([]);
  expect(await addResult(store, attempt, result, 0)).toBe("fenced");
  expect(await read(attempt.job)).toMatchObject({ phase: "ABORTED", results: [] });
  expect(await abortJob(store, attempt.job)).toBe(false);
  expect(await changeJob(store, attempt.job, toRun)).toEqual({ outcome: "refused" });
});

test("events that are sent twice count once, and leave as much room for log lines as before", async () => {
  const { store } = fixture;
  const attempt = await fixture.start();
  const log = (...sequences: number[]) => ({
    ...attempt,
    ...noEvents,
    sequence: Math.max(...sequences),
    log: sequences.map((sequence) => ({ sequence, level: "info" as const, message: `line ${sequence}` })),
  });
  // The answer to the first was lost; the second brings something new as well.
  for (const events of [log(1, 2), log(1, 2), log(1, 2, 3)]) {
    expect(await recordEvents(store, [events])).toEqual([{ id: attempt.job, token: attempt.token }]);
  }
  const lines = await listLogLines(store, attempt.job, { attempt: 0, sequence: 0 }, 10);
  expect(lines.map(({ message }) => message)).toEqual(["line 1", "line 2", "line 3"]);
  const counted = await store.sql`select log_lines, event_sequence from jobs where id = ${attempt.job}`;
  expect(counted.map((row) => ({ ...row }))).toEqual([{ log_lines: 3, event_sequence: 3 }]);
});

test("an abort that crosses the accept leaves no attempt open", async () => {
  const { store } = fixture;
  for (let round = 0; round < 60; round += 1) {
    const attempt = await fixture.claim(await fixture.create());
    await Promise.all([acceptAttempts(store, [attempt], 10_000), abortJob(store, attempt.job)]);
    expect((await read(attempt.job)).phase).toBe("ABORTED");
    expect((await listAttempts(store, attempt.job)).filter(({ endTime }) => endTime === null)).toEqual([]);
  }
});

test("a claim that is not accepted in time is taken back, and no attempt is spent", async () => {
  const id = await fixture.create();
  const attempt = await fixture.claim(id);
  expect(await unclaimJobs(fixture.store, 1000)).not.toContainEqual({ token: attempt.token, type: "simulate" });
  expect(await unclaimJobs(fixture.later("10 seconds"), 1000)).toContainEqual({
    token: attempt.token,
    type: "simulate",
  });
  expect(await acceptAttempts(fixture.store, [attempt], 10_000)).toEqual([]);
  const again = await fixture.claim(id);
  expect(await acceptAttempts(fixture.store, [again], 10_000)).toHaveLength(1);
  expect((await read(id)).attempt).toBe(1);
});

test("a silent worker makes its job UNKNOWN, a heartbeat EXECUTING again", async () => {
  const attempt = await fixture.start();
  expect(of(attempt.job, await markSilent(fixture.store, 5000, 1000))).toHaveLength(0);
  expect(of(attempt.job, await markSilent(fixture.later("6 seconds"), 5000, 1000))).toHaveLength(1);
  expect((await read(attempt.job)).phase).toBe("UNKNOWN");
  expect(await renewLeases(fixture.store, [attempt], 10_000)).toEqual([
    { token: attempt.token, id: attempt.job, eventSequence: 0, heardAgain: true },
  ]);
  expect((await read(attempt.job)).phase).toBe("EXECUTING");
});

test("a lost lease queues the job again until its attempts are spent, then it is in ERROR", async () => {
  const id = await fixture.create({ maxAttempts: 2 });
  const first = await fixture.claim(id);
  await acceptAttempts(fixture.store, [first], 10_000);
  await addResult(
    fixture.store,
    first,
    { id: "r", mediaType: "a/b", size: 1, location: { key: "of-the-first-attempt", sha256: "s" } },
    0,
  );
  expect(of(id, await loseLeases(fixture.store, noDelay, 1000))).toEqual([]);
  expect(of(id, await loseLeases(fixture.later("11 seconds"), noDelay, 1000))).toMatchObject([
    { token: first.token, phase: "QUEUED" },
  ]);
  expect(await read(id)).toMatchObject({ phase: "QUEUED", startTime: undefined, results: [] });
  expect((await listGarbage(fixture.store, 1000)).map(({ key }) => key)).toContain("of-the-first-attempt");

  const { later } = fixture;
  const second = { job: id, token: newAttemptToken(id) };
  // In the first store's time the retry still waits; a minute later it may be taken.
  await claimJobs(later("1 minute"), [{ id, token: second.token, worker: "w2" }], 5000);
  await acceptAttempts(fixture.store, [second], 10_000);
  expect((await read(id)).attempt).toBe(2);
  expect(of(id, await loseLeases(later("11 seconds"), noDelay, 1000))).toMatchObject([{ phase: "ERROR" }]);
  expect(await read(id)).toMatchObject({ phase: "ERROR", error: { type: "transient" } });
  expect(await listAttempts(fixture.store, id)).toMatchObject([
    { outcome: "lost", worker: "w1" },
    { outcome: "lost", worker: "w2" },
  ]);
});

test("a retry waits for its backoff", async () => {
  const attempt = await fixture.start();
  const { store } = fixture;
  await failAttempts(store, [
    { ...attempt, type: "transient", message: "later", detail: "", retryable: true, retryDelay: 30_000 },
  ]);
  expect((await read(attempt.job)).phase).toBe("QUEUED");
  const claim = { id: attempt.job, token: newAttemptToken(attempt.job), worker: "w" };
  expect(await claimJobs(store, [claim], 5000)).toEqual([]);
  expect(of(attempt.job, await dispatchJobs(store, ["simulate"], 1000))).toEqual([]);
  expect(of(attempt.job, await dispatchJobs(fixture.later("31 seconds"), ["simulate"], 1000))).toHaveLength(1);
});

test("a worker's failure ends the job with its message and detail", async () => {
  const attempt = await fixture.start();
  await failAttempts(fixture.store, [
    { ...attempt, type: "fatal", message: "no such star", detail: "stack", retryable: false, retryDelay: 0 },
  ]);
  expect(await read(attempt.job)).toMatchObject({
    phase: "ERROR",
    error: { type: "fatal", message: "no such star", detail: "stack" },
  });
});

test("a job given back with a checkpoint is SUSPENDED, keeps its results and goes on from there", async () => {
  const { store } = fixture;
  const attempt = await fixture.start();
  await addResult(store, attempt, { id: "r", mediaType: "a/b", size: 1, location: { key: "k", sha256: "s" } }, 0);
  const progress = { fraction: 0.4, message: "so far", counters: { rows: 4 } };
  await recordEvents(store, [{ ...attempt, sequence: 1, progress, log: [], checkpoint: null }]);
  await releaseAttempts(store, [{ ...attempt, reason: "drained", checkpoint: btoa("state") }]);
  expect(await read(attempt.job)).toMatchObject({ phase: "SUSPENDED", results: [{ id: "r" }] });
  expect(of(attempt.job, await dispatchJobs(store, ["simulate"], 1000))).toHaveLength(1);
  const token = newAttemptToken(attempt.job);
  const [claimed] = await claimJobs(store, [{ id: attempt.job, token, worker: "w2" }], 5000);
  expect(new TextDecoder().decode(claimed?.checkpoint ?? undefined)).toBe("state");
  await acceptAttempts(store, [{ job: attempt.job, token }], 10_000);
  expect(await read(attempt.job)).toMatchObject({ phase: "EXECUTING", attempt: 2, progress });
});

test("the execution duration ends an attempt; results stay", async () => {
  const { store } = fixture;
  const attempt = await fixture.start({ executionDuration: 60 });
  await addResult(store, attempt, { id: "r", mediaType: "a/b", size: 1, location: { key: "k", sha256: "s" } }, 0);
  expect(of(attempt.job, await expireAttempts(fixture.later("50 seconds"), 1000))).toEqual([]);
  await changeJob(store, attempt.job, { executionDuration: 40 });
  expect(of(attempt.job, await expireAttempts(fixture.later("50 seconds"), 1000))).toMatchObject([
    { token: attempt.token },
  ]);
  expect(await read(attempt.job)).toMatchObject({ phase: "ABORTED", results: [{ id: "r" }] });
});

test("progress never goes back, and an event sent twice counts once", async () => {
  const { store } = fixture;
  const attempt = await fixture.start();
  const at = (fraction: number) => ({ fraction, message: "", counters: {} });
  const log = [{ sequence: 1, level: "info" as const, message: "once" }];
  await recordEvents(store, [{ ...attempt, sequence: 2, progress: at(0.6), log, checkpoint: null }]);
  await recordEvents(store, [{ ...attempt, sequence: 2, progress: at(0.4), log, checkpoint: null }]);
  expect((await read(attempt.job)).progress?.fraction).toBe(0.6);
  expect(await listLogLines(store, attempt.job, { attempt: 0, sequence: 0 }, 10)).toHaveLength(1);
});

test("parameters and the run id change while PENDING, by name without regard to case, and not afterwards", async () => {
  const { store } = fixture;
  const id = await fixture.create({
    run: false,
    parameters: [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
      { name: "a", value: "3" },
    ],
  });
  expect(await changeJob(store, id, { runId: "second", parameters: [{ name: "a", value: "4" }] })).toEqual({
    outcome: "changed",
    phase: "PENDING",
  });
  expect(await read(id)).toMatchObject({ runId: "second" });
  expect((await read(id)).parameters).toEqual([
    { name: "B", value: "2" },
    { name: "a", value: "4" },
  ]);
  expect(await changeJob(store, id, toRun)).toEqual({ outcome: "changed", phase: "QUEUED" });
  const late = { parameters: [{ name: "a", value: "5" }], executionDuration: 7 };
  expect(await changeJob(store, id, late)).toEqual({ outcome: "refused" });
  expect(await changeJob(store, id, { runId: "third" })).toEqual({ outcome: "refused" });
  expect(await read(id)).toMatchObject({ runId: "second", executionDuration: 600 });
});

test("a window of jobs is dispatched, the most urgent first, and again when nobody claims them", async () => {
  const { store } = fixture;
  const type = "dispatched";
  const ids: string[] = [];
  for (const priority of [0, 0, 5]) ids.push(await fixture.create({ type, priority }));
  const [a, b, urgent] = ids;
  expect((await dispatchJobs(store, [type], 2)).map(({ id }) => id)).toEqual([urgent, a] as string[]);
  expect(await dispatchJobs(store, [type], 2)).toEqual([]);
  await fixture.claim(urgent ?? "");
  expect((await dispatchJobs(store, [type], 2)).map(({ id }) => id)).toEqual([b] as string[]);
  const rung = async (when: string) =>
    (await redispatchJobs(fixture.later(when), 10_000, 100)).filter((job) => job.type === type);
  expect(await rung("11 seconds")).toEqual([
    { id: a ?? "", type, attempt: 1, dispatches: 2 },
    { id: b ?? "", type, attempt: 1, dispatches: 2 },
  ]);
  // Not with every look.
  expect(await rung("20 seconds")).toEqual([]);
});

test("who waits longest is rung again with all that wait behind, so that none is overtaken", async () => {
  const { store } = fixture;
  const type = "in-order";
  const early = await fixture.create({ type });
  await dispatchJobs(store, [type], 2);
  const late = await fixture.create({ type });
  await dispatchJobs(fixture.later("9 seconds"), [type], 2);
  const rung = await redispatchJobs(fixture.later("11 seconds"), 10_000, 100);
  expect(rung.filter((job) => job.type === type).map(({ id }) => id)).toEqual([early, late]);
});

test("a deleted or destroyed job leaves nothing but garbage to collect", async () => {
  const { store } = fixture;
  const attempt = await fixture.start();
  expect(await deleteJob(store, attempt.job)).toEqual({ token: attempt.token });
  expect(await deleteJob(store, attempt.job)).toBe(false);
  expect(await getJob(store, "simulate", attempt.job)).toBeUndefined();
  expect(await completeAttempts(store, [attempt])).toEqual([]);

  const id = await fixture.create({ destruction: 100_000 });
  expect(of(id, await destroyJobs(store, [], 1000))).toEqual([]);
  expect(of(id, await destroyJobs(fixture.later("100001 seconds"), [], 1000))).toEqual([{ id, token: null }]);
  const garbage = (await listGarbage(store, 1000)).map(({ key }) => key);
  expect(garbage).toContain(`jobs/${attempt.job}/`);
  expect(garbage).toContain(`jobs/${id}/`);
});

test("an attempt token names its job, and nothing else is a token", () => {
  const job = Bun.randomUUIDv7();
  const token = newAttemptToken(job);
  expect(parseAttemptToken(token)).toEqual({ job, token });
  for (const wrong of ["", job, `${job}.`, `${token}x`, token.replace("-", "_")]) {
    expect(parseAttemptToken(wrong)).toBeUndefined();
  }
});
