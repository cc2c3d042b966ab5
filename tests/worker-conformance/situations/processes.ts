import assert from "node:assert/strict";
import { ended, isRunning } from "@uws/worker/testing";
import { PlayedJob } from "../played-job.ts";
import type { Situation } from "../situation.ts";

export const processes: readonly Situation[] = [
  {
    id: "process-each",
    title: "Every job runs in a process of its own.",
    rule: "A process per job",
    needs: ["process"],
    async playJobs(worker) {
      const files = [worker.path(), worker.path()];
      const jobs = await Promise.all(files.map((file) => worker.run([`pid ${file}`])));
      for (const job of jobs) await job.completed();
      const [one, other] = await Promise.all(files.map((file) => worker.written(file)));
      assert.notEqual(one, other);
    },
  },
  {
    id: "crash",
    title: "A process that crashes fails its job with the exit status and the end of stderr, and the worker goes on.",
    rule: "A crash becomes ERROR with the exit status and the tail of stderr",
    needs: ["process"],
    async playJobs(worker) {
      const fail = await (await worker.run(["stderr last words: öh", "exit 7"])).failed();
      assert.match(fail.message, /\b7\b/);
      assert.match(fail.detail, /last words: öh/);
      assert.equal(fail.retryable, false);
      await (await worker.run([])).completed();
    },
  },
  {
    id: "kill-deaf",
    title: "A process that does not heed its cancellation is killed after the grace; only then the job is cancelled.",
    rule: "killed when cancelled",
    needs: ["process"],
    async playJobs(worker) {
      const file = worker.path();
      const job = await worker.run([`pid ${file}`, `deaf ${worker.path()}`]);
      const pid = Number(await worker.written(file));
      assert(await isRunning(pid), "the job's process runs");
      worker.stream.send({ cancel: { attemptToken: job.token, reason: "TIMED_OUT", graceMs: 100 } });
      await job.cancelled();
      assert(!(await isRunning(pid)), "the job's process is gone");
    },
  },
  {
    id: "process-with-worker",
    title: "A job's process does not outlive its worker.",
    rule: "no job runs that nobody holds",
    needs: ["process"],
    async play(stage) {
      const worker = await stage.start();
      const file = stage.path();
      const stream = await stage.server.welcomed();
      await PlayedJob.run(stream, [`pid ${file}`, `deaf ${stage.path()}`]);
      const pid = Number(await stage.written(file));
      worker.signal("SIGKILL");
      await ended(pid);
    },
  },
];
