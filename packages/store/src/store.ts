import postgres from "postgres";

/** What a command needs to speak to PostgreSQL: a pool that holds raw SQL, never a transaction of several statements. */
export type Sql = postgres.Sql<{ bigint: number }>;

/** One pool of connections. */
export interface Store {
  readonly sql: Sql;
  /** Waits for queries in flight, at most five seconds. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Connections at most. */
  readonly connections?: number;
  /** Shows up in pg_stat_activity. */
  readonly name?: string;
  /** Moves this pool's `uws_now()`, e.g. "1 hour": for tests that cannot wait. */
  readonly clockShift?: string;
}

/**
 * Opens a pool. It connects when first used, and again for as long as it takes: PostgreSQL may restart at any time.
 *
 * Every command is one SQL statement. A `begin` of several statements must not be used: when a backend dies inside
 * one, postgres.js 3.4.9 runs the rest on a new connection, where it commits alone (docs/decisions.md).
 */
export function openStore(options: StoreOptions): Store {
  const sql = postgres(options.url, {
    max: options.connections ?? 10,
    connect_timeout: 5,
    idle_timeout: 0,
    max_lifetime: null,
    // Seconds between attempts to connect. The default grows to 20 s, and jobs would wait that long after a restart.
    backoff: () => 0.1,
    keep_alive: 10,
    onnotice: () => {},
    types: {
      bigint: {
        to: 20,
        from: [20],
        parse: (text: string) => Number(text),
        serialize: (value: number) => String(value),
      },
    },
    connection: {
      application_name: options.name ?? "uws",
      // No statement of ours takes long; one that does must not hold its connection for ever.
      statement_timeout: 30_000,
      lock_timeout: 10_000,
      // Each statement has one good plan, by an index, whatever its parameters are and however small the tables were when it
      // was made; planning it again each time would cost more than running it.
      plan_cache_mode: "force_generic_plan",
      enable_seqscan: "off",
      jit: "off",
      ...(options.clockShift === undefined ? {} : { "uws.clock_shift": options.clockShift }),
    },
  });
  return { sql, close: () => sql.end({ timeout: 5 }) };
}
