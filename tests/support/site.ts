import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashPassword } from "@uws/auth";
import { type Running, startAll } from "@uws/cli";
import { UwsClient } from "@uws/client";
import { type Config, loadConfig, type Timing } from "@uws/config";
import { addUser, openStore } from "@uws/store";
import { natsUrl, testDatabase } from "@uws/testing";
import pino from "pino";

const root = join(import.meta.dirname, "../..");

/** Times short enough to see a lease run out in a test. Milliseconds. */
const quick = { lease: 2500, heartbeat: 300, silence: 1200, accept: 1500, sweep: 100, redispatch: 1000, backoff: 50 };

/** A whole server on free ports with a database of its own, as `run up` starts it, and workers as processes. */
export interface Site {
  readonly running: Running;
  /** Where results and uploads are kept. */
  readonly dataDir: string;
  client(service: string): UwsClient;
  /** Starts an example worker; it is killed at the end. */
  worker(name: "crossmatch" | "simulate", environment?: Record<string, string>): ChildProcess;
  /** Stops the server, and starts it again at the same addresses. @param meanwhile what happens while it is away */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface SiteOptions {
  /** URL of a nats-server that the test may kill; the test run's own by default. */
  readonly nats?: string;
  /** Other times than those that let a test see a lease run out; {} = as in production. */
  readonly timing?: Partial<Timing>;
  /** Names and passwords of those who may log in; nobody else is let in. */
  readonly users?: Readonly<Record<string, string>>;
  /** Other services than those of the file that comes with the house. */
  readonly services?: (configured: Config["services"]) => Config["services"];
  /** By which clients know it, where a proxy stands in front. */
  readonly publicUrl?: string;
}

export async function startSite({ nats, timing = quick, users, services, publicUrl }: SiteOptions = {}): Promise<Site> {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "uws-site-"));
  const loaded = loadConfig({}, root);
  const config = {
    ...loaded,
    httpPort: 0,
    grpcPort: 0,
    publicUrl,
    dataDir,
    databaseUrl: database.url,
    natsUrl: nats ?? (await natsUrl()),
    natsPrefix: `t${crypto.randomUUID().slice(0, 8)}`,
    timing: { ...loaded.timing, ...timing },
    auth: { ...loaded.auth, basic: users !== undefined, anonymous: users === undefined },
    services: services?.(loaded.services) ?? loaded.services,
  };
  const log = pino({ level: process.env.UWS_TEST_LOG ?? "silent" });
  const start = (changes: Partial<Config>) =>
    startAll({ config: { ...config, ...changes }, log, say: () => {}, examples: [] });
  let running = await start({});
  if (users !== undefined) await addUsers(database.url, users);
  const children: ChildProcess[] = [];
  return {
    get running() {
      return running;
    },
    dataDir,
    client: (service) => new UwsClient(`${running.url}/${service}/async`),
    worker(name, environment = {}) {
      const main = join(root, "apps/workers", name, "src/main.ts");
      const child = spawn(process.execPath, ["--no-orphans", main], {
        env: { ...process.env, UWS_GATEWAY: running.gateway, ...environment },
        stdio: ["ignore", "ignore", "ignore"],
      });
      children.push(child);
      return child;
    },
    async restart(meanwhile) {
      const { url, gateway } = running;
      await running.stop();
      await meanwhile?.();
      running = await start({ httpPort: portOf(url), grpcPort: portOf(`http://${gateway}`) });
    },
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, "exit");
          child.kill("SIGKILL");
          await exited;
        }),
      );
      await running.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function addUsers(url: string, users: Readonly<Record<string, string>>): Promise<void> {
  const store = openStore({ url, connections: 1 });
  for (const [name, password] of Object.entries(users)) await addUser(store, name, await hashPassword(password));
  await store.close();
}
