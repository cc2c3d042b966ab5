/** How the processes of a job type are made, and what their end means. */
export interface ProcessPerJobOptions {
  /** The name under which the module exports the handler; `default` unless told otherwise. */
  readonly export?: string;
  /** Arguments for the runtime, such as `--max-old-space-size=2048` for Node; those of this process unless told otherwise. */
  readonly execArgv?: readonly string[];
  /** Ask for another attempt when the process crashes or is killed; false unless told otherwise. */
  readonly retryCrashes?: boolean;
}

/** A job type of which each job runs in a process of its own. Made by `processPerJob`. */
export class ProcessPerJob {
  /** URL of the module that exports the handler. */
  readonly module: string;
  readonly exportName: string;
  readonly execArgv: readonly string[] | undefined;
  readonly retryCrashes: boolean;

  constructor(module: URL, options: ProcessPerJobOptions) {
    if (module.protocol !== "file:") throw new TypeError(`a handler's module must be a file, not ${module.href}`);
    this.module = module.href;
    this.exportName = options.export ?? "default";
    this.execArgv = options.execArgv;
    this.retryCrashes = options.retryCrashes ?? false;
  }
}

/**
 * Runs each job of a type in a fresh process: for work that fills a processor, and for code that may crash. The handler
 * is the same function with the same context as one that runs beside others; only it is named by its module.
 *
 * Whoever is deaf to its signal is killed after the grace, with every process that it started. A crash ends the job
 * in ERROR with the exit status and the last lines of stderr.
 *
 * @example
 * await startWorker({
 *   jobs: { crossmatch: processPerJob(new URL("./handler.ts", import.meta.url), { export: "crossmatch" }) },
 * });
 */
export function processPerJob(module: URL, options: ProcessPerJobOptions = {}): ProcessPerJob {
  return new ProcessPerJob(module, options);
}
