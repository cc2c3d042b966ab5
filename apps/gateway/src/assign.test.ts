import { afterAll, beforeAll, expect, test } from "bun:test";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* What a worker is told of a job. */

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await setting.close());

test("Assign tells everything about the job; its times are durations", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 1);
  const id = await setting.house.submit(type, {
    owner: "ada",
    runId: "night-7",
    executionDuration: 90,
    traceContext: { traceparent: "00-1-2-01" },
    parameters: [
      { name: "RA", value: "1" },
      { name: "ra", value: "2" },
      { name: "TABLE", upload: { key: "k", mediaType: "text/csv", filename: "a.csv", size: 12 } },
    ],
  });
  const assign = await worker.take("assign");
  expect(assign.attemptToken).toStartWith(`${id}.`);
  expect(assign).toMatchObject({
    jobId: id,
    runId: "night-7",
    owner: "ada",
    jobType: type,
    jobTypeVersion: "1.0.0",
    attempt: 1,
    leaseMs: 120_000,
    timeAllowedMs: 90_000,
    traceContext: { traceparent: "00-1-2-01" },
  });
  expect(assign.parameters.map(({ name, value, uploaded }) => [name, uploaded ?? value])).toEqual([
    ["RA", "1"],
    ["ra", "2"],
    ["TABLE", { mediaType: "text/csv", filename: "a.csv", size: 12 }],
  ]);
  expect(assign.checkpoint).toBeUndefined();

  // Given back, it comes again with what was saved, as another attempt under another token.
  worker.send({ accept: { attemptToken: assign.attemptToken } });
  worker.send({ release: { attemptToken: assign.attemptToken, reason: "later", checkpoint: Buffer.from("half") } });
  const again = await worker.take("assign");
  expect(again).toMatchObject({ jobId: id, attempt: 2, checkpoint: Buffer.from("half") });
  expect(again.attemptToken).not.toBe(assign.attemptToken);
});
