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

test("one heartbeat keeps the attempts that it names, and no other", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 2);
  const [kept, lost] = [await setting.house.submit(type), await setting.house.submit(type)];
  const tokens = new Map<string, string>();
  for (let count = 0; count < 2; count += 1) {
    const { jobId, attemptToken } = await worker.take("assign");
    tokens.set(jobId, attemptToken);
    worker.send({ accept: { attemptToken } });
    await setting.phase(jobId, "EXECUTING");
  }
  // It has its place again, and no slot is free for it.
  worker.send({ credit: { totalSlots: 0 } });
  const beating = setInterval(() => {
    worker.send({ heartbeat: { attemptTokens: [tokens.get(kept) ?? ""] } });
  }, setting.house.timing.heartbeat);
  try {
    expect((await worker.take("fenced")).attemptToken).toBe(tokens.get(lost) ?? "");
    expect((await setting.job(lost))?.phase).toBe("QUEUED");
    // As long as one that begins after that is lost as well.
    const another = await setting.hold();
    await setting.phase(another.id, "QUEUED");
    expect((await setting.job(kept))?.phase).toBe("EXECUTING");
  } finally {
    clearInterval(beating);
  }
});
