import type postgres from "postgres";
import { until } from "./until.ts";

/** A row that is held as a slow statement would hold it: whoever wants to change it waits. */
export interface HeldRow {
  /** Resolves when so many statements of this database wait for a row. */
  awaited(statements?: number): Promise<unknown>;
  /** Lets them go on. */
  release(): Promise<void>;
}

/** Holds the row of a job, so that a test sees what is done before a statement is committed, and what only after it. */
export async function holdRow(sql: postgres.Sql<{ bigint: number }>, job: string): Promise<HeldRow> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holding = sql.begin(async (transaction) => {
    await transaction`select id from jobs where id = ${job} for update`;
    held.resolve();
    await released.promise;
  });
  holding.catch(held.reject);
  await held.promise;
  return {
    awaited: (statements = 1) =>
      until(async () => {
        const [waiting] = await sql<[{ count: number }]>`
          select count(*)::int as count from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and wait_event in ('transactionid', 'tuple')`;
        return waiting.count >= statements;
      }, "a statement that waits for the row"),
    async release() {
      released.resolve();
      await holding;
    },
  };
}
