import { type Rule, shown, without } from "../rule.ts";

const commands = "packages/store/src/commands";
const table = "packages/core/src/transition.ts";
const life = "packages/store/src/job-life.test.ts";
const archive = "packages/store/src/archive.test.ts";
const tenPhases = shown(
  "tests/main-job/ten-phases.test.ts",
  "a job goes through PENDING, HELD, QUEUED, EXECUTING, SUSPENDED, UNKNOWN, COMPLETED and ARCHIVED",
);
const silentWorker = shown(life, "a silent worker makes its job UNKNOWN, a heartbeat EXECUTING again");
const lostLease = shown(life, "a lost lease queues the job again until its attempts are spent, then it is in ERROR");
const givenBack = shown(
  life,
  "a job given back with a checkpoint is SUSPENDED, keeps its results and goes on from there",
);
const tooLong = shown(life, "the execution duration ends an attempt; results stay");
const gone = shown(life, "a deleted or destroyed job leaves nothing but garbage to collect");
const atItsTime = shown(
  archive,
  "a service that archives does so at the destruction time, and removes what is archived at its own",
);
const byItsOwner = shown(
  archive,
  "only a job that has ended is archived; its results go, what is known about it stays",
);

/** "Phases: who moves a job, and why", row by row. */
export const phases: readonly Rule[] = [
  {
    id: "row-create",
    rule: "(new) → PENDING: the client creates it.",
    tests: [
      shown(life, "parameters and the run id change while PENDING, by name without regard to case, and not afterwards"),
    ],
    mutation: [without(`${commands}/create-job.ts`, ": sql`'PENDING'`}", ": sql`'HELD'`}")],
  },
  {
    id: "row-run",
    rule: "PENDING, HELD → QUEUED: client RUN.",
    tests: [
      shown(
        "packages/store/src/quota-and-keys.test.ts",
        "above the quota a job is HELD, and runs when it is told again and there is room",
      ),
    ],
    mutation: [without(table, 'run: { from: ["PENDING", "HELD"]', 'run: { from: ["PENDING"]')],
  },
  {
    id: "row-held-quota",
    rule: "PENDING → HELD: RUN while the owner is over quota.",
    tests: [
      shown(
        "packages/store/src/quota-and-keys.test.ts",
        "above the quota a job is HELD, and runs when it is told again and there is room",
      ),
    ],
    mutation: [
      without(`${commands}/change-job.ts`, "(room and not uws_paused(target.type))", "(not uws_paused(target.type))"),
    ],
  },
  {
    id: "row-held-paused",
    rule: "PENDING → HELD: RUN while the job type is paused.",
    tests: [
      shown(
        "packages/store/src/turns-and-pauses.test.ts",
        "of a paused type no job is given out, RUN makes it HELD, and afterwards all is as it was",
      ),
    ],
    mutation: [without(`${commands}/change-job.ts`, "(room and not uws_paused(target.type))", "room")],
  },
  {
    id: "row-held-waits",
    rule: "A HELD job waits until its client tells it to run again.",
    tests: [
      shown(
        "packages/store/src/platform-retries.test.ts",
        "a job waits for its client while it is HELD: no worker gets it",
      ),
    ],
    mutation: [
      without(
        "packages/core/src/phase.ts",
        'waitingPhases = ["QUEUED", "SUSPENDED"]',
        'waitingPhases = ["QUEUED", "SUSPENDED", "HELD"]',
      ),
    ],
  },
  {
    id: "row-accept",
    rule: "QUEUED → EXECUTING: when a worker accepts, not when the job is given to it.",
    tests: [shown(life, "a job is created, claimed, accepted, reported on and completed")],
    mutation: [
      without(
        `${commands}/claim-jobs.ts`,
        "update jobs set attempt_token = claim.token",
        "update jobs set phase = 'EXECUTING', attempt_token = claim.token",
      ),
    ],
  },
  {
    id: "row-complete",
    rule: "EXECUTING → COMPLETED: the worker reports it.",
    tests: [shown(life, "a job is created, claimed, accepted, reported on and completed")],
    mutation: [
      without(`${commands}/complete-attempts.ts`, 'phase = ${reached(sql, "complete")}', "phase = jobs.phase"),
    ],
  },
  {
    id: "row-fail",
    rule: "EXECUTING → ERROR: the worker reports it.",
    tests: [shown(life, "a worker's failure ends the job with its message and detail")],
    mutation: [without(`${commands}/fail-attempts.ts`, 'else ${reached(sql, "fail")} end,', "else jobs.phase end,")],
  },
  {
    id: "row-silent",
    rule: "EXECUTING → UNKNOWN: the worker is silent.",
    tests: [silentWorker],
    mutation: [
      without(
        `${commands}/mark-silent.ts`,
        "and heard_at < uws_now()",
        "and heard_at is null and heard_at < uws_now()",
      ),
    ],
  },
  {
    id: "row-silent-for-long",
    rule: "… for longer than the heartbeat allows.",
    tests: [silentWorker],
    mutation: [
      without(
        `${commands}/mark-silent.ts`,
        "        and heard_at < uws_now() - make_interval(secs => ${silence / 1000})\n",
      ),
    ],
  },
  {
    id: "row-heard",
    rule: "UNKNOWN → EXECUTING: the worker is heard again, same attempt.",
    tests: [silentWorker],
    mutation: [without(`${commands}/renew-leases.ts`, 'phase = ${reached(sql, "heard")}', "phase = jobs.phase")],
  },
  {
    id: "row-requeue",
    rule: "EXECUTING, UNKNOWN → QUEUED: the lease ran out and attempts remain.",
    tests: [lostLease],
    mutation: [without(`${commands}/lose-leases.ts`, "sql`(jobs.failures + 1 < jobs.max_attempts)`", "sql`false`")],
  },
  {
    id: "row-requeue-from-unknown",
    rule: "… from UNKNOWN as well: that is where a lost worker's job is by then.",
    tests: [
      shown(
        "packages/store/src/platform-retries.test.ts",
        "a job whose worker was silent before it was lost is QUEUED again",
      ),
    ],
    mutation: [without(table, 'requeue: {\n    from: ["EXECUTING", "UNKNOWN"]', 'requeue: {\n    from: ["EXECUTING"]')],
  },
  {
    id: "row-lose",
    rule: "EXECUTING, UNKNOWN → ERROR: the lease ran out, attempts spent.",
    tests: [lostLease],
    mutation: [without(`${commands}/lose-leases.ts`, "sql`(jobs.failures + 1 < jobs.max_attempts)`", "sql`true`")],
  },
  {
    id: "row-lose-transient",
    rule: "… which is a transient error.",
    tests: [lostLease],
    mutation: [without(`${commands}/lose-leases.ts`, "else 'transient' end", "else 'fatal' end")],
  },
  {
    id: "row-suspend",
    rule: "EXECUTING → SUSPENDED: the worker gives the job back with a checkpoint.",
    tests: [givenBack],
    mutation: [
      without(
        `${commands}/release-attempts.ts`,
        "sql`(given.checkpoint is not null or jobs.checkpoint is not null)`",
        "sql`false`",
      ),
    ],
  },
  {
    id: "row-suspend-operator",
    rule: "EXECUTING → SUSPENDED: an operator suspends it.",
    tests: [
      shown(
        "packages/store/src/suspend-job.test.ts",
        "an operator takes a job from its worker: it goes on from its checkpoint when it may",
      ),
    ],
    mutation: [
      without(
        `${commands}/suspend-job.ts`,
        "available_at = 'infinity',\n        progress",
        "available_at = null,\n        progress",
      ),
    ],
  },
  {
    id: "row-resume",
    rule: "SUSPENDED → EXECUTING: a worker takes it up again.",
    tests: [givenBack],
    mutation: [without(table, 'accept: { from: ["QUEUED", "SUSPENDED"]', 'accept: { from: ["QUEUED"]')],
  },
  {
    id: "row-resume-checkpoint",
    rule: "… from the checkpoint.",
    tests: [givenBack],
    mutation: [
      without(
        `${commands}/claim-jobs.ts`,
        'jobs.trace_context as "traceContext", jobs.checkpoint`',
        'jobs.trace_context as "traceContext", null::bytea as checkpoint`',
      ),
    ],
  },
  {
    id: "row-abort",
    rule: "Any active → ABORTED: client ABORT.",
    tests: [shown("packages/core/src/transition.test.ts", "every phase that is not terminal can be aborted")],
    mutation: [
      without(
        table,
        'from: ["PENDING", "HELD", "QUEUED", "EXECUTING", "UNKNOWN", "SUSPENDED"]',
        'from: ["PENDING", "HELD", "QUEUED", "EXECUTING", "UNKNOWN"]',
      ),
    ],
  },
  {
    id: "row-abort-results",
    rule: "… and results that were stored stay.",
    tests: [shown("packages/store/src/fence.test.ts", "what an aborted job has stored stays")],
    mutation: [
      without(
        `${commands}/abort-job.ts`,
        "    history as (",
        "    emptied as (delete from results using aborted where results.job_id = aborted.id),\n    history as (",
      ),
    ],
  },
  {
    id: "row-expire",
    rule: "Any active → ABORTED: the execution duration was exceeded.",
    tests: [tooLong],
    mutation: [without(`${commands}/expire-attempts.ts`, "and deadline < uws_now()", "and deadline is null")],
  },
  {
    id: "row-expire-not-early",
    rule: "… and not before.",
    tests: [tooLong],
    mutation: [without(`${commands}/expire-attempts.ts`, " and deadline < uws_now()")],
  },
  {
    id: "row-expire-results",
    rule: "… and results that were stored stay.",
    tests: [tooLong],
    mutation: [
      without(
        `${commands}/expire-attempts.ts`,
        "    history as (",
        "    emptied as (delete from results using ended where results.job_id = ended.id),\n    history as (",
      ),
    ],
  },
  {
    id: "row-archive-time",
    rule: "COMPLETED, ERROR, ABORTED → ARCHIVED: destruction time on a service that archives.",
    tests: [atItsTime],
    mutation: [
      without(
        `${commands}/archive-jobs.ts`,
        "where destruction < uws_now() and phase in",
        "where destruction is null and phase in",
      ),
    ],
  },
  {
    id: "row-archive-owner",
    rule: "COMPLETED, ERROR, ABORTED → ARCHIVED: the owner archives.",
    tests: [byItsOwner],
    mutation: [without(`${commands}/archive-job.ts`, 'phase = ${reached(sql, "archive")}', "phase = phase")],
  },
  {
    id: "row-archive-ended",
    rule: "… only what has ended.",
    tests: [byItsOwner],
    mutation: [without(`${commands}/archive-job.ts`, ' and ${movable(sql, "archive")}')],
  },
  {
    id: "row-archive-results",
    rule: "… the results go.",
    tests: [byItsOwner],
    mutation: [
      without(
        `${commands}/archive-job.ts`,
        "    emptied as (delete from results using archived where results.job_id = archived.id),\n",
      ),
    ],
  },
  {
    id: "row-archive-metadata",
    rule: "… and what is known about the job stays.",
    tests: [byItsOwner],
    mutation: [
      without(
        `${commands}/archive-job.ts`,
        'phase = ${reached(sql, "archive")}',
        "phase = ${reached(sql, \"archive\")}, parameters = '[]', start_time = null",
      ),
    ],
  },
  {
    id: "row-destroy",
    rule: "Any → (gone): destruction time on a service that destroys.",
    tests: [gone],
    mutation: [without(`${commands}/destroy-jobs.ts`, "where destruction < uws_now()", "where destruction is null")],
  },
  {
    id: "row-destroy-not-archiving",
    rule: "… and not on one that archives.",
    tests: [atItsTime],
    mutation: [
      without(
        `${commands}/destroy-jobs.ts`,
        " and (phase = 'ARCHIVED' or service <> all(${archiving as string[]}::text[]))",
      ),
    ],
  },
  {
    id: "row-delete",
    rule: "Any → (gone): DELETE, whatever the phase.",
    tests: [gone],
    mutation: [
      without(
        `${commands}/delete-job.ts`,
        "where jobs.id = held.id returning",
        "where jobs.id = held.id and phase <> 'EXECUTING' returning",
      ),
    ],
  },
  {
    id: "row-gone-files",
    rule: "… and its files go.",
    tests: [gone],
    mutation: [
      without(
        `${commands}/delete-job.ts`,
        "thrown as (insert into garbage (key) select 'jobs/' || id || '/' from gone)",
        "thrown as (select)",
      ),
    ],
  },
];

/** "All ten phases of the standard occur for a real reason, and a test shows each." */
export const allTen: readonly Rule[] = [
  {
    id: "ten-phases",
    rule: "All ten phases occur, each for its reason.",
    tests: [tenPhases],
    mutation: [
      without(
        "apps/keeper/src/sweeps.ts",
        "await markSilent(store, timing.silence, limit)",
        "await markSilent(store, timing.silence, 0)",
      ),
    ],
  },
];
