import { status } from "@grpc/grpc-js";
import type { ServerMessage__Output, WorkerMessage } from "@uws/protocol";
import { BareWorker, upload } from "./bare-worker.ts";
import type { Clients } from "./clients.ts";
import { Heir } from "./heir.ts";
import type { Random } from "./random.ts";
import { lateServices, type Town } from "./town.ts";

/** Everything that a late writer writes is called so: it must be found nowhere. */
export const late = "late";

/** What a worker can write for an attempt over its stream. */
const writes: Readonly<Record<string, (attemptToken: string, sequence: number) => WorkerMessage>> = {
  log: (attemptToken, sequence) => ({ event: { attemptToken, sequence, log: { level: "INFO", message: late } } }),
  result: (attemptToken, sequence) => ({
    event: { attemptToken, sequence, result: { id: late, mediaType: "text/plain", inline: Buffer.from(late) } },
  }),
  complete: (attemptToken) => ({ complete: { attemptToken } }),
  fail: (attemptToken) => ({ fail: { attemptToken, kind: "FATAL", message: late, detail: late } }),
  release: (attemptToken) => ({ release: { attemptToken, reason: late } }),
};
const writeNames = Object.keys(writes);

/** Milliseconds for an answer. Whoever is killed or frozen gives none. */
const answerTime = 6000;

/** What came of the late writes, by the door that they went through. */
export interface LateWrites {
  readonly fenced: Record<string, number>;
  /** There was no answer: a gateway was killed or frozen, or PostgreSQL was away. */
  readonly unanswered: Record<string, number>;
}

/**
 * A worker that takes jobs, falls silent until its lease has run out and another worker, the heir, has the job, and then
 * writes under its old token: by upload, over a new stream to either gateway, and over its old stream. A gateway remembers
 * which attempts were fenced; so each stream begins with another kind of write, which nothing but PostgreSQL can refuse, and
 * the old stream stays open at a gateway that has not heard the news of the fencing.
 *
 * Each has a job type of its own, so that nobody else takes its jobs.
 */
export class LateWriter {
  readonly writes: LateWrites = { fenced: {}, unanswered: {} };
  /** Jobs that their heirs have ended undisturbed: nothing but what these wrote may be there. */
  readonly inherited: string[] = [];
  /** Jobs that were given up, since faults hit the heir, or nobody was there to take them. */
  disturbed = 0;
  readonly #service: string;
  readonly #town: Town;
  readonly #clients: Clients;
  readonly #random: Random;
  /** Whether its stream stays open, and the news is kept from its gateway, every other time. */
  readonly #keepsNews: boolean;
  readonly #onViolation: (violation: string) => void;
  readonly #working: Promise<void>;
  #over = false;

  /**
   * @param index of its service
   * @param onViolation is told of every late write that was not answered by Fenced
   */
  constructor(index: number, town: Town, clients: Clients, random: Random, onViolation: (violation: string) => void) {
    this.#service = lateServices[index] ?? "";
    this.#town = town;
    this.#clients = clients;
    this.#random = random;
    // One of them is enough: news that is kept from a gateway slows down all that it does.
    this.#keepsNews = index === 0;
    this.#onViolation = onViolation;
    // Each begins with another kind of late write.
    this.#working = this.#work(index * 2);
  }

  /** Resolves when what it has begun is over. */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#working;
  }

  async #work(begin: number): Promise<void> {
    for (let round = begin; !this.#over; round += 1) {
      const job = await this.#clients.create(this.#service, {}, () => this.#over);
      if (job === undefined) return;
      const open = this.#keepsNews && round % 2 === 1;
      const kind = writeNames[round % writeNames.length] ?? "log";
      try {
        await (open ? this.#overOldStream(job, kind) : this.#overNewStreams(job, kind));
      } catch {
        // Somebody was killed who was needed here. The job must not be left to nobody.
        this.disturbed += 1;
        while (!(await this.#clients.end(this.#service, job, "abort")) && (await this.#isOpen(job)))
          await Bun.sleep(100);
        // A gateway that was killed needs some time to come back.
        await Bun.sleep(1000);
      }
    }
  }

  async #overNewStreams(job: string, kind: string): Promise<void> {
    const [first, second] = this.#random.next() < 0.5 ? this.#town.gateways : [...this.#town.gateways].reverse();
    const { worker, token } = await this.#take(job, first ?? "");
    worker.close();
    const heir = await Heir.of(job, this.#service, second ?? "");
    try {
      for (const gateway of this.#town.gateways) {
        await this.#uploadLate(token, gateway);
        await this.#writeOverNewStream(token, gateway, kind);
      }
      await heir.finish();
      this.inherited.push(job);
    } finally {
      heir.close();
    }
  }

  async #overOldStream(job: string, kind: string): Promise<void> {
    const [far, near] = this.#town.gateways;
    const { worker, token } = await this.#take(job, far ?? "");
    const { nats } = this.#town.links;
    let heir: Heir | undefined;
    try {
      nats.weather = "black-hole";
      heir = await Heir.of(job, this.#service, near ?? "");
      worker.send(writes[kind]?.(token, 2) ?? {});
      await this.#judge(`old stream, ${kind}`, token, worker);
      await heir.finish();
      this.inherited.push(job);
    } finally {
      nats.weather = "clear";
      heir?.close();
      worker.close();
    }
  }

  /** Takes the job, writes a line, and says no more. */
  async #take(job: string, gateway: string): Promise<{ worker: BareWorker; token: string }> {
    const worker = new BareWorker(gateway, { workerName: "late", jobTypes: [this.#service] });
    try {
      await worker.take(["welcome"], undefined, answerTime);
      worker.send({ credit: { totalSlots: 1 } });
      const { assign } = await worker.take(["assign"], undefined, answerTime);
      if (assign?.jobId !== job) throw new Error("another job came");
      const token = assign.attemptToken;
      worker.send({ accept: { attemptToken: token } });
      worker.send({ credit: { totalSlots: 0 } });
      worker.send({
        event: { attemptToken: token, sequence: 1, log: { level: "INFO", message: "of the first attempt" } },
      });
      await worker.take(["eventAck"], token, answerTime);
      return { worker, token };
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  async #uploadLate(token: string, gateway: string): Promise<void> {
    const code = await upload(gateway, token, late, late);
    if (code === 0) this.#onViolation(`an upload under the token of a lost attempt was stored: ${token}`);
    this.#count(code === status.FAILED_PRECONDITION ? "fenced" : "unanswered", "upload");
  }

  async #writeOverNewStream(token: string, gateway: string, kind: string): Promise<void> {
    const held = [{ attemptToken: token, acknowledgedSequence: 1 }];
    const worker = new BareWorker(gateway, { workerName: late, jobTypes: [this.#service], held });
    try {
      const { welcome } = await worker.take(["welcome"], undefined, answerTime);
      const valid = welcome?.held.some((verdict) => verdict.valid) ?? false;
      if (valid) this.#onViolation(`a lost attempt was called valid in a new stream: ${token}`);
      this.#count(valid ? "unanswered" : "fenced", "new stream, held");
      worker.send(writes[kind]?.(token, 2) ?? {});
      await this.#judge(`new stream, ${kind}`, token, worker);
    } catch {
      this.#count("unanswered", "new stream, held");
    } finally {
      worker.close();
    }
  }

  /** Waits for the answer to a late write, which is to be Fenced. */
  async #judge(door: string, token: string, worker: BareWorker): Promise<void> {
    let answer: ServerMessage__Output;
    try {
      answer = await worker.take(["fenced", "eventAck", "ended", "cancel"], token, answerTime);
    } catch {
      return this.#count("unanswered", door);
    }
    if (answer.fenced) return this.#count("fenced", door);
    this.#onViolation(`a late write (${door}) was answered by ${answer.message}: ${token}`);
  }

  #count(what: keyof LateWrites, door: string): void {
    this.writes[what][door] = (this.writes[what][door] ?? 0) + 1;
  }

  async #isOpen(job: string): Promise<boolean> {
    const answer = await this.#clients.request(`/${this.#service}/async/${job}/phase`, {});
    const phase = (await answer?.text())?.trim() ?? "";
    return !["COMPLETED", "ERROR", "ABORTED"].includes(phase);
  }
}
