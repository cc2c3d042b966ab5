import { acceptAttempts } from "../commands/accept-attempts.ts";
import { addResult } from "../commands/add-result.ts";
import { claimJobs } from "../commands/claim-jobs.ts";
import { completeAttempts } from "../commands/complete-attempts.ts";
import { markSilent } from "../commands/mark-silent.ts";
import { recordEvents } from "../commands/record-events.ts";
import { releaseAttempts } from "../commands/release-attempts.ts";
import { suspendJob } from "../commands/suspend-job.ts";
import type { StoreFixture } from "../testing.ts";
import type { RacedCommand } from "./commands.ts";

/** The job that two commands are given at the same moment. */
export interface RacedJob {
  readonly id: string;
  /** What its worker shows. */
  readonly token?: string;
}

const hour = 3_600_000;

async function claimed({ store }: StoreFixture, id: string): Promise<Required<RacedJob>> {
  const token = `${id}.worker`;
  await claimJobs(store, [{ id, token, worker: "w1" }], hour);
  return { id, token };
}

async function started(fixture: StoreFixture): Promise<Required<RacedJob>> {
  const { store } = fixture;
  const by = await claimed(fixture, await fixture.create({ executionDuration: 60 }));
  const attempt = { job: by.id, token: by.token };
  await acceptAttempts(store, [attempt], hour);
  const kept = { id: "kept", mediaType: "a/b", size: 1, location: { key: `jobs/${by.id}/kept`, sha256: "s" } };
  await addResult(store, attempt, kept, 1);
  return by;
}

async function suspended(fixture: StoreFixture): Promise<Required<RacedJob>> {
  const by = await started(fixture);
  await releaseAttempts(fixture.store, [{ job: by.id, token: by.token, reason: "r", checkpoint: btoa("state") }]);
  return by;
}

/** How a job comes to where the two commands meet it. */
export const racedStates: Readonly<Record<string, (fixture: StoreFixture) => Promise<RacedJob>>> = {
  PENDING: async (fixture) => ({ id: await fixture.create({ run: false }) }),
  HELD: async (fixture) => ({ id: await fixture.create({ quota: { active: 0, over: "hold" } }) }),
  QUEUED: async (fixture) => ({ id: await fixture.create() }),
  "QUEUED and claimed": async (fixture) => claimed(fixture, await fixture.create()),
  EXECUTING: started,
  "EXECUTING with a checkpoint": async (fixture) => {
    const by = await started(fixture);
    const attempt = { job: by.id, token: by.token };
    await recordEvents(fixture.store, [
      { ...attempt, sequence: 2, progress: null, log: [], checkpoint: btoa("state") },
    ]);
    return by;
  },
  UNKNOWN: async (fixture) => {
    const by = await started(fixture);
    await letPass(fixture, by.id, ["heard_at"]);
    await markSilent(fixture.store, hour, 1);
    return by;
  },
  SUSPENDED: suspended,
  "SUSPENDED by an operator": async (fixture) => {
    const by = await started(fixture);
    await suspendJob(fixture.store, by.id);
    return by;
  },
  "SUSPENDED and claimed": async (fixture) => {
    const { id } = await suspended(fixture);
    return await claimed(fixture, id);
  },
  COMPLETED: async (fixture) => {
    const by = await started(fixture);
    await completeAttempts(fixture.store, [{ job: by.id, token: by.token }]);
    return by;
  },
};

/** Lets times of a job be over, where it has them. */
export async function letPass(
  { store: { sql } }: StoreFixture,
  id: string,
  times: readonly NonNullable<RacedCommand["due"]>[],
): Promise<void> {
  for (const time of times) {
    await sql`update jobs set ${sql(time)} = uws_now() - interval '2 hours' where id = ${id} and ${sql(time)} is not null`;
  }
}
