/**
 * What PostgreSQL holds, and the commands that change it: one file, one function, one SQL statement each.
 * Commands know nothing of HTTP, XML, gRPC or NATS; who calls them publishes afterwards.
 */
export { type AttemptRef, newAttemptToken, parseAttemptToken } from "./attempt.ts";
export { hashToken, isUserToken, newUserToken, newWorkerToken } from "./bearer-token.ts";
export { abortJob, abortJobs, type StoppedJob } from "./commands/abort-job.ts";
export { acceptAttempts } from "./commands/accept-attempts.ts";
export { addResult } from "./commands/add-result.ts";
export { addUser } from "./commands/add-user.ts";
export { addUserToken, type NewUserToken } from "./commands/add-user-token.ts";
export { addWorkerToken, type NewWorkerToken } from "./commands/add-worker-token.ts";
export { type AnnouncedState, type Announcement, announceDescription } from "./commands/announce-description.ts";
export { archiveEndedJobs, archiveJob, type Keep } from "./commands/archive-job.ts";
export { type ArchivingService, abortDueJobs, archiveJobs } from "./commands/archive-jobs.ts";
export { changeJob, type JobChange } from "./commands/change-job.ts";
export { type Claim, type ClaimedJob, claimJobs } from "./commands/claim-jobs.ts";
export { forgetGarbage, type Garbage, listGarbage } from "./commands/collect-garbage.ts";
export { completeAttempts } from "./commands/complete-attempts.ts";
export { createJob, type IdempotencyKey, type JobCreated, type NewJob } from "./commands/create-job.ts";
export { type Batch, createJobs, type JobsCreated } from "./commands/create-jobs.ts";
export { decideDescription } from "./commands/decide-description.ts";
export { deleteJob, deleteJobs } from "./commands/delete-job.ts";
export { destroyJobs } from "./commands/destroy-jobs.ts";
export { type DispatchedJob, dispatchJobs } from "./commands/dispatch-jobs.ts";
export { expireAttempts } from "./commands/expire-attempts.ts";
export { type Failure, failAttempts } from "./commands/fail-attempts.ts";
export { forgetIdempotencyKeys } from "./commands/forget-idempotency-keys.ts";
export { type Access, grantJob } from "./commands/grant-job.ts";
export { limitType, type TypeLimits } from "./commands/limit-type.ts";
export { type Backoff, loseLeases } from "./commands/lose-leases.ts";
export { markSilent } from "./commands/mark-silent.ts";
export { pauseType } from "./commands/pause-type.ts";
export { type AttemptEvents, type LogLine, recordEvents } from "./commands/record-events.ts";
export { redispatchJobs } from "./commands/redispatch-jobs.ts";
export { type GivenBack, releaseAttempts } from "./commands/release-attempts.ts";
export { removeUser } from "./commands/remove-user.ts";
export { removeUserToken } from "./commands/remove-user-token.ts";
export { removeWorkerToken } from "./commands/remove-worker-token.ts";
export { type Renewed, renewLeases } from "./commands/renew-leases.ts";
export { revokeGrant } from "./commands/revoke-grant.ts";
export { type NewDescription, saveDescription } from "./commands/save-description.ts";
export { setPassword } from "./commands/set-password.ts";
export { suspendJob, unsuspendJob } from "./commands/suspend-job.ts";
export { unclaimJobs } from "./commands/unclaim-jobs.ts";
export { isJobId, newJobId } from "./job-id.ts";
export { migrate } from "./migrate.ts";
export {
  type AnnouncedDescription,
  acceptedDescriptions,
  getAnnounced,
  listAnnounced,
} from "./queries/announced-descriptions.ts";
export { findAttempt } from "./queries/find-attempt.ts";
export { type FoundJob, findJobs } from "./queries/find-jobs.ts";
export { findPassword } from "./queries/find-password.ts";
export { findUserToken, type ValidUserToken } from "./queries/find-user-token.ts";
export { findVersion } from "./queries/find-version.ts";
export { findWorkerTokens, type ValidWorkerToken } from "./queries/find-worker-tokens.ts";
export { getDescription } from "./queries/get-description.ts";
export { getJob, type StoredJob } from "./queries/get-job.ts";
export { findGrant, type JobGrant, listGrants } from "./queries/job-grants.ts";
export {
  type JobListFilter,
  jobListStatement,
  type ListPosition,
  type ParameterFilter,
} from "./queries/job-list-statement.ts";
export { knownTypes } from "./queries/known-types.ts";
export { type Attempt, listAttempts } from "./queries/list-attempts.ts";
export { type JobListPage, listJobs, listJobsPage } from "./queries/list-jobs.ts";
export { listLogLines, type StoredLogLine } from "./queries/list-log-lines.ts";
export { listPublished } from "./queries/list-published.ts";
export { listUserTokens, type UserToken } from "./queries/list-user-tokens.ts";
export { listUsers } from "./queries/list-users.ts";
export { listWorkerTokens, type WorkerToken } from "./queries/list-worker-tokens.ts";
export { neededBlobs } from "./queries/needed-blobs.ts";
export { phasesOf } from "./queries/phases-of.ts";
export { ping } from "./queries/ping.ts";
export { type QueuePosition, queuePosition } from "./queries/queue-position.ts";
export {
  type EndCounts,
  type Quantiles,
  type ServiceTypeStatistics,
  serviceStatistics,
} from "./queries/service-statistics.ts";
export { type JobSummary, type SummarizedParameter, summarizeJobs } from "./queries/summarize-jobs.ts";
export { type TypeRules, typeRules } from "./queries/type-rules.ts";
export { type TypeStatistics, typeStatistics } from "./queries/type-statistics.ts";
export { typesOfJobs } from "./queries/types-of-jobs.ts";
export { waitingTypes } from "./queries/waiting-types.ts";
export type { Quota } from "./quota.ts";
export { openStore, type Sql, type Store, type StoreOptions } from "./store.ts";
