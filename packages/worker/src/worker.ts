import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { Connection, type ConnectionOptions, type TlsOptions } from "./connection.ts";
import { connectionOptions } from "./connection-options.ts";
import type { JobHandler } from "./job.ts";
import { inOwnProcess } from "./job-process/job-process.ts";
import { ProcessPerJob } from "./job-process/process-per-job.ts";
import { ProcessSlots } from "./job-process/process-slots.ts";
import { byProgram, ProgramPerJob } from "./job-process/program-per-job.ts";
import { isJobProcess, runJobHere } from "./job-process/run-job-here.ts";
import { concurrent, type JobRunner } from "./job-runner.ts";
import { consoleLogger, type WorkerLogger } from "./logger.ts";
import { Session, type WorkerRefused } from "./session.ts";
import { onShutdownSignals } from "./shutdown-signals.ts";
import { withResolvers } from "./with-resolvers.ts";

export interface WorkerOptions {
  /** Job types and what runs them: a function, beside others in this process, `processPerJob` or `programPerJob`. */
  readonly jobs: Readonly<Record<string, JobHandler | ProcessPerJob | ProgramPerJob>>;
  /** For people; the host's name unless told otherwise. */
  readonly name?: string;
  /** How many jobs run at once; 1 unless told otherwise. */
  readonly slots?: number;
  /** `https://host:port` of the gateway, `host:port` for plain text; else UWS_GATEWAY, else 127.0.0.1:50051. */
  readonly address?: string;
  /** Bearer token; else UWS_TOKEN, else none. Never sent in plain text but to a loopback address. */
  readonly token?: string;
  /** Certificates, and TLS whatever the address says; else the files in UWS_CA, UWS_CERTIFICATE and UWS_KEY. */
  readonly tls?: TlsOptions;
  /** Unique to this run of this process: a second session with the same id replaces the first. */
  readonly instanceId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Job descriptions to announce, as YAML or JSON text. The server's operator decides whether they are used. */
  readonly descriptions?: readonly string[];
  readonly logger?: WorkerLogger;
  /** How long drain() waits for running jobs before it gives them back to the server; 25 s unless told otherwise. */
  readonly drainTimeoutMs?: number;
  /** Milliseconds between tries while the gateway refuses the worker (its token, its job types); 30 s unless told otherwise. */
  readonly refusedDelayMs?: number;
  /** After so many refusals in a row the worker ends; 10 unless told otherwise. */
  readonly maxRefusals?: number;
  /**
   * The first SIGTERM or SIGINT drains and exits, a second one stops at once; when the gateway has refused the
   * worker for good, the process exits with 1. True unless told otherwise.
   */
  readonly handleSignals?: boolean;
}

export interface Worker {
  readonly instanceId: string;
  /** The first Welcome. Rejects with WorkerRefused if the gateway refuses the worker, which goes on trying for a while. */
  readonly ready: Promise<void>;
  /** Takes no new jobs, waits for the running ones, closes. */
  drain(): Promise<void>;
  /** Gives the running jobs back, as far as the server is there, and closes. */
  stop(): Promise<void>;
  /** The worker has ended. Rejects with WorkerRefused when that is why. */
  readonly closed: Promise<void>;
}

const sdk = "uws-worker-ts/0.1.0";
/** A refused worker goes on trying for about four minutes: long enough to add a token, short enough to be noticed. */
const defaultRefusedDelayMs = 30_000;
const defaultMaxRefusals = 10;
/** Below the 30 s that Kubernetes leaves between SIGTERM and SIGKILL: jobs given back spend no attempt, killed ones do. */
const defaultDrainTimeoutMs = 25_000;
/** For handlers to end once they were interrupted. */
const interruptedGraceMs = 3_000;
/** For handlers of a worker that stops at once: those that listen give the job back with a checkpoint. */
const stoppedGraceMs = 500;
/** For the server to answer that it has the jobs back. */
const giveBackTimeoutMs = 1_000;

/**
 * Starts a worker, which connects in the background and goes on doing so until it is drained or stopped.
 *
 * @example
 * await startWorker({
 *   jobs: {
 *     async hello(job) {
 *       await job.result("greeting", `Hello, ${job.parameters.get("NAME") ?? "world"}`, "text/plain");
 *     },
 *   },
 * });
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  // A bundled worker is its own program for the processes of its jobs, see program.ts.
  if (isJobProcess()) return runJobHere();
  if (Object.keys(options.jobs).length === 0) throw new TypeError("a worker needs at least one job type");
  const slots = options.slots ?? 1;
  if (!Number.isInteger(slots) || slots < 1) throw new RangeError(`slots must be a whole number above 0, not ${slots}`);

  const connectTo = connectionOptions(options, process.env);
  const connection = new Connection(connectTo);
  const logger = options.logger ?? consoleLogger;
  const processes = new ProcessSlots(slots);
  const jobs = runnersOf(options.jobs, { connection: connectTo, processes, logger });
  const workerName = options.name ?? hostname();
  const instanceId = options.instanceId ?? `${workerName}-${randomUUID()}`;
  const session = new Session({
    connection,
    jobs,
    slots,
    hello: {
      workerName,
      instanceId,
      sdk,
      labels: { ...options.labels },
      descriptions: [...(options.descriptions ?? [])],
    },
    logger,
    refusedDelayMs: options.refusedDelayMs ?? defaultRefusedDelayMs,
    maxRefusals: options.maxRefusals ?? defaultMaxRefusals,
    onRefused: (refused) => void worker.refused(refused),
  });
  const worker: RunningWorker = new RunningWorker(
    instanceId,
    session,
    connection,
    processes,
    options.drainTimeoutMs ?? defaultDrainTimeoutMs,
  );
  if (options.handleSignals ?? true) onShutdownSignals(worker, logger);
  session.connect();
  return worker;
}

function runnersOf(
  jobs: WorkerOptions["jobs"],
  host: { connection: ConnectionOptions; processes: ProcessSlots; logger: WorkerLogger },
): Map<string, JobRunner> {
  return new Map(Object.entries(jobs).map(([type, job]) => [type, runnerOf(job, host)]));
}

function runnerOf(
  job: WorkerOptions["jobs"][string],
  host: { connection: ConnectionOptions; processes: ProcessSlots; logger: WorkerLogger },
): JobRunner {
  if (job instanceof ProcessPerJob) return inOwnProcess(job, host);
  return job instanceof ProgramPerJob ? byProgram(job, host.processes) : concurrent(job);
}

class RunningWorker implements Worker {
  readonly instanceId: string;
  readonly closed: Promise<void>;
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #processes: ProcessSlots;
  readonly #drainTimeoutMs: number;
  readonly #closed = withResolvers<void>();
  #draining: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    instanceId: string,
    session: Session,
    connection: Connection,
    processes: ProcessSlots,
    drainTimeoutMs: number,
  ) {
    this.instanceId = instanceId;
    this.#session = session;
    this.#connection = connection;
    this.#processes = processes;
    this.#drainTimeoutMs = drainTimeoutMs;
    this.closed = this.#closed.promise;
    // Whoever does not ask why it has ended need not be told by an unhandled rejection.
    this.closed.catch(() => {});
  }

  get ready(): Promise<void> {
    return this.#session.ready;
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** The gateway will not have this worker. */
  async refused(refused: WorkerRefused): Promise<void> {
    this.#stopping ??= this.#stop(refused);
    await this.#stopping;
  }

  async #drain(): Promise<void> {
    this.#session.drain();
    if (!(await this.#session.idle(this.#drainTimeoutMs))) {
      this.#session.interrupt("draining");
      await this.#session.idle(interruptedGraceMs);
    }
    await this.stop();
  }

  async #stop(refused?: WorkerRefused): Promise<void> {
    this.#session.drain();
    this.#session.interrupt("stopped");
    if (this.#session.isOpen) await this.#session.idle(stoppedGraceMs);
    this.#session.giveBack("the worker was stopped");
    if (this.#session.isOpen) await this.#session.idle(giveBackTimeoutMs);
    await this.#session.close();
    await this.#processes.end();
    this.#connection.close();
    if (refused === undefined) this.#closed.resolve();
    else this.#closed.reject(refused);
  }
}
