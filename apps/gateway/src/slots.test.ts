import { afterAll, beforeAll, expect, test } from "bun:test";
import { abortJob } from "@uws/store";
import type { BareWorker } from "./bare-worker.ts";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* Which slots are free. That a worker is not given a job shows when another one, who comes later, is. */

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await setting.close());

async function take(worker: BareWorker): Promise<{ jobId: string; attemptToken: string }> {
  const { jobId, attemptToken } = await worker.take("assign");
  worker.send({ accept: { attemptToken } });
  await setting.phase(jobId, "EXECUTING");
  return { jobId, attemptToken };
}

test("slots that are said twice are there once", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 2);
  worker.send({ credit: { totalSlots: 2 } });
  worker.send({ credit: { totalSlots: 2 } });
  const ids = [];
  for (let count = 0; count < 5; count += 1) ids.push(await setting.house.submit(type));
  const taken = [await take(worker), await take(worker)];
  const other = await setting.connect(type, 3);
  taken.push(await take(other), await take(other), await take(other));
  expect(taken.map(({ jobId }) => jobId).sort()).toEqual(ids.sort());
});

test("a job that is assigned and not yet accepted takes a slot", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 1);
  const [first, second] = [await setting.house.submit(type), await setting.house.submit(type)];
  expect((await worker.take("assign")).jobId).toBe(first);
  const other = await setting.connect(type, 1);
  expect((await other.take("assign")).jobId).toBe(second);
});

test("the slot of a cancelled job is taken until the worker has stopped", async () => {
  const { worker, id, type, attemptToken } = await setting.hold();
  await abortJob(setting.house.store, id);
  setting.house.dispatch.news.cancel([{ token: attemptToken, reason: "aborted" }]);
  await worker.take("cancel");
  const next = await setting.house.submit(type);
  const other = await setting.connect(type, 1);
  expect((await other.take("assign")).jobId).toBe(next);
  const third = await setting.house.submit(type);
  worker.send({ cancelled: { attemptToken } });
  expect((await worker.take("ended")).attemptToken).toBe(attemptToken);
  expect((await worker.take("assign")).jobId).toBe(third);
});
