import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { JobFailure } from "@uws/worker";
import { processesOf, residentBytes } from "./job-processes.ts";
import type { LimitState } from "./limits.ts";

/** Milliseconds between two looks, at least; and so many times as long as a look took, so that looking costs little. */
const lookMs = 200;
const restFactor = 10;
/** Entries of a working directory; more are not counted, and too many. */
const maxEntries = 1_000_000;

/** Looks after the limits that the kernel does not keep. */
export class Watch {
  readonly #limits: ReadonlyMap<string, number>;
  readonly #leader: number;
  readonly #work: string;
  readonly #exceeded: (failure: JobFailure) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /** @param exceeded is called once, when a limit is exceeded */
  constructor(states: readonly LimitState[], leader: number, work: string, exceeded: (failure: JobFailure) => void) {
    this.#limits = new Map(states.filter(({ by }) => by === "watch").map(({ name, value }) => [name, value]));
    this.#leader = leader;
    this.#work = work;
    this.#exceeded = exceeded;
    if (this.#limits.size > 0) this.#next(0);
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #next(tookMs: number): void {
    if (this.#over) return;
    this.#timer = setTimeout(() => void this.#look(), Math.max(lookMs, tookMs * restFactor));
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const begun = performance.now();
    const failure = await this.#failure().catch(() => undefined);
    if (this.#over) return;
    if (failure === undefined) this.#next(performance.now() - begun);
    else {
      this.end();
      this.#exceeded(failure);
    }
  }

  async #failure(): Promise<JobFailure | undefined> {
    const { memory, processes, directory } = Object.fromEntries(this.#limits) as Record<string, number | undefined>;
    if (memory !== undefined || processes !== undefined) {
      const pids = await processesOf(this.#leader);
      if (processes !== undefined && pids.length > processes) return tooMuch("processes", `${processes} processes`);
      if (memory !== undefined) {
        const resident = (await Promise.all(pids.map(residentBytes))).reduce((sum, bytes) => sum + bytes, 0);
        if (resident > memory) return tooMuch("memory", `${memory} bytes of memory`);
      }
    }
    if (directory !== undefined && (await folderBytes(this.#work, directory)) > directory) {
      return tooMuch("directory", `${directory} bytes in its working directory`);
    }
    return undefined;
  }
}

function tooMuch(name: string, what: string): JobFailure {
  return new JobFailure(`the command used more than ${what} (limits.${name})`);
}

/** Bytes on disk of everything in a folder; counting ends above the limit. Infinity for too many entries. */
export async function folderBytes(folder: string, limit: number): Promise<number> {
  let bytes = 0;
  let entries = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && bytes <= limit; next = folders.pop()) {
    const listing = await opendir(next).catch(() => undefined);
    if (listing === undefined) continue;
    for await (const entry of listing) {
      if (++entries > maxEntries) return Number.POSITIVE_INFINITY;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else bytes += await allocated(path);
    }
  }
  return bytes;
}

/** A sparse file counts as what it takes of the disk. */
async function allocated(path: string): Promise<number> {
  const stat = await lstat(path).catch(() => undefined);
  return stat === undefined ? 0 : stat.blocks * 512;
}
