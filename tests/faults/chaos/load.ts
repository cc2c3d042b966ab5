import { isTerminal, type Phase } from "@uws/core";
import type { Random } from "./random.ts";

/** What the clients know of the jobs that were acknowledged to them. */
export interface Known {
  readonly jobs: Map<
    string,
    { wish: "end" | "abort" | "delete"; terminal: Phase | undefined; fraction: number; attempt: number }
  >;
  readonly violations: string[];
  requests: number;
  /** Requests that were tried again: no answer, or 503. */
  retries: number;
}

const kinds: readonly Readonly<Record<string, string>>[] = [
  { DURATION: "0", STEPS: "2", RESULTS: "1" },
  { DURATION: "0", STEPS: "0", RESULTS: "0" },
  { DURATION: "0.3", STEPS: "6", RESULTS: "2", RESULT_BYTES: "100000" },
  { DURATION: "1.5", STEPS: "10", RESULTS: "1" },
  { DURATION: "0.1", STEPS: "2", OUTCOME: "fatal" },
  { DURATION: "0.1", STEPS: "4", OUTCOME: "release" },
];

/** Clients that create jobs, look at them, abort and delete some, until they are told to stop. */
export class Load {
  readonly known: Known = { jobs: new Map(), violations: [], requests: 0, retries: 0 };
  readonly #apis: readonly string[];
  readonly #random: Random;
  readonly #working: Promise<unknown>;
  #over = false;

  constructor(apis: readonly string[], random: Random, clients: number, mostJobs: number) {
    this.#apis = apis;
    this.#random = random;
    this.#working = Promise.all(
      Array.from({ length: clients }, async () => {
        while (!this.#over) {
          if (this.known.jobs.size < mostJobs) await this.#create();
          await this.look(random.pick([...this.known.jobs.keys()].slice(-200)));
          // Quick clients and a full queue would only measure how fast this is.
          await Bun.sleep(random.between(50, 250));
        }
      }),
    );
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#working;
  }

  /** Looks at a job, and notices what must not be: another end than before, progress that goes back. */
  async look(id: string | undefined): Promise<void> {
    const known = id === undefined ? undefined : this.known.jobs.get(id);
    if (known === undefined || known.wish === "delete") return;
    // An answer may overtake another, a frozen api's above all: it is held against what was known when it was asked for.
    const before = { ...known };
    const answer = await this.#request(`/simulate/async/${id}`, { headers: { accept: "application/json" } });
    if (answer?.status === 404) this.known.violations.push(`job ${id} is gone`);
    if (answer?.status !== 200) return;
    const job = (await answer.json().catch(() => undefined)) as
      | { phase: Phase; attempt: number; progress: { fraction: number } | null }
      | undefined;
    if (job === undefined) return;
    if (before.terminal !== undefined && before.terminal !== job.phase) {
      this.known.violations.push(`job ${id} was ${before.terminal} and is ${job.phase}`);
    }
    const fraction = job.progress?.fraction ?? 0;
    if (job.attempt === before.attempt && fraction < before.fraction && job.phase === "EXECUTING") {
      this.known.violations.push(`progress of job ${id} went from ${before.fraction} back to ${fraction}`);
    }
    if (job.attempt > known.attempt) known.fraction = 0;
    if (job.attempt >= known.attempt) known.fraction = Math.max(known.fraction, fraction);
    known.attempt = Math.max(known.attempt, job.attempt);
    if (isTerminal(job.phase)) known.terminal = job.phase;
  }

  async #create(): Promise<void> {
    const key = crypto.randomUUID();
    const body = JSON.stringify({ ...this.#random.pick(kinds), phase: "RUN" });
    const headers = { "content-type": "application/json", "idempotency-key": key };
    for (;;) {
      const answer = await this.#request("/simulate/async", { method: "POST", body, headers });
      const id = answer?.headers.get("location")?.split("/").at(-1);
      if (answer?.status === 303 && id !== undefined) {
        const chance = this.#random.next();
        const wish = chance < 0.05 ? "abort" : chance < 0.1 ? "delete" : "end";
        this.known.jobs.set(id, { wish, terminal: undefined, fraction: 0, attempt: 0 });
        if (wish !== "end") await this.#finish(id, wish);
        return;
      }
      if (answer !== undefined && answer.status < 500) {
        this.known.violations.push(`POST: ${answer.status} ${await answer.text()}`);
        return;
      }
      if (this.#over) return;
    }
  }

  async #finish(id: string, wish: "abort" | "delete"): Promise<void> {
    const body = new URLSearchParams({ PHASE: "ABORT" });
    for (let tries = 0; tries < 50; tries += 1) {
      const answer =
        wish === "delete"
          ? await this.#request(`/simulate/async/${id}`, { method: "DELETE" })
          : await this.#request(`/simulate/async/${id}/phase`, { method: "POST", body });
      // 403: it has ended; 404: an earlier try has removed it.
      if (answer !== undefined && answer.status < 500) return;
    }
    const known = this.known.jobs.get(id);
    if (known !== undefined) known.wish = "end";
  }

  async #request(path: string, init: RequestInit): Promise<Response | undefined> {
    this.known.requests += 1;
    try {
      const answer = await fetch(this.#random.pick(this.#apis) + path, {
        ...init,
        redirect: "manual",
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status < 500) return answer;
      await answer.body?.cancel();
      this.known.retries += 1;
    } catch {
      this.known.retries += 1;
    }
    // The house is on fire; clients that ask again at once only fan it.
    await Bun.sleep(100);
    return undefined;
  }
}
