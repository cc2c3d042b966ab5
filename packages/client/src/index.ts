/** A UWS client for Bun, Node ≥ 20 and browsers. */
export { UwsClientError } from "./errors.ts";
export type { JobEvent } from "./job-event.ts";
export { JobHandle, type UpdateOptions, type WaitOptions } from "./job-handle.ts";
export type { Parameters, ParameterValue } from "./parameters.ts";
export { readJob, readResults } from "./read-job.ts";
export { readJobList } from "./read-job-xml.ts";
export {
  hasEnded,
  isRemotePhase,
  type RemoteErrorSummary,
  type RemoteJob,
  type RemoteJobReference,
  type RemoteParameter,
  type RemotePhase,
  type RemoteProgress,
  type RemoteResult,
  remotePhases,
} from "./remote-job.ts";
export type { Bound, ParameterDescription, ServiceDescription } from "./service-description.ts";
export { listServices, type RemoteService, type RemoteType } from "./service-list.ts";
export type { Fetch, TransportOptions } from "./transport.ts";
export { type CreateOptions, type ListFilter, type SyncOptions, UwsClient } from "./uws-client.ts";
export type { WatchOptions } from "./watch-job.ts";
