import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, openStore, saveDescription } from "@uws/store";
import { testDatabase } from "@uws/testing";
import { findPgbench } from "../support/tools/pgbench.ts";
import { runWell } from "../support/tools/run.ts";
import type { Measured } from "./measured.ts";

/**
 * What a job costs in PostgreSQL when nobody groups anything: the insert and the four updates of its life (dispatched,
 * claimed, accepted, completed), each a transaction, on our own tables with their indices.
 */
const life = `\\set id random(1, 9223372036854775807)
insert into jobs (id, service, type, description, phase, creation_time, destruction, execution_duration, parameters, max_attempts, queued_at)
  values (lpad(to_hex(:id::bigint), 32, '0')::uuid, 'bench', 'bench', 'd', 'QUEUED', uws_now(), uws_now() + interval '1 day', 3600, '[]', 3, uws_now());
update jobs set dispatched_at = uws_now(), rung_at = uws_now(), dispatches = 1 where id = lpad(to_hex(:id::bigint), 32, '0')::uuid;
update jobs set attempt_token = 'a-token-of-the-usual-length-of-a-token', worker = 'bench', accept_by = uws_now() + interval '5 s'
  where id = lpad(to_hex(:id::bigint), 32, '0')::uuid and phase = 'QUEUED' and attempt_token is null;
with accepted as (
  update jobs set phase = 'EXECUTING', attempt = 1, accept_by = null, start_time = uws_now(), heard_at = uws_now(), lease_until = uws_now() + interval '1 min'
  where id = lpad(to_hex(:id::bigint), 32, '0')::uuid and phase = 'QUEUED' returning id, attempt, worker
) insert into attempts (job_id, number, worker, start_time) select id, attempt, worker, uws_now() from accepted;
with ended as (
  update jobs set phase = 'COMPLETED', end_time = uws_now(), attempt_token = null, lease_until = null, dispatched_at = null
  where id = lpad(to_hex(:id::bigint), 32, '0')::uuid and phase = 'EXECUTING' returning id, attempt
) update attempts set end_time = uws_now(), outcome = 'completed' from ended where job_id = ended.id and number = ended.attempt;
`;

/** Runs pgbench on the server of the benchmark. @returns lives of jobs per second, at the number of clients that does most */
export async function measureMachineLimit(): Promise<
  Measured & { readonly numbers: { readonly jobsPerSecond: number } }
> {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), "uws-pgbench-"));
  try {
    await migrate(database.url);
    const store = openStore({ url: database.url, connections: 1 });
    await saveDescription(store, { digest: "d", type: "bench", version: "1.0.0", document: {} });
    await store.close();
    const script = join(folder, "life.sql");
    await writeFile(script, life);
    const pgbench = await findPgbench();
    const best = { rate: 0, clients: 0 };
    for (const clients of [8, 32]) {
      const options = ["-n", "-M", "prepared", "-c", String(clients), "-j", "2", "-T", "8", "-f", script, database.url];
      const rate = Number(/tps = ([\d.]+)/.exec(await runWell(pgbench, options))?.[1]);
      if (rate > best.rate) Object.assign(best, { rate, clients });
    }
    return {
      what: `pgbench on the same PostgreSQL, with nothing else running: the insert and four updates of a job's life, ungrouped, ${best.clients} clients`,
      value: `${Math.round(best.rate)} jobs/s`,
      numbers: { jobsPerSecond: best.rate },
    };
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}
