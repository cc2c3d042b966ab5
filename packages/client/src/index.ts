/** A UWS client for Bun, Node ≥ 20 and browsers. */
export {
  type AnnouncedDescription,
  decideAnnounced,
  getAnnounced,
  listAnnounced,
} from "./announced-descriptions.ts";
export type { ChangedJobs, ChangeJobsOptions, JobSelection, ManyAction, RefusedJob } from "./change-jobs.ts";
export type { ClaimOptions } from "./claim-jobs.ts";
export { ClaimedJob, type Reported } from "./claimed-job.ts";
export type { CreatedJob, NewJob } from "./create-jobs.ts";
export { UwsClientError } from "./errors.ts";
export type { InvalidParameter } from "./invalid-parameter.ts";
export type { JobEvent } from "./job-event.ts";
export type { JobFilter } from "./job-filter.ts";
export { type EventOptions, JobHandle, type UpdateOptions, type WaitOptions } from "./job-handle.ts";
export type { JobPage, RemoteJobSummary, SummarizedParameter } from "./job-summary.ts";
export type {
  JobEnd,
  JobFailure,
  JobUpdate,
  LogLine,
  ReportedProgress,
  ReportedResult,
} from "./job-update.ts";
export type { Parameters, ParameterValue } from "./parameters.ts";
export { readJob, readResults } from "./read-job.ts";
export { readJobList } from "./read-job-xml.ts";
export {
  hasEnded,
  isRemotePhase,
  type RemoteAttempt,
  type RemoteErrorSummary,
  type RemoteJob,
  type RemoteJobReference,
  type RemoteParameter,
  type RemotePhase,
  type RemoteProgress,
  type RemoteResult,
  remotePhases,
} from "./remote-job.ts";
export type {
  Bound,
  Example,
  Limited,
  ParameterDescription,
  ParameterGroup,
  ServiceDescription,
  ServiceDescriptions,
  UploadDescription,
} from "./service-description.ts";
export {
  type Contact,
  listServices,
  lookAtServer,
  type RemoteServer,
  type RemoteService,
  type RemoteType,
} from "./service-list.ts";
export type { Ends, Quantiles, ServiceStatistics, TypeStatistics } from "./statistics.ts";
export type { Fetch, TransportOptions } from "./transport.ts";
export {
  type CreateManyOptions,
  type CreateOptions,
  type DescriptionOptions,
  type ListFilter,
  type PageOptions,
  type SyncOptions,
  UwsClient,
} from "./uws-client.ts";
export type { WatchOptions } from "./watch-job.ts";
