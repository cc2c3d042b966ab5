import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, type RunningPostgres, startNats, startPostgres } from "@uws/embedded";
import { migrate, openStore, type Store } from "@uws/store";
import { descriptionFile } from "@uws/worker-simulate";
import { findFaketime } from "../../support/tools/faketime.ts";
import { Citizen, type Plan } from "./citizens.ts";
import { processesThatName } from "./leftovers.ts";
import { Link } from "./link.ts";
import { SmallDisk } from "./small-disk.ts";
import { clockSkew, orphanTimes, timing } from "./timing.ts";
import { Troubles } from "./troubles.ts";

/** Services, and job types, of which only those speak who write late. */
export const lateServices = ["late-1", "late-2", "late-3"] as const;

/** All processes of a site, several of each kind, with links between them that can go wrong. */
export interface Town {
  readonly citizens: readonly Citizen[];
  readonly apis: readonly string[];
  /** Addresses of the gateways, the far one first. */
  readonly gateways: readonly string[];
  readonly postgres: RunningPostgres;
  readonly nats: RunningNats;
  readonly links: Readonly<Record<"worker-gateway" | "postgres" | "nats", Link>>;
  /** Where results and uploads are. */
  readonly blobs: string;
  /** The file system below it; undefined where none can be mounted. */
  readonly disk: SmallDisk | undefined;
  /** The observer's own connections, which take part in nothing. */
  readonly store: Store;
  readonly troubles: Troubles;
  /** What cannot go wrong here, and why. */
  readonly notPossible: readonly string[];
  /** Which processes have clocks that are off, and by how much. */
  readonly wrongClocks: readonly string[];
  /** How often processes have ended that nobody had killed, by kind. */
  readonly endedByThemselves: Readonly<Record<string, number>>;
  /** Ends everything. @returns the pids of processes that are left behind, which must be none */
  stop(): Promise<readonly number[]>;
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
  /** What has been made and must go again, the last first. */
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  let stopped: Promise<readonly number[]> | undefined;
  const stop = async () => {
    const errors: unknown[] = [];
    // Whatever cannot be ended, the others must be.
    for (const end of ends.toReversed()) await end().catch((error) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, "not everything could be ended");
    return await processesThatName(folder);
  };
  try {
    return await build(folder, ends, () => {
      stopped ??= stop();
      return stopped;
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(folder: string, ends: (() => Promise<unknown>)[], stop: Town["stop"]): Promise<Town> {
  const notPossible: string[] = [];
  const because = (what: string) => (error: unknown) => {
    notPossible.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  };
  const blobs = join(folder, "data/blobs");
  await mkdir(blobs, { recursive: true });
  const disk = await SmallDisk.at(blobs).catch(because("a full disk"));
  if (disk !== undefined) ends.push(() => disk.unmount());
  const faketime = await findFaketime().catch(because("wrong clocks"));

  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true });
  ends.push(() => postgres.stop());
  const nats = await startNats({ dataDir: join(folder, "nats"), ephemeral: true });
  ends.push(() => nats.stop());
  await migrate(postgres.url);
  const store = openStore({ url: postgres.url, connections: 2, name: "chaos" });
  ends.push(() => store.close());
  const [http, grpc] = [await Promise.all([freePort(), freePort()]), await Promise.all([freePort(), freePort()])];
  const links = {
    "worker-gateway": await Link.to(grpc[0] ?? 0),
    postgres: await Link.to(postgres.port),
    nats: await Link.to(nats.port),
  };
  ends.push(async () => Object.values(links).forEach((link) => void link.close()));

  const through = (url: string, { port }: Link) => Object.assign(new URL(url), { port: String(port) }).href;
  const shared = {
    // What processes that are left behind are known by.
    UWS_TEST_CHAOS: folder,
  };
  const server = {
    ...shared,
    UWS_CONFIG: await writeConfiguration(folder),
    UWS_NATS_PREFIX: "chaos",
    UWS_DATA_DIR: join(folder, "data"),
    UWS_LOG_LEVEL: "warn",
    ...Object.fromEntries(
      Object.entries(timing).map(([name, value]) => [`UWS_${name.toUpperCase()}_MS`, String(value)]),
    ),
  };
  // One of each two has the links that go wrong, the other is there all the time.
  const far = {
    ...server,
    UWS_DATABASE_URL: through(postgres.url, links.postgres),
    UWS_NATS_URL: through(nats.url, links.nats),
  };
  const near = { ...server, UWS_DATABASE_URL: postgres.url, UWS_NATS_URL: nats.url };
  // One of each kind has a clock that is wrong, some by a minute and a half into the future, some into the past.
  const early = faketime?.(-clockSkew) ?? {};
  const advanced = faketime?.(clockSkew) ?? {};
  const part = (kind: Plan["kind"], environment: Record<string, string>, more: Pick<Plan, "organ"> = {}): Plan => ({
    kind,
    arguments: ["apps/uws/src/main.ts", kind],
    environment,
    ...more,
  });
  const worker = (port: number, clock: Record<string, string> = {}): Plan => ({
    kind: "worker",
    arguments: ["apps/workers/simulate/src/main.ts"],
    environment: { ...shared, ...clock, UWS_GATEWAY: `127.0.0.1:${port}`, UWS_SLOTS: "8" },
  });
  const [farHttp, nearHttp] = http.map((port) => ({ UWS_HTTP_PORT: String(port) }));
  const [farGrpc, nearGrpc] = grpc.map((port) => ({ UWS_GRPC_PORT: String(port) }));
  const endedByThemselves: Record<string, number> = {};
  const plans = [
    part("api", { ...far, ...farHttp }),
    part("api", { ...near, ...nearHttp, ...advanced }),
    part("gateway", { ...far, ...farGrpc, ...early }),
    part("gateway", { ...near, ...nearGrpc }),
    part("keeper", { ...far, ...orphanTimes }, { organ: "far keeper" }),
    part("keeper", { ...near, ...advanced }, { organ: "near keeper" }),
    worker(links["worker-gateway"].port),
    worker(grpc[0] ?? 0, early),
    worker(grpc[1] ?? 0),
    worker(grpc[1] ?? 0),
  ];
  const citizens = plans.map(
    (plan) =>
      new Citizen(plan, (kind) => {
        endedByThemselves[kind] = (endedByThemselves[kind] ?? 0) + 1;
      }),
  );
  ends.push(() => Promise.all(citizens.map((citizen) => citizen.stop())));
  const addresses = (ports: readonly number[], scheme = "") => ports.map((port) => `${scheme}127.0.0.1:${port}`);
  return {
    citizens,
    apis: addresses(http, "http://"),
    gateways: addresses(grpc),
    postgres,
    nats,
    links,
    blobs,
    disk,
    store,
    troubles: new Troubles(),
    notPossible,
    wrongClocks: plans.flatMap(({ kind, environment: { FAKETIME } }) => (FAKETIME ? [`${kind} ${FAKETIME}`] : [])),
    endedByThemselves,
    stop,
  };
}

/** Services and descriptions as files. @returns the configuration's path */
async function writeConfiguration(folder: string): Promise<string> {
  const services = [{ path: "simulate", descriptions: [descriptionFile] }];
  for (const name of lateServices) {
    const file = join(folder, `${name}.json`);
    const parameters = { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", properties: {} };
    await writeFile(
      file,
      JSON.stringify({ name, version: "1.0.0", title: name, description: "Of late writers.", parameters }),
    );
    services.push({ path: name, descriptions: [file] });
  }
  const path = join(folder, "uws.yaml");
  await writeFile(path, JSON.stringify({ services }));
  return path;
}
