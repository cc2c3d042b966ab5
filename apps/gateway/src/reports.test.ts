import { afterAll, beforeAll, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { abortJob, listLogLines } from "@uws/store";
import { holdRow } from "@uws/testing";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* What becomes of what a worker says of its attempt. */

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000, backoff: 10, backoffMax: 100 });
});
afterAll(async () => await setting.close());

test("a failure is told as it was reported, and another attempt waits for as long as the worker wants", async () => {
  const failed = await setting.hold();
  const words = { message: "no such star", detail: "line 7" };
  failed.worker.send({ fail: { attemptToken: failed.attemptToken, kind: "TRANSIENT", ...words } });
  expect((await failed.worker.take("ended")).attemptToken).toBe(failed.attemptToken);
  expect((await setting.job(failed.id))?.error).toEqual({ type: "transient", ...words });
  const fatal = await setting.hold();
  fatal.worker.send({ fail: { attemptToken: fatal.attemptToken, kind: "FATAL", ...words } });
  await fatal.worker.take("ended");
  expect((await setting.job(fatal.id))?.error?.type).toBe("fatal");

  const later = await setting.hold();
  const again = { kind: "TRANSIENT", retryable: true, retryDelayMs: 3_600_000 } as const;
  later.worker.send({ fail: { attemptToken: later.attemptToken, ...again } });
  await later.worker.take("ended");
  const [row] = await setting.house.store.sql<[{ phase: string; minutes: number }]>`
    select phase, extract(epoch from available_at - uws_now())::float8 / 60 as minutes from jobs where id = ${later.id}`;
  expect(row.phase).toBe("QUEUED");
  expect(row.minutes).toBeGreaterThan(50);
});

test("a failure that counts events which never came does not end the job", async () => {
  const { worker, id, attemptToken } = await setting.hold();
  worker.send({ fail: { attemptToken, kind: "FATAL", lastSequence: 1 } });
  expect((await worker.ended).code).toBe(status.INVALID_ARGUMENT);
  expect((await setting.job(id))?.phase).toBe("EXECUTING");
});

test.each([
  ["completes", (attemptToken: string) => ({ complete: { attemptToken } })],
  ["fails", (attemptToken: string) => ({ fail: { attemptToken, kind: "FATAL" as const } })],
  ["gives back", (attemptToken: string) => ({ release: { attemptToken, reason: "later" } })],
  ["logs", (attemptToken: string) => ({ event: { attemptToken, sequence: 1, log: { message: "m" } } })],
])("who %s a job that was aborted meanwhile is told Fenced, and changes nothing", async (_, report) => {
  const { worker, id, attemptToken } = await setting.hold();
  await abortJob(setting.house.store, id);
  worker.send(report(attemptToken));
  expect((await worker.take("fenced")).attemptToken).toBe(attemptToken);
  expect(await setting.job(id)).toMatchObject({ phase: "ABORTED", error: undefined });
});

test("of what waits together all log lines are stored, and the latest progress and checkpoint", async () => {
  const { worker, id, attemptToken } = await setting.hold();
  const row = await holdRow(setting.house.store.sql, id);
  for (let sequence = 1; sequence <= 20; sequence += 1) {
    worker.send({ event: { attemptToken, sequence, log: { message: `line ${sequence}` } } });
  }
  worker.send({ event: { attemptToken, sequence: 21, progress: { fraction: 0.2 } } });
  worker.send({ event: { attemptToken, sequence: 22, checkpoint: { state: Buffer.from("two") } } });
  worker.send({ event: { attemptToken, sequence: 23, progress: { fraction: 0.7, message: "most of it" } } });
  worker.send({ event: { attemptToken, sequence: 24, checkpoint: { state: Buffer.from("seven") } } });
  await row.awaited();
  await row.release();
  while ((await worker.take("eventAck")).sequence < 24);
  const lines = await listLogLines(setting.house.store, id, { attempt: 0, sequence: 0 }, 100);
  expect(lines.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 1}`));
  expect((await setting.job(id))?.progress).toMatchObject({ fraction: 0.7, message: "most of it" });
  worker.send({ release: { attemptToken, reason: "later" } });
  expect((await worker.take("assign")).checkpoint).toEqual(Buffer.from("seven"));
});

test("a result may be elsewhere: its URL is kept, and must be one", async () => {
  const { worker, id, attemptToken } = await setting.hold();
  const result = { id: "r", mediaType: "text/csv", reference: "https://example.org/r.csv", size: 7 };
  worker.send({ event: { attemptToken, sequence: 1, result } });
  await worker.take("eventAck");
  expect((await setting.job(id))?.results).toMatchObject([
    { id: "r", mediaType: "text/csv", size: 7, location: { reference: "https://example.org/r.csv" } },
  ]);
  worker.send({ event: { attemptToken, sequence: 2, result: { ...result, reference: "file:///etc/passwd" } } });
  await setting.phase(id, "ERROR");
  expect((await setting.job(id))?.error?.message).toContain("absolute http or https URL");
});

test.each(["", "../r", "a b", "x".repeat(129)])(
  "a result of the id %p fails the job, with the reason",
  async (wrong) => {
    const { worker, id, attemptToken } = await setting.hold();
    worker.send({
      event: { attemptToken, sequence: 1, result: { id: wrong, mediaType: "a/b", inline: Buffer.from("x") } },
    });
    await setting.phase(id, "ERROR");
    expect(await setting.job(id)).toMatchObject({
      results: [],
      error: { message: expect.stringContaining("must be 1 to 128") },
    });
  },
);
