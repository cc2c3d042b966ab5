import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, startNats } from "@uws/embedded";
import { until } from "@uws/testing";
import { connect } from "nats";
import { type Dispatch, openDispatch } from "./dispatch.ts";
import type { DispatchedJob } from "./job-queue.ts";

let folder: string;
let nats: RunningNats;
const opened: Dispatch[] = [];
const log = { info: () => {}, warn: () => {} };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-dispatch-"));
  nats = await startNats({ dataDir: folder, ephemeral: true });
});
afterAll(async () => {
  await Promise.all(opened.map((dispatch) => dispatch.close()));
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

function open(prefix: string, pick: (types: string[]) => Promise<DispatchedJob[]> = async () => []): Dispatch {
  const dispatch = openDispatch({ url: nats.url, prefix, log, pick });
  opened.push(dispatch);
  return dispatch;
}

const connected = (dispatch: Dispatch) => until(() => dispatch.connected(), "the connection");
const job = (type: string, dispatches = 1): DispatchedJob => ({
  id: crypto.randomUUID(),
  type,
  attempt: 1,
  dispatches,
});

async function take(dispatch: Dispatch, type: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    for await (const message of dispatch.queue.pull(type, count - ids.length, new AbortController().signal)) {
      message.acknowledge();
      ids.push(message.id);
    }
  }
  return ids;
}

async function messages(prefix: string): Promise<number> {
  const connection = await connect({ servers: nats.address, user: nats.user, pass: nats.password });
  const info = await (await connection.jetstreamManager()).streams.info(`${prefix}-jobs`);
  await connection.close();
  return info.state.messages;
}

test("jobs are pulled in the order in which they were published, each type by itself", async () => {
  const dispatch = open("order");
  await connected(dispatch);
  const [a, b, other] = [job("a"), job("a"), job("b")];
  expect(await dispatch.queue.publish([a, other, b])).toBe(3);
  expect(await take(dispatch, "a", 2)).toEqual([a.id, b.id]);
  expect(await take(dispatch, "b", 1)).toEqual([other.id]);
});

test("however often a job is rung, one message stands for it", async () => {
  const dispatch = open("again");
  await connected(dispatch);
  const first = job("a");
  for (let dispatches = 1; dispatches <= 20; dispatches += 1) await dispatch.queue.publish([{ ...first, dispatches }]);
  expect(await messages("again")).toBe(1);
  expect(await take(dispatch, "a", 1)).toEqual([first.id]);
});

test("a job given back is pulled by somebody else", async () => {
  const dispatch = open("back");
  await connected(dispatch);
  const only = job("a");
  await dispatch.queue.publish([only]);
  for await (const message of dispatch.queue.pull("a", 1, new AbortController().signal)) message.giveBack();
  expect(await take(dispatch, "a", 1)).toEqual([only.id]);
});

test("a pull that is called off ends at once", async () => {
  const dispatch = open("off");
  await connected(dispatch);
  const call = new AbortController();
  const pulled = dispatch.queue.pull("a", 5, call.signal).next();
  call.abort();
  expect(await pulled).toEqual({ done: true, value: undefined });
  // A pull that was not called off would go on for ten seconds.
}, 8000);

test("a doorbell that is rung while it works picks again, for all types at once", async () => {
  const picked: string[][] = [];
  const dispatch = open("doorbell", async (types) => {
    picked.push(types);
    if (picked.length === 1) dispatch.doorbell.ring("b", "c");
    return [];
  });
  await connected(dispatch);
  dispatch.doorbell.ring("a");
  await dispatch.doorbell.settled();
  expect(picked).toEqual([["a"], ["b", "c"]]);
});

test("after kill -9 and a restart of nats-server, jobs and news go through again", async () => {
  const dispatch = open("killed");
  await connected(dispatch);
  const heard: string[] = [];
  dispatch.news.onJob(({ id }) => heard.push(id));
  nats.kill("SIGKILL");
  await until(() => !dispatch.connected(), "the loss");
  expect(await dispatch.queue.publish([job("a")])).toBe(0);
  await nats.restart();
  await connected(dispatch);
  const next = job("a");
  expect(await dispatch.queue.publish([next])).toBe(1);
  expect(await take(dispatch, "a", 1)).toEqual([next.id]);
  await until(() => {
    dispatch.news.tell([{ id: "news" }]);
    return heard.includes("news");
  }, "the news");
});

test("a stream that was wiped is made anew", async () => {
  const dispatch = open("wiped");
  await connected(dispatch);
  await dispatch.queue.publish([job("a")]);
  const connection = await connect({ servers: nats.address, user: nats.user, pass: nats.password });
  await (await connection.jetstreamManager()).streams.delete("wiped-jobs");
  await connection.close();
  const next = job("a");
  await until(async () => (await dispatch.queue.publish([next])) === 1, "the new stream");
  expect(await take(dispatch, "a", 1)).toEqual([next.id]);
});

test("a dispatch whose NATS was never there takes it with patience, and closes", async () => {
  const dispatch = openDispatch({ url: "nats://127.0.0.1:1", prefix: "never", log, pick: async () => [job("a")] });
  dispatch.doorbell.ring("a");
  await dispatch.doorbell.settled();
  dispatch.news.tell([{ id: "unheard" }]);
  expect(await dispatch.queue.publish([job("a")])).toBe(0);
  expect(dispatch.connected()).toBe(false);
  await dispatch.close();
});

test("messages of jobs that were claimed without them are removed, and the others stay", async () => {
  const dispatch = open("removed");
  await connected(dispatch);
  const [first, second, third] = [job("a"), job("a"), job("b")];
  await dispatch.queue.publish([first, second, third]);
  await dispatch.queue.remove([first, third, job("a")]);
  expect(await messages("removed")).toBe(1);
  expect(await take(dispatch, "a", 1)).toEqual([second.id]);
});
