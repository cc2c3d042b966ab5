/** NATS, the doorbell: it may lose, repeat or delay everything that goes through here, and no job is lost by it. */
export { type Dispatch, type DispatchOptions, openDispatch } from "./dispatch.ts";
export { Doorbell } from "./doorbell.ts";
export { type DispatchedJob, JobQueue, type QueuedJob } from "./job-queue.ts";
export { type DispatchLog, NatsLink } from "./link.ts";
export { type CancelNews, type JobNews, News } from "./news.ts";
