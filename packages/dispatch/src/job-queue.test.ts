import { afterAll, beforeAll, expect, test } from "bun:test";
import { natsUrl, until } from "@uws/testing";
import { connect, type JetStreamManager, type NatsConnection } from "nats";
import { type Dispatch, openDispatch } from "./dispatch.ts";

/* What stands in the queue of messages. */

const prefix = `t${crypto.randomUUID().slice(0, 8)}`;
let dispatch: Dispatch;
let connection: NatsConnection;
let manager: JetStreamManager;
beforeAll(async () => {
  const url = new URL(await natsUrl());
  dispatch = openDispatch({ url: url.href, prefix, log: { info() {}, warn() {} }, pick: async () => [] });
  connection = await connect({ servers: url.host, user: url.username, pass: url.password });
  manager = await connection.jetstreamManager();
  await until(() => dispatch.connected(), "the connection");
});
afterAll(async () => {
  await manager.streams.delete(`${prefix}-jobs`).catch(() => {});
  await connection.close();
  await dispatch.close();
});

test("a message says which job waits, and for which attempt: nothing else", async () => {
  const id = crypto.randomUUID();
  const more = { parameters: [{ name: "secret", value: "of the client" }], token: "t" };
  await dispatch.queue.publish([{ id, type: "some", attempt: 3, dispatches: 9, ...more }]);
  const message = await manager.streams.getMessage(`${prefix}-jobs`, { last_by_subj: `${prefix}.jobs.some.${id}` });
  expect(message.json<unknown>()).toEqual({ attempt: 3 });
});

test("the same dispatch of a job is one message, however often it is published", async () => {
  const job = { id: crypto.randomUUID(), type: "twice", attempt: 1, dispatches: 1 };
  const last = async () => (await manager.streams.info(`${prefix}-jobs`)).state.last_seq;
  await dispatch.queue.publish([job]);
  const before = await last();
  await dispatch.queue.publish([job]);
  expect(await last()).toBe(before);
  await dispatch.queue.publish([{ ...job, dispatches: 2 }]);
  expect(await last()).toBe(before + 1);
});
