/** A UWS client for Bun, Node ≥ 20 and browsers. */
export { UwsClientError } from "./errors.ts";
export type { JobEvent } from "./job-event.ts";
export { JobHandle, type WaitOptions } from "./job-handle.ts";
export { readJob, readJobList, readResults } from "./read-job.ts";
export {
  hasEnded,
  type RemoteErrorSummary,
  type RemoteJob,
  type RemoteJobReference,
  type RemoteParameter,
  type RemotePhase,
  type RemoteProgress,
  type RemoteResult,
} from "./remote-job.ts";
export type { Fetch, TransportOptions } from "./transport.ts";
export { type CreateOptions, type ListFilter, type Parameters, type ParameterValue, UwsClient } from "./uws-client.ts";
export type { WatchOptions } from "./watch-job.ts";
