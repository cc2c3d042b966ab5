import type { QueuedJob } from "@uws/dispatch";
import { type Claim, type ClaimedJob, claimJobs, newAttemptToken } from "@uws/store";
import { Batcher } from "./batcher.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** Messages that one pull asks for at most. */
const maxPull = 200;

/**
 * Brings jobs of one type to the workers of this gateway: as many as they have slots for, and no more.
 *
 * ```
 *   resting ──a slot is free, NATS is there──► pulling ──message──► claiming ──committed──► assigned
 *      ▲                                          │ no slot left          └─ refused: the message is forgotten
 *      └──────────────────────────────────────────┘
 * ```
 */
export class Puller {
  readonly #type: string;
  readonly #dependencies: GatewayDependencies;
  readonly #sessions: Sessions;
  readonly #claims: Batcher<Claim, ClaimedJob | undefined>;
  #pull: AbortController | undefined;
  #changed = Promise.withResolvers<void>();
  #stopped = false;
  readonly #running: Promise<void>;

  constructor(type: string, dependencies: GatewayDependencies, sessions: Sessions) {
    this.#type = type;
    this.#dependencies = dependencies;
    this.#sessions = sessions;
    this.#claims = new Batcher(async (claims) => {
      const claimed = await claimJobs(dependencies.store, claims, dependencies.config.timing.accept);
      const byToken = new Map(claimed.map((job) => [job.token, job]));
      return claims.map(({ token }) => byToken.get(token));
    }, maxPull);
    this.#running = this.#run();
  }

  /** Slots became free or were taken, or NATS came back. */
  changed(): void {
    this.#changed.resolve();
    if (this.#sessions.free(this.#type) === 0) this.#pull?.abort();
  }

  /** NATS came back: what it was asked for before, it has forgotten. */
  restart(): void {
    this.#pull?.abort();
    this.#changed.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.restart();
    await this.#running;
    await this.#claims.settled();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const free = Math.min(this.#sessions.free(this.#type), maxPull);
      if (free === 0 || !this.#dependencies.dispatch.connected()) {
        await this.#changed.promise;
        this.#changed = Promise.withResolvers();
        continue;
      }
      try {
        await this.#take(free);
      } catch (error) {
        this.#dependencies.log.warn({ err: error, type: this.#type }, "jobs could not be pulled");
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async #take(max: number): Promise<void> {
    const pull = new AbortController();
    this.#pull = pull;
    let taken = 0;
    const started = performance.now();
    for await (const message of this.#dependencies.dispatch.queue.pull(this.#type, max, pull.signal)) {
      taken += 1;
      const session = this.#stopped ? undefined : this.#sessions.reserve(this.#type);
      if (session === undefined) message.giveBack();
      else void this.#claim(message, session);
      // Slots are shared among types: the last may be gone.
      if (this.#sessions.free(this.#type) === 0) pull.abort();
    }
    // A pull that failed at once must not become a busy loop.
    if (taken === 0 && !pull.signal.aborted && performance.now() - started < 100) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #claim(message: QueuedJob, session: Session): Promise<void> {
    const { id } = message;
    let job: ClaimedJob | undefined;
    try {
      job = await this.#claims.add({ id, token: newAttemptToken(id), worker: session.worker });
    } catch (error) {
      this.#dependencies.log.warn({ err: error, job: id }, "a job could not be claimed; it is rung again");
      session.unreserve();
      message.giveBack();
      return;
    }
    // Not there any more, held already, or not yet due: in each case this message has done its duty.
    message.acknowledge();
    if (job === undefined) session.unreserve();
    else session.assign(job);
    this.#dependencies.dispatch.doorbell.ring(this.#type);
  }
}
