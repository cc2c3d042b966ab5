import type { GatewayDependencies } from "./dependencies.ts";
import { Puller } from "./puller.ts";
import type { Sessions } from "./sessions.ts";

/** A puller for each job type that some connected worker runs. */
export class Pullers {
  readonly #dependencies: GatewayDependencies;
  readonly #sessions: Sessions;
  readonly #pullers = new Map<string, Puller>();
  #stopped = false;

  constructor(dependencies: GatewayDependencies, sessions: Sessions) {
    this.#dependencies = dependencies;
    this.#sessions = sessions;
    dependencies.dispatch.onConnected(() => {
      for (const puller of this.#pullers.values()) puller.restart();
    });
  }

  /** Slots became free or were taken, workers came or went. */
  changed(): void {
    if (this.#stopped) return;
    for (const type of this.#sessions.types()) {
      if (!this.#pullers.has(type)) this.#pullers.set(type, new Puller(type, this.#dependencies, this.#sessions));
    }
    for (const puller of this.#pullers.values()) puller.changed();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#pullers.values()].map((puller) => puller.stop()));
  }
}
