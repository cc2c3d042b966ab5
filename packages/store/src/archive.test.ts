import { afterAll, beforeAll, expect, test } from "bun:test";
import { addResult } from "./commands/add-result.ts";
import { archiveJob } from "./commands/archive-job.ts";
import { abortDueJobs, archiveJobs } from "./commands/archive-jobs.ts";
import { listGarbage } from "./commands/collect-garbage.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { destroyJobs } from "./commands/destroy-jobs.ts";
import { getJob } from "./queries/get-job.ts";
import { listAttempts } from "./queries/list-attempts.ts";
import type { Store } from "./store.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const result = { id: "r", mediaType: "a/b", size: 1, location: { key: "k", sha256: "s" } };
const read = async (id: string, service = "simulate") => await getJob(fixture.store, service, id);

async function completed(service: string): Promise<string> {
  const attempt = await fixture.start({ service, destruction: 100 });
  await addResult(fixture.store, attempt, result, 0);
  await completeAttempts(fixture.store, [attempt]);
  return attempt.job;
}

test("only a job that has ended is archived; its results go, what is known about it stays", async () => {
  const attempt = await fixture.start();
  expect(await archiveJob(fixture.store, attempt.job, undefined)).toBe(false);
  const id = await completed("simulate");
  const before = await read(id);
  expect(await archiveJob(fixture.store, id, undefined)).toBe(true);
  expect(await archiveJob(fixture.store, id, undefined)).toBe(false);
  expect(await read(id)).toEqual({ ...before, phase: "ARCHIVED", results: [] } as typeof before);
  expect((await listGarbage(fixture.store, 1000)).map(({ key }) => key)).toContain(`jobs/${id}/`);
});

test("archived jobs are kept for as long as the service says", async () => {
  const [some, ever] = [await completed("simulate"), await completed("simulate")];
  await archiveJob(fixture.store, some, 1000);
  await archiveJob(fixture.store, ever, null);
  expect((await read(some))?.destruction?.getTime()).toBeGreaterThan(Date.now() + 900_000);
  expect((await read(ever))?.destruction).toBeUndefined();
});

test("a service that archives does so at the destruction time, and removes what is archived at its own", async () => {
  const later = fixture.later("101 seconds");
  const services = [{ service: "kept", keep: 1000 }];
  const [job, other] = [await completed("kept"), await completed("lost")];
  const attempt = await fixture.start({ service: "kept", destruction: 100 });
  expect(await archiveJobs(fixture.store, services, 10)).toEqual([]);

  // Jobs of other tests are due, too.
  const destroyed = async (at: Store) => {
    const gone = new Set((await destroyJobs(at, ["kept"], 100)).map(({ id }) => id));
    return [job, other, attempt.job].filter((id) => gone.has(id));
  };

  expect((await archiveJobs(later, services, 10)).map(({ id }) => id)).toEqual([job]);
  expect(await destroyed(later)).toEqual([other]);
  expect(await read(job, "kept")).toMatchObject({ phase: "ARCHIVED", results: [] });

  // What still runs is aborted first.
  expect(await abortDueJobs(later, ["kept"], 10)).toEqual([{ id: attempt.job, token: attempt.token }]);
  expect(await listAttempts(fixture.store, attempt.job)).toMatchObject([{ outcome: "aborted" }]);
  expect((await archiveJobs(later, services, 10)).map(({ id }) => id)).toEqual([attempt.job]);

  expect(await destroyed(fixture.later("1000 seconds"))).toEqual([]);
  expect(await destroyed(fixture.later("1200 seconds"))).toEqual([job, attempt.job]);
});
