import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../chaos/random.ts";

/** A job that a client has created, and what must come of it, whoever does it and however often it is begun. */
export class SoakJob {
  readonly url: string;
  readonly #results: ReadonlyMap<string, string>;

  private constructor(url: string, results: ReadonlyMap<string, string>) {
    this.url = url;
    this.#results = results;
  }

  /**
   * Creates one, and lets it go on after a while.
   * @param list URL of the job list
   * @param folder for the file that a job waits for
   */
  static async create(list: string, folder: string, random: Random): Promise<SoakJob> {
    const name = crypto.randomUUID();
    const file = join(folder, name);
    const bytes = Math.floor(random.between(0, 4)) === 0 ? 300_000 : 3_000;
    const steps = [
      "progress 0.1 begun",
      "log info begun",
      `result name text/plain ${name}`,
      ...(random.next() < 0.7 ? [`wait ${file}`] : []),
      `bytes blob ${bytes}`,
      "log warn nearly done",
      "progress 0.9 nearly done",
    ];
    const body = new URLSearchParams({ PHASE: "RUN" });
    for (const step of steps) body.append("DO", step);
    const answer = await fetch(list, { method: "POST", body, redirect: "manual" });
    const url = answer.headers.get("location");
    if (answer.status !== 303 || url === null) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
    setTimeout(() => void writeFile(file, "").catch(() => {}), random.between(0, 1500));
    const blob = Uint8Array.from({ length: bytes }, (_, index) => index % 251);
    return new SoakJob(
      url,
      new Map([
        ["name", digest(name)],
        ["blob", digest(blob)],
      ]),
    );
  }

  /** Waits for the end. @returns what is wrong with it, and who has done it */
  async end(): Promise<{ problems: string[]; attempts: number }> {
    for (;;) {
      const answer = await fetch(`${this.url}?WAIT=60`, { headers: { accept: "application/json" } });
      if (answer.status === 503) continue;
      if (!answer.ok) return { problems: [`${this.url}: ${answer.status}`], attempts: 0 };
      const job = (await answer.json()) as Shown;
      if (["COMPLETED", "ERROR", "ABORTED"].includes(job.phase)) return await this.#judge(job);
    }
  }

  async #judge(job: Shown): Promise<{ problems: string[]; attempts: number }> {
    const problems: string[] = [];
    if (job.phase !== "COMPLETED") problems.push(`${this.url} is ${job.phase}: ${JSON.stringify(job.errorSummary)}`);
    if (job.progress?.fraction !== 1) problems.push(`${this.url}: progress ${JSON.stringify(job.progress)}`);
    const completed = job.attempts.filter(({ outcome }) => outcome === "completed");
    if (completed.length !== 1) problems.push(`${this.url}: completed ${completed.length} times`);
    const ids = job.results.map(({ id }) => id).sort();
    if (ids.join() !== [...this.#results.keys()].sort().join()) problems.push(`${this.url}: results ${ids}`);
    for (const { id, href } of job.results) {
      const answer = await fetch(href);
      const content = digest(new Uint8Array(await answer.arrayBuffer()));
      if (content !== this.#results.get(id)) problems.push(`${href}: ${answer.status}, not what was stored`);
    }
    return { problems, attempts: job.attempts.length };
  }
}

interface Shown {
  readonly phase: string;
  readonly errorSummary?: unknown;
  readonly progress?: { readonly fraction: number };
  readonly attempts: readonly { readonly outcome: string | null; readonly worker: string }[];
  readonly results: readonly { readonly id: string; readonly href: string }[];
}

const digest = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
