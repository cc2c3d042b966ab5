import { afterAll, beforeAll, expect, test } from "bun:test";
import { listAttempts } from "@uws/store";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* What the worker protocol says of a worker that lets time pass. */

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting();
});
afterAll(async () => await setting.close());

test("an assignment that is not accepted in time is given out again, and no attempt is spent", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 1);
  const id = await setting.house.submit(type);
  const first = await worker.take("assign");
  expect((await worker.take("fenced")).attemptToken).toBe(first.attemptToken);
  const second = await worker.take("assign");
  expect(second).toMatchObject({ jobId: id, attempt: 1 });
  expect(second.attemptToken).not.toBe(first.attemptToken);
  // Who comes too late is told so.
  worker.send({ accept: { attemptToken: first.attemptToken } });
  expect((await worker.take("fenced")).attemptToken).toBe(first.attemptToken);
  expect(await listAttempts(setting.house.store, id)).toEqual([]);
});

test("after its lease an attempt is over: its worker is told so, and can write nothing more", async () => {
  const { worker, id, type, attemptToken } = await setting.hold();
  worker.stream.cancel();
  await setting.phase(id, "QUEUED");
  const again = setting.greet({ jobTypes: [type], held: [{ attemptToken }] });
  expect((await again.take("welcome")).held).toMatchObject([{ attemptToken, valid: false }]);
  again.send({ complete: { attemptToken } });
  expect((await again.take("fenced")).attemptToken).toBe(attemptToken);
  expect((await setting.job(id))?.phase).toBe("QUEUED");
});
