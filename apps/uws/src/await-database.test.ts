import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@uws/embedded";
import { openStore, ping } from "@uws/store";
import pino from "pino";
import { startWithDatabase } from "./await-database.ts";

const folder = await mkdtemp(join(tmpdir(), "uws-goes-"));
const postgres = await startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true });
const store = openStore({ url: postgres.url, connections: 2 });
afterAll(async () => {
  await store.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const log = pino({ level: "silent" });
const { signal } = new AbortController();

test("what starts while PostgreSQL goes, starts again when it is back", async () => {
  let starts = 0;
  let back: Promise<void> | undefined;
  const started = await startWithDatabase(store, log, signal, async () => {
    starts += 1;
    if (starts === 1) {
      postgres.kill("SIGKILL");
      await Promise.allSettled([ping(store), ping(store)]);
      back = postgres.restart();
      throw Object.assign(new Error("write CONNECTION_CLOSED"), { code: "CONNECTION_CLOSED" });
    }
    await ping(store);
    return "running";
  });
  await back;
  expect({ started, starts }).toEqual({ started: "running", starts: 2 });
});

test("what waiting does not mend is thrown at once", async () => {
  let starts = 0;
  const start = async () => {
    starts += 1;
    throw new Error("no such setting");
  };
  await expect(startWithDatabase(store, log, signal, start)).rejects.toThrow("no such setting");
  expect(starts).toBe(1);
});
