import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Gateway } from "@uws/gateway";
import type { Logger } from "pino";
import type { ExampleProgram } from "./programs.ts";

/** Milliseconds that a worker has to finish its jobs when we stop; then it gives them back. */
const drainTime = 3000;

/** Example workers that are started again when they die. */
export interface ExampleWorkers {
  /** Process ids by name. */
  pids(): Readonly<Record<string, number | undefined>>;
  stop(): Promise<void>;
}

/**
 * Starts the example workers, each a process of its own that knows the gateway's address and nothing else.
 * @param token is shown to the gateway where it requires one
 */
export function startExampleWorkers(
  programs: readonly ExampleProgram[],
  gateway: Pick<Gateway, "url" | "requireToken">,
  token: string,
  log: Logger,
): ExampleWorkers {
  const environment = environmentFor(gateway, token);
  const workers = programs.map((program) => new Supervised(program, environment, log));
  return {
    pids: () => Object.fromEntries(workers.map((worker) => [worker.name, worker.pid])),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

/**
 * With TLS, our own environment may name what the server's certificate says (UWS_GATEWAY) and who signed it (UWS_CA); in
 * plain text such names would be refused.
 */
function environmentFor({ url, requireToken }: Pick<Gateway, "url" | "requireToken">, token: string) {
  const encrypted = url.startsWith("https:");
  return {
    ...process.env,
    ...(encrypted
      ? { UWS_GATEWAY: process.env.UWS_GATEWAY || url }
      : { UWS_GATEWAY: url, UWS_CA: "", UWS_CERTIFICATE: "", UWS_KEY: "" }),
    UWS_TOKEN: requireToken ? token : "",
  };
}

/** One worker process: when it dies it is started again, a little later each time it dies soon. */
class Supervised {
  readonly name: string;
  readonly #command: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #log: Logger;
  readonly #stopping = Promise.withResolvers<void>();
  #stopped = false;
  #child: ChildProcess | undefined;
  readonly #running: Promise<void>;

  constructor({ name, command }: ExampleProgram, environment: NodeJS.ProcessEnv, log: Logger) {
    this.name = name;
    this.#command = command;
    this.#environment = environment;
    this.#log = log.child({ example: name });
    this.#running = this.#run();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.resolve();
    this.#child?.kill("SIGTERM");
    // The second signal tells the worker to give its jobs back at once.
    const again = setTimeout(() => this.#child?.kill("SIGTERM"), drainTime);
    const atLast = setTimeout(() => this.#child?.kill("SIGKILL"), drainTime * 2);
    await this.#running;
    clearTimeout(again);
    clearTimeout(atLast);
  }

  async #run(): Promise<void> {
    const [program = "", ...args] = this.#command;
    for (let deaths = 0; !this.#stopped; ) {
      const started = performance.now();
      const child = spawn(program, args, {
        env: this.#environment,
        stdio: ["ignore", "pipe", "pipe"],
      });
      this.#child = child;
      child.stdout.on("data", (text: Buffer) => this.#log.debug(text.toString().trimEnd()));
      child.stderr.on("data", (text: Buffer) => this.#log.info(text.toString().trimEnd()));
      const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
      this.#child = undefined;
      if (this.#stopped) return;
      deaths = performance.now() - started > 10_000 ? 0 : deaths + 1;
      this.#log.warn({ code, signal }, "an example worker died and is started again");
      await this.#pause(Math.min(100 * 2 ** deaths, 5000));
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const waited = Promise.withResolvers<void>();
    const timer = setTimeout(waited.resolve, milliseconds);
    await Promise.race([waited.promise, this.#stopping.promise]);
    clearTimeout(timer);
  }
}
