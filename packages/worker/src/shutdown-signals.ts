import type { WorkerLogger } from "./logger.ts";
import type { Worker } from "./worker.ts";

const signals = ["SIGTERM", "SIGINT"] as const;

/**
 * Milliseconds in which a SIGINT that comes again is the same Ctrl-C: a terminal tells every process of the group, and
 * runners (npx, bun run) hand it on once more.
 */
const sameInterrupt = 1000;

/**
 * The first signal drains the worker, a later one stops it at once; either way the process exits then. It also exits when
 * the gateway has refused the worker for good.
 */
export function onShutdownSignals(worker: Worker, logger: WorkerLogger): void {
  let asked: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked === undefined) {
      asked = performance.now();
      logger.info(`${signal}: draining; once more to stop at once`);
      void worker.drain().then(() => process.exit(0));
    } else if (signal !== "SIGINT" || performance.now() - asked > sameInterrupt) {
      logger.warn(`${signal}: stopping at once`);
      void worker.stop().then(() => process.exit(1));
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  worker.closed.then(
    () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
    () => process.exit(1),
  );
}
