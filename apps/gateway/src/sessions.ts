import { UwsError } from "@uws/core";
import type { CancelNews } from "@uws/dispatch";
import type { Session } from "./session.ts";
import type { Bearer } from "./worker-tokens.ts";

/** The workers that are connected to this gateway. */
export class Sessions {
  readonly #sessions = new Set<Session>();

  add(session: Session): void {
    this.#sessions.add(session);
  }

  remove(session: Session): void {
    this.#sessions.delete(session);
  }

  /** Closes the stream that an instance had before this one: it has connected again, and the old one is dead. */
  replaceOthers(session: Session): void {
    for (const other of this.#sessions) {
      if (other !== session && other.instance !== "" && other.instance === session.instance) {
        other.close(new UwsError("conflict", "Another stream of the same instance has taken over."));
      }
    }
  }

  /** The job types that some worker runs. */
  types(): Set<string> {
    const types = new Set<string>();
    for (const session of this.#sessions) for (const type of session.types) types.add(type);
    return types;
  }

  /** Slots that are free for a job type, all workers together. */
  free(type: string): number {
    let free = 0;
    for (const session of this.#sessions) if (session.types.has(type)) free += session.free;
    return free;
  }

  /** Reserves a slot at the worker that has most of them free, or none. */
  reserve(type: string): Session | undefined {
    let best: Session | undefined;
    for (const session of this.#sessions) {
      if (session.types.has(type) && session.free > (best?.free ?? 0)) best = session;
    }
    best?.reserve();
    return best;
  }

  cancel(cancel: CancelNews): void {
    for (const session of this.#sessions) session.cancel(cancel);
  }

  /** Tells the workers of a job type that it was paused, or is no longer. */
  paused(type: string, paused: boolean): void {
    for (const session of this.#sessions) session.paused(type, paused);
  }

  drain(deadline: number): void {
    for (const session of this.#sessions) session.drain(deadline);
  }

  /** Ends the streams of a bearer whose token is valid no more; leases decide about the jobs. */
  expel(bearer: Bearer): void {
    for (const session of [...this.#sessions]) {
      if (session.bearer !== bearer) continue;
      session.close(new UwsError("unauthenticated", "The worker's token was removed or has expired."));
    }
  }

  closeAll(error: UwsError): void {
    for (const session of [...this.#sessions]) session.close(error);
  }
}
