import { type Rule, shown, without } from "../rule.ts";

const session = "apps/gateway/src/session.ts";
const held = "apps/gateway/src/held-attempt.ts";
const commands = "packages/store/src/commands";
const rules = "apps/gateway/src/protocol-rules.test.ts";
const reports = "apps/gateway/src/reports.test.ts";
const gateway = "apps/gateway/src/gateway.test.ts";
const runs = shown(gateway, "a job runs: parameters in, progress, log and results out");
const toldAsReported = shown(
  reports,
  "a failure is told as it was reported, and another attempt waits for as long as the worker wants",
);

/** "Worker → server": what each message does. */
export const fromWorker: readonly Rule[] = [
  {
    id: "hello-first",
    rule: "Hello: nothing else is understood at first.",
    tests: [shown("apps/gateway/src/hello.test.ts", "nothing but Hello is understood at first, and Hello comes once")],
    mutation: [
      without(
        session,
        '    else if (this.#state === "greeting") this.broken("The first message must be Hello, and Welcome be awaited.");\n',
      ),
    ],
  },
  {
    id: "hello-once",
    rule: "Hello: comes once.",
    tests: [shown("apps/gateway/src/hello.test.ts", "nothing but Hello is understood at first, and Hello comes once")],
    mutation: [without(session, 'if (this.#greeting) return this.broken("Hello comes once.");')],
  },
  {
    id: "hello-types",
    rule: "Hello: a worker is given jobs of the types that it names, and no others.",
    tests: [
      shown("apps/gateway/src/hello.test.ts", "a job goes to a worker that runs its type, however free the others are"),
    ],
    mutation: [
      without(
        "apps/gateway/src/sessions.ts",
        "if (session.types.has(type) && session.free > (best?.free ?? 0)) best = session;",
        "if (session.free > (best?.free ?? 0)) best = session;",
      ),
    ],
  },
  {
    id: "hello-held",
    rule: "Hello: says what the worker still holds, and up to which event it was acknowledged.",
    tests: [
      shown(
        "packages/worker/src/worker.test.ts",
        "what was not acknowledged is sent again on the next stream, and nothing else",
      ),
    ],
    mutation: [
      without("packages/worker/src/session.ts", "acknowledgedSequence: acknowledged,", "acknowledgedSequence: 0,"),
    ],
  },
  {
    id: "credit-absolute",
    rule: "Credit: absolute, so that saying it twice changes nothing.",
    tests: [shown("apps/gateway/src/slots.test.ts", "slots that are said twice are there once")],
    mutation: [
      without(
        session,
        "this.#credit = Math.min(message.credit.totalSlots, maxSlots);",
        "this.#credit += Math.min(message.credit.totalSlots, maxSlots);",
      ),
    ],
  },
  {
    id: "credit-more",
    rule: "Credit: another one counts at once.",
    tests: [
      shown(
        rules,
        "credits are absolute: no more jobs than slots, whatever is said twice, and more when there are more",
      ),
    ],
    mutation: [
      without(
        session,
        "this.#credit = Math.min(message.credit.totalSlots, maxSlots);",
        "this.#credit ||= Math.min(message.credit.totalSlots, maxSlots);",
      ),
    ],
  },
  {
    id: "accept-in-time",
    rule: "Accept: without it an assignment is given out again.",
    tests: [
      shown(
        "apps/gateway/src/protocol-deadlines.test.ts",
        "an assignment that is not accepted in time is given out again, and no attempt is spent",
      ),
    ],
    mutation: [without("apps/keeper/src/sweeps.ts", "await unclaimJobs(store, limit)", "await unclaimJobs(store, 0)")],
  },
  {
    id: "accept-no-attempt",
    rule: "Accept: … and no attempt is spent.",
    tests: [
      shown(
        "packages/store/src/job-life.test.ts",
        "a claim that is not accepted in time is taken back, and no attempt is spent",
      ),
    ],
    mutation: [
      without(
        `${commands}/unclaim-jobs.ts`,
        "update jobs set attempt_token = null,",
        "update jobs set attempt = attempt + 1, attempt_token = null,",
      ),
    ],
  },
  {
    id: "accept-not-early",
    rule: "Accept: … not before its time is over.",
    tests: [
      shown(
        "packages/store/src/job-life.test.ts",
        "a claim that is not accepted in time is taken back, and no attempt is spent",
      ),
    ],
    mutation: [without(`${commands}/unclaim-jobs.ts`, " and accept_by < uws_now()")],
  },
  {
    id: "accept-five-seconds",
    rule: "Accept: five seconds, unless configured otherwise.",
    tests: [shown("packages/config/src/load-config.test.ts", "defaults stand where nothing is said")],
    mutation: [
      without(
        "packages/config/src/config.ts",
        "accept: milliseconds.default(5000),",
        "accept: milliseconds.default(60_000),",
      ),
    ],
  },
  {
    id: "event-progress",
    rule: "Event: progress has a fraction, a message and counters.",
    tests: [runs],
    mutation: [
      without(
        `${commands}/record-events.ts`,
        "coalesce(given.progress -> 'counters', jobs.progress_counters)",
        "jobs.progress_counters",
      ),
    ],
  },
  {
    id: "event-log",
    rule: "Event: a log line is kept.",
    tests: [runs],
    mutation: [without(held, "} else if (event.log) {", "} else if (event.log && event.checkpoint) {")],
  },
  {
    id: "event-result-inline",
    rule: "Event: a small result travels in it.",
    tests: [runs],
    mutation: [without(held, "await this.#results.store(this.ref, checked, once(bytes), sequence);", "void bytes;")],
  },
  {
    id: "event-result-reference",
    rule: "Event: a result may be elsewhere.",
    tests: [shown(reports, "a result may be elsewhere: its URL is kept, and must be one")],
    mutation: [without(held, 'if (result.content === "reference") {', "if (sequence < 0) {")],
  },
  {
    id: "event-checkpoint",
    rule: "Event: a checkpoint is what the next attempt goes on from; the last one counts.",
    tests: [shown(reports, "of what waits together all log lines are stored, and the latest progress and checkpoint")],
    mutation: [without(held, "checkpoint = base64(state);", "checkpoint ??= base64(state);")],
  },
  {
    id: "complete-whole",
    rule: "Complete: stands for all events that were sent, or for nothing.",
    tests: [shown(rules, "a completion that counts events which never came does not complete the job")],
    mutation: [without(held, "if (!this.#whole(first.complete.lastSequence)) return;")],
  },
  {
    id: "whole-sequence",
    rule: "Complete and Fail: the last sequence number is compared with what came.",
    tests: [
      shown(rules, "a completion that counts events which never came does not complete the job"),
      shown(reports, "a failure that counts events which never came does not end the job"),
    ],
    mutation: [without(held, "const whole = lastSequence <= this.#sequence;", "const whole = lastSequence >= 0;")],
  },
  {
    id: "fail-whole",
    rule: "Fail: so does it.",
    tests: [shown(reports, "a failure that counts events which never came does not end the job")],
    mutation: [without(held, "if (!this.#whole(first.fail.lastSequence)) return;")],
  },
  {
    id: "fail-kind",
    rule: "Fail: transient or fatal.",
    tests: [toldAsReported],
    mutation: [
      without(
        held,
        'fail.kind === "TRANSIENT" ? ("transient" as const)',
        'fail.kind === "FATAL" ? ("transient" as const)',
      ),
    ],
  },
  {
    id: "fail-detail",
    rule: "Fail: has a message and a detail.",
    tests: [toldAsReported],
    mutation: [without(held, "detail: storable(fail.detail, limits.detailLength),", 'detail: "",')],
  },
  {
    id: "fail-retryable",
    rule: "Fail: may ask for another attempt.",
    tests: [toldAsReported],
    mutation: [without(held, "retryable: fail.retryable,", "retryable: false,")],
  },
  {
    id: "fail-delay",
    rule: "Fail: … after a delay.",
    tests: [toldAsReported],
    mutation: [without(held, "retryDelay: Math.min(fail.retryDelayMs, 86_400_000),", "retryDelay: 0,")],
  },
  {
    id: "cancelled-frees",
    rule: "Cancelled: the slot is free again.",
    tests: [
      shown("apps/gateway/src/slots.test.ts", "the slot of a cancelled job is taken until the worker has stopped"),
    ],
    mutation: [without(session, "else if (message.cancelled) this.ended(message.cancelled.attemptToken);")],
  },
  {
    id: "cancelled-not-before",
    rule: "Cancelled: … and not before.",
    tests: [
      shown("apps/gateway/src/slots.test.ts", "the slot of a cancelled job is taken until the worker has stopped"),
    ],
    mutation: [
      without(
        session,
        "    // The slot stays taken until the worker says that it has stopped.\n    attempt.close();",
        "    this.#forget(token);",
      ),
    ],
  },
  {
    id: "release-no-attempt",
    rule: "Release: spends no attempt.",
    tests: [
      shown("packages/store/src/platform-retries.test.ts", "a job that is given back spends no attempt, however often"),
    ],
    mutation: [
      without(
        `${commands}/release-attempts.ts`,
        "        ${released(sql)}",
        "        failures = jobs.failures + 1, ${released(sql)}",
      ),
    ],
  },
  {
    id: "release-checkpoint",
    rule: "Release: carries a checkpoint.",
    tests: [shown("apps/gateway/src/assign.test.ts", "Assign tells everything about the job; its times are durations")],
    mutation: [
      without(held, "first.release.checkpoint === undefined ? null : base64(first.release.checkpoint)", "null"),
    ],
  },
  {
    id: "heartbeat-keeps",
    rule: "Heartbeat: one for the whole session keeps the attempts that it names.",
    tests: [
      shown(
        "apps/gateway/src/protocol-deadlines.test.ts",
        "one heartbeat keeps the attempts that it names, and no other",
      ),
    ],
    mutation: [without(session, "else if (message.heartbeat) void this.#heartbeat(message.heartbeat.attemptTokens);")],
  },
  {
    id: "heartbeat-names",
    rule: "Heartbeat: … and no other.",
    tests: [
      shown(
        "apps/gateway/src/protocol-deadlines.test.ts",
        "one heartbeat keeps the attempts that it names, and no other",
      ),
    ],
    mutation: [
      without(session, "this.#heartbeat(message.heartbeat.attemptTokens)", "this.#heartbeat([...this.#held.keys()])"),
    ],
  },
  {
    id: "heartbeat-lease",
    rule: "Heartbeat: extends the lease.",
    tests: [
      shown(
        "packages/store/src/fence.test.ts",
        "a heartbeat extends the lease of the attempts that it names, and of no other",
      ),
    ],
    mutation: [
      without(
        `${commands}/renew-leases.ts`,
        "lease_until = uws_now() + make_interval(secs => ${lease / 1000}),",
        "lease_until = jobs.lease_until + ${lease} * interval '0',",
      ),
    ],
  },
  {
    id: "heartbeat-own",
    rule: "Heartbeat: keeps nothing alive that is not held on its stream.",
    tests: [
      shown(
        "apps/gateway/src/authentication.test.ts",
        "a second session of an instance replaces the first, whatever its token, and holds only what it can name",
      ),
    ],
    mutation: [
      without(session, "if (known === undefined) return this.fenced(token);", "if (known === undefined) return;"),
    ],
  },
  {
    id: "draining-nothing-more",
    rule: "Draining: the worker is given nothing more.",
    tests: [shown(rules, "who drains is given nothing more, and may end what it has")],
    mutation: [
      without(session, 'else if (message.draining) {\n      this.#state = "draining";', "else if (message.draining) {"),
    ],
  },
  {
    id: "draining-reports",
    rule: "Draining: … and may end what it has.",
    tests: [shown(rules, "who drains is given nothing more, and may end what it has")],
    mutation: [
      without(
        session,
        "    if (this.closed) return;\n    if (message.hello)",
        '    if (this.closed || (this.#state === "draining" && message.complete)) return;\n    if (message.hello)',
      ),
    ],
  },
];
