import { type Rule, shown, without } from "../rule.ts";

const createJob = "apps/api/src/create-job/create-job.test.ts";
const storeLimits = "packages/store/src/limits.test.ts";
const outbox = "packages/worker/src/outbox.test.ts";

/** 6: nothing is without bounds. */
export const limitsOfAll: readonly Rule[] = [
  {
    id: "limit-bodies",
    rule: "Bodies: one that is too long is refused while it is read.",
    tests: [shown(createJob, "when there is too much of it")],
    mutation: [
      without(
        "apps/api/src/body/limited-body.ts",
        "if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);",
      ),
      without("apps/api/src/body/limited-body.ts", "if (size > maxBytes) throw tooLarge(maxBytes);"),
    ],
  },
  {
    id: "limit-parameters",
    rule: "Parameters: there are so many at most.",
    tests: [shown(createJob, "when there is too much of it")],
    mutation: [without("apps/api/src/body/field.ts", "if (fields.length > most) throw tooManyFields(most);")],
  },
  {
    id: "limit-names",
    rule: "Parameters: their names are so long at most.",
    tests: [shown(createJob, "when there is too much of it")],
    mutation: [without("apps/api/src/body/field.ts", "name.length > limits.parameterNameLength", "name.length < 0")],
  },
  {
    id: "limit-files",
    rule: "Uploads: a file is no larger than its description allows.",
    tests: [shown(createJob, "when a file is larger than its description allows, and nothing of it is kept")],
    mutation: [
      without(
        "packages/blobs/src/file-blobs.ts",
        'if (size > maxBytes) throw new UwsError("too_large", `More than ${maxBytes} bytes.`);',
      ),
    ],
  },
  {
    id: "limit-result-streams",
    rule: "Result streams: what is larger than allowed is refused, and nothing of it is kept.",
    tests: [shown("packages/blobs/src/blob-store.test.ts", "keeps nothing of what is too large or breaks off")],
    mutation: [
      without(
        "packages/blobs/src/file-blobs.ts",
        'if (size > maxBytes) throw new UwsError("too_large", `More than ${maxBytes} bytes.`);',
      ),
    ],
  },
  {
    id: "limit-results",
    rule: "Results: a job has so many at most.",
    tests: [shown(storeLimits, "a job has so many results at most; one of them may still be replaced")],
    mutation: [without("packages/store/src/commands/add-result.ts", "from held where room", "from held")],
  },
  {
    id: "limit-waiters",
    rule: "Waiters: so many wait at once in one process.",
    tests: [
      shown(
        "apps/api/src/waiters.test.ts",
        "there are no more watches than the limit, and a closed one makes room, once",
      ),
    ],
    mutation: [
      without(
        "apps/api/src/waiters.ts",
        "this.#count >= this.#options.limit || ofCaller >= this.#options.callerLimit",
        "false",
      ),
    ],
  },
  {
    id: "limit-waiters-of-one",
    rule: "Waiters: … and so many of one caller.",
    tests: [
      shown("apps/api/src/waiters.test.ts", "a caller who has as many watches as one may have gets no more, others do"),
    ],
    mutation: [without("apps/api/src/waiters.ts", " || ofCaller >= this.#options.callerLimit")],
  },
  {
    id: "limit-waits",
    rule: "Waiters: nobody waits for longer than the server allows.",
    tests: [
      shown(
        "apps/api/src/wait-for-change.test.ts",
        "nobody waits for longer than the server allows, however long they want to",
      ),
    ],
    mutation: [without("packages/representation/src/control.ts", "Math.min(seconds, cap)", "seconds")],
  },
  {
    id: "limit-queries",
    rule: "Queries: no statement, and no wait for a lock, goes on for ever.",
    tests: [shown(storeLimits, "no statement and no wait for a lock goes on for ever")],
    mutation: [without("packages/store/src/store.ts", "statement_timeout: 30_000,", "statement_timeout: 0,")],
  },
  {
    id: "limit-list-scan",
    rule: "Queries: a page of a list looks at so many jobs at most.",
    tests: [
      shown(
        "packages/store/src/list-jobs.test.ts",
        "a page that finds nothing ends after so many rows, and says where to go on",
      ),
    ],
    mutation: [without("packages/store/src/queries/list-jobs.ts", "looked < limits.listScan", "looked >= 0")],
  },
  {
    id: "limit-retries",
    rule: "Retries: a job has so many attempts.",
    tests: [
      shown(
        "packages/store/src/job-life.test.ts",
        "a lost lease queues the job again until its attempts are spent, then it is in ERROR",
      ),
    ],
    mutation: [
      without(
        "packages/store/src/commands/lose-leases.ts",
        "sql`(jobs.failures + 1 < jobs.max_attempts)`",
        "sql`true`",
      ),
    ],
  },
  {
    id: "limit-refusals",
    rule: "Retries: a worker that is refused tries again so many times.",
    tests: [
      shown(
        "packages/worker/src/secure-connection.test.ts",
        "a refused worker tries again, says so each time, and ends when it was refused too often",
      ),
    ],
    mutation: [
      without(
        "packages/worker/src/session.ts",
        "if (this.#refusals >= maxRefusals) {",
        "if (this.#refusals > maxRefusals) {",
      ),
    ],
  },
  {
    id: "limit-gateway-buffers",
    rule: "Buffers: a worker that reports faster than PostgreSQL takes it is not read any more.",
    tests: [
      shown(
        "apps/gateway/src/session-pressure.test.ts",
        "a worker that reports faster than PostgreSQL takes it is not read any more, until it has",
      ),
    ],
    mutation: [without("apps/gateway/src/session.ts", "      this.#stream.pause();\n")],
  },
  {
    id: "limit-gateway-relief",
    rule: "Buffers: … until its reports are stored.",
    tests: [
      shown(
        "apps/gateway/src/session-pressure.test.ts",
        "a worker that reports faster than PostgreSQL takes it is not read any more, until it has",
      ),
    ],
    mutation: [without("apps/gateway/src/session.ts", "      this.#stream.resume();\n")],
  },
  {
    id: "limit-messages",
    rule: "Buffers: a message of the worker protocol is so long at most.",
    tests: [
      shown(
        "apps/gateway/src/protocol-rules.test.ts",
        "what is larger than Welcome allows fails the job, or ends the stream, with the limit in the message",
      ),
    ],
    mutation: [
      without(
        "apps/gateway/src/gateway.ts",
        '"grpc.max_receive_message_length": limits.messageBytes,',
        '"grpc.max_receive_message_length": -1,',
      ),
    ],
  },
  {
    id: "limit-checkpoints",
    rule: "Buffers: a checkpoint is so long at most.",
    tests: [
      shown(
        "apps/gateway/src/protocol-rules.test.ts",
        "what is larger than Welcome allows fails the job, or ends the stream, with the limit in the message",
      ),
    ],
    mutation: [
      without("apps/gateway/src/held-attempt.ts", "state.length > limits.checkpointBytes", "state.length < 0"),
    ],
  },
  {
    id: "limit-event-streams",
    rule: "Buffers: for a client that does not read nothing more is read.",
    tests: [
      shown(
        "apps/api/src/resources/events.test.ts",
        "a client that does not read makes nobody's buffers grow: nothing more is read for it until it does",
      ),
    ],
    mutation: [
      without("apps/api/src/answers.ts", "async pull(controller) {", "async start(controller) {"),
      without("apps/api/src/answers.ts", "return controller.enqueue(", "controller.enqueue("),
    ],
  },
  {
    id: "limit-sdk-buffers",
    rule: "Buffers: of what a worker cannot send, so many events are kept; logs beyond are dropped and counted.",
    tests: [shown(outbox, "beyond the limit logs are dropped, and the loss is told when there is room")],
    mutation: [without("packages/worker/src/outbox.ts", "this.#entries.length >= this.#limits.maxEvents || ")],
  },
  {
    id: "limit-sdk-bytes",
    rule: "Buffers: … and so many bytes.",
    tests: [shown(outbox, "the limit counts bytes too")],
    mutation: [without("packages/worker/src/outbox.ts", " || this.#bytes >= this.#limits.maxBytes")],
  },
  {
    id: "limit-log-lines",
    rule: "Logs: an attempt has so many lines at most.",
    tests: [
      shown(
        storeLimits,
        "an attempt has so many log lines at most, however many its worker sends, in one group or in many",
      ),
    ],
    mutation: [
      without(
        "packages/store/src/commands/record-events.ts",
        "      where stored.lines + line.ordinality <= ${limits.logLines}\n",
      ),
    ],
  },
  {
    id: "limit-texts",
    rule: "Logs: a line, or another text of a worker's, is so long at most.",
    tests: [
      shown(
        "packages/core/src/checked-result.test.ts",
        "a worker's text is cut to what is stored, and holds nothing that cannot be",
      ),
    ],
    mutation: [
      without("packages/core/src/checked-result.ts", "clean.length <= maxLength ? clean", "clean.length >= 0 ? clean"),
    ],
  },
  {
    id: "limit-documented",
    rule: "Every setting is documented, with its default.",
    tests: [shown("packages/config/src/load-config.test.ts", "docs/configuration.md names every variable")],
    mutation: [without("docs/configuration.md", "| `UWS_LEASE_MS` ", "| ")],
  },
];
