import type { WorkerLogger } from "./logger.ts";
import type { Worker } from "./worker.ts";

const signals = ["SIGTERM", "SIGINT"] as const;

/** The first signal drains the worker, a second one stops it at once; either way the process exits then. */
export function onShutdownSignals(worker: Worker, logger: WorkerLogger): void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) {
      logger.warn(`${signal}: stopping at once`);
      void worker.stop().then(() => process.exit(1));
      return;
    }
    asked = true;
    logger.info(`${signal}: draining; once more to stop at once`);
    void worker.drain().then(() => process.exit(0));
  };
  for (const signal of signals) process.on(signal, onSignal);
  void worker.closed.then(() => {
    for (const signal of signals) process.off(signal, onSignal);
  });
}
