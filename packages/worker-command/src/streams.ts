import type { JobContext } from "@uws/worker";
import { OutputLines } from "@uws/worker/job-process";
import type { Command, Stream } from "./command.ts";
import { progressOf } from "./progress.ts";

/** Turns the lines of a command's stdout and stderr into progress and log lines of its job. */
export class Lines {
  readonly #command: Command;
  readonly #job: JobContext;
  readonly #streams: Readonly<Record<Stream, OutputLines>>;
  #fraction = 0;
  #message = "";
  #logged = 0;
  #notLogged = 0;

  constructor(command: Command, job: JobContext) {
    this.#command = command;
    this.#job = job;
    this.#streams = {
      stdout: new OutputLines((line) => this.#line(line, "stdout")),
      stderr: new OutputLines((line) => this.#line(line, "stderr")),
    };
  }

  add(stream: Stream, chunk: Buffer): void {
    this.#streams[stream].add(chunk);
  }

  end(): void {
    this.#streams.stdout.end();
    this.#streams.stderr.end();
    if (this.#notLogged > 0) this.#job.log.warn(`${this.#notLogged} more lines are not logged`);
  }

  #line(line: string, stream: Stream): void {
    const { progress, log } = this.#command;
    const reported = progressOf(line, stream, progress);
    if (reported !== undefined) {
      this.#fraction = reported.fraction ?? this.#fraction;
      this.#message = reported.message || this.#message;
      this.#job.progress(this.#fraction, this.#message);
      return;
    }
    const level = log[stream];
    if (level === "none" || line === "") return;
    if (this.#logged >= log.maxLines) this.#notLogged++;
    else {
      this.#logged++;
      this.#job.log[level](line);
    }
  }
}
