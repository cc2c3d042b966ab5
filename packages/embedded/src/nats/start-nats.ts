import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lockData } from "../data-lock.ts";
import { EmbeddedError } from "../error.ts";
import { freePort } from "../free-port.ts";
import { awaitLeftover } from "../leftover.ts";
import { poll } from "../poll.ts";
import { type Guarded, guard } from "../process/guardian.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { openServerLog, type ServerLog } from "../process/server-log.ts";
import { type Sweeper, startSweeper } from "../process/sweeper.ts";
import { newSecret } from "../secret.ts";
import { readState, writeState } from "../state-file.ts";
import { natsConfig } from "./config.ts";
import { findNatsServer, type NatsBinary } from "./find-nats-server.ts";
import { askJetStream } from "./ready.ts";

export interface NatsOptions {
  /** Where JetStream keeps its streams from one start to the next; made when missing. */
  readonly dataDir: string;
  /** The port of 127.0.0.1 to listen on; a free one by default. */
  readonly port?: number;
  /** Delete the store and everything else when the server is stopped or our process ends, however it ends. */
  readonly ephemeral?: boolean;
  /** Told what happens, one line at a time. What the server itself says is in its log file. */
  readonly log?: (line: string) => void;
}

export interface RunningNats {
  /** `nats://uws:<password>@127.0.0.1:<port>`. The nats client takes user and password apart from the address. */
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly port: number;
  /** The server's own pid. */
  readonly pid: number;
  readonly version: string;
  readonly logFile: string;
  /** Sends a signal to the server. */
  kill(signal: NodeJS.Signals): void;
  /** Stops the server if it runs, and starts it again on the same port, store and password. */
  restart(): Promise<void>;
  /** Stops the server and gives the data directory free. Further calls do nothing. */
  stop(): Promise<void>;
}

interface NatsState {
  readonly password: string;
  readonly ephemeral: boolean;
  /** The server that was last started here. NATS itself does not notice that two servers use one store. */
  readonly server?: ProcessIdentity;
}

const USER = "uws";
const READY_TIMEOUT_MS = 60_000;
const GRACE_SECONDS = 10;
const PORT_TRIES = 5;

/**
 * Starts a nats-server of our own with JetStream on a data directory. Resolves when JetStream answers. It listens on
 * 127.0.0.1 only and asks for a user and password, which stay the same for the life of the data directory.
 *
 * @example
 * const nats = await startNats({ dataDir: ".data/nats" });
 * const connection = await connect({ servers: nats.address, user: nats.user, pass: nats.password });
 * await nats.stop();
 */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const log = options.log ?? (() => {});
  const ephemeral = options.ephemeral ?? false;
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const lock = await lockData(dataDir, "nats");
  let serverLog: ServerLog | undefined;
  let sweeper: Sweeper | undefined;
  const release = async () => {
    serverLog?.close();
    await sweeper?.sweep();
    await lock.release();
  };
  try {
    const stateFile = join(dataDir, "nats.json");
    const known = await readState(stateFile, parseState);
    if (ephemeral && known && !known.ephemeral) {
      throw new EmbeddedError(
        "misuse",
        `${dataDir} holds streams meant to last: an ephemeral server would delete them`,
      );
    }
    await awaitLeftover(known?.server, "SIGTERM", log);
    let state: NatsState = { password: known?.password ?? newSecret(), ephemeral };
    await writeState(stateFile, state);
    const binary = await findNatsServer({ dataDir, log });
    const files = ["json", "log", "log.1", "lock", "pid", "conf", "store"].map((kind) => join(dataDir, `nats.${kind}`));
    if (ephemeral) sweeper = startSweeper([...files, join(dataDir, "nats-server")], dataDir);
    serverLog = openServerLog(join(dataDir, "nats.log"));

    const start = { binary, dataDir, password: state.password, log: serverLog };
    let running = await startOnSomePort(start, options.port);
    const { port } = running;
    const settle = async () => {
      sweeper?.watch(running.server.guardianPid);
      state = { ...state, server: running.server.server };
      await writeState(stateFile, state);
      running.server.unref();
    };
    await settle();
    log(`nats-server ${binary.version} is ready on port ${port} (pid ${running.server.server.pid})`);

    let stopped: Promise<void> | undefined;
    return {
      url: `nats://${USER}:${state.password}@127.0.0.1:${port}`,
      address: `127.0.0.1:${port}`,
      user: USER,
      password: state.password,
      port,
      version: binary.version,
      logFile: serverLog.path,
      get pid() {
        return running.server.server.pid;
      },
      kill(signal) {
        running.server.kill(signal);
      },
      async restart() {
        if (stopped) throw new EmbeddedError("misuse", "this nats-server was stopped: start it again with startNats");
        await running.server.stop();
        running = await startOnSomePort(start, port);
        await settle();
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
  options: { binary: NatsBinary; dataDir: string; password: string; log: ServerLog },
  fixedPort: number | undefined,
): Promise<{ server: Guarded; port: number }> {
  const { dataDir, password, log } = options;
  const config = join(dataDir, "nats.conf");
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (let attempt = 1; ; attempt++) {
    const port = fixedPort ?? (await freePort());
    const name = `uws-${newSecret().slice(0, 12)}`;
    const storeDir = join(dataDir, "nats.store");
    await rm(config, { force: true });
    await writeFile(config, natsConfig({ port, name, user: USER, password, storeDir }), { mode: 0o600, flag: "wx" });
    const server = await guard({
      command: options.binary.path,
      args: ["--config", config],
      output: log.fd,
      stopSignal: "TERM",
      graceSeconds: GRACE_SECONDS,
    });
    const outcome = await poll({ timeoutMs: deadline - performance.now() }, async () => {
      if (server.ended) return "ended";
      const answer = await askJetStream({ port, user: USER, password, name });
      return answer === "not-yet" ? undefined : answer;
    });
    if (outcome === "ready" && !server.ended) return { server, port };
    await server.stop();
    const said = log.tail();
    const portTaken = outcome === "not-ours" || /address already in use/i.test(said);
    if (portTaken && fixedPort === undefined && attempt < PORT_TRIES) continue;
    const why = portTaken ? `port ${port} is in use` : outcome === "ended" ? "it ended" : "it does not answer";
    throw new EmbeddedError(
      "not-started",
      `nats-server did not start: ${why}. Its log (${log.path}) ends with:\n${said}`,
    );
  }
}

function parseState(value: Record<string, unknown>): NatsState {
  if (typeof value.password !== "string") throw new Error("password is missing");
  const server = value.server;
  const identity =
    typeof server === "object" && server !== null && "pid" in server && "started" in server
      ? { pid: Number(server.pid), started: String(server.started) }
      : undefined;
  return {
    password: value.password,
    ephemeral: value.ephemeral === true,
    ...(identity && { server: identity }),
  };
}
