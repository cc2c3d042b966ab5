/**
 * What PostgreSQL holds, and the commands that change it: one file, one function, one SQL statement each.
 * Commands know nothing of HTTP, XML, gRPC or NATS; who calls them publishes afterwards.
 */
export { type AttemptRef, newAttemptToken, parseAttemptToken } from "./attempt.ts";
export { abortJob } from "./commands/abort-job.ts";
export { acceptAttempts } from "./commands/accept-attempts.ts";
export { addResult } from "./commands/add-result.ts";
export { type Claim, type ClaimedJob, claimJobs } from "./commands/claim-jobs.ts";
export { forgetGarbage, type Garbage, listGarbage } from "./commands/collect-garbage.ts";
export { completeAttempts } from "./commands/complete-attempts.ts";
export { createJob, type NewJob } from "./commands/create-job.ts";
export { deleteJob } from "./commands/delete-job.ts";
export { destroyJobs } from "./commands/destroy-jobs.ts";
export { type DispatchedJob, dispatchJobs } from "./commands/dispatch-jobs.ts";
export { expireAttempts } from "./commands/expire-attempts.ts";
export { type Failure, failAttempts } from "./commands/fail-attempts.ts";
export { type Backoff, loseLeases } from "./commands/lose-leases.ts";
export { markSilent } from "./commands/mark-silent.ts";
export { type AttemptEvents, type LogLine, recordEvents } from "./commands/record-events.ts";
export { redispatchJobs } from "./commands/redispatch-jobs.ts";
export { type GivenBack, releaseAttempts } from "./commands/release-attempts.ts";
export { type Renewed, renewLeases } from "./commands/renew-leases.ts";
export { runJob } from "./commands/run-job.ts";
export { saveDescription } from "./commands/save-description.ts";
export { setDestruction } from "./commands/set-destruction.ts";
export { setExecutionDuration } from "./commands/set-execution-duration.ts";
export { setParameters } from "./commands/set-parameters.ts";
export { unclaimJobs } from "./commands/unclaim-jobs.ts";
export { isJobId, newJobId } from "./job-id.ts";
export { migrate } from "./migrate.ts";
export { findAttempt } from "./queries/find-attempt.ts";
export { getJob } from "./queries/get-job.ts";
export { type Attempt, listAttempts } from "./queries/list-attempts.ts";
export { type JobListFilter, listJobs } from "./queries/list-jobs.ts";
export { listLogLines, type StoredLogLine } from "./queries/list-log-lines.ts";
export { phasesOf } from "./queries/phases-of.ts";
export { ping } from "./queries/ping.ts";
export { type TypeStatistics, typeStatistics } from "./queries/type-statistics.ts";
export { waitingTypes } from "./queries/waiting-types.ts";
export { openStore, type Sql, type Store, type StoreOptions } from "./store.ts";
