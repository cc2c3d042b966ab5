import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats, startPostgres } from "@uws/embedded";
import postgres from "postgres";

/** A database of its own for a test file. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

let postgresUrl: Promise<string> | undefined;
let sharedNatsUrl: Promise<string> | undefined;

/** Makes an empty database on the test run's PostgreSQL. */
export async function testDatabase(): Promise<TestDatabase> {
  postgresUrl ??=
    fromEnvironment("UWS_TEST_DATABASE_URL") ?? own((dataDir) => startPostgres({ dataDir, ephemeral: true }));
  const server = new URL(await postgresUrl);
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await administer(server.href, (sql) => sql.unsafe(`create database ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => administer(server.href, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`)),
  };
}

/** The test run's nats-server; tests that share it take a subject prefix of their own. */
export async function natsUrl(): Promise<string> {
  sharedNatsUrl ??= fromEnvironment("UWS_TEST_NATS_URL") ?? own((dataDir) => startNats({ dataDir, ephemeral: true }));
  return await sharedNatsUrl;
}

function fromEnvironment(name: string): Promise<string> | undefined {
  const value = process.env[name];
  return value === undefined ? undefined : Promise.resolve(value);
}

/**
 * Starts a server for this process alone, for a test that is run without the test command. It and its data go when the
 * process ends, however it ends.
 */
async function own(start: (dataDir: string) => Promise<{ url: string }>): Promise<string> {
  return (await start(await mkdtemp(join(tmpdir(), "uws-test-")))).url;
}

async function administer(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
