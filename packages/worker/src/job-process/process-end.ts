import type { ChildProcess } from "node:child_process";
import { JobFailure } from "../job-failure.ts";
import type { Exit } from "./crash.ts";

/** For the last output of a process that has ended, which a process that left its group may hold open. */
const lastOutputMs = 1_000;
/** For its last messages, which nobody else holds open but what it forked by itself: only a worker that is very late has to wait. */
const lastMessagesMs = 30_000;

/** Listens for the end of a process from its beginning. */
export class ProcessEnd {
  /** Rejects with a JobFailure when there never was a process. */
  readonly exit: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #disconnected: Promise<unknown>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.exit = new Promise((resolve, reject) => {
      child.on("exit", (code, signal) => resolve({ code, signal }));
      child.on("error", (cause) => {
        // A message that found nobody is no news: the exit is.
        if (child.pid === undefined) reject(notStarted(cause));
      });
    });
    this.#closed = new Promise((resolve) => child.on("close", resolve));
    this.#disconnected = new Promise((resolve) => child.on("disconnect", resolve));
  }

  /**
   * After the exit: everything that the process has said has been read. It is in our pipes, but we may be late to read it,
   * after a long computation or a SIGSTOP: time alone proves nothing, and a turn of the event loop is left for it.
   */
  async lastWords(): Promise<void> {
    await this.#orAfter(this.#disconnected, lastMessagesMs, () => {
      if (this.#child.connected) this.#child.disconnect();
    });
    await this.#orAfter(this.#closed, lastOutputMs, () => {
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    });
  }

  async #orAfter(end: Promise<unknown>, milliseconds: number, stopListening: () => void): Promise<void> {
    const late = setTimeout(() => setImmediate(stopListening), milliseconds);
    await end;
    clearTimeout(late);
  }
}

/** There was no room for a process: elsewhere or later there may be. */
export function notStarted(cause: unknown): JobFailure {
  return new JobFailure("the job's process could not be started", { kind: "transient", retryable: true, cause });
}
