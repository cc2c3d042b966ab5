import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { natsUrl, testDatabase, until } from "@uws/testing";
import { Uws } from "./uws.ts";

const root = join(import.meta.dirname, "../..");

/** Seconds of the longest job that the simulate service allows; a year of destruction time. */
export const ownLimits = { executionDuration: 86_400, destruction: 2_592_000 } as const;

/** The server that is looked at, and how to get jobs of some kinds out of it. */
export interface Subject extends Uws {
  /** Parameters of a job that completes soon with a result. */
  readonly quick: URLSearchParams;
  /** Of a job that runs until it is stopped. */
  readonly slow: URLSearchParams;
  /** Of a job that fails. */
  readonly failing: URLSearchParams;
  /** Another service of our own server. */
  at(service: "deep/er/path/jobs" | "kept/async" | "narrow/async" | "crossmatch/async" | "simulate/async"): Uws;
}

let running: Promise<{ subject: Subject; stop(): Promise<void> }> | undefined;

/**
 * The server under test: one of our own, with workers, in processes of its own; or the one whose job list UWS_TEST_SUBJECT
 * names. Then UWS_TEST_SUBJECT_QUICK, _SLOW and _FAILING are the parameters of such jobs, form-encoded.
 */
export async function subject(): Promise<Subject> {
  running ??= start();
  return (await running).subject;
}

/** Ends what `subject` started. */
export async function stopSubject(): Promise<void> {
  await (await running)?.stop();
}

async function start(): Promise<{ subject: Subject; stop(): Promise<void> }> {
  const { UWS_TEST_SUBJECT, UWS_TEST_SUBJECT_QUICK, UWS_TEST_SUBJECT_SLOW, UWS_TEST_SUBJECT_FAILING } = process.env;
  const server = UWS_TEST_SUBJECT === undefined ? await startOwn() : undefined;
  const uws = new Uws(server === undefined ? (UWS_TEST_SUBJECT ?? "") : `${server.url}/simulate/async`);
  const kinds = {
    quick: new URLSearchParams(UWS_TEST_SUBJECT_QUICK ?? "DURATION=0.1&RESULTS=2&RESULT_BYTES=2000"),
    slow: new URLSearchParams(UWS_TEST_SUBJECT_SLOW ?? "DURATION=300&STEPS=1000&RESULTS=1000"),
    failing: new URLSearchParams(UWS_TEST_SUBJECT_FAILING ?? "DURATION=0.1&OUTCOME=fatal"),
    at: (service: string) => new Uws(`${server?.url}/${service}`),
  };
  return { subject: Object.assign(uws, kinds), stop: async () => server?.stop() };
}

/** `uws up` with services at several paths, one that archives, and one with a quota. */
async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "uws-conformance-"));
  const database = await testDatabase();
  const simulate = [join(root, "apps/workers/simulate/description.yaml")];
  const crossmatch = [join(root, "apps/workers/crossmatch/description.yaml")];
  const settings = {
    services: [
      { path: "simulate", descriptions: simulate },
      { path: "crossmatch", descriptions: crossmatch },
      { path: "deep/er/path", jobList: "jobs", descriptions: simulate },
      { path: "kept", descriptions: simulate, archive: {} },
      { path: "narrow", descriptions: simulate, quota: { active: 1, over: "hold" } },
    ],
  };
  const config = join(folder, "uws.yaml");
  await writeFile(config, JSON.stringify(settings));
  const server = spawn(process.execPath, ["--no-orphans", join(root, "apps/uws/src/main.ts"), "up"], {
    cwd: folder,
    env: {
      ...process.env,
      UWS_CONFIG: config,
      UWS_DATABASE_URL: database.url,
      UWS_NATS_URL: await natsUrl(),
      UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
      UWS_DATA_DIR: join(folder, "data"),
      UWS_HTTP_PORT: "0",
      UWS_GRPC_PORT: "0",
      UWS_SWEEP_MS: "100",
      UWS_SLOTS: "16",
      UWS_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => (said += String(text)));
  const url = await until(() => {
    if (server.exitCode !== null) throw new Error(`the server ended:\n${said}`);
    return /(http:\S+)\/simulate\/async/.exec(said)?.[1];
  }, "the server");
  return {
    url,
    async stop() {
      const exited = once(server, "exit");
      if (server.exitCode === null && server.kill("SIGTERM")) await exited;
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
