import postgres from "postgres";

/** What a try to use the server found. */
export type Readiness = "ready" | "not-yet" | "not-ours";

/** One try may take this long: on a slow disk, making a database does. */
const TRY_TIMEOUT_MS = 15_000;

/**
 * Logs in, answers whether the server is ready for work, and makes the database `uws` if it is not there. Gives up early
 * when the server has ended: whoever listens on the port then may never answer.
 */
export async function prepareDatabase(port: number, password: string, ended: Promise<unknown>): Promise<Readiness> {
  const sql = postgres({
    host: "127.0.0.1",
    port,
    username: "uws",
    password,
    database: "postgres",
    max: 1,
    connect_timeout: 5,
    fetch_types: false,
    prepare: false,
    onnotice: () => {},
  });
  const prepare = async (): Promise<Readiness> => {
    const [row] = await sql`select exists (select from pg_database where datname = 'uws') as there`;
    if (row?.there !== true) await sql`create database uws`;
    return "ready";
  };
  let timer: Timer | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve("not-yet"), TRY_TIMEOUT_MS);
  });
  const answer = prepare().catch((error: unknown): Readiness => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // invalid_password, invalid_authorization: somebody else's server has got the port.
    return code === "28P01" || code === "28000" ? "not-ours" : "not-yet";
  });
  try {
    return await Promise.race([answer, late, ended.then((): Readiness => "not-yet")]);
  } finally {
    clearTimeout(timer);
    // Not waited for: a connection to something that is no PostgreSQL may take its time to end.
    sql.end({ timeout: 0 }).catch(() => {});
  }
}
