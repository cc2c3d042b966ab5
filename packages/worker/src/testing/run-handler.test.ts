import { expect, test } from "bun:test";
import { JobInterrupted } from "../job-interrupted.ts";
import * as handlers from "./process-handlers.ts";
import { runHandler } from "./run-handler.ts";

test("a handler runs without a server, and what it did is told", async () => {
  const run = await runHandler(handlers.everything, {
    parameters: { ra: 1.5, DEC: ["2", "3"] },
    files: { TABLE: "a,b\n" },
    checkpoint: Buffer.from("state"),
    job: { jobId: "job-7", attempt: 2 },
  });
  expect(run).toMatchObject({ outcome: "completed", failure: undefined, checkpoint: Buffer.from("halfway") });
  expect(run.progress).toEqual([{ fraction: 0.5, message: "half", counters: { rows: 7 } }]);
  expect(run.logs).toEqual([{ level: "info", message: "begun" }]);
  expect([...run.results.keys()]).toEqual(["small", "elsewhere", "large", "made", "file", "seen"]);
  expect(run.results.get("small")).toMatchObject({ text: "42", mediaType: "text/plain" });
  expect(run.results.get("elsewhere")?.reference).toBe("https://example.org/r");
  expect(run.results.get("large")?.data).toHaveLength(300_000);
  expect(run.results.get("made")?.text).toEndWith("piece 9999\n");
  expect(run.results.get("file")?.text).toBe("from a file");
  expect(JSON.parse(run.results.get("seen")?.text ?? "")).toMatchObject({
    jobId: "job-7",
    attempt: 2,
    checkpoint: "state",
    parameters: { ra: "1.5", dec: ["2", "3"] },
    file: { filename: "TABLE", size: 4, text: "a,b\n" },
  });
});

test("a handler that fails, throws or gives its job back is told apart", async () => {
  expect(await runHandler(handlers.fails)).toMatchObject({
    outcome: "failed",
    failure: { message: "closed", kind: "transient", retryable: true },
  });
  expect(await runHandler(handlers.throws)).toMatchObject({
    outcome: "failed",
    error: expect.any(TypeError),
    failure: { message: "a mistake", kind: "fatal" },
  });
  expect(await runHandler(handlers.releases)).toMatchObject({
    outcome: "released",
    reason: "later",
    checkpoint: Buffer.from("state"),
  });
});

test("a result that nobody awaits fails the handler when it cannot be stored", async () => {
  const run = await runHandler(async (job) => {
    void job.result("gone", { path: "/nowhere/at/all" }, "text/plain");
  });
  expect(run).toMatchObject({ outcome: "failed", failure: { message: expect.stringContaining("/nowhere/at/all") } });
});

test("an abort reaches the handler's signal", async () => {
  const signal = AbortSignal.abort(new JobInterrupted("aborted"));
  const run = await runHandler(async (job) => job.signal.throwIfAborted(), { signal });
  expect(run).toMatchObject({ outcome: "failed", error: { code: "aborted" } });
});
