import { type Rule, shown, without } from "../rule.ts";

const commands = "packages/store/src/commands";
const gateway = "apps/gateway/src/gateway.test.ts";
const life = "packages/store/src/job-life.test.ts";
const fence = "packages/store/src/fence.test.ts";
const onePlace = "packages/store/src/phases-in-one-place.test.ts";

/** 1: PostgreSQL is the only truth. */
export const onlyTruth: readonly Rule[] = [
  {
    id: "truth-not-dispatched",
    rule: "A QUEUED job that was never dispatched is found and dispatched.",
    tests: [shown(gateway, "a job whose doorbell was never rung is found by the keeper")],
    mutation: [without("apps/keeper/src/sweeps.ts", "if (types.length > 0) doorbell.ring(...types);")],
  },
  {
    id: "truth-lost-message",
    rule: "A job whose message is lost is dispatched again.",
    tests: [shown(gateway, "a job that was published and whose message was lost is rung again")],
    mutation: [without("apps/keeper/src/sweeps.ts", "await queue.publish(jobs);")],
  },
  {
    id: "truth-repeated-message",
    rule: "A repeated message is nothing: a job is claimed once.",
    tests: [shown(life, "a job is claimed once, however many try")],
    mutation: [without(`${commands}/claim-jobs.ts`, " and coalesce(jobs.attempt_token, '') = ''")],
  },
  {
    id: "truth-late-message",
    rule: "A late message is nothing: a job that runs, or is gone, is not given out.",
    tests: [shown("apps/gateway/src/protocol-rules.test.ts", "a repeated or late message of the queue is nothing")],
    mutation: [
      without(
        `${commands}/claim-jobs.ts`,
        "and ${isAmong(sql, waitingPhases)} and coalesce(jobs.attempt_token, '') = ''",
      ),
    ],
  },
  {
    id: "truth-lost-cancel",
    rule: "A cancel that is lost reaches the worker by its next heartbeat.",
    tests: [shown(gateway, "an aborted job's worker learns of it by heartbeat when the news is lost")],
    mutation: [without("apps/gateway/src/session.ts", "if (accepted && !known.over) this.fenced(token);")],
  },
  {
    id: "truth-lost-news",
    rule: "A client that waits learns of changes whose news are lost.",
    tests: [
      shown(
        "apps/api/src/waiters.test.ts",
        "lost news are found by one look for all, and nobody looks when nobody waits",
      ),
    ],
    mutation: [
      without(
        "apps/api/src/waiters.ts",
        "if (phase !== watch.phase || (deaf && watch.everything)) watch.wake();",
        "if (deaf && watch.everything) watch.wake();",
      ),
    ],
  },
  {
    id: "truth-without-nats",
    rule: "While there is no NATS, jobs are accepted and wait, and clients still notice changes.",
    tests: [
      shown("apps/api/src/wait-for-change.test.ts", "waiters notice changes within two seconds while NATS is down"),
    ],
    mutation: [
      without("apps/api/src/waiters.ts", "if (this.#count === 0) return;", "if (!this.#options.connected()) return;"),
    ],
  },
];

/** 2: a phase changes by one compare-and-set statement; commit, then publish. */
export const compareAndSet: readonly Rule[] = [
  {
    id: "phase-one-module",
    rule: "No statement outside of the store's commands changes a job.",
    tests: [shown(onePlace, "no statement but those in packages/store/src/commands changes a job")],
    mutation: [
      without(
        "apps/keeper/src/sweeps.ts",
        "const lost = await loseLeases(",
        "await store.sql`update jobs set phase = 'ERROR' where false`;\n        const lost = await loseLeases(",
      ),
    ],
  },
  {
    id: "phase-one-table",
    rule: "A phase becomes what a move of the one table says, not what a statement thinks.",
    tests: [
      shown(
        onePlace,
        "a phase is set to nothing but where a move of the table leads, and only from where the table allows it",
      ),
    ],
    mutation: [without(`${commands}/mark-silent.ts`, '${reached(sql, "silent")}', "'UNKNOWN'")],
  },
  {
    id: "phase-compared",
    rule: "A statement moves a job only from a phase from which the table allows it.",
    tests: [shown(life, "no write under another token, and none after the job was aborted")],
    mutation: [without(`${commands}/abort-job.ts`, ' and ${movable(sql, "abort")}')],
  },
  {
    id: "phase-table-terminal",
    rule: "The table leaves a terminal phase by archiving alone.",
    tests: [shown("packages/core/src/transition.test.ts", "a terminal phase is left only by archiving")],
    mutation: [
      without(
        "packages/core/src/transition.ts",
        'accept: { from: ["QUEUED", "SUSPENDED"]',
        'accept: { from: ["QUEUED", "SUSPENDED", "ERROR"]',
      ),
    ],
  },
  {
    id: "commit-then-publish-gateway",
    rule: "What a worker reports is told to others when it is committed, not before.",
    tests: [shown("apps/gateway/src/commit-then-publish.test.ts", "nobody hears of %s before it is committed")],
    mutation: [
      without(
        "apps/gateway/src/attempt-writer.ts",
        "      const rows = await completeAttempts(store, items);",
        '      news.tell(items.map(({ job }) => ({ id: job, phase: "COMPLETED" })));\n' +
          "      const rows = await completeAttempts(store, items);",
      ),
    ],
  },
  {
    id: "commit-then-publish-api",
    rule: "What a client does is told to workers and others when it is committed, not before.",
    tests: [shown("apps/api/src/commit-then-publish.test.ts", "nobody hears of %s before it is committed")],
    mutation: [
      without(
        "apps/api/src/move-job.ts",
        "const aborted = await abortJob(api.store, job.id);",
        'api.dispatch.news.tell([{ id: job.id, phase: "ABORTED" }]);\n' +
          "  const aborted = await abortJob(api.store, job.id);",
      ),
    ],
  },
];

/** 3: the server owns the phase; workers propose. */
export const serverOwns: readonly Rule[] = [
  {
    id: "fence-token",
    rule: "Every write for an attempt needs its token.",
    tests: [shown(life, "no write under another token, and none after the job was aborted")],
    mutation: [without("packages/store/src/running.ts", "and coalesce(jobs.attempt_token, '') = given.token ")],
  },
  {
    id: "fence-phase",
    rule: "Every write for an attempt needs the job to run: not before the accept.",
    tests: [shown(fence, "nothing is written for an attempt before it is accepted, under its very token")],
    mutation: [without("packages/store/src/running.ts", " and ${isAmong(sql, runningPhases)}")],
  },
  {
    id: "fence-ended",
    rule: "… and not after its end.",
    tests: [shown(fence, "nothing is written for an attempt once it has ended, under its very token")],
    mutation: [
      without("packages/store/src/running.ts", " and ${isAmong(sql, runningPhases)}"),
      without("packages/store/src/running.ts", "attempt_token = null, accept_by", "accept_by"),
    ],
  },
  {
    id: "fence-told",
    rule: "No row changed: the worker is told that it is fenced.",
    tests: [
      shown(
        "apps/gateway/src/reports.test.ts",
        "who %s a job that was aborted meanwhile is told Fenced, and changes nothing",
      ),
    ],
    mutation: [
      without(
        "apps/gateway/src/held-attempt.ts",
        "else this.#listener.fenced(this.ref.token);",
        "else this.#listener.ended(this.ref.token);",
      ),
    ],
  },
  {
    id: "fence-stops",
    rule: "… and stops.",
    tests: [
      shown("packages/worker/src/worker.test.ts", "a fenced attempt is stopped and nothing more is reported for it"),
    ],
    mutation: [without("packages/worker/src/attempt.ts", 'this.interrupt("fenced");')],
  },
  {
    id: "fence-silent",
    rule: "… and reports nothing more.",
    tests: [
      shown("packages/worker/src/worker.test.ts", "a fenced attempt is stopped and nothing more is reported for it"),
    ],
    mutation: [without("packages/worker/src/attempt.ts", "  fence(): void {\n    this.#over();", "  fence(): void {")],
  },
  {
    id: "first-terminal-wins",
    rule: "The first terminal phase wins.",
    tests: [shown(fence, "the first terminal phase wins, in whatever order an abort and a completion come")],
    mutation: [
      without(
        `${commands}/complete-attempts.ts`,
        '${runningUnder(sql, attempts)} and ${movable(sql, "complete")}',
        "jobs.id = given.job",
      ),
    ],
  },
];

/** 4: a lease, not a connection, holds a job. */
export const leaseHolds: readonly Rule[] = [
  {
    id: "lease-outlives-stream",
    rule: "A job whose worker's stream breaks stays the worker's.",
    tests: [
      shown(
        "apps/gateway/src/protocol-rules.test.ts",
        "inside its lease an attempt goes on over a new stream, from the last event that is stored",
      ),
    ],
    mutation: [
      without(
        "apps/gateway/src/session.ts",
        "for (const attempt of this.#held.values()) attempt.close();",
        "for (const attempt of this.#held.values()) {\n" +
          '      void this.#writer.release({ ...attempt.ref, reason: "", checkpoint: null });\n      attempt.close();\n    }',
      ),
    ],
  },
  {
    id: "lease-expires",
    rule: "A job whose lease has run out is taken from its worker.",
    tests: [shown(life, "a lost lease queues the job again until its attempts are spent, then it is in ERROR")],
    mutation: [without(`${commands}/lose-leases.ts`, "lease_until < uws_now()", "lease_until is null")],
  },
  {
    id: "lease-not-early",
    rule: "A job whose lease runs is not.",
    tests: [shown(life, "a lost lease queues the job again until its attempts are spent, then it is in ERROR")],
    mutation: [without(`${commands}/lose-leases.ts`, " and lease_until < uws_now()")],
  },
  {
    id: "lease-worker-knows",
    rule: "A worker that hears nothing for as long as its lease stops by itself.",
    tests: [
      shown("packages/worker/src/worker.test.ts", "a lease that runs out while the server is away stops the handler"),
    ],
    mutation: [without("packages/worker/src/attempt.ts", 'this.interrupt("lease-lost");')],
  },
];

/** 5: bad input, and what nobody expected. */
export const badInput: readonly Rule[] = [
  {
    id: "input-told",
    rule: "Bad parameters are refused with all that is wrong, and nothing is stored.",
    tests: [
      shown("apps/api/src/create-job/create-job.test.ts", "when a value is wrong; all that is wrong is told at once"),
    ],
    mutation: [
      without(
        "apps/api/src/create-job/check-parameters.ts",
        "...validateParameters(description, others, { complete }),",
        "...validateParameters(description, others, { complete }).flatMap(() => []),",
      ),
    ],
  },
  {
    id: "input-xtype",
    rule: "A value is refused that is none of its xtype, where DALI defines that.",
    tests: [
      shown("packages/description/src/xtype/xtype.test.ts", "an error names parameter, value and rule"),
      shown("apps/api/src/create-job/xtypes.test.ts", "what is wrong is told to programs as well, of every parameter"),
    ],
    mutation: [
      without("packages/description/src/xtype/numeric-xtypes.ts", "value < minimum || value > maximum", "value < -1e9"),
    ],
  },
  {
    id: "input-for-programs",
    rule: "What is wrong with each parameter is told to programs as well.",
    tests: [
      shown("apps/api/src/create-job/xtypes.test.ts", "what is wrong is told to programs as well, of every parameter"),
    ],
    mutation: [
      without(
        "packages/representation/src/problem.ts",
        "return error.parameters.length === 0 ? shown : { ...shown, errors: error.parameters };",
        "return shown;",
      ),
    ],
  },
  {
    id: "input-types-known",
    rule: "A job type that exists nowhere is not paused.",
    tests: [
      shown(
        "apps/uws/src/pause.test.ts",
        "a type that is known nowhere is neither paused nor resumed, unless the operator insists",
      ),
    ],
    mutation: [without("apps/uws/src/pause.ts", "if (!names.includes(type))", "if (names.length < 0)")],
  },
  {
    id: "input-changes-nothing",
    rule: "A change with something wrong in it changes nothing.",
    tests: [shown("apps/api/src/resources/job.test.ts", "wrong values are refused and change nothing")],
    mutation: [
      without(
        "apps/api/src/change-job.ts",
        "  const settings = readSettings(description, control);",
        "  if (parameters.length > 0) await change(exchange, job, description, { parameters }, undefined);\n" +
          "  const settings = readSettings(description, control);",
      ),
    ],
  },
  {
    id: "input-uploads-go",
    rule: "Of a refused request no upload is kept.",
    tests: [
      shown(
        "apps/api/src/create-job/create-job.test.ts",
        "when a file comes with a bad value, is not allowed, or breaks off",
      ),
    ],
    mutation: [
      without(
        "apps/api/src/create-job/create-job.ts",
        "if (!(error instanceof Uncertain)) await removeUploads(exchange, id);",
      ),
    ],
  },
  {
    id: "input-hello",
    rule: "A worker's Hello that makes no sense is refused, and the refusal says why.",
    tests: [shown("apps/gateway/src/hello.test.ts", "a Hello with %s is refused, and the refusal says why")],
    mutation: [without("apps/gateway/src/session.ts", "if (wrong !== undefined) return this.broken(wrong);")],
  },
  {
    id: "input-result",
    rule: "A worker's result that cannot have a URL is refused, with the reason.",
    tests: [shown("apps/gateway/src/reports.test.ts", "a result of the id %p fails the job, with the reason")],
    mutation: [without("packages/core/src/checked-result.ts", "/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/", "/[^]*/")],
  },
  {
    id: "input-reference",
    rule: "… and one that is elsewhere must be at a web address.",
    tests: [shown("apps/gateway/src/reports.test.ts", "a result may be elsewhere: its URL is kept, and must be one")],
    mutation: [without("packages/core/src/checked-result.ts", " && /^https?:$/.test(new URL(url).protocol)")],
  },
  {
    id: "failure-request-id",
    rule: "An unexpected failure is 500 with a request id.",
    tests: [
      shown(
        "apps/api/src/server.test.ts",
        "tell where an unexpected failure was logged, once, and nothing else; the next request is served",
      ),
    ],
    mutation: [without("apps/api/src/error-answer.ts", "internalProblem(requestId)", 'internalProblem("")')],
  },
  {
    id: "failure-logged-once",
    rule: "It is logged, once.",
    tests: [
      shown(
        "apps/api/src/server.test.ts",
        "tell where an unexpected failure was logged, once, and nothing else; the next request is served",
      ),
    ],
    mutation: [
      without(
        "apps/api/src/router.ts",
        'else api.log.error({ err: error, requestId, jobId }, "request failed");',
        'else for (let n = 0; n < 2; n += 1) api.log.error({ err: error, requestId, jobId }, "request failed");',
      ),
    ],
  },
];

/** 7: times. */
export const times: readonly Rule[] = [
  {
    id: "time-written",
    rule: "A time is UTC, with three digits of milliseconds.",
    tests: [shown("packages/representation/src/time.test.ts", "what is written is read back to the millisecond")],
    mutation: [
      without(
        "packages/representation/src/time.ts",
        "time.toISOString();",
        'time.toISOString().replace(/\\.\\d+/, "");',
      ),
    ],
  },
  {
    id: "time-stored",
    rule: "The database's clock has milliseconds and no more.",
    tests: [shown("packages/store/src/migrate.test.ts", "time has millisecond precision, and a session may shift it")],
    mutation: [
      without(
        "packages/store/src/migrations/0001_time_and_storage.sql",
        "date_trunc('milliseconds', statement_timestamp())",
        "date_trunc('second', statement_timestamp()) + interval '500 microseconds'",
      ),
    ],
  },
  {
    id: "time-same-everywhere",
    rule: "A time is the same value in the database, XML, JSON and the text resource.",
    tests: [
      shown(
        "apps/api/src/times.test.ts",
        "a time is one value, to the millisecond, in the database, XML, JSON, the text resource and filters",
      ),
    ],
    mutation: [
      without(
        "packages/representation/src/time.ts",
        "time.toISOString();",
        "new Date(time.getTime() + 1).toISOString();",
      ),
    ],
  },
  {
    id: "time-filter",
    rule: "A filter compares with that value, strictly.",
    tests: [
      shown(
        "apps/api/src/times.test.ts",
        "a time is one value, to the millisecond, in the database, XML, JSON, the text resource and filters",
      ),
    ],
    mutation: [without("packages/store/src/queries/job-list-statement.ts", "`${time} > ${", "`${time} >= ${")],
  },
  {
    id: "time-no-zone",
    rule: "A time of a client's with a zone offset is refused.",
    tests: [shown("packages/representation/src/time.test.ts", "AFTER=%p is refused by name")],
    mutation: [
      without(
        "packages/representation/src/time.ts",
        "(?:\\.\\d{1,6})?)?))Z?$/;",
        "(?:\\.\\d{1,6})?)?))(?:Z|\\+.*)?$/;",
      ),
    ],
  },
];
