import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

/** Any number that nobody else uses as an advisory lock in this database: "uws1" in ASCII. */
const migrationLock = 0x75777331;

/**
 * Brings the database to the schema of this build. Safe to call by many processes at once: they wait for each other on
 * an advisory lock, since drizzle's migrator by itself fails then.
 * @param url of the database, whose user may create tables
 */
export async function migrate(url: string): Promise<void> {
  // A client of its own: drizzle changes the type parsers of the one that it is given.
  const client = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await client`select pg_advisory_lock(${migrationLock})`;
    await applyMigrations(drizzle(client), { migrationsFolder: join(import.meta.dirname, "migrations") });
    await client`select pg_advisory_unlock(${migrationLock})`;
  } finally {
    await client.end({ timeout: 5 });
  }
}
