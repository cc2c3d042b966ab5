import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Organ } from "./troubles.ts";

const root = join(import.meta.dirname, "../../..");

/** Milliseconds after which a process that has ended by itself is started again, as a service manager would do. */
const restartDelay = 300;

/** What one of the processes of a site is, however often it is started. */
export interface Plan {
  readonly kind: "api" | "gateway" | "keeper" | "worker";
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What is missing while it is not there, for those whose absence excuses others. */
  readonly organ?: Organ;
}

/** One of several processes of a kind; it is started again where it was, when it has ended in whatever way. */
export class Citizen {
  readonly kind: Plan["kind"];
  readonly organ: Organ | undefined;
  readonly #plan: Plan;
  readonly #onOwnEnd: (kind: Plan["kind"]) => void;
  #process: ChildProcess | undefined;
  #stopped = false;
  /** The plan is to end it: its exit is no news. */
  #ending = false;

  /** @param onOwnEnd called when it has ended and nobody has killed it here */
  constructor(plan: Plan, onOwnEnd: (kind: Plan["kind"]) => void) {
    this.kind = plan.kind;
    this.organ = plan.organ;
    this.#plan = plan;
    this.#onOwnEnd = onOwnEnd;
    this.#start();
  }

  /** Lets it sleep for a while, without a word to anybody. */
  async freeze(milliseconds: number): Promise<void> {
    const sleeper = this.#process;
    sleeper?.kill("SIGSTOP");
    await Bun.sleep(milliseconds);
    sleeper?.kill("SIGCONT");
  }

  /** Kills it if it lives, and starts it again. */
  async restart(): Promise<void> {
    this.#ending = true;
    await this.#end();
    this.#ending = false;
    this.#start();
  }

  /** Kills it for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end();
  }

  #start(): void {
    if (this.#stopped) return;
    const child = spawn(process.execPath, ["--no-orphans", ...this.#plan.arguments], {
      cwd: root,
      env: { ...process.env, ...this.#plan.environment },
      stdio: ["ignore", "ignore", process.env.UWS_TEST_LOG === undefined ? "ignore" : "inherit"],
    });
    this.#process = child;
    child.once("exit", async () => {
      if (this.#ending || this.#stopped) return;
      this.#onOwnEnd(this.kind);
      await Bun.sleep(restartDelay);
      if (this.#process === child && !this.#ending) this.#start();
    });
  }

  async #end(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
}
