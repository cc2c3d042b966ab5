import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { PlayedJob } from "../played-job.ts";
import { inlineResult } from "../results.ts";
import { sharedWelcome } from "../shared-worker.ts";
import type { Situation } from "../situation.ts";

/** What the step `bytes` makes. */
const numbered = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, index) => index % 251));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const tableOf = (size: number) => ({ filename: "stars.csv", mediaType: "text/csv", size });

export const results: readonly Situation[] = [
  {
    id: "small-result",
    title: "A small result travels inside an event.",
    rule: "Result: inline, no longer than max_inline_result_bytes",
    async playJobs(worker) {
      const length = sharedWelcome.maxInlineResultBytes;
      const job = await worker.run(["result r text/plain;charset=utf-8 größer als 1", `bytes most ${length}`]);
      const events = await job.completed();
      const result = events.find((event) => event.result?.id === "r")?.result;
      assert.equal(result?.mediaType, "text/plain;charset=utf-8");
      assert.equal(inlineResult(events, "r").toString(), "größer als 1");
      assert(inlineResult(events, "most").equals(numbered(length)), "the bytes of the largest inline result");
    },
  },
  {
    id: "large-result",
    title: "A large result is uploaded: the right bytes, size, media type and checksum.",
    rule: "7: large results go through UploadResult",
    async playJobs(worker) {
      const length = 700_000;
      const job = await worker.run([`bytes large ${length}`, `bytes larger ${sharedWelcome.maxInlineResultBytes + 1}`]);
      const events = await job.completed();
      const upload = await worker.server.uploads.take(({ id }) => id === "large");
      assert.deepEqual([upload.attemptToken, upload.mediaType], [job.token, "application/octet-stream"]);
      assert(upload.size === 0 || upload.size === length, `size is ${upload.size}`);
      assert(upload.data.equals(numbered(length)), "the bytes");
      assert.equal(upload.sha256.toString("hex"), sha256(numbered(length)));
      await worker.server.uploads.take(({ id }) => id === "larger");
      assert.deepEqual(events, [], "no event: the upload is enough");
    },
  },
  {
    id: "result-stored",
    title: "A job completes when its results are stored, not before.",
    rule: "7: visible only when complete",
    async play(stage) {
      const answer = Promise.withResolvers<void>();
      stage.server.beforeStored = () => answer.promise;
      const stream = await stage.connect({}, { heartbeatMs: 100 });
      const job = await PlayedJob.run(stream, ["bytes large 300000"]);
      await stage.server.uploads.take();
      await job.heartbeats();
      job.assertNotEnded();
      answer.resolve();
      await job.completed();
    },
  },
  {
    id: "result-too-long",
    title: "A result that is longer than the server takes fails its job, and the worker goes on.",
    rule: "Welcome: max_result_bytes",
    async playJobs(worker) {
      const job = await worker.run([`bytes too-long ${sharedWelcome.maxResultBytes + 1}`]);
      assert.equal((await job.failed()).retryable, false);
      assert.deepEqual(
        worker.server.uploads.items().filter(({ id }) => id === "too-long"),
        [],
      );
      await (await worker.run([])).completed();
    },
  },
  {
    id: "upload-broken",
    title: "An upload that breaks off is begun anew.",
    rule: "7: chunked, checksummed; visible only when complete",
    async play(stage) {
      stage.server.uploadFailures.push(status.UNAVAILABLE);
      const stream = await stage.connect();
      const job = await PlayedJob.run(stream, ["bytes large 700000"]);
      await job.completed();
      const upload = await stage.server.uploads.take();
      assert(upload.data.equals(numbered(700_000)), "the bytes");
      assert.equal(upload.sha256.toString("hex"), sha256(numbered(700_000)));
    },
  },
  {
    id: "upload-refused",
    title: "An upload that the server refuses fails its job.",
    rule: "7: UploadResult",
    async play(stage) {
      stage.server.uploadFailures.push(status.RESOURCE_EXHAUSTED);
      const stream = await stage.connect();
      const job = await PlayedJob.run(stream, ["bytes large 700000"]);
      await job.failed();
      await (await PlayedJob.run(stream, [])).completed();
    },
  },
  {
    id: "referenced-result",
    title: "A result that is elsewhere is told by its address.",
    rule: "Result: reference",
    async playJobs(worker) {
      const url = "https://example.org/a%20b?c=d&e";
      const result = (await (await worker.run([`reference r ${url}`])).completed())[0]?.result;
      assert.deepEqual([result?.id, result?.mediaType, result?.reference], ["r", "text/plain", url]);
    },
  },
  {
    id: "download",
    title: "An uploaded parameter is read, found by its name without case.",
    rule: "DownloadParameter",
    async playJobs(worker) {
      const table = numbered(900_000);
      worker.server.files.set("TABLE", table);
      const job = await worker.run(["copy table copied"], {
        parameters: [{ name: "TABLE", uploaded: tableOf(table.length) }],
      });
      await job.completed();
      const { attemptToken } = await worker.server.downloads.take(({ name }) => name === "TABLE");
      const upload = await worker.server.uploads.take(({ id }) => id === "copied");
      assert.equal(attemptToken, job.token);
      assert.equal(upload.mediaType, "text/csv");
      assert(upload.data.equals(table), "the bytes");
    },
  },
  {
    id: "large-file",
    title: "A file of many megabytes is read and stored, and the stream carries long messages afterwards.",
    rule: "7: chunked, flow-controlled",
    async play(stage) {
      const stream = await stage.connect();
      const file = numbered(16_000_000);
      stage.server.files.set("FILE", file);
      const copied = await PlayedJob.run(stream, ["copy file copied"], {
        parameters: [{ name: "FILE", uploaded: tableOf(file.length) }],
      });
      await copied.completed();
      assert((await stage.server.uploads.take()).data.equals(file), "the bytes");
      const value = "x".repeat(1_000_000);
      for (let count = 0; count < 4; count++) {
        const job = await PlayedJob.run(stream, [], { parameters: [{ name: "LARGE", value }] });
        await job.completed();
      }
    },
  },
  {
    id: "download-broken",
    title: "A download that breaks off goes on where it was.",
    rule: "ParameterRef: offset",
    async play(stage) {
      const table = numbered(900_000);
      stage.server.files.set("TABLE", table);
      stage.server.downloadFailures.push(status.UNAVAILABLE);
      const stream = await stage.connect();
      const job = await PlayedJob.run(stream, ["copy TABLE copied"], {
        parameters: [{ name: "TABLE", uploaded: tableOf(table.length) }],
      });
      await job.completed();
      assert((await stage.server.uploads.take()).data.equals(table), "the bytes");
      assert.deepEqual(
        stage.server.downloads.items().map(({ offset }) => offset),
        [0, 1_000],
      );
    },
  },
  {
    id: "resume",
    title: "The handler gets the checkpoint that an earlier attempt left, or none.",
    rule: "Assign: checkpoint",
    async playJobs(worker) {
      const resumed = await worker.run(["resumed r"], { attempt: 2, checkpoint: Buffer.from("zwölf") });
      assert.equal(inlineResult(await resumed.completed(), "r").toString(), "zwölf");
      const fresh = await worker.run(["resumed r"]);
      assert.equal(inlineResult(await fresh.completed(), "r").length, 0);
    },
  },
];
