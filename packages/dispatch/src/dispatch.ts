import { Doorbell } from "./doorbell.ts";
import { type DispatchedJob, JobQueue } from "./job-queue.ts";
import { type DispatchLog, NatsLink } from "./link.ts";
import { News } from "./news.ts";

/** The doorbell of the house. */
export interface Dispatch {
  readonly queue: JobQueue;
  readonly news: News;
  readonly doorbell: Doorbell;
  /** Whether NATS answers now. */
  connected(): boolean;
  /** Calls back each time NATS is there (again). */
  onConnected(listener: () => void): void;
  close(): Promise<void>;
}

export interface DispatchOptions {
  /** nats://user:password@host:port */
  readonly url: string;
  /** First token of every subject; two installations may share a NATS. */
  readonly prefix: string;
  readonly log: DispatchLog;
  /** Marks the jobs that are next for the queue: the store's `dispatchJobs`. */
  readonly pick: (types: string[]) => Promise<readonly DispatchedJob[]>;
}

/** Opens the doorbell. Returns at once: NATS may come and go as it likes. */
export function openDispatch(options: DispatchOptions): Dispatch {
  const link = new NatsLink(options.url, options.log);
  const queue = new JobQueue(link, options.prefix, options.log);
  const connected = () => link.connection !== undefined;
  const doorbell = new Doorbell(options.pick, queue, connected, options.log);
  return {
    queue,
    news: new News(link, options.prefix, options.log),
    doorbell,
    connected,
    onConnected: (listener) => link.onConnected(() => listener()),
    async close() {
      await doorbell.settled();
      await link.close();
    },
  };
}
