import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, type RunningPostgres, startNats, startPostgres } from "@uws/embedded";
import { migrate } from "@uws/store";
import { Link } from "./link.ts";

const root = join(import.meta.dirname, "../../..");

/** Milliseconds, short enough that many leases run out in a minute. */
export const timing = { lease: 4000, heartbeat: 500, silence: 2000, accept: 2000, sweep: 200, redispatch: 1000 };

/** One of several processes of a kind; it is started again where it was. */
export interface Citizen {
  readonly kind: "api" | "gateway" | "keeper" | "worker";
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  process: ChildProcess;
}

/** All processes of a site, several of each kind, with links between them that can go wrong. */
export interface Town {
  readonly citizens: readonly Citizen[];
  readonly apis: readonly string[];
  readonly postgres: RunningPostgres;
  readonly nats: RunningNats;
  readonly links: Readonly<Record<"worker-gateway" | "postgres" | "nats", Link>>;
  /** Where results and uploads are. */
  readonly blobs: string;
  /** Kills a citizen if it lives, and starts it again. */
  restart(citizen: Citizen): Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

export async function startTown(): Promise<Town> {
  const folder = await mkdtemp(join(tmpdir(), "uws-chaos-"));
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true });
  const nats = await startNats({ dataDir: join(folder, "nats"), ephemeral: true });
  await migrate(postgres.url);
  const [http, grpc] = [await Promise.all([freePort(), freePort()]), await Promise.all([freePort(), freePort()])];
  const links = {
    "worker-gateway": await Link.to(grpc[0] ?? 0),
    postgres: await Link.to(postgres.port),
    nats: await Link.to(nats.port),
  };
  const through = (url: string, { port }: Link) => Object.assign(new URL(url), { port: String(port) }).href;
  const shared = {
    UWS_NATS_PREFIX: "chaos",
    UWS_DATA_DIR: join(folder, "data"),
    UWS_LOG_LEVEL: "warn",
    ...Object.fromEntries(
      Object.entries(timing).map(([name, value]) => [`UWS_${name.toUpperCase()}_MS`, String(value)]),
    ),
  };
  // One of each two has the links that go wrong, the other is there all the time.
  const far = {
    ...shared,
    UWS_DATABASE_URL: through(postgres.url, links.postgres),
    UWS_NATS_URL: through(nats.url, links.nats),
  };
  const near = { ...shared, UWS_DATABASE_URL: postgres.url, UWS_NATS_URL: nats.url };
  const part = (kind: Citizen["kind"], environment: Record<string, string>) => ({
    kind,
    arguments: ["apps/uws/src/main.ts", kind],
    environment,
  });
  const worker = (port: number) => ({
    kind: "worker" as const,
    arguments: ["apps/workers/simulate/src/main.ts"],
    environment: { UWS_GATEWAY: `127.0.0.1:${port}`, UWS_SLOTS: "8" },
  });
  const planned = [
    ...http.map((port, index) => part("api", { ...(index === 0 ? far : near), UWS_HTTP_PORT: String(port) })),
    ...grpc.map((port, index) => part("gateway", { ...(index === 0 ? far : near), UWS_GRPC_PORT: String(port) })),
    part("keeper", far),
    part("keeper", near),
    worker(links["worker-gateway"].port),
    worker(grpc[0] ?? 0),
    worker(grpc[1] ?? 0),
    worker(grpc[1] ?? 0),
  ];
  const start = (plan: Pick<Citizen, "arguments" | "environment">): ChildProcess =>
    spawn(process.execPath, ["--no-orphans", ...plan.arguments], {
      cwd: root,
      env: { ...process.env, ...plan.environment },
      stdio: ["ignore", "ignore", process.env.UWS_TEST_LOG === undefined ? "ignore" : "inherit"],
    });
  const citizens: Citizen[] = planned.map((plan) => ({ ...plan, process: start(plan) }));
  const end = async ({ process: child }: Citizen) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return {
    citizens,
    apis: http.map((port) => `http://127.0.0.1:${port}`),
    postgres,
    nats,
    links,
    blobs: join(folder, "data/blobs"),
    async restart(citizen) {
      await end(citizen);
      citizen.process = start(citizen);
    },
    async stop() {
      await Promise.all(citizens.map(end));
      for (const link of Object.values(links)) link.close();
      await Promise.all([postgres.stop(), nats.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
