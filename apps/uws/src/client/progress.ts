import type { JobEvent, RemotePhase } from "@uws/client";
import { MultiBar, Presets } from "cli-progress";
import { printable } from "./printable.ts";

/** Shows how far a job is. */
export interface Progress {
  phase(phase: RemotePhase): void;
  progress(fraction: number, message: string): void;
  log(line: string): void;
  stop(): void;
}

/** A bar at a terminal, and plain lines anywhere else. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new Bar(stream) : new Lines(stream);
}

/** Shows what has happened to a job. */
export function showEvent(event: JobEvent, progress: Progress): void {
  if (event.type === "phase") progress.phase(event.phase);
  else if (event.type === "progress") progress.progress(event.fraction, event.message);
  else if (event.name === "log" && typeof event.data === "object" && event.data !== null && "message" in event.data) {
    const level = "level" in event.data ? `${event.data.level}: ` : "";
    progress.log(`${level}${event.data.message}`);
  }
}

/** What a person may have to do, so that the job goes on. */
const hints: Partial<Record<RemotePhase, string>> = {
  PENDING: "waits to be started: uws run JOB",
  HELD: "is held back; later it can be started again: uws run JOB",
};

const percent = (fraction: number) => Math.round(Math.min(1, Math.max(0, fraction)) * 100);

class Bar implements Progress {
  readonly #bars: MultiBar;
  readonly #bar: ReturnType<MultiBar["create"]>;
  #phase = "";
  #message = "";

  constructor(stream: NodeJS.WriteStream) {
    this.#bars = new MultiBar(
      { format: "{bar} {percentage} %  {phase}  {message}", hideCursor: true, stream, gracefulExit: false },
      Presets.shades_classic,
    );
    this.#bar = this.#bars.create(100, 0, { phase: "", message: "" });
  }

  phase(phase: RemotePhase): void {
    this.#phase = phase;
    this.#message = hints[phase] ?? this.#message;
    if (phase === "COMPLETED") this.#bar.update(100, this.#shown());
    else this.#bar.update(this.#shown());
  }

  progress(fraction: number, message: string): void {
    this.#message = printable(message);
    this.#bar.update(percent(fraction), this.#shown());
  }

  log(line: string): void {
    this.#bars.log(`${printable(line)}\n`);
  }

  stop(): void {
    this.#bars.update();
    this.#bars.stop();
  }

  #shown() {
    return { phase: this.#phase, message: this.#message };
  }
}

/** For files and other programs: a line for each phase, and for about each tenth of the way. */
class Lines implements Progress {
  readonly #stream: NodeJS.WriteStream;
  #tenth = -1;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  phase(phase: RemotePhase): void {
    const hint = hints[phase];
    this.log(hint === undefined ? phase : `${phase} (${hint})`);
    // Another attempt begins anew.
    if (phase === "QUEUED") this.#tenth = -1;
  }

  progress(fraction: number, message: string): void {
    const tenth = Math.floor(percent(fraction) / 10);
    if (tenth === this.#tenth) return;
    this.#tenth = tenth;
    this.log(`${String(percent(fraction)).padStart(3)} % ${message}`.trimEnd());
  }

  log(line: string): void {
    this.#stream.write(`${printable(line)}\n`);
  }

  stop(): void {}
}
