import { afterAll, beforeAll, expect, test } from "bun:test";
import type { AttemptRef } from "./attempt.ts";
import { abortJob } from "./commands/abort-job.ts";
import { acceptAttempts } from "./commands/accept-attempts.ts";
import { addResult } from "./commands/add-result.ts";
import { archiveJob } from "./commands/archive-job.ts";
import { changeJob } from "./commands/change-job.ts";
import { claimJobs } from "./commands/claim-jobs.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { deleteJob } from "./commands/delete-job.ts";
import { failAttempts } from "./commands/fail-attempts.ts";
import { recordEvents } from "./commands/record-events.ts";
import { releaseAttempts } from "./commands/release-attempts.ts";
import { renewLeases } from "./commands/renew-leases.ts";
import { findAttempt } from "./queries/find-attempt.ts";
import { findJobs } from "./queries/find-jobs.ts";
import { getJob } from "./queries/get-job.ts";
import { phasesOf } from "./queries/phases-of.ts";
import { openStore, type Store } from "./store.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

/*
 * Statements that name jobs by their ids must find them by their ids, whatever PostgreSQL knew of the table when it made its
 * plan: on a new server it makes the plan for an empty table, and keeps it until somebody analyzes the table.
 */

let fixture: StoreFixture;
let store: Store;
beforeAll(async () => {
  fixture = await storeFixture();
  // One session, whose plans are those of the beginning.
  store = openStore({ url: fixture.url, connections: 1 });
  await store.sql`alter table jobs set (autovacuum_enabled = off)`;
});
afterAll(async () => {
  await store.close();
  await fixture.close();
});

const failure = { type: "fatal", message: "m", detail: "", retryable: false, retryDelay: 0 } as const;
const result = { id: "r", mediaType: "text/plain", size: 1, location: { reference: "http://x/" } } as const;
const event = { sequence: 1, progress: null, log: [], checkpoint: null } as const;
const change = { executionDuration: 5, run: { quota: undefined } };

/** What is done to a job by its id. Each is given a job that runs. */
const statements: Readonly<Record<string, (attempt: AttemptRef) => Promise<unknown>>> = {
  getJob: ({ job }) => getJob(store, "simulate", job),
  phasesOf: ({ job }) => phasesOf(store, [job]),
  findAttempt: (attempt) => findAttempt(store, attempt),
  claimJobs: ({ job, token }) => claimJobs(store, [{ id: job, token, worker: "w" }], 1000),
  acceptAttempts: (attempt) => acceptAttempts(store, [attempt], 1000),
  renewLeases: (attempt) => renewLeases(store, [attempt], 60_000),
  recordEvents: (attempt) => recordEvents(store, [{ ...attempt, ...event }]),
  addResult: (attempt) => addResult(store, attempt, result, 2),
  changeJob: ({ job }) => changeJob(store, job, change),
  completeAttempts: (attempt) => completeAttempts(store, [attempt]),
  failAttempts: (attempt) => failAttempts(store, [{ ...attempt, ...failure }]),
  releaseAttempts: (attempt) => releaseAttempts(store, [{ ...attempt, reason: "r", checkpoint: null }]),
  abortJob: ({ job }) => abortJob(store, job),
  deleteJob: ({ job }) => deleteJob(store, job),
  findJobs: ({ job }) => findJobs(store, "simulate", [job]),
  archiveJob: ({ job }) => archiveJob(store, job, undefined),
};

/** Rows and index entries of jobs that this session has looked at. */
async function looked(): Promise<number> {
  await store.sql`select pg_stat_force_next_flush()`;
  const [row] = await store.sql<[{ count: number }]>`
    select ((select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'jobs')
      + (select seq_tup_read from pg_stat_user_tables where relname = 'jobs'))::float8 as count`;
  return row.count;
}

test("statements about a job look it up by its id, though their plans were made when there were hardly any jobs", async () => {
  for (const statement of Object.values(statements)) await statement(await fixture.start());
  const many = 3000;
  await store.sql`
    insert into jobs (id, service, type, description, phase, creation_time, execution_duration, parameters, max_attempts)
    select gen_random_uuid(), 'simulate', 'simulate', 'digest', 'QUEUED', uws_now(), 0, '[]', 3 from generate_series(1, ${many})`;
  // Index entries of active jobs that are active no more, as every job leaves some behind.
  await store.sql`update jobs set phase = 'EXECUTING', attempt_token = id::text where phase = 'QUEUED'`;
  await store.sql`update jobs set phase = 'COMPLETED', attempt_token = null, end_time = uws_now() where attempt_token = id::text`;
  const cost: Record<string, number> = {};
  for (const [name, statement] of Object.entries(statements)) {
    const attempt = await fixture.start();
    const before = await looked();
    await statement(attempt);
    cost[name] = (await looked()) - before;
  }
  expect(Object.fromEntries(Object.entries(cost).filter(([, count]) => count > 100))).toEqual({});
});
