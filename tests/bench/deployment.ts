import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { testDatabase } from "@uws/testing";
import { type HouseProcess, startProcess } from "../support/processes.ts";

const root = join(import.meta.dirname, "../..");

/** A worker in a process of its own. */
export interface BenchWorker {
  readonly pid: number;
  /** Hears what it prints, a line at a time. */
  onLine(listener: (line: string) => void): void;
  kill(): Promise<void>;
}

/** The server as an operator starts it, on a database of its own; the load comes from another process than any of these. */
export interface Deployment {
  /** http://host:port */
  readonly url: string;
  /** host:port, for workers. */
  readonly gateway: string;
  readonly databaseUrl: string;
  /** Process ids by what the process is. */
  readonly pids: Readonly<Record<string, number>>;
  worker(file: string, environment?: Readonly<Record<string, string>>): BenchWorker;
  stop(): Promise<void>;
}

/** Together: everything in one process, as `run up` starts it. Apart: api, gateway and keeper, a process each. */
export type Kind = "together" | "apart";

/**
 * Starts a server with its production settings.
 * @param settings environment variables that say otherwise
 */
export async function deploy(
  kind: Kind,
  natsUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Deployment> {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "uws-bench-site-"));
  const environment = {
    UWS_DATABASE_URL: database.url,
    UWS_NATS_URL: natsUrl,
    UWS_NATS_PREFIX: `b${crypto.randomUUID().slice(0, 8)}`,
    UWS_DATA_DIR: dataDir,
    UWS_HTTP_PORT: "0",
    UWS_GRPC_PORT: "0",
    UWS_WAIT_CLIENTS_PER_CALLER: "20000",
    ...settings,
  };
  const processes: Record<string, HouseProcess> = {};
  const start = async (name: string, command: string, ready: RegExp) => {
    const started = await startProcess(command, environment, ready);
    processes[name] = started;
    return started.said;
  };
  let url: string;
  let gateway: string;
  if (kind === "together") {
    const said = await start("server", "up --no-workers", /([\s\S]*workers\s+\S+ \(gRPC\))/);
    url = /(http:\/\/[^/\s]+)\//.exec(said)?.[1] ?? "";
    gateway = /workers\s+(\S+) \(gRPC\)/.exec(said)?.[1] ?? "";
  } else {
    await start("migrate", "migrate", /(up to date)/);
    delete processes.migrate;
    url = await start("api", "api", /"url":"(http[^"]+)"/);
    gateway = await start("gateway", "gateway", /"address":"([^"]+)"/);
    await start("keeper", "keeper", /(started)/);
  }
  const workers: BenchWorker[] = [];
  return {
    url,
    gateway,
    databaseUrl: database.url,
    pids: Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, pid])),
    worker(file, more = {}) {
      const started = startWorkerProcess(file, { UWS_GATEWAY: gateway, ...more });
      workers.push(started);
      return started;
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await Promise.all(Object.values(processes).map((each) => each.kill()));
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function startWorkerProcess(file: string, environment: Readonly<Record<string, string>>): BenchWorker {
  const child = spawn(process.execPath, ["--no-orphans", join(root, file)], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout });
  return {
    pid: child.pid ?? 0,
    onLine: (listener) => void lines.on("line", listener),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
