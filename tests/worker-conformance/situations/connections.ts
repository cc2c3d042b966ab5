import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import type { Event__Output } from "@uws/protocol";
import { PlayedJob } from "../played-job.ts";
import type { Situation } from "../situation.ts";

const content = ({ attemptToken: _, ...event }: Event__Output) => event;
const lines = (events: readonly Event__Output[]) => events.map(({ sequence, log }) => [sequence, log?.message]);

export const connections: readonly Situation[] = [
  {
    id: "acknowledged",
    title: "After a reconnect it names what was acknowledged, and sends what was not, and nothing else.",
    rule: "2: keeps what is not acknowledged; EventAck: cumulative",
    async play(stage) {
      const first = await stage.connect({ UWS_SLOTS: "2" });
      const go = stage.path();
      const job = await PlayedJob.run(first, ["log info 1", "log info 2", "log info 3", "log info 4", `wait ${go}`]);
      await job.take("event", ({ sequence }) => sequence === 4);
      first.acknowledge(job.token, 2);
      // The end of a job that came later: the acknowledgement was heard.
      await (await PlayedJob.run(first, [])).completed();
      first.cut();

      job.stream = await stage.server.stream();
      const hello = await job.stream.take("hello");
      const held = hello.held.find(({ attemptToken }) => attemptToken === job.token);
      assert.equal(held?.acknowledgedSequence, 2);
      // The server has more than it could say.
      job.stream.welcome({ held: [{ attemptToken: job.token, valid: true, acknowledgedSequence: 3 }] });
      await job.take("event", ({ sequence }) => sequence === 4);
      await stage.touch(go);
      assert.equal((await job.take("complete")).lastSequence, 4);
      assert.deepEqual(job.untaken("event"), [], "what was acknowledged must not come again");
    },
  },
  {
    id: "lost-acknowledgements",
    title: "Events whose acknowledgement was lost come again as they were; the handler is not started twice.",
    rule: "2: events are idempotent by (job, attempt, sequence)",
    async play(stage) {
      const first = await stage.connect();
      const go = stage.path();
      const steps = ["log info 1", "progress 0.5 half", "log info 3", `wait ${go}`, "log info 4"];
      const job = await PlayedJob.run(first, steps);
      await job.take("event", ({ log }) => log?.message === "3");
      const before = job.untaken("event");
      first.cut();

      job.stream = await stage.server.stream();
      job.stream.welcome({}, await job.stream.take("hello"));
      await stage.touch(go);
      const { lastSequence } = await job.take("complete");
      const after = job.untaken("event");
      assert.deepEqual(
        after.map(({ sequence }) => sequence),
        Array.from({ length: lastSequence }, (_, index) => index + 1),
      );
      for (const event of before) {
        assert.deepEqual(
          content(after.find(({ sequence }) => sequence === event.sequence) as Event__Output),
          content(event),
        );
      }
      assert.deepEqual(
        after.flatMap(({ log }) => log?.message ?? []),
        ["1", "3", "4"],
      );
    },
  },
  {
    id: "away",
    title: "A job goes on while the server is away, and everything is told when it is back.",
    rule: "3: stream gone is not lease gone",
    async play(stage) {
      const first = await stage.connect({ UWS_INSTANCE: "the-same" });
      const [go, done] = [stage.path(), stage.path()];
      const job = await PlayedJob.run(first, [`wait ${go}`, "log info alone", "checkpoint state", `pid ${done}`]);
      stage.server.kill();
      await stage.touch(go);
      await stage.written(done);
      await stage.server.start();
      job.stream = await stage.server.stream();
      const hello = await job.stream.take("hello");
      assert.equal(hello.instanceId, "the-same");
      assert.deepEqual(
        hello.held.map(({ attemptToken }) => attemptToken),
        [job.token],
      );
      job.stream.welcome({}, hello);
      const events = await job.completed();
      assert.deepEqual(
        events.flatMap(({ log }) => log?.message ?? []),
        ["alone"],
      );
      assert.deepEqual(
        events.flatMap(({ checkpoint }) => checkpoint?.state.toString() ?? []),
        ["state"],
      );
    },
  },
  {
    id: "nothing-before-welcome",
    title: "Nothing is said after Hello before the server has answered it.",
    rule: "Hello, Welcome",
    async play(stage) {
      const first = await stage.connect();
      const [go, done] = [stage.path(), stage.path()];
      const job = await PlayedJob.run(first, [`wait ${go}`, "log info 1", `pid ${done}`]);
      first.cut();
      job.stream = await stage.server.stream();
      const hello = await job.stream.take("hello");
      await stage.touch(go);
      await stage.written(done);
      job.stream.welcome({}, hello);
      await job.completed();
      assert(!job.stream.spokeTooSoon, "it spoke before Welcome");
    },
  },
  {
    id: "held-no-longer",
    title: "A job that the new stream's Welcome does not call valid is stopped, and nothing more is said of it.",
    rule: "3: verdict on each held token",
    async play(stage) {
      const first = await stage.connect({}, { heartbeatMs: 100 });
      const file = stage.path();
      const job = await PlayedJob.run(first, ["log info 1", `tidy ${file}`]);
      await job.take("event");
      first.cut();
      job.stream = await stage.server.welcomed({
        heartbeatMs: 100,
        held: [{ attemptToken: job.token, valid: false }],
      });
      assert.equal(await stage.written(file), "fenced");
      await job.assertForgotten();
      assert.deepEqual(job.stream.kindsAbout(job.token), []);
      await (await PlayedJob.run(job.stream, [])).completed();
    },
  },
  {
    id: "end-unanswered",
    title: "The end of a job is kept until it is answered: named as held, and sent again.",
    rule: "Ended: the answer; 2: nothing is lost",
    async play(stage) {
      const first = await stage.connect({ UWS_SLOTS: "4" }, { heartbeatMs: 100 });
      const ways = [
        ["log info done", "complete"],
        ["fail fatal no", "fail"],
        ["release later", "release"],
      ] as const;
      const jobs = await Promise.all(
        ways.map(async ([step, end]) => ({ job: await PlayedJob.run(first, [step]), end })),
      );
      for (const { job, end } of jobs) await job.take(end);
      first.cut();
      const second = await stage.server.stream();
      const hello = await second.take("hello");
      assert.deepEqual(
        hello.held.map(({ attemptToken }) => attemptToken).toSorted(),
        jobs.map(({ job }) => job.token).toSorted(),
      );
      second.welcome({ heartbeatMs: 100 }, hello);
      for (const { job, end } of jobs) {
        job.stream = second;
        await job.take(end);
        second.ended(job.token);
      }
      assert.deepEqual(lines(jobs[0]?.job.untaken("event") ?? []), [[1, "done"]]);
      for (const { job } of jobs) await job.assertForgotten();
    },
  },
  {
    id: "lease-over",
    title: "A job is stopped by its worker when the server is away for longer than the lease.",
    rule: "Welcome: lease_ms; a worker that hears nothing stops by itself",
    async play(stage) {
      const stream = await stage.connect({}, { leaseMs: 1_000, heartbeatMs: 100 });
      const file = stage.path();
      const job = await PlayedJob.run(stream, [`tidy ${file}`]);
      await stream.watch("heartbeat", 1);
      stage.server.kill();
      assert.match(await stage.written(file), /^(lease_lost|fenced)$/);
      await stage.server.start();
      // Another attempt may be running: not valid any more.
      job.stream = await stage.server.welcomed({ held: [{ attemptToken: job.token, valid: false }] });
      await (await PlayedJob.run(job.stream, [])).completed();
      assert.deepEqual(job.stream.kindsAbout(job.token), []);
    },
  },
  {
    id: "credit-again",
    title: "Each stream begins with Hello, and has its credit after Welcome, the whole of it.",
    rule: "Credit: absolute and therefore idempotent",
    async play(stage) {
      const first = await stage.connect({ UWS_SLOTS: "3" });
      const go = stage.path();
      const job = await PlayedJob.run(first, [`wait ${go}`]);
      first.cut();
      job.stream = await stage.server.stream();
      job.stream.welcome({}, await job.stream.take("hello"));
      assert.equal((await job.stream.take("credit")).totalSlots, 3);
      await stage.touch(go);
      await job.completed();
    },
  },
  {
    id: "server-drains",
    title: "A server that is about to stop is left in peace: jobs go on, and on the next stream they are held.",
    rule: "Drain",
    async play(stage) {
      const first = await stage.connect({ UWS_SLOTS: "2" }, { heartbeatMs: 100 });
      const go = stage.path();
      const job = await PlayedJob.run(first, [`wait ${go}`]);
      first.send({ drain: { deadlineMs: 10_000 } });
      await (await PlayedJob.run(first, [])).completed();
      job.assertNotEnded();
      // The worker has read that the other one has ended: a server that dies takes along what is still on its way.
      first.takeAll("heartbeat");
      await first.take("heartbeat", ({ attemptTokens }) => attemptTokens.length === 1);
      stage.server.kill();
      await stage.server.start();
      job.stream = await stage.server.stream();
      const hello = await job.stream.take("hello");
      assert.deepEqual(
        hello.held.map(({ attemptToken }) => attemptToken),
        [job.token],
      );
      job.stream.welcome({}, hello);
      await job.stream.take("credit");
      await stage.touch(go);
      await job.completed();
    },
  },
  {
    id: "taken-over",
    title: "A stream that another one of its instance has replaced is opened again, by the same instance.",
    rule: "3: a second session of the same instance id replaces the first",
    async play(stage) {
      await stage.start();
      const first = await stage.server.stream();
      const { instanceId } = await first.take("hello");
      first.welcome();
      const go = stage.path();
      const job = await PlayedJob.run(first, [`wait ${go}`]);
      first.cut(status.ABORTED);
      job.stream = await stage.server.stream();
      const hello = await job.stream.take("hello");
      assert.equal(hello.instanceId, instanceId);
      job.stream.welcome({}, hello);
      await stage.touch(go);
      await job.completed();
    },
  },
  {
    id: "refused",
    title: "A worker whose token is refused tries again, slowly, and ends with status 1 when it was refused too often.",
    rule: "8: UNAUTHENTICATED is final until an operator does something",
    async play(stage) {
      const refusedMs = 400;
      const refusal = { code: status.UNAUTHENTICATED, details: "the token is not known" };
      stage.server.refusals.push(...Array(9).fill(refusal));
      const worker = await stage.start({
        UWS_TOKEN: "wrong",
        UWS_REFUSED_MS: String(refusedMs),
        UWS_MAX_REFUSALS: "3",
      });
      assert.equal(await worker.exited, 1);
      const [first = 0, , last = 0, ...more] = stage.server.refused.items();
      assert(last > 0 && more.length === 0, "three tries were to be made");
      // Two pauses of half the time at least, by clocks that may disagree a little.
      assert(last - first >= refusedMs * 0.9, `three tries in ${last - first} ms`);
    },
  },
  {
    id: "refused-for-a-while",
    title: "A worker that was refused works when it no longer is.",
    rule: "8: a worker tries again slowly",
    async play(stage) {
      stage.server.refusals.push({ code: status.PERMISSION_DENIED, details: "the token does not cover the type" });
      const stream = await stage.connect({ UWS_REFUSED_MS: "100" });
      await (await PlayedJob.run(stream, [])).completed();
    },
  },
  {
    id: "server-later",
    title: "A worker that starts before its server connects when that is there.",
    rule: "reconnect with backoff",
    async play(stage) {
      stage.server.kill();
      await stage.start();
      await stage.server.start();
      await (await PlayedJob.run(await stage.server.welcomed(), [])).completed();
    },
  },
];
