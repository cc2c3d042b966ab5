import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningPostgres, startPostgres } from "@uws/embedded";
import { until } from "@uws/testing";
import { createJob } from "./commands/create-job.ts";
import { saveDescription } from "./commands/save-description.ts";
import { newJobId } from "./job-id.ts";
import { migrate } from "./migrate.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let postgres: RunningPostgres;
let store: Store;
const uncaught: unknown[] = [];
const remember = (error: unknown) => uncaught.push(error);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-restart-"));
  postgres = await startPostgres({ dataDir: folder, ephemeral: true });
  await migrate(postgres.url);
  store = openStore({ url: postgres.url, connections: 8 });
  await saveDescription(store, { digest: "d", type: "any", version: "1", document: {} });
  process.on("uncaughtException", remember);
  process.on("unhandledRejection", remember);
});

afterAll(async () => {
  process.off("uncaughtException", remember);
  process.off("unhandledRejection", remember);
  await store.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Creates jobs as fast as it goes while something terrible happens, and counts what became of them. */
async function underLoad(terrible: () => Promise<unknown>): Promise<{ acknowledged: string[]; refused: number }> {
  const acknowledged: string[] = [];
  let refused = 0;
  let over = false;
  const clients = Array.from({ length: 16 }, async () => {
    while (!over) {
      const id = newJobId();
      try {
        await createJob(store, {
          id,
          service: "any",
          type: "any",
          description: "d",
          owner: undefined,
          runId: undefined,
          parameters: [],
          executionDuration: 0,
          destruction: 1000,
          maxAttempts: 1,
          run: false,
        });
        acknowledged.push(id);
      } catch {
        refused += 1;
        // The next try waits for the server, not for a time.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  });
  await until(() => acknowledged.length > 50, "jobs before the fault");
  await terrible();
  const before = acknowledged.length;
  await until(() => acknowledged.length > before + 50, "jobs after the fault");
  over = true;
  // A query that hangs would hang the test here.
  await Promise.all(clients);
  return { acknowledged, refused };
}

async function missing(ids: readonly string[]): Promise<string[]> {
  const rows = await store.sql<{ id: string }[]>`select id from jobs where id = any(${ids as string[]}::uuid[])`;
  const there = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !there.has(id));
}

test.each([
  ["restarts fast", () => postgres.restart("fast")],
  ["restarts at once, without a checkpoint", () => postgres.restart("immediate")],
  ["is killed", () => postgres.restart("kill")],
  [
    "loses every backend",
    async () => {
      await store.sql`
        select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'uws' and pid <> pg_backend_pid()`;
    },
  ],
])(
  "when PostgreSQL %s, no query hangs, nothing acknowledged is lost, nothing is thrown past the caller",
  async (_how, fault) => {
    for (let round = 0; round < 3; round += 1) {
      const { acknowledged } = await underLoad(fault);
      expect(await missing(acknowledged)).toEqual([]);
    }
    expect(uncaught).toEqual([]);
  },
);
