import type { Phase } from "@uws/core";
import {
  type AttemptEvents,
  type AttemptRef,
  acceptAttempts,
  completeAttempts,
  type Failure,
  failAttempts,
  type GivenBack,
  type Renewed,
  recordEvents,
  releaseAttempts,
  renewLeases,
} from "@uws/store";
import { Batcher } from "./batcher.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import type { TypeWatch } from "./type-watch.ts";

/**
 * Everything that is written for attempts, in groups: one statement commits what many workers report. Each method
 * tells whether the attempt still held its job; false means fenced. After the commit, the news is told.
 */
export class AttemptWriter {
  readonly #accepts: Batcher<AttemptRef, boolean>;
  readonly #renewals: Batcher<AttemptRef, Renewed | undefined>;
  readonly #events: Batcher<AttemptEvents, boolean>;
  readonly #completions: Batcher<AttemptRef, boolean>;
  readonly #failures: Batcher<Failure, boolean>;
  readonly #releases: Batcher<GivenBack, boolean>;

  /** @param types the end of a job of a limited type makes room for another */
  constructor({ store, dispatch, config }: GatewayDependencies, types: TypeWatch) {
    const { lease } = config.timing;
    const { news, doorbell } = dispatch;
    /** Jobs that wait again must be dispatched; so may others, where only so many may run at once. */
    const ended = (rows: readonly { id: string; token: string; type: string; phase: Phase }[]) => {
      news.tell(rows.map(({ id, phase }) => ({ id, phase })));
      const waiting = rows.filter(
        ({ phase, type }) => phase === "QUEUED" || phase === "SUSPENDED" || types.isLimited(type),
      );
      if (waiting.length > 0) doorbell.ring(...new Set(waiting.map(({ type }) => type)));
      return new Set(rows.map(({ token }) => token));
    };

    this.#accepts = new Batcher(async (items) => {
      const accepted = await acceptAttempts(store, items, lease);
      news.tell(accepted.map(({ id }) => ({ id, phase: "EXECUTING" })));
      const jobs = new Set(accepted.map(({ id }) => id));
      return items.map(({ job }) => jobs.has(job));
    });
    this.#renewals = new Batcher(async (items) => {
      const renewed = await renewLeases(store, items, lease);
      news.tell(renewed.filter(({ heardAgain }) => heardAgain).map(({ id }) => ({ id, phase: "EXECUTING" })));
      const byToken = new Map(renewed.map((each) => [each.token, each]));
      return items.map(({ token }) => byToken.get(token));
    });
    this.#events = new Batcher(async (items) => {
      const recorded = await recordEvents(store, items);
      news.tell(recorded.map(({ id }) => ({ id, phase: "EXECUTING" })));
      const tokens = new Set(recorded.map(({ token }) => token));
      return items.map(({ token }) => tokens.has(token));
    });
    this.#completions = new Batcher(async (items) => {
      const rows = await completeAttempts(store, items);
      const tokens = ended(rows.map((row) => ({ ...row, phase: "COMPLETED" })));
      return items.map(({ token }) => tokens.has(token));
    });
    this.#failures = new Batcher(async (items) => {
      const tokens = ended(await failAttempts(store, items));
      return items.map(({ token }) => tokens.has(token));
    });
    this.#releases = new Batcher(async (items) => {
      const tokens = ended(await releaseAttempts(store, items));
      return items.map(({ token }) => tokens.has(token));
    });
  }

  /** Starts the attempt, or finds that it has been started (the answer to an earlier accept was lost). */
  async accept({ job, token }: AttemptRef): Promise<boolean> {
    return (await this.#accepts.add({ job, token })) || (await this.renew({ job, token })) !== undefined;
  }

  /** Extends the lease. */
  renew({ job, token }: AttemptRef): Promise<Renewed | undefined> {
    return this.#renewals.add({ job, token });
  }

  record(events: AttemptEvents): Promise<boolean> {
    return this.#events.add(events);
  }

  complete({ job, token }: AttemptRef): Promise<boolean> {
    return this.#completions.add({ job, token });
  }

  fail(failure: Failure): Promise<boolean> {
    return this.#failures.add(failure);
  }

  release(givenBack: GivenBack): Promise<boolean> {
    return this.#releases.add(givenBack);
  }

  /** Resolves when everything that was handed in is committed, or has failed. */
  async settled(): Promise<void> {
    const all = [this.#accepts, this.#renewals, this.#events, this.#completions, this.#failures, this.#releases];
    await Promise.all(all.map((batcher) => batcher.settled()));
  }
}
