import assert from "node:assert/strict";
import { PlayedJob } from "../played-job.ts";
import type { SharedWorker } from "../shared-worker.ts";
import type { Situation } from "../situation.ts";

const reasons = [
  ["ABORTED", "aborted"],
  ["TIMED_OUT", "timed_out"],
  ["DESTROYED", "destroyed"],
] as const;

/** Far away: what happens before it does not happen because of it. */
const longGraceMs = 600_000;

/** A newer server has a reason that this version does not know. */
function unknownReason(attemptToken: string) {
  return { cancel: { attemptToken, reason: 99 as never, graceMs: longGraceMs } };
}

export const ends: readonly Situation[] = [
  ...reasons.map(
    ([reason, written]): Situation => ({
      id: `cancel-${written.replace("_", "-")}`,
      title: `A cancelled job is told why (${written}), may tidy up, and ends as cancelled.`,
      rule: "Cancel, Cancelled",
      async playJobs(worker) {
        const file = worker.path();
        const job = await worker.run(["log info runs", `tidy ${file}`]);
        // One that has not begun yet may be cancelled without ever being begun.
        await job.take("event");
        worker.stream.send({ cancel: { attemptToken: job.token, reason, graceMs: longGraceMs } });
        await job.cancelled();
        assert.equal(await worker.written(file), written);
        await job.assertForgotten();
      },
    }),
  ),
  {
    id: "cancel-unknown-reason",
    title: "A cancellation for a reason of a newer protocol is one all the same.",
    rule: "9: a worker written against an older file keeps working",
    async playJobs(worker) {
      const job = await worker.run([`tidy ${worker.path()}`]);
      worker.stream.send(unknownReason(job.token));
      await job.cancelled();
    },
  },
  {
    id: "cancel-completed",
    title: "A job whose handler completes in spite of its cancellation is cancelled.",
    rule: "Cancelled: the answer to Cancel",
    async playJobs(worker) {
      const go = worker.path();
      const job = await worker.run(["log info runs", `deaf ${go}`]);
      await job.take("event");
      worker.stream.send({ cancel: { attemptToken: job.token, reason: "ABORTED", graceMs: longGraceMs } });
      await job.heartbeats();
      await worker.touch(go);
      await job.cancelled();
    },
  },
  {
    id: "cancel-deaf",
    title: "A handler that does not heed its cancellation is not waited for beyond the grace.",
    rule: "Cancel: grace_ms",
    async playJobs(worker) {
      const go = worker.path();
      const job = await worker.run(["log info runs", `deaf ${go}`]);
      await job.take("event");
      worker.stream.send({ cancel: { attemptToken: job.token, reason: "ABORTED", graceMs: 100 } });
      await job.cancelled();
      await worker.touch(go);
    },
  },
  {
    id: "fenced",
    title: "A fenced job is stopped, nothing more is said of it, and the worker goes on.",
    rule: "Fenced: stop at once, report nothing more",
    async playJobs(worker) {
      const file = worker.path();
      const job = await worker.run(["log info runs", `tidy ${file}`]);
      await job.take("event");
      worker.stream.send({ fenced: { attemptToken: job.token } });
      assert.equal(await worker.written(file), "fenced");
      await job.assertForgotten();
      await (await worker.run([])).completed();
      assert.deepEqual(worker.stream.kindsAbout(job.token), ["accept", "event"]);
    },
  },
  {
    id: "fail",
    title: "A handler fails its job for good: transient or fatal, with its message.",
    rule: "Fail: final unless retryable",
    async playJobs(worker) {
      for (const kind of ["transient", "fatal"] as const) {
        const fail = await (await worker.run(["log info a", `fail ${kind} geht nicht: ∅`])).failed();
        assert.equal(fail.kind, kind.toUpperCase());
        assert.deepEqual([fail.message, fail.retryable, fail.lastSequence], ["geht nicht: ∅", false, 1]);
      }
    },
  },
  {
    id: "retry",
    title: "A handler asks for another attempt, not before a delay.",
    rule: "Fail: retryable, retry_delay_ms",
    async playJobs(worker) {
      const fail = await (await worker.run(["retry 1500 closed for now"])).failed();
      assert.deepEqual(
        [fail.kind, fail.message, fail.retryable, fail.retryDelayMs],
        ["TRANSIENT", "closed for now", true, 1_500],
      );
    },
  },
  {
    id: "exception",
    title: "An ordinary exception fails its job with message and stack, is not retried, and the worker goes on.",
    rule: "Fail: message, detail",
    async playJobs(worker) {
      const fail = await (await worker.run(["throw no such column"])).failed();
      assert.match(fail.message, /no such column/);
      assert(!fail.message.includes("\n"), "the message is one line");
      assert.match(fail.detail, /\.(ts|js|py|go)\b.*\d/, "the detail names file and line");
      assert.equal(fail.retryable, false);
      await (await worker.run([])).completed();
    },
  },
  {
    id: "unknown-step",
    title: "A step that the conformance worker does not know fails its job.",
    rule: "the kit's own: ../README.md",
    async playJobs(worker) {
      const { kind, message } = await (await worker.run(["dance with me"])).failed();
      assert.deepEqual([kind, message], ["FATAL", "unknown step: dance with me"]);
    },
  },
  {
    id: "release",
    title: "A handler gives its job back, with the reason and the last checkpoint.",
    rule: "Release: reason, checkpoint",
    async playJobs(worker) {
      const release = await (await worker.run(["checkpoint one", "checkpoint two", "release later"])).released();
      assert.deepEqual([release.reason, release.checkpoint?.toString()], ["later", "two"]);
    },
  },
  {
    id: "side-by-side",
    title: "Jobs that run side by side do not hear of each other.",
    rule: "Slots",
    async playJobs(worker) {
      const [one, other] = await Promise.all([tidyJob(worker), tidyJob(worker)]);
      worker.stream.send({ cancel: { attemptToken: one.job.token, reason: "ABORTED", graceMs: longGraceMs } });
      await one.job.cancelled();
      await other.job.heartbeats();
      other.job.assertNotEnded();
      worker.stream.send({ cancel: { attemptToken: other.job.token, reason: "TIMED_OUT", graceMs: longGraceMs } });
      await other.job.cancelled();
      assert.deepEqual([await worker.written(one.file), await worker.written(other.file)], ["aborted", "timed_out"]);
    },
  },
  {
    id: "drain",
    title:
      "SIGTERM: it says that it drains, finishes what runs, waits until the end is answered, and ends with status 0.",
    rule: "Draining; graceful drain on SIGTERM",
    async play(stage) {
      const worker = await stage.start({ UWS_SLOTS: "2" });
      const stream = await stage.server.welcomed({ heartbeatMs: 100 });
      const go = stage.path();
      const job = await PlayedJob.run(stream, [`wait ${go}`]);
      worker.signal("SIGTERM");
      await stream.take("draining");
      await job.heartbeats();
      job.assertNotEnded();
      await stage.touch(go);
      await job.completed();
      assert.equal(await worker.exited, 0);
    },
  },
  {
    id: "drain-idle",
    title: "SIGTERM without a job: it ends with status 0.",
    rule: "Draining",
    async play(stage) {
      const worker = await stage.start();
      const stream = await stage.server.welcomed();
      worker.signal("SIGTERM");
      await stream.take("draining");
      assert.equal(await worker.exited, 0);
    },
  },
  {
    id: "drain-reconnect",
    title: "A worker that drains and loses its stream says it again, and still holds its job.",
    rule: "3: stream gone is not lease gone; Draining",
    async play(stage) {
      const worker = await stage.start();
      const first = await stage.server.welcomed();
      const go = stage.path();
      const job = await PlayedJob.run(first, [`wait ${go}`]);
      worker.signal("SIGTERM");
      await first.take("draining");
      first.cut();
      job.stream = await stage.server.stream();
      const hello = await job.stream.take("hello");
      assert.deepEqual(
        hello.held.map(({ attemptToken }) => attemptToken),
        [job.token],
      );
      job.stream.welcome({}, hello);
      await job.stream.take("draining");
      await stage.touch(go);
      await job.completed();
      assert.equal(await worker.exited, 0);
    },
  },
  {
    id: "drain-release",
    title: "What runs for longer than a drain waits is told, and given back.",
    rule: "Release: spends no attempt",
    async play(stage) {
      const worker = await stage.start({ UWS_DRAIN_MS: "100" });
      const stream = await stage.server.welcomed();
      const file = stage.path();
      const job = await PlayedJob.run(stream, [`tidy ${file}`]);
      worker.signal("SIGTERM");
      assert.equal(await stage.written(file), "draining");
      await job.released();
      assert.equal(await worker.exited, 0);
    },
  },
];

async function tidyJob(worker: SharedWorker) {
  const file = worker.path();
  return { file, job: await worker.run([`tidy ${file}`]) };
}
