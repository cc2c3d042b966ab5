import assert from "node:assert/strict";
import { PlayedJob } from "../played-job.ts";
import type { Situation } from "../situation.ts";

export const events: readonly Situation[] = [
  {
    id: "progress",
    title: "Progress is reported, the last of it always, and it never goes back.",
    rule: "Progress: never goes back within an attempt",
    async playJobs(worker) {
      const go = worker.path();
      const job = await worker.run(["progress 0.5 halb, ½", `wait ${go}`, "progress 0.2 further back"]);
      const { progress } = await job.take("event");
      assert.deepEqual([progress?.fraction, progress?.message], [0.5, "halb, ½"]);
      await worker.touch(go);
      const last = (await job.completed()).at(-1)?.progress;
      assert.deepEqual([last?.fraction, last?.message], [0.5, "further back"]);
    },
  },
  {
    id: "log",
    title: "Log lines come with their levels, in their order, all of them.",
    rule: "2: results and logs never lost",
    async playJobs(worker) {
      const levels = ["debug", "info", "warn", "error"];
      const job = await worker.run([...levels.map((level) => `log ${level} ${level} – ö`), "log info last"]);
      const lines = (await job.completed()).map(({ log }) => [log?.level, log?.message]);
      assert.deepEqual(lines, [...levels.map((level) => [level.toUpperCase(), `${level} – ö`]), ["INFO", "last"]]);
    },
  },
  {
    id: "sequence",
    title: "Events are numbered from 1 without gaps, and Complete tells the last number.",
    rule: "Complete: last_sequence",
    async playJobs(worker) {
      const silent = await worker.run([]);
      assert.equal((await silent.take("complete")).lastSequence, 0);
      silent.stream.ended(silent.token);
      const job = await worker.run([
        "log info a",
        "progress 0.1 b",
        "checkpoint c",
        "result d text/plain d",
        "log info e",
      ]);
      const { lastSequence } = await job.take("complete");
      const sequences = job.untaken("event").map(({ sequence }) => sequence);
      assert.deepEqual(
        sequences,
        Array.from({ length: lastSequence }, (_, index) => index + 1),
      );
      assert(lastSequence >= 5, `${lastSequence} events came`);
      job.stream.ended(job.token);
    },
  },
  {
    id: "checkpoint",
    title: "A checkpoint reaches the server before the job ends; the last one counts.",
    rule: "Checkpoint: the last one counts",
    async playJobs(worker) {
      const job = await worker.run(["checkpoint one", "checkpoint two, zwölf"]);
      const states = (await job.completed()).flatMap(({ checkpoint }) => checkpoint?.state.toString() ?? []);
      assert.equal(states.at(-1), "two, zwölf");
    },
  },
  {
    id: "heartbeats",
    title: "Heartbeats come as often as announced, and name what it holds.",
    rule: "Heartbeat: one for the whole session, naming the tokens held",
    async play(stage) {
      const heartbeatMs = 200;
      const stream = await stage.connect({ UWS_SLOTS: "2" }, { heartbeatMs, leaseMs: 20_000 });
      const go = stage.path();
      const jobs = [await PlayedJob.run(stream, [`wait ${go}`]), await PlayedJob.run(stream, [`wait ${go}`])];
      await stream.watch("heartbeat", 1);
      const begun = performance.now();
      const beats = await stream.watch("heartbeat", 10);
      const perBeat = (performance.now() - begun) / 10;
      for (const { attemptTokens } of beats) {
        assert.deepEqual(attemptTokens.toSorted(), jobs.map(({ token }) => token).toSorted());
      }
      assert(perBeat > heartbeatMs / 3 && perBeat < heartbeatMs * 5, `a heartbeat every ${perBeat} ms`);
      await stage.touch(go);
      for (const job of jobs) await job.completed();
      await jobs[0]?.assertForgotten();
    },
  },
  {
    id: "slow-server",
    title:
      "What a server does not acknowledge is not sent without end; when it does, the job ends, and tells what was left out.",
    rule: "Backpressure: bounded memory; 2: keeps what is not acknowledged",
    async play(stage) {
      const lines = 6_000;
      const stream = await stage.connect({}, { heartbeatMs: 100 });
      const steps = Array.from({ length: lines }, (_, line) => `log info ${line}`);
      const job = await PlayedJob.run(stream, steps);
      await job.take("event", ({ sequence }) => sequence === 1);
      for (let sent = -1; sent !== job.untaken("event").length; ) {
        sent = job.untaken("event").length;
        await job.heartbeats(5);
      }
      const unacknowledged = job.untaken("event");
      assert(unacknowledged.length <= lines / 2, `${unacknowledged.length} events were sent without an answer`);
      stream.acknowledgeEverything();
      stream.acknowledge(job.token, unacknowledged.at(-1)?.sequence ?? 0);
      const { lastSequence } = await job.take("complete");
      stream.ended(job.token);
      const events = job.untaken("event").map(({ sequence }) => sequence);
      assert.deepEqual(
        events,
        Array.from({ length: lastSequence - 1 }, (_, index) => index + 2),
      );
      const told = job.untaken("event").some(({ log }) => log && !/^\d+$/.test(log.message));
      assert(lastSequence >= lines || told, "log lines are missing, and nothing says so");
    },
  },
  {
    id: "long-messages",
    title: "No message is longer than the server takes, whatever a job says.",
    rule: "Welcome: max_message_bytes",
    needs: ["sdk"],
    async play(stage) {
      const maxMessageBytes = 64 * 1024;
      const stream = await stage.connect({}, { maxMessageBytes, maxInlineResultBytes: 1024 * 1024 });
      stream.acknowledgeEverything();
      const long = "語".repeat(30_000);
      const steps = ["log info", "progress 0.5", "checkpoint", "result r text/plain", "fail fatal", "throw", "release"];
      for (const step of [...steps, "checkpoint 1"]) {
        const job = await PlayedJob.run(stream, [`${step} ${long}`]);
        await stream.takeOneOf(["complete", "fail", "release"], job.token);
        stream.ended(job.token);
      }
      assert(stage.server.longestMessage <= maxMessageBytes, `a message of ${stage.server.longestMessage} bytes came`);
    },
  },
];
