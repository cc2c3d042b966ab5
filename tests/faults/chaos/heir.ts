import { BareWorker } from "./bare-worker.ts";
import { timing } from "./timing.ts";

/** Milliseconds: the lease of the first attempt, the wait before the next, and messages that are lost and sent again. */
const patience = 15_000;
const answerTime = 6000;

/** What an heir leaves of its job, in order. */
export const legacy = { lines: ["of the heir", "of the heir, too"], result: "kept" } as const;

/** A worker that takes a job whose first attempt was lost, keeps it while that is tried to be written for, and ends it well. */
export class Heir {
  readonly #worker: BareWorker;
  readonly #token: string;
  readonly #beating: ReturnType<typeof setInterval>;

  private constructor(worker: BareWorker, token: string) {
    this.#worker = worker;
    this.#token = token;
    this.#beating = setInterval(() => worker.send({ heartbeat: { attemptTokens: [token] } }), timing.heartbeat);
  }

  /** Waits for the job, and begins it. From then on, the job runs under the heir's token. */
  static async of(job: string, type: string, gateway: string): Promise<Heir> {
    const worker = new BareWorker(gateway, { workerName: "heir", jobTypes: [type] });
    let heir: Heir | undefined;
    try {
      await worker.take(["welcome"], undefined, answerTime);
      worker.send({ credit: { totalSlots: 1 } });
      const { assign } = await worker.take(["assign"], undefined, patience);
      if (assign?.jobId !== job || assign.attempt !== 2) throw new Error("it was not the second attempt of this job");
      const { attemptToken } = assign;
      worker.send({ accept: { attemptToken } });
      heir = new Heir(worker, attemptToken);
      heir.#say(1);
      await worker.take(["eventAck"], attemptToken, answerTime);
      return heir;
    } catch (error) {
      heir?.close();
      worker.close();
      throw error;
    }
  }

  async finish(): Promise<void> {
    const attemptToken = this.#token;
    this.#say(2);
    const result = { id: legacy.result, mediaType: "text/plain", inline: Buffer.from(legacy.result) };
    this.#worker.send({ event: { attemptToken, sequence: 3, result } });
    this.#worker.send({ complete: { attemptToken, lastSequence: 3 } });
    await this.#worker.take(["ended"], attemptToken, answerTime);
  }

  close(): void {
    clearInterval(this.#beating);
    this.#worker.close();
  }

  #say(sequence: 1 | 2): void {
    const message = legacy.lines[sequence - 1] ?? "";
    this.#worker.send({ event: { attemptToken: this.#token, sequence, log: { level: "INFO", message } } });
  }
}
