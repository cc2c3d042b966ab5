import { existsSync } from "node:fs";
import { mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DataLock, lockData } from "../data-lock.ts";
import { EmbeddedError } from "../error.ts";
import { freePort } from "../free-port.ts";
import { awaitLeftover } from "../leftover.ts";
import { poll } from "../poll.ts";
import { type Guarded, guard } from "../process/guardian.ts";
import type { RunUser } from "../process/run.ts";
import { openServerLog, type ServerLog } from "../process/server-log.ts";
import { type Sweeper, startSweeper } from "../process/sweeper.ts";
import { newSecret } from "../secret.ts";
import { findPostgres, type PostgresBinaries } from "./binaries.ts";
import { clusterFolder, clusterMajor, initCluster } from "./cluster.ts";
import { databaseUrl } from "./database-url.ts";
import { makeHome } from "./home.ts";
import { livePostmaster } from "./postmaster-pid.ts";
import { prepareDatabase } from "./ready.ts";
import { currentHome, type PostgresState, readPostgresState, stateFile, writePostgresState } from "./state.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

export interface PostgresOptions {
  /** Where the cluster lives from one start to the next; made when missing. */
  readonly dataDir: string;
  /** The port of 127.0.0.1 to listen on; a free one by default. */
  readonly port?: number;
  /** Delete the cluster and everything else when the server is stopped or our process ends, however it ends. */
  readonly ephemeral?: boolean;
  /** Told what happens, one line at a time. What the server itself says is in its log file. */
  readonly log?: (line: string) => void;
  /** Settings of the server by name, beside those that we decide. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** How PostgreSQL stops: without waiting for clients (fast), without a checkpoint (immediate), or not at its own will. */
export type PostgresStop = "fast" | "immediate" | "kill";

export interface RunningPostgres {
  /** `postgres://uws:<password>@127.0.0.1:<port>/uws`; the same for the life of the data directory but for the port. */
  readonly url: string;
  readonly port: number;
  /** The postmaster's own pid. */
  readonly pid: number;
  readonly version: string;
  readonly logFile: string;
  /** Sends a signal to the postmaster. */
  kill(signal: NodeJS.Signals): void;
  /** Stops the server if it runs, and starts it again with the same URL. */
  restart(how?: PostgresStop): Promise<void>;
  /** Stops the server (fast shutdown) and gives the data directory free. Further calls do nothing. */
  stop(): Promise<void>;
}

/** Crash recovery of a database that was busy takes its time. */
const READY_TIMEOUT_MS = 120_000;
const GRACE_SECONDS = 30;
const PORT_TRIES = 5;

/**
 * Starts a PostgreSQL server of our own on a data directory, making the cluster when it is new. Resolves when it answers
 * queries. It listens on 127.0.0.1 only, asks for a password, and syncs to disk as a production server does.
 *
 * @example
 * const postgres = await startPostgres({ dataDir: ".data/postgres" });
 * const sql = connect(postgres.url);
 * await postgres.stop();
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const log = options.log ?? (() => {});
  const ephemeral = options.ephemeral ?? false;
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const locks: DataLock[] = [await lockData(dataDir, "postgres")];
  let serverLog: ServerLog | undefined;
  let sweeper: Sweeper | undefined;
  const release = async () => {
    serverLog?.close();
    await sweeper?.sweep();
    for (const lock of locks.reverse()) await lock.release();
  };
  try {
    const user = await unprivilegedUser();
    const state = await prepareState(dataDir, user, ephemeral, log);
    const { home, password } = state;
    if (ephemeral) sweeper = startSweeper([home, ...traces(dataDir)], dataDir);
    // A copied data directory points to the same home: the second one must not touch the first one's cluster.
    locks.push(await lockData(home, "home"));
    const cluster = clusterFolder(home);
    await awaitLeftover(await livePostmaster(cluster), "SIGINT", log);

    serverLog = openServerLog(join(dataDir, "postgres.log"));
    // One that is there though none was finished under this state belonged to a data directory that was deleted.
    if (!state.initialized) await rm(cluster, { recursive: true, force: true });
    const major = await clusterMajor(home);
    const binaries = await findPostgres({ user, home, major, log });
    if (major === undefined) {
      if (state.initialized) throw lostCluster(dataDir, home);
      await initCluster({ home, binaries, user, password, ephemeral, log: serverLog });
      await writePostgresState(dataDir, { ...state, initialized: true, ephemeral });
    }
    const start = { binaries, user, cluster, password, settings: options.settings ?? {}, log: serverLog };
    let running = await startOnSomePort(start, options.port);
    const { port } = running;
    const watch = () => {
      sweeper?.watch(running.server.guardianPid);
      running.server.unref();
    };
    watch();
    log(`PostgreSQL ${binaries.version} is ready on port ${port} (pid ${running.server.server.pid})`);

    let stopped: Promise<void> | undefined;
    return {
      url: databaseUrl(password, port),
      port,
      version: binaries.version,
      logFile: serverLog.path,
      get pid() {
        return running.server.server.pid;
      },
      kill(signal) {
        running.server.kill(signal);
      },
      async restart(how = "fast") {
        if (stopped)
          throw new EmbeddedError("misuse", "this PostgreSQL was stopped: start it again with startPostgres");
        if (how !== "fast") running.server.kill(how === "kill" ? "SIGKILL" : "SIGQUIT");
        await running.server.stop();
        running = await startOnSomePort(start, port);
        watch();
      },
      stop() {
        stopped ??= running.server.stop().then(release);
        return stopped;
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Starts the server and waits until it is ready; with a port of our choosing, takes another when it is in use. */
async function startOnSomePort(
  options: {
    binaries: PostgresBinaries;
    user: RunUser | undefined;
    cluster: string;
    password: string;
    settings: Readonly<Record<string, string>>;
    log: ServerLog;
  },
  fixedPort: number | undefined,
): Promise<{ server: Guarded; port: number }> {
  const { cluster, log } = options;
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (let attempt = 1; ; attempt++) {
    const port = fixedPort ?? (await freePort());
    await livePostmaster(cluster);
    const server = await guard({
      command: options.binaries.postgres,
      args: ["-D", cluster, ...serverArguments({ ...options.settings, ...decided(port) })],
      output: log.fd,
      stopSignal: "INT",
      graceSeconds: GRACE_SECONDS,
      user: options.user,
    });
    const outcome = await poll({ timeoutMs: deadline - performance.now() }, async () => {
      if (server.ended) return "ended";
      const readiness = await prepareDatabase(port, options.password, server.exited);
      return readiness === "not-yet" ? undefined : readiness;
    });
    if (outcome === "ready" && !server.ended) return { server, port };
    await server.stop();
    const said = log.tail();
    const portTaken = outcome === "not-ours" || /could not bind|Address already in use/i.test(said);
    if (portTaken && fixedPort === undefined && attempt < PORT_TRIES) continue;
    // After kill -9 of the postmaster its children need a moment to notice and to let go of the shared memory.
    if (/shared memory block .* is still in use/.test(said) && performance.now() < deadline) continue;
    const why = portTaken ? `port ${port} is in use` : server.ended ? "the server ended" : "the server does not answer";
    throw new EmbeddedError(
      "not-started",
      `PostgreSQL did not start: ${why}. Its log (${log.path}) ends with:\n${said}`,
    );
  }
}

/** What we decide, whatever the cluster's postgresql.conf says. The rest is for that file. */
function decided(port: number): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    port: String(port),
    // No socket file: its path may be at most 107 bytes long, and data directories are often deeper.
    unix_socket_directories: "",
    max_connections: "200",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "off",
    log_destination: "stderr",
    cluster_name: "bun-uws",
  };
}

function serverArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Reads where the cluster of this data directory is, or decides it. */
async function prepareState(
  dataDir: string,
  user: RunUser | undefined,
  ephemeral: boolean,
  log: (line: string) => void,
): Promise<PostgresState> {
  const known = await readPostgresState(dataDir);
  if (ephemeral && known && !known.ephemeral) {
    throw new EmbeddedError(
      "misuse",
      `${dataDir} holds a database that is meant to last: an ephemeral server would delete it`,
    );
  }
  const keep = async (state: PostgresState) => {
    await writePostgresState(dataDir, { ...state, ephemeral });
    return state;
  };
  if (known) {
    const home = currentHome(dataDir, known);
    if (existsSync(home)) return keep({ ...known, home });
    if (known.initialized) throw lostCluster(dataDir, home);
  }
  return keep({
    password: newSecret(),
    home: await makeHome({ dataDir, user, ephemeral, log }),
    initialized: false,
    ephemeral,
  });
}

function lostCluster(dataDir: string, home: string): EmbeddedError {
  return new EmbeddedError(
    "bad-data",
    `the database of ${dataDir} was kept in ${home} and is gone. To begin with an empty one, delete ${stateFile(dataDir)}`,
  );
}

/** What lies in a data directory beside the home. */
function traces(dataDir: string): string[] {
  return ["json", "log", "log.1", "lock", "pid"].map((kind) => join(dataDir, `postgres.${kind}`));
}
