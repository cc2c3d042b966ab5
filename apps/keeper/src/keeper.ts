import type { Config } from "@uws/config";
import { redispatchJobs } from "@uws/store";
import type { Logger } from "pino";
import { type KeeperDependencies, type Sweep, sweeps } from "./sweeps.ts";

/** Rows that one statement of a sweep takes at most; when it finds as many, it looks again at once. */
const sweepLimit = 1000;

/** More job types than anybody has. */
const allTypes = 10_000;

/** A keeper at work. */
export interface Keeper {
  /** Archives, from the next sweep on, for these services. */
  reload(config: Pick<Config, "services">): void;
  /** Ends after the sweep that is under way. */
  stop(): Promise<void>;
}

/** Starts to do, again and again, what is due because time passed. */
export function startKeeper(dependencies: KeeperDependencies & { readonly log: Logger }): Keeper {
  const { config, store, dispatch, log } = dependencies;
  let services = config.services;
  const all = sweeps(dependencies, () => services);
  const stop = Promise.withResolvers<void>();
  let stopped = false;

  // A NATS that comes back may have lost everything: what it was told before, it is told again.
  dispatch.onConnected(() => {
    void redispatchJobs(store, 0, allTypes)
      .then((jobs) => dispatch.queue.publish(jobs))
      .catch((error) => log.warn({ err: error }, "jobs could not be rung again"));
  });

  const working = (async () => {
    while (!stopped) {
      for (const sweep of all) await runSweep(sweep, log, () => stopped);
      await pause(config.timing.sweep, stop.promise);
    }
  })();

  return {
    reload(next) {
      services = next.services;
    },
    async stop() {
      stopped = true;
      stop.resolve();
      await working;
    },
  };
}

async function runSweep(sweep: Sweep, log: Logger, stopped: () => boolean): Promise<void> {
  try {
    for (let found = sweepLimit; found >= sweepLimit && !stopped(); ) {
      found = await sweep.run(sweepLimit);
      if (found > 0) log.info({ found }, sweep.name);
    }
  } catch (error) {
    // PostgreSQL may be away; the next round finds everything that this one did not.
    log.warn({ err: error }, `sweep failed: ${sweep.name}`);
  }
}

async function pause(milliseconds: number, end: Promise<void>): Promise<void> {
  const waited = Promise.withResolvers<void>();
  const timer = setTimeout(waited.resolve, milliseconds);
  await Promise.race([waited.promise, end]);
  clearTimeout(timer);
}
