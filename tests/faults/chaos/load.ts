import { isTerminal, type Phase } from "@uws/core";
import type { Clients } from "./clients.ts";
import type { Wish } from "./expected-end.ts";
import { type Kind, pickKind } from "./kinds.ts";
import type { Random } from "./random.ts";

/** What a client knows of a job that was acknowledged to it. */
export interface KnownJob {
  readonly kind: Kind;
  wish: Wish;
  terminal: Phase | undefined;
  fraction: number;
  attempt: number;
}

/** Whether the job may be gone. */
export const mayBeGone = ({ wish }: KnownJob) => wish === "deleted" || wish === "perhaps deleted";

/** Clients that create jobs, look at them, abort and delete some, until they are told to stop. */
export class Load {
  readonly jobs = new Map<string, KnownJob>();
  readonly #clients: Clients;
  readonly #random: Random;
  readonly #onViolation: (violation: string) => void;
  readonly #working: Promise<unknown>;
  #over = false;

  constructor(
    clients: Clients,
    random: Random,
    number: number,
    mostJobs: number,
    onViolation: (violation: string) => void,
  ) {
    this.#clients = clients;
    this.#random = random;
    this.#onViolation = onViolation;
    this.#working = Promise.all(
      Array.from({ length: number }, async () => {
        while (!this.#over) {
          if (this.jobs.size < mostJobs) await this.#create();
          await this.look(random.pick([...this.jobs.keys()].slice(-200)));
          // Quick clients and a full queue would only measure how fast this is.
          await Bun.sleep(random.between(150, 500));
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
    const known = id === undefined ? undefined : this.jobs.get(id);
    if (known === undefined || mayBeGone(known)) return;
    // An answer may overtake another, a frozen api's above all: it is held against what was known when it was asked for.
    const before = { ...known };
    const answer = await this.#clients.request(`/simulate/async/${id}`, { headers: { accept: "application/json" } });
    if (answer?.status === 404) this.#onViolation(`job ${id} is gone`);
    if (answer?.status !== 200) return;
    const job = (await answer.json().catch(() => undefined)) as
      | { phase: Phase; attempt: number; progress: { fraction: number } | null }
      | undefined;
    if (job === undefined) return;
    if (before.terminal !== undefined && before.terminal !== job.phase) {
      this.#onViolation(`job ${id} was ${before.terminal} and is ${job.phase}`);
    }
    const fraction = job.progress?.fraction ?? 0;
    if (job.attempt === before.attempt && fraction < before.fraction && job.phase === "EXECUTING") {
      this.#onViolation(`progress of job ${id} went from ${before.fraction} back to ${fraction}`);
    }
    if (job.attempt > known.attempt) known.fraction = 0;
    if (job.attempt >= known.attempt) known.fraction = Math.max(known.fraction, fraction);
    known.attempt = Math.max(known.attempt, job.attempt);
    if (isTerminal(job.phase)) known.terminal = job.phase;
  }

  async #create(): Promise<void> {
    const kind = pickKind(this.#random);
    const chance = this.#random.next();
    try {
      const id = await this.#clients.create("simulate", kind.parameters, () => this.#over);
      if (id === undefined) return;
      const known: KnownJob = { kind, wish: "end", terminal: undefined, fraction: 0, attempt: 0 };
      this.jobs.set(id, known);
      if (chance < 0.05) await this.#finish(id, known, "abort");
      else if (chance < 0.1) await this.#finish(id, known, "delete");
    } catch (error) {
      this.#onViolation(error instanceof Error ? error.message : String(error));
    }
  }

  async #finish(id: string, known: KnownJob, how: "abort" | "delete"): Promise<void> {
    known.wish = how === "abort" ? "perhaps aborted" : "perhaps deleted";
    if (await this.#clients.end("simulate", id, how)) known.wish = how === "abort" ? "aborted" : "deleted";
  }
}
