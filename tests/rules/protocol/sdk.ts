import { type Rule, shown, without } from "../rule.ts";

const worker = "packages/worker/src/worker.test.ts";
const result = "packages/worker/src/result.test.ts";
const context = "packages/worker/src/job-context.ts";
const says = shown(worker, "a worker says who it is, gives credits, accepts a job, reports and completes it");

/** "What an SDK gives its user": the TypeScript SDK. */
export const sdk: readonly Rule[] = [
  {
    id: "sdk-parameters",
    rule: "Parameters by name, without regard to case, in their order.",
    tests: [shown("packages/worker/src/parameters.test.ts", "names are case-insensitive, values keep their order")],
    mutation: [
      without(
        "packages/worker/src/parameters.ts",
        "const key = name.toLowerCase();\n    return",
        "const key = name;\n    return",
      ),
    ],
  },
  {
    id: "sdk-files",
    rule: "… and files that the client uploaded; a download that breaks off goes on where it was.",
    tests: [shown(result, "an uploaded parameter is read, and a download that broke off goes on where it was")],
    mutation: [without("packages/worker/src/uploaded-file.ts", "position += chunk.data.length;")],
  },
  {
    id: "sdk-progress",
    rule: "progress(fraction, message)",
    tests: [says],
    mutation: [without(context, "    this.#resources.outbox.progress(progress);\n")],
  },
  {
    id: "sdk-progress-forward",
    rule: "… which never goes back.",
    tests: [shown(worker, "progress is coalesced, never goes back, and leaves no gap in the sequence")],
    mutation: [without(context, "if (fraction > this.#fraction) this.#fraction", "this.#fraction")],
  },
  {
    id: "sdk-log",
    rule: "log",
    tests: [says],
    mutation: [without(context, 'info: at("INFO")', 'info: at("DEBUG")')],
  },
  {
    id: "sdk-result-data",
    rule: "result(id, data, media type)",
    tests: [shown(result, "a short stream travels inside an event")],
    mutation: [without("packages/worker/src/result-source.ts", "if (rest === undefined) return { inline: head };")],
  },
  {
    id: "sdk-result-path",
    rule: "result(id, path, media type)",
    tests: [shown(result, "a file is uploaded")],
    mutation: [
      without(
        "packages/worker/src/result-source.ts",
        "createReadStream(data.path)",
        "createReadStream(data.path, { end: 10 })",
      ),
    ],
  },
  {
    id: "sdk-result-stream",
    rule: "result(id, stream, media type)",
    tests: [shown(result, "a large result made of %s is uploaded whole, without an event", "a stream")],
    mutation: [without("packages/worker/src/result-source.ts", "    yield head;\n")],
  },
  {
    id: "sdk-result-stored",
    rule: "A job completes when all its results are stored.",
    tests: [shown(result, "a job completes when the results that its handler did not await are stored")],
    mutation: [without("packages/worker/src/job-runner.ts", "  await context.settleResults();\n")],
  },
  {
    id: "sdk-checkpoint",
    rule: "checkpoint",
    tests: [shown(worker, "an attempt goes on while the server is away, and tells everything when it is back")],
    mutation: [without(context, "this.#resources.outbox.checkpoint(this.#fitting(state).slice());")],
  },
  {
    id: "sdk-release",
    rule: "… with which a job is given back.",
    tests: [shown(worker, "a job is given back with its checkpoint")],
    mutation: [without("packages/worker/src/attempt.ts", ", ...(checkpoint && { checkpoint })")],
  },
  {
    id: "sdk-signal",
    rule: "A cancellation signal, with the reason.",
    tests: [shown(worker, "a job cancelled as %s ends its handler with the reason %s")],
    mutation: [without("packages/worker/src/attempt.ts", "this.interrupt(cancelCodes[reason]);")],
  },
  {
    id: "sdk-deadline",
    rule: "The deadline.",
    tests: [
      shown(
        "packages/worker/src/deadline.test.ts",
        "the deadline is so long after the assignment, by the worker's own clock",
      ),
    ],
    mutation: [without(context, "assign.timeAllowedMs > 0 ? new Date", "assign.timeAllowedMs < 0 ? new Date")],
  },
  {
    id: "sdk-trace",
    rule: "The trace context.",
    tests: [says],
    mutation: [without(context, "Object.freeze({ ...assign.traceContext })", "Object.freeze({})")],
  },
  {
    id: "sdk-slots",
    rule: "Slots.",
    tests: [says],
    mutation: [
      without("packages/worker/src/session.ts", "this.#draining ? 0 : this.#options.slots", "this.#draining ? 0 : 1"),
    ],
  },
  {
    id: "sdk-accept-once",
    rule: "A job that is assigned twice runs once.",
    tests: [shown(worker, "a job assigned twice runs once")],
    mutation: [
      without("packages/worker/src/session.ts", " || this.#attempts.has(assign.attemptToken)) return;", ") return;"),
    ],
  },
  {
    id: "sdk-failure",
    rule: "What a handler throws fails its job, with message and detail.",
    tests: [shown(worker, "failures: %s")],
    mutation: [
      without(
        "packages/worker/src/attempt.ts",
        "const message = shortened(failure.message,",
        'const message = shortened("",',
      ),
    ],
  },
  {
    id: "sdk-drain",
    rule: "A graceful drain: it is said, what runs may end, nothing more is taken.",
    tests: [shown(worker, "a draining worker says so, finishes what it has, and closes")],
    mutation: [without("packages/worker/src/session.ts", "if (this.#draining) this.#write({ draining: {} });")],
  },
  {
    id: "sdk-drain-waits",
    rule: "… and waited for.",
    tests: [shown(worker, "a draining worker says so, finishes what it has, and closes")],
    mutation: [
      without(
        "packages/worker/src/worker.ts",
        "if (!(await this.#session.idle(this.#drainTimeoutMs))) {",
        "if (this.#drainTimeoutMs >= 0) {",
      ),
    ],
  },
  {
    id: "sdk-drain-reconnect",
    rule: "… also over a new stream.",
    tests: [shown(worker, "a draining worker that reconnects still takes nothing")],
    mutation: [without("packages/worker/src/session.ts", "totalSlots: this.#draining ? 0 :", "totalSlots:")],
  },
  {
    id: "sdk-sigterm",
    rule: "… on SIGTERM.",
    tests: [
      shown("apps/workers/simulate/src/simulate.test.ts", "SIGTERM lets the worker's process finish its job and exit"),
    ],
    mutation: [
      without(
        "packages/worker/src/shutdown-signals.ts",
        "void worker.drain().then(() => process.exit(0));",
        "void worker.stop().then(() => process.exit(0));",
      ),
    ],
  },
  {
    id: "sdk-stop",
    rule: "A worker that stops at once gives its jobs back.",
    tests: [shown(worker, "a stopped worker gives its jobs back soon, even if their handlers do not listen")],
    mutation: [without("packages/worker/src/worker.ts", '    this.#session.giveBack("the worker was stopped");\n')],
  },
  {
    id: "sdk-reconnect",
    rule: "Reconnect: again and again.",
    tests: [shown(worker, "an attempt that the server does not know any more ends with the new stream")],
    mutation: [
      without(
        "packages/worker/src/session.ts",
        "this.#reconnectTimer = setTimeout(() => this.connect(), delayMs);",
        "this.#reconnectTimer = setTimeout(() => {}, delayMs);",
      ),
    ],
  },
  {
    id: "sdk-backoff",
    rule: "… with a backoff.",
    tests: [
      shown("packages/worker/src/backoff.test.ts", "delays double up to the maximum, and begin anew after a reset"),
    ],
    mutation: [without("packages/worker/src/backoff.ts", "this.#baseMs * 2 ** this.#failures", "this.#baseMs")],
  },
  {
    id: "sdk-jitter",
    rule: "… and jitter.",
    tests: [shown("packages/worker/src/backoff.test.ts", "jitter is full: a delay may be anything down to nothing")],
    mutation: [without("packages/worker/src/backoff.ts", "this.#random() * ceiling", "ceiling")],
  },
  {
    id: "sdk-one-line",
    rule: "A one-line start: a handler, and nothing else that must be said.",
    tests: [shown("packages/worker/src/one-line.test.ts", "a worker needs a handler, and finds the rest by itself")],
    mutation: [
      without(
        "packages/worker/src/worker.ts",
        "const slots = options.slots ?? 1;",
        "const slots = options.slots as number;",
      ),
    ],
  },
  {
    id: "sdk-process-crash",
    rule: "A process per job: a crash becomes ERROR with the exit status and the tail of stderr.",
    tests: [
      shown(
        "packages/worker/src/job-process/job-process.test.ts",
        "a process that exits fails its job with the status and the end of stderr, and the worker goes on",
      ),
    ],
    mutation: [without("packages/worker/src/job-process/crash.ts", "`${how}; the end of stderr:\\n${stderr}`", "how")],
  },
  {
    id: "sdk-process-memory",
    rule: "… and so does a kill for want of memory.",
    tests: [
      shown(
        "packages/worker/src/job-process/job-process.test.ts",
        "a SIGKILL that was not ours is taken for a lack of memory",
      ),
    ],
    mutation: [without("packages/worker/src/job-process/crash.ts", 'exit.signal === "SIGKILL"', "false")],
  },
  {
    id: "sdk-command-line",
    rule: "A ready-made worker that runs a command line declared in the job description, never through a shell.",
    tests: [
      shown("packages/worker-command/src/fill.test.ts", "the value %s is one argument, and nothing but its text"),
    ],
    mutation: [
      without(
        "packages/worker-command/src/run-program.ts",
        "const child = spawn(file, args, {\n        cwd: work,",
        "const child = spawn(file, args, {\n        shell: true,\n        cwd: work,",
      ),
    ],
  },
  {
    id: "sdk-command-option",
    rule: "… where no value becomes an option.",
    tests: [shown("packages/worker-command/src/fill.test.ts", "a value that begins with - never becomes an option")],
    mutation: [without("packages/worker-command/src/fill.ts", "!operandsOnly && beginsWithValue(template)", "false")],
  },
  {
    id: "sdk-command-values",
    rule: "Parameters are passed as arguments, environment or files.",
    tests: [
      shown(
        "packages/worker-command/src/command-handler.test.ts",
        "uploads are files under names of ours, texts where it is said; stdin is a file or a text",
      ),
    ],
    mutation: [
      without(
        "packages/worker-command/src/inputs.ts",
        "const named = command.files.get(name);",
        "const named = undefined;",
      ),
    ],
  },
  {
    id: "sdk-command-outputs",
    rule: "Declared output files become results, and nothing that only looks like one of the command's own.",
    tests: [
      shown(
        "packages/worker-command/src/collect-outputs.test.ts",
        "files become results, by name or by pattern, in order",
      ),
      shown("packages/worker-command/src/collect-outputs.test.ts", "%s is no output"),
    ],
    mutation: [
      without(
        "packages/worker-command/src/open-output.ts",
        'if (there.isSymbolicLink()) throw refused(path, "it is a symbolic link");',
      ),
      without(
        "packages/worker-command/src/collect-outputs.ts",
        "job.result(found.id, () => read(handle), mediaType)",
        'job.result("out", () => read(handle), mediaType)',
      ),
    ],
  },
  {
    id: "sdk-command-ends",
    rule: "What is cancelled is killed with all that it has started, and dies with its worker.",
    tests: [
      shown(
        "tests/main-job/command-worker.test.ts",
        "commands die with their worker, however that died, and the job runs again elsewhere",
      ),
    ],
    mutation: [
      without("packages/worker-command/src/guard.ts", '  [ -n "$group" ] && kill -s KILL -- "-$group"\n'),
      without("packages/worker-command/src/guard.ts", 'kill -s KILL "\\${pid%/environ}"', ":"),
    ],
  },
  {
    id: "sdk-command-hidden",
    rule: "Clients do not see the command, and it does not count for what a version means.",
    tests: [
      shown(
        "packages/worker-command/src/parse-command.test.ts",
        "the command is no part of the description: not of what is served, and not of what its version means",
      ),
    ],
    mutation: [
      without(
        "packages/description/src/parse-description.ts",
        "const written = rest as JsonObject & WrittenDescription;",
        "const written = document as JsonObject & WrittenDescription;",
      ),
    ],
  },
  {
    id: "sdk-python",
    rule: "The same in Python.",
    tests: [
      shown("tests/workers/python-sdk.test.ts", "the SDK for Python %s", "does what its tests say"),
      shown("tests/worker-conformance/python.test.ts", "workers in Python do what the protocol asks"),
    ],
    mutation: [
      without(
        "packages/worker-python/src/uws_worker/async_job.py",
        "self._fraction = max(self._fraction, min(1.0, fraction))",
        "self._fraction = min(1.0, fraction)",
      ),
    ],
  },
  {
    id: "sdk-go",
    rule: "The same in Go.",
    tests: [
      shown("packages/worker-go/go.test.ts", "Go's tests of the SDK pass"),
      shown("tests/worker-conformance/go.test.ts", "workers in Go do what the protocol asks"),
    ],
    mutation: [without("packages/worker-go/job.go", "if fraction > j.fraction {", "if fraction >= 0 {")],
  },
];
