import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
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
  try {
    await until(() => acknowledged.length > 50, "jobs before the fault");
    await terrible();
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 50, "jobs after the fault");
  } finally {
    over = true;
  }
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

/** Connections to PostgreSQL go through this; the first that says `word` is cut at once. Gives the URL to use and how often it cut. */
async function cutAt(word: string) {
  const real = new URL(postgres.url);
  const cut = { url: "", times: 0, close: () => proxy.close() };
  const proxy = createServer((client) => {
    const server = connect(Number(real.port), real.hostname);
    const both = () => {
      client.destroy();
      server.destroy();
    };
    client.on("error", both).on("close", both);
    server.on("error", both).on("close", both);
    server.on("data", (bytes) => client.write(bytes));
    client.on("data", (bytes) => {
      if (cut.times > 0 || !bytes.includes(word)) return void server.write(bytes);
      cut.times += 1;
      client.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  cut.url = Object.assign(new URL(real), { hostname: "127.0.0.1", port: String(address.port) }).href;
  return cut;
}

test("a connection that breaks while it asks for the array types, before its first query, is the caller's error alone", async () => {
  const cut = await cutAt("pg_catalog.pg_type");
  const broken = openStore({ url: cut.url, connections: 1 });
  // Told of the break, or asked again over a new connection: it was not sent yet, both are right.
  await broken.sql`select 1`.catch(() => undefined);
  await broken.sql`select 1`;
  await broken.close();
  cut.close();
  expect({ cut: cut.times, uncaught }).toEqual({ cut: 1, uncaught: [] });
});
