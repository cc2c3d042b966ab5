import { type Rule, shown, without } from "../rule.ts";

const session = "apps/gateway/src/session.ts";
const rules = "apps/gateway/src/protocol-rules.test.ts";
const welcome = shown("apps/gateway/src/hello.test.ts", "Welcome tells the times and every limit");
const assign = shown(
  "apps/gateway/src/assign.test.ts",
  "Assign tells everything about the job; its times are durations",
);
const cumulative = shown(
  rules,
  "events are acknowledged cumulatively, count once however often they come, and a gap ends the stream",
);
const cancel = shown(
  rules,
  "a cancel tells its reason and the grace, and the slot stays taken until the worker has stopped",
);
const afterItsLease = shown(
  "apps/gateway/src/protocol-deadlines.test.ts",
  "after its lease an attempt is over: its worker is told so, and can write nothing more",
);
const goesOn = shown(
  rules,
  "inside its lease an attempt goes on over a new stream, from the last event that is stored",
);

/** What Assign says, by the piece of source that says it. */
const said: Readonly<Record<string, readonly [text: string, by: string]>> = {
  "job id": ["    jobId: job.id,", '    jobId: "",'],
  "run id": ['    runId: job.runId ?? "",', ""],
  owner: ['    owner: job.owner ?? "",', ""],
  type: ["    jobType: job.type,", ""],
  version: ["    jobTypeVersion: job.typeVersion,", ""],
  attempt: ["    attempt: job.attempt,", "    attempt: 1,"],
  lease: ["    leaseMs: lease,", ""],
  "time allowed": ["    timeAllowedMs: job.executionDuration * 1000,", "    timeAllowedMs: job.executionDuration,"],
  parameters: ["{ name: parameter.name, value: parameter.value },", '{ name: parameter.name, value: "" },'],
  checkpoint: ["    ...(job.checkpoint === null ? {} : { checkpoint: Buffer.from(job.checkpoint) }),", ""],
  "trace context": ["    traceContext: { ...job.traceContext },", ""],
};

/** "Server → worker": what each message says. */
export const toWorker: readonly Rule[] = [
  {
    id: "welcome-session",
    rule: "Welcome: names the session.",
    tests: [welcome],
    mutation: [without(session, "        sessionId: this.id,\n")],
  },
  {
    id: "welcome-times",
    rule: "Welcome: tells how long a lease is, how often to send heartbeats, and how long an accept may take.",
    tests: [welcome],
    mutation: [
      without(
        session,
        "        leaseMs: timing.lease,\n        heartbeatMs: timing.heartbeat,\n        acceptTimeoutMs: timing.accept,\n",
      ),
    ],
  },
  {
    id: "welcome-limits",
    rule: "Welcome: tells how large messages and results may be.",
    tests: [welcome],
    mutation: [
      without(
        session,
        "        maxMessageBytes: limits.messageBytes,\n        maxInlineResultBytes: limits.inlineResultBytes,\n        maxResultBytes: limits.resultBytes,\n",
      ),
    ],
  },
  {
    id: "welcome-valid",
    rule: "Welcome: says of each token that the worker holds whether it is valid still.",
    tests: [goesOn],
    mutation: [
      without(
        session,
        "const valid = renewed !== undefined || (await this.#writer.accept(ref));",
        "const valid = false;",
      ),
    ],
  },
  {
    id: "welcome-invalid",
    rule: "Welcome: … or no longer.",
    tests: [afterItsLease],
    mutation: [
      without(
        session,
        "const valid = renewed !== undefined || (await this.#writer.accept(ref));",
        "const valid = true;",
      ),
    ],
  },
  {
    id: "welcome-sequence",
    rule: "Welcome: … and up to which event the server has it.",
    tests: [goesOn],
    mutation: [without(session, "const sequence = renewed?.eventSequence ?? 0;", "const sequence = 0;")],
  },
  {
    id: "welcome-heartbeats-kept",
    rule: "Welcome: the worker sends heartbeats as often as it is told.",
    tests: [shown("packages/worker/src/worker.test.ts", "heartbeats keep the lease of a job that has nothing to say")],
    mutation: [
      without(
        "packages/worker/src/session.ts",
        "this.#heartbeatTimer = setInterval(() => this.#heartbeat(), this.#limits.heartbeatMs);",
        "this.#heartbeatTimer = setInterval(() => {}, this.#limits.heartbeatMs);",
      ),
    ],
  },
  ...Object.entries(said).map(
    ([what, [text, by]]): Rule => ({
      id: `assign-${what.replace(" ", "-")}`,
      rule: `Assign: tells the ${what}.`,
      tests: [assign],
      mutation: [without(session, text, by)],
    }),
  ),
  {
    id: "assign-token",
    rule: "Assign: a token of its own for each attempt.",
    tests: [assign],
    mutation: [
      without(
        "apps/gateway/src/puller.ts",
        "token: newAttemptToken(id), worker",
        'token: `${id}.${"x".repeat(32)}`, worker',
      ),
    ],
  },
  {
    id: "assign-durations",
    rule: "Assign: durations, never clock times; the worker makes its deadline of them.",
    tests: [
      shown(
        "packages/worker/src/deadline.test.ts",
        "the deadline is so long after the assignment, by the worker's own clock",
      ),
    ],
    mutation: [
      without(
        "packages/worker/src/job-context.ts",
        "new Date(Date.now() + assign.timeAllowedMs)",
        "new Date(assign.timeAllowedMs)",
      ),
    ],
  },
  {
    id: "ack-cumulative",
    rule: "EventAck: up to and including the number that it names.",
    tests: [
      shown(
        "packages/worker/src/worker.test.ts",
        "what was not acknowledged is sent again on the next stream, and nothing else",
      ),
    ],
    mutation: [
      without(
        "packages/worker/src/outbox.ts",
        "this.#entries.findIndex((entry) => entry.sequence > sequence)",
        "this.#entries.findIndex((entry) => entry.sequence >= sequence)",
      ),
    ],
  },
  {
    id: "ack-last",
    rule: "EventAck: … which is the last that is stored, also when what comes was there already.",
    tests: [cumulative],
    mutation: [
      without(
        "apps/gateway/src/held-attempt.ts",
        "this.#listener.acknowledged(this.ref.token, this.#sequence);",
        "this.#listener.acknowledged(this.ref.token, 1);",
      ),
    ],
  },
  {
    id: "cancel-reasons",
    rule: "Cancel: because the job was aborted or destroyed.",
    tests: [cancel],
    mutation: [without(session, 'destroyed: "DESTROYED" }', 'destroyed: "ABORTED" }')],
  },
  {
    id: "cancel-timed-out",
    rule: "Cancel: … or took too long.",
    tests: [shown(rules, "an attempt that takes longer than it may is cancelled as timed out")],
    mutation: [without("apps/keeper/src/sweeps.ts", 'cancel(expired, "timed_out");')],
  },
  {
    id: "cancel-grace",
    rule: "Cancel: tells the grace.",
    tests: [cancel],
    mutation: [without(session, "reason: cancelReasons[reason], graceMs }", "reason: cancelReasons[reason] }")],
  },
  {
    id: "cancel-grace-ends",
    rule: "Cancel: … after which the worker waits no longer for its handler.",
    tests: [
      shown(
        "packages/worker/src/worker.test.ts",
        "a handler that ignores its cancellation is abandoned after the grace",
      ),
    ],
    mutation: [
      without(
        "packages/worker/src/attempt.ts",
        "this.#grace = setTimeout(() => this.#settle(undefined), graceMs);",
        "this.#grace = setTimeout(() => {}, graceMs);",
      ),
    ],
  },
  {
    id: "cancel-at-once",
    rule: "Cancel: arrives without waiting for a heartbeat.",
    tests: [
      shown("apps/gateway/src/gateway.test.ts", "an aborted job's worker is told at once, and its slot is free again"),
    ],
    mutation: [without("apps/gateway/src/gateway.ts", "dispatch.news.onCancel((cancel) => sessions.cancel(cancel));")],
  },
  {
    id: "fenced-late",
    rule: "Fenced: whoever writes for an attempt that is not its any more is told so.",
    tests: [afterItsLease],
    mutation: [
      without(
        session,
        "    if (attempt === undefined) {\n      this.fenced(token);\n      return;\n    }",
        "    if (attempt === undefined) {\n      this.ended(token);\n      return;\n    }",
      ),
    ],
  },
  {
    id: "drain-told",
    rule: "Drain: a gateway that stops asks its workers to connect elsewhere.",
    tests: [shown(rules, "a gateway that stops asks its workers to drain; their jobs stay theirs")],
    mutation: [without("apps/gateway/src/gateway.ts", "sessions.drain(config.timing.shutdown);")],
  },
  {
    id: "drain-stored",
    rule: "Drain: what a worker reported before the gateway stops is stored.",
    tests: [shown("apps/gateway/src/stopping.test.ts", "what was reported before a gateway stops is stored")],
    mutation: [
      without(
        "apps/gateway/src/gateway.ts",
        "      sessions.drain(config.timing.shutdown);\n      await writer.settled();\n",
        "      sessions.drain(config.timing.shutdown);\n",
      ),
      without(
        "apps/gateway/src/gateway.ts",
        'connect again."));\n      await writer.settled();\n',
        'connect again."));\n',
      ),
    ],
  },
  {
    id: "paused-told",
    rule: "Paused: workers are told when a type is paused, and when it is no longer.",
    tests: [
      shown(rules, "workers are told that a type is paused, at once or when they come, and that it is no longer"),
    ],
    mutation: [without("apps/gateway/src/gateway.ts", "sessions.paused(type, paused);")],
  },
  {
    id: "paused-told-newcomers",
    rule: "Paused: … and those that come while it is.",
    tests: [
      shown(rules, "workers are told that a type is paused, at once or when they come, and that it is no longer"),
    ],
    mutation: [
      without(session, "for (const type of this.#types) if (this.#typeWatch.isPaused(type)) this.paused(type, true);"),
    ],
  },
];
