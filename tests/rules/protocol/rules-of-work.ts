import { type Rule, shown, without } from "../rule.ts";

const commands = "packages/store/src/commands";
const rules = "apps/gateway/src/protocol-rules.test.ts";
const life = "packages/store/src/job-life.test.ts";
const turns = "packages/store/src/turns-and-pauses.test.ts";
const retries = "packages/store/src/platform-retries.test.ts";
const messages = "apps/gateway/src/queue-messages.test.ts";
const worker = "packages/worker/src/worker.test.ts";
const cumulative = shown(
  rules,
  "events are acknowledged cumulatively, count once however often they come, and a gap ends the stream",
);
const acknowledged = shown(
  messages,
  "a message is acknowledged when the claim is committed, not before, and does not live as long as the job",
);

/** 1: attempt tokens. */
export const tokens: readonly Rule[] = [
  {
    id: "token-unguessable",
    rule: "A token cannot be guessed.",
    tests: [shown("packages/store/src/fence.test.ts", "each attempt has a token of its own, of 192 random bits")],
    mutation: [without("packages/store/src/attempt.ts", "randomBytes(24)", "Buffer.alloc(24, randomBytes(1))")],
  },
  {
    id: "token-of-its-job",
    rule: "A token belongs to one job, and nothing else is a token.",
    tests: [shown(life, "an attempt token names its job, and nothing else is a token")],
    mutation: [
      without(
        "packages/store/src/attempt.ts",
        'token[36] === "." && token.length === 69 && isJobId(job)',
        "isJobId(job)",
      ),
    ],
  },
  {
    id: "token-accept",
    rule: "An accept, too, is a write for the attempt that holds the claim.",
    tests: [shown(life, "a claim that is not accepted in time is taken back, and no attempt is spent")],
    mutation: [without(`${commands}/accept-attempts.ts`, "and coalesce(jobs.attempt_token, '') = given.token ")],
  },
];

/** 2: events. */
export const events: readonly Rule[] = [
  {
    id: "event-once",
    rule: "An event that is sent twice counts once.",
    tests: [cumulative],
    mutation: [
      without(
        "apps/gateway/src/held-attempt.ts",
        "const news = events.filter(({ sequence }) => sequence > this.#sequence);",
        "const news = events;",
      ),
    ],
  },
  {
    id: "event-once-stored",
    rule: "… in the store as well: by job, attempt and sequence number.",
    tests: [shown(life, "progress never goes back, and an event sent twice counts once")],
    mutation: [
      without(`${commands}/record-events.ts`, " ? (@.sequence > $last)"),
      without(`${commands}/record-events.ts`, "      on conflict do nothing\n"),
    ],
  },
  {
    id: "event-progress-forward",
    rule: "Progress does not go back when an event is sent again.",
    tests: [shown(life, "progress never goes back, and an event sent twice counts once")],
    mutation: [
      without(
        `${commands}/record-events.ts`,
        "greatest(jobs.progress_fraction, (given.progress ->> 'fraction')::float8)",
        "coalesce((given.progress ->> 'fraction')::float8, jobs.progress_fraction)",
      ),
    ],
  },
  {
    id: "event-gap",
    rule: "A gap in the sequence ends the stream.",
    tests: [cumulative],
    mutation: [
      without(
        "apps/gateway/src/held-attempt.ts",
        "if (last === undefined || !this.#inOrder(news)) return;",
        "if (last === undefined) return;",
      ),
    ],
  },
  {
    id: "event-kept",
    rule: "The SDK keeps what is not acknowledged and sends it again.",
    tests: [shown(worker, "what was not acknowledged is sent again on the next stream, and nothing else")],
    mutation: [without("packages/worker/src/outbox.ts", "for (const entry of this.#entries) send(entry.message);")],
  },
  {
    id: "event-end-kept",
    rule: "… the end of the job as well.",
    tests: [shown(worker, "the end of a job is sent again until the server has answered it")],
    mutation: [without("packages/worker/src/outbox.ts", "if (this.#final) send(this.#final);")],
  },
  {
    id: "event-coalesced",
    rule: "Progress may be coalesced, without leaving gaps.",
    tests: [shown(worker, "progress is coalesced, never goes back, and leaves no gap in the sequence")],
    mutation: [
      without("packages/worker/src/outbox.ts", "if (waitMs <= 0) {", "if (waitMs < Number.POSITIVE_INFINITY) {"),
    ],
  },
  {
    id: "event-logs-kept",
    rule: "The server loses no log line of what it stores together.",
    tests: [
      shown(
        "apps/gateway/src/reports.test.ts",
        "of what waits together all log lines are stored, and the latest progress and checkpoint",
      ),
    ],
    mutation: [without("apps/gateway/src/held-attempt.ts", "      log.push({", "      log.splice(0, log.length, {")],
  },
  {
    id: "event-results-kept",
    rule: "The SDK loses no result: beyond its limit they wait.",
    tests: [
      shown("packages/worker/src/outbox.test.ts", "beyond the limit results wait for room, and are never dropped"),
    ],
    mutation: [
      without(
        "packages/worker/src/outbox.ts",
        "while (this.#recording && this.#isFull()) {",
        "if (this.#isFull()) return;\n    while (this.#recording && this.#isFull()) {",
      ),
    ],
  },
];

/** 3: streams come and go. */
export const streams: readonly Rule[] = [
  {
    id: "stream-reconnect",
    rule: "Who connects again within the lease and names what it holds keeps it.",
    tests: [shown(rules, "inside its lease an attempt goes on over a new stream, from the last event that is stored")],
    mutation: [without("apps/gateway/src/session.ts", "    if (valid) this.#hold(ref, sequence);\n")],
  },
  {
    id: "stream-goes-on",
    rule: "While the server is away the worker goes on, and tells everything afterwards.",
    tests: [shown(worker, "an attempt goes on while the server is away, and tells everything when it is back")],
    mutation: [
      without(
        "packages/worker/src/session.ts",
        "for (const attempt of this.#attempts.values()) attempt.detach();",
        "for (const attempt of this.#attempts.values()) attempt.fence();",
      ),
    ],
  },
  {
    id: "stream-replaced",
    rule: "A second session of an instance replaces the first.",
    tests: [shown(rules, "a second session of an instance replaces the first")],
    mutation: [
      without(
        "apps/gateway/src/sessions.ts",
        'other.close(new UwsError("conflict", "Another stream of the same instance has taken over."));',
      ),
    ],
  },
];

/** 4: the queue of messages. */
export const queue: readonly Rule[] = [
  {
    id: "queue-content",
    rule: "A message carries job id and attempt, and nothing else.",
    tests: [
      shown(
        "packages/dispatch/src/job-queue.test.ts",
        "a message says which job waits, and for which attempt: nothing else",
      ),
    ],
    mutation: [
      without("packages/dispatch/src/job-queue.ts", "JSON.stringify({ attempt: job.attempt })", "JSON.stringify(job)"),
    ],
  },
  {
    id: "queue-ack-after-claim",
    rule: "A message is acknowledged once the claim is committed.",
    tests: [acknowledged],
    mutation: [
      without(
        "apps/gateway/src/puller.ts",
        "    const { id } = message;\n",
        "    const { id } = message;\n    message.acknowledge();\n",
      ),
    ],
  },
  {
    id: "queue-ack",
    rule: "… and does not live as long as the job.",
    tests: [acknowledged],
    mutation: [
      without(
        "apps/gateway/src/puller.ts",
        "    message.acknowledge();\n    if (job === undefined) session.unreserve();",
        "    if (job === undefined) session.unreserve();",
      ),
    ],
  },
  {
    id: "queue-claim-batches",
    rule: "Claims are made in batches.",
    tests: [shown("apps/gateway/src/batcher.test.ts", "what arrives during a commit is committed together afterwards")],
    mutation: [
      without("apps/gateway/src/batcher.ts", "this.#waiting.splice(0, this.#maxItems)", "this.#waiting.splice(0, 1)"),
    ],
  },
  {
    id: "queue-deduplicates",
    rule: "Messages are deduplicated by their ids.",
    tests: [
      shown(
        "packages/dispatch/src/job-queue.test.ts",
        "the same dispatch of a job is one message, however often it is published",
      ),
    ],
    mutation: [
      without(
        "packages/dispatch/src/job-queue.ts",
        "msgID: `${job.id}:${job.attempt}:${job.dispatches}`,",
        "msgID: crypto.randomUUID(),",
      ),
    ],
  },
  {
    id: "queue-one-message",
    rule: "However often a job is rung, one message stands for it.",
    tests: [shown("packages/dispatch/src/dispatch.test.ts", "however often a job is rung, one message stands for it")],
    mutation: [without("packages/dispatch/src/job-queue.ts", "    max_msgs_per_subject: 1,\n")],
  },
  {
    id: "queue-priority",
    rule: "Priority is decided in PostgreSQL.",
    tests: [shown(turns, "a higher priority comes before anybody's turn")],
    mutation: [
      without(
        `${commands}/dispatch-jobs.ts`,
        "row_number() over (partition by type order by priority desc, turn, queued_at, id) as place, free",
        "row_number() over (partition by type order by turn, queued_at, id) as place, free",
      ),
    ],
  },
  {
    id: "queue-fairness",
    rule: "Fairness is decided in PostgreSQL: owners take turns.",
    tests: [shown(turns, "owners take turns: one job of one owner does not wait for the 10,000 of another")],
    mutation: [
      without(
        `${commands}/dispatch-jobs.ts`,
        "row_number() over (partition by type order by priority desc, turn, queued_at, id) as place, free",
        "row_number() over (partition by type order by priority desc, queued_at, id) as place, free",
      ),
    ],
  },
  {
    id: "queue-window",
    rule: "So few jobs of a type are published and unclaimed that an urgent one does not wait behind them.",
    tests: [shown(life, "a window of jobs is dispatched, the most urgent first, and again when nobody claims them")],
    mutation: [without(`${commands}/dispatch-jobs.ts`, " - coalesce(sum(published), 0),", ",")],
  },
  {
    id: "queue-order",
    rule: "Who is rung again keeps its place.",
    tests: [shown(life, "who waits longest is rung again with all that wait behind, so that none is overtaken")],
    mutation: [
      without(
        `${commands}/redispatch-jobs.ts`,
        "select id from jobs where type in (select type from stale) and ${unclaimed}",
        "select id from jobs where type in (select type from stale) and ${unclaimed}\n        and rung_at <= uws_now() - make_interval(secs => ${olderThan / 1000})",
      ),
    ],
  },
];

/** 5: commits in groups. */
export const batches: readonly Rule[] = [
  {
    id: "batch-groups",
    rule: "What is reported during a commit is committed together.",
    tests: [shown("apps/gateway/src/batcher.test.ts", "what arrives during a commit is committed together afterwards")],
    mutation: [
      without("apps/gateway/src/batcher.ts", "this.#waiting.splice(0, this.#maxItems)", "this.#waiting.splice(0, 1)"),
    ],
  },
  {
    id: "batch-bounded",
    rule: "No group is larger than allowed, and a failure is that of its group alone.",
    tests: [
      shown(
        "apps/gateway/src/batcher.test.ts",
        "a failed commit fails its own group only, and no group is larger than allowed",
      ),
    ],
    mutation: [
      without("apps/gateway/src/batcher.ts", "this.#waiting.splice(0, this.#maxItems)", "this.#waiting.splice(0)"),
    ],
  },
  {
    id: "batch-statements",
    rule: "Completions, events and heartbeats of many workers are one statement each.",
    tests: [shown("apps/gateway/src/attempt-writer.test.ts", "what many workers report at once is one statement: %s")],
    mutation: [
      without(
        "apps/gateway/src/attempt-writer.ts",
        "const rows = await completeAttempts(store, items);",
        "const rows = (await Promise.all(items.map((item) => completeAttempts(store, [item])))).flat();",
      ),
    ],
  },
  {
    id: "batch-delay",
    rule: "Nothing waits for a timer: an idle gateway commits at once.",
    tests: [shown("apps/gateway/src/batcher.test.ts", "an idle batcher commits before any timer could run")],
    mutation: [
      without(
        "apps/gateway/src/batcher.ts",
        "await new Promise<void>((resolve) => setImmediate(resolve));",
        "await new Promise<void>((resolve) => setTimeout(resolve, 5));",
      ),
    ],
  },
];

/** 6: who is to blame. */
export const blame: readonly Rule[] = [
  {
    id: "retry-limit",
    rule: "Platform failures are retried up to the type's limit.",
    tests: [shown(life, "a lost lease queues the job again until its attempts are spent, then it is in ERROR")],
    mutation: [
      without(
        `${commands}/lose-leases.ts`,
        "sql`(jobs.failures + 1 < jobs.max_attempts)`",
        "sql`(jobs.failures + 2 < jobs.max_attempts)`",
      ),
    ],
  },
  {
    id: "retry-backoff",
    rule: "… with a backoff that grows.",
    tests: [shown(retries, "a lost job waits before its next attempt, twice as long after each, up to a maximum")],
    mutation: [without(`${commands}/lose-leases.ts`, " * 2 ^ least(jobs.failures, 30)")],
  },
  {
    id: "retry-backoff-most",
    rule: "… up to a maximum.",
    tests: [shown(retries, "a lost job waits before its next attempt, twice as long after each, up to a maximum")],
    mutation: [without(`${commands}/lose-leases.ts`, "${backoff.max}::float8)", "${backoff.max}::float8 * 1000)")],
  },
  {
    id: "retry-waits",
    rule: "… during which no worker gets the job.",
    tests: [shown(retries, "a lost job waits before its next attempt, twice as long after each, up to a maximum")],
    mutation: [
      without(`${commands}/claim-jobs.ts`, "and (jobs.available_at is null or jobs.available_at <= uws_now()) "),
    ],
  },
  {
    id: "retry-dispatch",
    rule: "A dispatch that failed is tried again.",
    tests: [
      shown("apps/gateway/src/gateway.test.ts", "a job that was published and whose message was lost is rung again"),
    ],
    mutation: [
      without(
        "apps/keeper/src/sweeps.ts",
        "await redispatchJobs(store, timing.redispatch, typesAtOnce)",
        "await redispatchJobs(store, timing.redispatch, 0)",
      ),
    ],
  },
  {
    id: "retry-own-failure",
    rule: "A worker's own failure is final, whatever attempts remain.",
    tests: [shown(retries, "a worker's own failure is final, whatever attempts remain, unless it says otherwise")],
    mutation: [without(`${commands}/fail-attempts.ts`, "given.retryable and ")],
  },
  {
    id: "retry-when-asked",
    rule: "… unless it says otherwise.",
    tests: [shown(retries, "a worker's own failure is final, whatever attempts remain, unless it says otherwise")],
    mutation: [
      without(
        `${commands}/fail-attempts.ts`,
        "sql`(given.retryable and jobs.failures + 1 < jobs.max_attempts)`",
        "sql`false`",
      ),
    ],
  },
  {
    id: "retry-recorded",
    rule: "The detail of the error tells of every attempt.",
    tests: [shown(turns, "the detail of an error tells of every attempt, where there were several")],
    mutation: [without(`${commands}/fail-attempts.ts`, ', ${attemptHistory(sql, "failed", sql`given.message`)}')],
  },
];

/** 7: large results. */
const upload = "apps/gateway/src/upload-result.test.ts";
export const largeResults: readonly Rule[] = [
  {
    id: "windows",
    rule: "Flow control holds for libraries that enlarge their windows while they are connected.",
    tests: [
      shown("packages/grpc-listener/src/listen.test.ts", "what SETTINGS add to the initial window, an open stream has"),
    ],
    mutation: [
      without(
        "packages/grpc-listener/src/settled-socket.ts",
        "const read = windows.fromClient(arrived);",
        "const read = arrived;",
      ),
    ],
  },
  {
    id: "upload-not-inline",
    rule: "A large result does not travel on the control stream.",
    tests: [
      shown(
        rules,
        "what is larger than Welcome allows fails the job, or ends the stream, with the limit in the message",
      ),
    ],
    mutation: [
      without("apps/gateway/src/held-attempt.ts", "bytes.length > limits.inlineResultBytes", "bytes.length < 0"),
    ],
  },
  {
    id: "upload-sdk",
    rule: "The SDK uploads it in chunks.",
    tests: [
      shown("packages/worker/src/result.test.ts", "a large result made of %s is uploaded whole, without an event"),
    ],
    mutation: [
      without(
        "packages/worker/src/result-source.ts",
        "if (bytes.length <= maxInlineBytes) return",
        "if (bytes.length >= 0) return",
      ),
    ],
  },
  {
    id: "upload-checksum",
    rule: "Its checksum is compared.",
    tests: [shown(upload, "nothing is kept of an upload that %s", "has another checksum than was sent")],
    mutation: [
      without(
        "apps/gateway/src/upload-result.ts",
        "value.end.sha256.length > 0 && !digest.equals(value.end.sha256)",
        "value.end.sha256.length < 0",
      ),
    ],
  },
  {
    id: "upload-whole",
    rule: "An upload without its end is none.",
    tests: [shown(upload, "nothing is kept of an upload that %s", "breaks off")],
    mutation: [
      without(
        "apps/gateway/src/upload-result.ts",
        'if (done === true) throw new UwsError("invalid", "The upload broke off before its end.");',
        "if (done === true) return;",
      ),
    ],
  },
  {
    id: "upload-visible",
    rule: "It is visible when it is whole, and not before.",
    tests: [shown(upload, "a result is visible when its upload is whole, and not before")],
    mutation: [
      without(
        "apps/gateway/src/result-store.ts",
        "    const stored = await this.#blobs.put(",
        '    await this.#add(attempt, { ...result, size: undefined, location: { reference: "http://early/" } }, sequence);\n    const stored = await this.#blobs.put(',
      ),
    ],
  },
  {
    id: "upload-nothing-kept",
    rule: "Of a refused upload nothing is kept.",
    tests: [shown(upload, "an upload for an attempt that is over, or larger than Welcome allows, is refused")],
    mutation: [
      without("apps/gateway/src/upload-result.ts", "if (header.size > limits.resultBytes) {", "if (header.size < 0) {"),
    ],
  },
  {
    id: "upload-flow",
    rule: "The SDK waits for room in the stream: a result is not held in memory.",
    tests: [shown("packages/worker/src/upload-flow.test.ts", "a result is read no faster than the server takes it")],
    mutation: [
      without(
        "packages/worker/src/upload-result.ts",
        "if (!answered && !call.write(chunk) && !answered) {",
        "if (!answered) call.write(chunk);\n    if (answered && !answered) {",
      ),
    ],
  },
  {
    id: "upload-presigned",
    rule: "Or through a pre-signed URL.",
    later: "comes with results in S3",
  },
];

/** 9: versions. */
export const versions: readonly Rule[] = [
  {
    id: "version-unknown-kinds",
    rule: "The server ignores fields and kinds of messages that it does not know.",
    tests: [shown(rules, "fields and kinds of messages that the server does not know are ignored")],
    mutation: [
      without(
        "apps/gateway/src/session.ts",
        "    // Anything else is from a newer protocol, and is ignored.\n",
        '    else this.broken("What is this?");\n',
      ),
    ],
  },
  {
    id: "version-unknown-kinds-sdk",
    rule: "So does the SDK.",
    tests: [shown(worker, "messages for unknown attempts and of unknown kinds are ignored")],
    mutation: [
      without(
        "packages/worker/src/session.ts",
        "    // Anything else is of a newer protocol, and not needed by this worker.\n",
        "    else this.#abandonStream();\n",
      ),
    ],
  },
  {
    id: "version-negotiated",
    rule: "Hello negotiates: a newer worker is answered in the server's version.",
    tests: [
      shown(
        rules,
        "Hello negotiates: a newer worker is answered in the server's version, one without a version is refused",
      ),
    ],
    mutation: [
      without(
        "apps/gateway/src/session.ts",
        "protocolVersion: Math.min(hello.protocolVersion, protocolVersion),",
        "protocolVersion: hello.protocolVersion,",
      ),
    ],
  },
  {
    id: "version-none",
    rule: "… and one without a version is refused.",
    tests: [
      shown(
        rules,
        "Hello negotiates: a newer worker is answered in the server's version, one without a version is refused",
      ),
    ],
    mutation: [
      without(
        "apps/gateway/src/session.ts",
        'if (hello.protocolVersion < 1) return "Hello.protocol_version must be at least 1.";',
      ),
    ],
  },
  {
    id: "version-older-file",
    rule: "A worker that was written against an older file keeps working.",
    tests: [
      shown("apps/gateway/src/older-file.test.ts", "a worker whose .proto file lacks what came later runs a job"),
    ],
    mutation: [
      without(
        "proto/uws/worker/v1/worker.proto",
        "  string attempt_token = 1;\n  string job_id = 2;\n  string run_id = 3;",
        "  string attempt_token = 21;\n  string job_id = 2;\n  string run_id = 3;",
      ),
    ],
  },
];

/** 10: one conformance test for all SDKs. */
export const oneSuite: readonly Rule[] = [
  {
    id: "suite-typescript",
    rule: "The TypeScript SDK is driven by a scripted server.",
    tests: [shown(worker, "a worker says who it is, gives credits, accepts a job, reports and completes it")],
    mutation: [without("packages/worker/src/session.ts", "protocolVersion,\n        jobTypes", "jobTypes")],
  },
  {
    id: "suite-others",
    rule: "The same script drives the SDKs of every language.",
    tests: [
      shown("tests/worker-conformance/typescript.test.ts", "workers in TypeScript do what the protocol asks"),
      shown("tests/worker-conformance/python.test.ts", "workers in Python do what the protocol asks"),
      shown("tests/worker-conformance/go.test.ts", "workers in Go do what the protocol asks"),
    ],
    mutation: [
      without("packages/worker/src/job-context.ts", "if (fraction > this.#fraction) this.#fraction", "this.#fraction"),
      without(
        "packages/worker-python/src/uws_worker/async_job.py",
        "self._fraction = max(self._fraction, min(1.0, fraction))",
        "self._fraction = min(1.0, fraction)",
      ),
      without("packages/worker-go/job.go", "if fraction > j.fraction {", "if fraction >= 0 {"),
    ],
  },
];
