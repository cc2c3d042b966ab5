import { afterAll, beforeAll, expect, test } from "bun:test";
import { holdRow, natsUrl, until } from "@uws/testing";
import { connect, type JetStreamManager, type NatsConnection } from "nats";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* What the gateway takes from the queue of messages, and for how long. */

let setting: Setting;
let connection: NatsConnection;
let manager: JetStreamManager;
beforeAll(async () => {
  // Nothing is rung again.
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000, redispatch: 600_000 });
  const url = new URL(await natsUrl());
  connection = await connect({ servers: url.host, user: url.username, pass: url.password });
  manager = await connection.jetstreamManager();
});
afterAll(async () => {
  await connection.close();
  await setting.close();
});

const stream = () => `${setting.house.prefix}-jobs`;
const messages = async (type: string) => {
  const subject = `${setting.house.prefix}.jobs.${type}.*`;
  // The stream is made when the first job is published.
  const info = await manager.streams.info(stream(), { subjects_filter: subject }).catch(() => undefined);
  return Object.keys(info?.state.subjects ?? {}).length;
};

test("no more messages are pulled than there are free slots", async () => {
  const type = setting.newType();
  for (let count = 0; count < 5; count += 1) await setting.house.submit(type);
  await until(async () => (await messages(type)) === 5, "five messages");
  const worker = await setting.connect(type, 2);
  await worker.take("assign");
  await worker.take("assign");
  const { delivered } = await manager.consumers.info(stream(), type);
  expect(delivered.consumer_seq).toBe(2);
});

test("a message is acknowledged when the claim is committed, not before, and does not live as long as the job", async () => {
  const type = setting.newType();
  const id = await setting.house.submit(type);
  await until(async () => (await messages(type)) === 1, "the message");
  const row = await holdRow(setting.house.store.sql, id);
  const worker = await setting.connect(type, 1);
  await row.awaited();
  expect((await manager.consumers.info(stream(), type)).num_ack_pending).toBe(1);
  expect(await messages(type)).toBe(1);
  await row.release();
  const { attemptToken } = await worker.take("assign");
  worker.send({ accept: { attemptToken } });
  await setting.phase(id, "EXECUTING");
  await until(async () => (await messages(type)) === 0, "the end of the message");
  expect((await setting.job(id))?.phase).toBe("EXECUTING");
});
