import { afterAll, beforeAll, expect, test } from "bun:test";
import { holdRow } from "@uws/testing";
import { openSetting, type Setting } from "./protocol-setting.ts";

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await setting.close());

test("what was reported before a gateway stops is stored", async () => {
  const gateway = await setting.house.gateway();
  const type = setting.newType();
  const worker = setting.greet({ jobTypes: [type] }, gateway);
  await worker.take("welcome");
  worker.send({ credit: { totalSlots: 1 } });
  const id = await setting.house.submit(type);
  const { attemptToken } = await worker.take("assign");
  worker.send({ accept: { attemptToken } });
  await setting.phase(id, "EXECUTING");

  const row = await holdRow(setting.house.store.sql, id);
  worker.send({ complete: { attemptToken } });
  await row.awaited();
  const stopped = gateway.stop();
  await worker.take("drain");
  // As long as that is not stored, the gateway is there and answers.
  worker.send({ heartbeat: { attemptTokens: ["a question"] } });
  expect((await worker.take("fenced")).attemptToken).toBe("a question");
  await row.release();
  await stopped;
  expect((await setting.job(id))?.phase).toBe("COMPLETED");
});
