import assert from "node:assert/strict";
import { protocolVersion } from "@uws/protocol";
import { PlayedJob } from "../played-job.ts";
import { jsonResult } from "../results.ts";
import { sharedInstance, sharedSlots, sharedToken, sharedWelcome } from "../shared-worker.ts";
import type { Situation } from "../situation.ts";
import { fromTheFuture, ofAnUnknownKind } from "../unknown-messages.ts";

export const assignments: readonly Situation[] = [
  {
    id: "hello",
    title: "It says who it is and what it runs, first of all, and its credit after Welcome.",
    rule: "Hello; Credit: absolute",
    async playJobs({ hello, totalSlots }) {
      assert.equal(hello.protocolVersion, protocolVersion);
      assert.equal(hello.instanceId, sharedInstance);
      assert.deepEqual(hello.jobTypes.toSorted(), ["conformance", "other"]);
      assert.notEqual(hello.workerName, "", "worker_name");
      assert.notEqual(hello.sdk, "", "sdk");
      assert.deepEqual(hello.held, []);
      assert.equal(totalSlots, sharedSlots);
    },
  },
  {
    id: "token",
    title: "Every call carries its bearer token: the stream, uploads and downloads.",
    rule: "8: bearer tokens",
    async playJobs(worker) {
      const name = "SECRET";
      worker.server.files.set(name, Buffer.from("secret"));
      const uploaded = { filename: "s", mediaType: "text/plain", size: 6 };
      const job = await worker.run([`copy ${name} copied-secret`, "bytes with-token 2000"], {
        parameters: [{ name, uploaded }],
      });
      await job.completed();
      const download = await worker.server.downloads.take((download) => download.name === name);
      const upload = await worker.server.uploads.take(({ id }) => id === "with-token");
      const sent = [worker.stream.authorization, download.authorization, upload.authorization];
      assert.deepEqual(sent, Array(3).fill(`Bearer ${sharedToken}`));
    },
  },
  {
    id: "accept",
    title: "A job is accepted in time, and before anything else is said of it.",
    rule: "Accept: required within accept_timeout_ms",
    async playJobs(worker) {
      const begun = performance.now();
      const job = await worker.run(["log info begun"]);
      assert(performance.now() - begun < sharedWelcome.acceptTimeoutMs, "Accept came too late");
      await job.completed();
      assert.deepEqual(worker.stream.kindsAbout(job.token).slice(0, 2), ["accept", "event"]);
    },
  },
  {
    id: "unknown-type",
    title: "A job of a type that it does not run is not accepted, and it goes on.",
    rule: "Assign: only what was accepted runs",
    async playJobs(worker) {
      worker.stream.assign({ attemptToken: "unknown-type", jobType: "unheard of" });
      await (await worker.run([])).completed();
      assert(!worker.stream.accepted.has("unknown-type"), "it was accepted");
    },
  },
  {
    id: "parameters",
    title: "Parameters come in their order, names as written and compared without case, repeated, in any script.",
    rule: "Assign: in the order and with the names that the client sent",
    async playJobs(worker) {
      const parameters = [
        { name: "ra", value: "1.5" },
        { name: "Dec", value: "−2 ∓ 𝛼" },
        { name: "DEC", value: "" },
        { name: "größe", value: "  a\tb\n" },
        { name: "do", value: "log info by the small name" },
        { name: "FILE", uploaded: { filename: "ä.csv", mediaType: "text/csv", size: 3 } },
      ];
      const job = await worker.run(["parameters p"], { parameters });
      const events = await job.completed();
      assert.equal(events[0]?.log?.message, "by the small name");
      assert.deepEqual(jsonResult(events, "p"), [
        ...parameters.map(({ name, value = null }) => [name, value]),
        ["DO", "parameters p"],
      ]);
    },
  },
  {
    id: "large-assignments",
    title: "Assignments of a megabyte come whole, one after the other.",
    rule: "Assign: as long as a message may be",
    async playJobs(worker) {
      const value = "x".repeat(1_000_000);
      for (let count = 0; count < 4; count++) {
        const job = await worker.run(["log info came"], { parameters: [{ name: "LARGE", value }] });
        assert.equal((await job.completed())[0]?.log?.message, "came");
      }
    },
  },
  {
    id: "job-facts",
    title: "The handler knows its job: ids, owner, type, version, attempt, time allowed, trace context.",
    rule: "Assign: … trace context; durations, never clock times",
    async playJobs(worker) {
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const job = await worker.run(["job j"], {
        jobId: "job-7",
        runId: "run 7",
        owner: "mé",
        jobType: "other",
        jobTypeVersion: "1.2.3",
        attempt: 3,
        timeAllowedMs: 3_600_000,
        traceContext: { traceparent },
      });
      const told = jsonResult(await job.completed(), "j") as Record<string, unknown>;
      const { timeAllowedMs, ...facts } = told;
      assert.deepEqual(facts, {
        jobId: "job-7",
        runId: "run 7",
        owner: "mé",
        jobType: "other",
        version: "1.2.3",
        attempt: 3,
        traceparent,
      });
      assert(Number.isInteger(timeAllowedMs), "timeAllowedMs is a whole number");
      assert(Number(timeAllowedMs) > 1_800_000 && Number(timeAllowedMs) <= 3_600_000, String(timeAllowedMs));
    },
  },
  {
    id: "job-without-facts",
    title: "What the server does not say is missing, not empty.",
    rule: "Assign: 0 = unlimited",
    async playJobs(worker) {
      const job = await worker.run(["job j"], { jobId: "job-8" });
      const told = jsonResult(await job.completed(), "j") as Record<string, unknown>;
      assert.deepEqual(
        [told.jobId, told.runId, told.owner, told.timeAllowedMs, told.traceparent],
        ["job-8", null, null, null, null],
      );
    },
  },
  {
    id: "assigned-twice",
    title: "A job that is assigned twice runs once, also when it has ended and the end is not answered.",
    rule: "1: a token belongs to one attempt",
    async playJobs(worker) {
      const go = worker.path();
      const job = await worker.run(["log info runs", `wait ${go}`]);
      const again = {
        attemptToken: job.token,
        jobType: "conformance",
        parameters: [{ name: "DO", value: "log info runs" }],
      };
      worker.stream.assign(again);
      await job.heartbeats();
      await worker.touch(go);
      await job.take("complete");
      worker.stream.assign(again);
      await job.heartbeats();
      worker.stream.ended(job.token);
      const lines = job.untaken("event").map(({ log }) => log?.message);
      assert.deepEqual(lines, ["runs"]);
      assert.deepEqual(job.untaken("complete"), []);
    },
  },
  {
    id: "newer-protocol",
    title: "Message kinds and fields of a newer protocol are ignored.",
    rule: "9: unknown message kinds are ignored",
    async playJobs(worker) {
      worker.stream.sendBytes(ofAnUnknownKind());
      const attemptToken = `token-${crypto.randomUUID()}`;
      const parameters = [{ name: "DO", value: "log info understood" }];
      worker.stream.sendBytes(fromTheFuture({ attemptToken, jobType: "conformance", attempt: 1, parameters }));
      await worker.stream.take("accept", (accept) => accept.attemptToken === attemptToken);
      await worker.stream.take("complete", (complete) => complete.attemptToken === attemptToken);
      worker.stream.ended(attemptToken);
    },
  },
  {
    id: "strangers",
    title: "Messages about attempts that it does not hold are ignored.",
    rule: "1: a token belongs to one attempt",
    async playJobs(worker) {
      const attemptToken = "nobody's";
      worker.stream.send({ cancel: { attemptToken, reason: "ABORTED", graceMs: 0 } });
      worker.stream.send({ fenced: { attemptToken } });
      worker.stream.send({ ended: { attemptToken } });
      worker.stream.send({ eventAck: { attemptToken, sequence: 7 } });
      await (await worker.run([])).completed();
      assert.deepEqual(worker.stream.kindsAbout(attemptToken), []);
    },
  },
  {
    id: "paused",
    title: "A paused job type changes nothing for what runs, and the worker goes on.",
    rule: "Paused",
    async playJobs(worker) {
      const go = worker.path();
      const job = await worker.run([`wait ${go}`], { jobType: "other" });
      worker.stream.send({ paused: { jobType: "other", paused: true } });
      await (await worker.run([])).completed();
      job.assertNotEnded();
      worker.stream.send({ paused: { jobType: "other", paused: false } });
      await worker.touch(go);
      await job.completed();
    },
  },
  {
    id: "credit",
    title: "It never runs more jobs than it has slots, and goes on when it was given too many.",
    rule: "Credits: the server never gives a worker more than it asked for",
    async play(stage) {
      const stream = await stage.connect({ UWS_SLOTS: "3" }, { heartbeatMs: 100 });
      stream.acknowledgeEverything();
      const go = stage.path();
      const pids = [stage.path(), stage.path(), stage.path()];
      const held = await Promise.all(pids.map((pid) => PlayedJob.run(stream, [`pid ${pid}`, `wait ${go}`])));
      await Promise.all(pids.map((pid) => stage.written(pid)));
      const tooMany = PlayedJob.assign(stream, ["log info one too many"]);
      await held[0]?.heartbeats();
      assert.deepEqual(tooMany.untaken("event"), []);
      await stage.touch(go);
      for (const job of held) await job.completed();
      await (await PlayedJob.run(stream, [])).completed();
    },
  },
];
