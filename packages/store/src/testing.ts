import { testDatabase } from "@uws/testing";
import { type AttemptRef, newAttemptToken } from "./attempt.ts";
import { acceptAttempts } from "./commands/accept-attempts.ts";
import { claimJobs } from "./commands/claim-jobs.ts";
import { createJob, type NewJob } from "./commands/create-job.ts";
import { saveDescription } from "./commands/save-description.ts";
import { newJobId } from "./job-id.ts";
import { migrate } from "./migrate.ts";
import { openStore, type Store } from "./store.ts";

/** A migrated database of its own, and what store tests do again and again. */
export interface StoreFixture {
  readonly store: Store;
  readonly url: string;
  /** The same database, seen by a process whose clock is ahead. */
  later(shift: string): Store;
  create(changes?: Partial<NewJob>): Promise<string>;
  /** Creates a job and takes it to EXECUTING. */
  start(changes?: Partial<NewJob>): Promise<AttemptRef>;
  claim(id: string, worker?: string): Promise<AttemptRef>;
  close(): Promise<void>;
}

export async function storeFixture(): Promise<StoreFixture> {
  const database = await testDatabase();
  await migrate(database.url);
  const store = openStore({ url: database.url, connections: 4 });
  const open = [store];
  await saveDescription(store, { digest: "digest", type: "simulate", version: "1.0.0", document: {} });

  const fixture: StoreFixture = {
    store,
    url: database.url,
    later(shift) {
      const later = openStore({ url: database.url, connections: 2, clockShift: shift });
      open.push(later);
      return later;
    },
    async create(changes = {}) {
      const id = newJobId();
      await createJob(store, newJob({ id, ...changes }));
      return id;
    },
    async claim(id, worker = "w1") {
      const token = newAttemptToken(id);
      const claimed = await claimJobs(store, [{ id, token, worker }], 5000);
      if (claimed.length !== 1) throw new Error(`Job ${id} could not be claimed.`);
      return { job: id, token };
    },
    async start(changes) {
      const attempt = await fixture.claim(await fixture.create(changes));
      await acceptAttempts(store, [attempt], 10_000);
      return attempt;
    },
    async close() {
      await Promise.all(open.map((each) => each.close()));
      await database.drop();
    },
  };
  return fixture;
}

/** A job as tests make it: nothing about it is special but what they change. */
export function newJob(changes: Partial<NewJob> = {}): NewJob {
  return {
    id: newJobId(),
    service: "simulate",
    type: "simulate",
    description: "digest",
    owner: undefined,
    runId: undefined,
    parameters: [],
    executionDuration: 600,
    destruction: 86_400,
    maxAttempts: 3,
    run: true,
    ...changes,
  };
}
