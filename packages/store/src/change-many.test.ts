import { afterAll, beforeAll, expect, test } from "bun:test";
import { abortJobs } from "./commands/abort-job.ts";
import { archiveEndedJobs } from "./commands/archive-job.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { deleteJobs } from "./commands/delete-job.ts";
import { recordEvents } from "./commands/record-events.ts";
import { newJobId } from "./job-id.ts";
import { listAttempts } from "./queries/list-attempts.ts";
import { phasesOf } from "./queries/phases-of.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

/** A job of each kind: what an abort makes of it depends on its phase. */
async function oneOfEach() {
  const running = await fixture.start();
  const completed = await fixture.start();
  await completeAttempts(fixture.store, [completed]);
  return {
    pending: await fixture.create({ run: false }),
    queued: await fixture.create(),
    running,
    completed: completed.job,
    gone: newJobId(),
  };
}

test("one statement aborts the jobs that can be, ends their attempts, and gives the tokens that are no longer valid", async () => {
  const { store } = fixture;
  const { pending, queued, running, completed, gone } = await oneOfEach();
  const aborted = await abortJobs(store, [pending, queued, running.job, completed, gone]);
  const sorted = aborted.toSorted((one, other) => one.id.localeCompare(other.id));
  expect(sorted).toEqual(
    [
      { id: pending, type: "simulate", token: null },
      { id: queued, type: "simulate", token: null },
      { id: running.job, type: "simulate", token: running.token },
    ].toSorted((one, other) => one.id.localeCompare(other.id)),
  );
  expect((await phasesOf(store, [completed])).get(completed)).toBe("COMPLETED");
  const [attempt] = await listAttempts(store, running.job);
  expect(attempt).toMatchObject({ outcome: "aborted", endTime: expect.any(Date) });
  // Fenced.
  const event = { sequence: 1, progress: null, log: [], checkpoint: null };
  expect(await recordEvents(store, [{ ...running, ...event }])).toEqual([]);
  expect(await abortJobs(store, [pending, queued, running.job])).toEqual([]);
});

test("one statement archives the jobs that have ended, and one deletes what is there", async () => {
  const { store } = fixture;
  const { pending, queued, running, completed, gone } = await oneOfEach();
  const all = [pending, queued, running.job, completed, gone];
  expect(await archiveEndedJobs(store, all, 60)).toEqual([{ id: completed, type: "simulate" }]);
  const deleted = await deleteJobs(store, all);
  expect(new Set(deleted.map(({ id }) => id))).toEqual(new Set(all.slice(0, 4)));
  expect(deleted.flatMap(({ token }) => token ?? [])).toEqual([running.token]);
  expect(await phasesOf(store, all)).toEqual(new Map());
  const keys = await store.sql<
    { key: string }[]
  >`select key from garbage where key = any(${all.map((id) => `jobs/${id}/`)})`;
  expect(new Set(keys.map(({ key }) => key))).toEqual(new Set(all.slice(0, 4).map((id) => `jobs/${id}/`)));
});

test("a statement that a deadlock has ended is run again", async () => {
  const { store } = fixture;
  const ids = [await fixture.create(), await fixture.create()].toSorted();
  const other = await store.sql.reserve();
  try {
    // Holds the second job, and wants the first one, which the abort holds by then.
    await other`begin`;
    await other`select from jobs where id = ${ids[1] ?? ""} for update`;
    const aborting = abortJobs(store, ids);
    const waits = () => store.sql`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')`;
    while ((await waits()).length === 0);
    const wanting = other`select from jobs where id = ${ids[0] ?? ""} for update`.then(
      () => "got it",
      () => "gave way",
    );
    // Whichever of the two PostgreSQL ends.
    const outcome = await wanting;
    await other`rollback`;
    expect((await aborting).map(({ id }) => id).toSorted()).toEqual(ids);
    expect(["got it", "gave way"]).toContain(outcome);
  } finally {
    other.release();
  }
});
