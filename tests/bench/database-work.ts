import postgres from "postgres";

/** What PostgreSQL did for a piece of work. */
export interface DatabaseWork {
  /** Each command of the store is one statement, and commits alone: so these are statements, too. */
  readonly commits: number;
  readonly walBytes: number;
  /** By how long they took in all, longest first. */
  readonly statements: readonly StatementWork[];
}

export interface StatementWork {
  /** The store's command, as far as its text tells. */
  readonly text: string;
  readonly calls: number;
  readonly rows: number;
  readonly milliseconds: number;
}

/** Counts the transactions of one database, and the bytes of WAL that the whole server wrote, during the work. */
export async function databaseWork(url: string, work: () => Promise<void>): Promise<DatabaseWork> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`create extension if not exists pg_stat_statements`;
    const before = await look(sql);
    await sql`select pg_stat_statements_reset()`;
    await work();
    // Sessions tell what they have done within a second after it.
    await Bun.sleep(1500);
    const after = await look(sql);
    const statements = await sql<StatementWork[]>`
      select query as text, calls::float8 as calls, rows::float8 as rows, total_exec_time + total_plan_time as milliseconds
      from pg_stat_statements join pg_database on pg_database.oid = dbid
      where datname = current_database() and query not like '%pg_stat_statements%' order by 4 desc`;
    return { commits: after.commits - before.commits, walBytes: after.wal - before.wal, statements };
  } finally {
    await sql.end();
  }
}

async function look(sql: postgres.Sql): Promise<{ commits: number; wal: number }> {
  const [row] = await sql<[{ commits: number; wal: number }]>`
    select xact_commit::float8 as commits, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal
    from pg_stat_database where datname = current_database()`;
  return row;
}
