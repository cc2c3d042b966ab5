import { expect, test } from "bun:test";
import type { WorkerMessage } from "@uws/protocol";
import { Outbox } from "./outbox.ts";

const token = "t";

function attached(limits: ConstructorParameters<typeof Outbox>[1] = {}) {
  const sent: WorkerMessage[] = [];
  let time = 0;
  const outbox = new Outbox(token, limits, () => time);
  const send = (message: WorkerMessage) => void sent.push(message);
  outbox.attach(send, 0);
  return { outbox, sent, send, at: (ms: number) => (time = ms) };
}

const sequences = (sent: WorkerMessage[]) => sent.map((message) => message.event?.sequence);

test("the newest progress goes out when its time has come, once", () => {
  const { outbox, sent, at } = attached({ minIntervalMs: 100 });
  outbox.progress({ fraction: 0.1 });
  outbox.progress({ fraction: 0.2 });
  expect(sequences(sent)).toEqual([1]);
  outbox.detach(); // Its timer is not awaited here.
  at(100);
  outbox.attach((message) => void sent.push(message), 1);
  expect(sent.at(-1)?.event).toMatchObject({ sequence: 2, progress: { fraction: 0.2 } });
});

test("a checkpoint goes before the progress that came with it", () => {
  const { outbox, sent, send } = attached();
  outbox.detach();
  outbox.progress({ fraction: 0.5 });
  outbox.checkpoint(Buffer.from("half"));
  outbox.attach(send, 0);
  expect(sent.map(({ event }) => [event?.sequence, event?.checkpoint ? "checkpoint" : "progress"])).toEqual([
    [1, "checkpoint"],
    [2, "progress"],
  ]);
});

test("beyond the limit logs are dropped, and the loss is told when there is room", () => {
  const { outbox, sent } = attached({ maxEvents: 3 });
  for (let line = 1; line <= 10; line++) outbox.log({ message: `${line}` });
  expect(sequences(sent)).toEqual([1, 2, 3]);
  outbox.acknowledge(2);
  expect(sent.at(-1)?.event).toMatchObject({
    sequence: 4,
    log: { level: "WARN", message: expect.stringMatching(/^7 /) },
  });
});

test("the limit counts bytes too", () => {
  const { outbox, sent } = attached({ maxBytes: 10 });
  for (let line = 1; line <= 10; line++) outbox.log({ message: "12345" });
  expect(sequences(sent)).toEqual([1, 2]);
});

test("beyond the limit results wait for room, and are never dropped", async () => {
  const { outbox, sent } = attached({ maxEvents: 1 });
  const results = ["a", "b", "c"].map((id) => outbox.result({ id }));
  expect(sequences(sent)).toEqual([1]);
  for (const [index, result] of results.entries()) {
    outbox.acknowledge(index + 1);
    await result;
    await Promise.resolve();
  }
  expect(sent.map(({ event }) => event?.result?.id)).toEqual(["a", "b", "c"]);
});

test("the last message counts every event, and nothing is recorded after it", () => {
  const { outbox, sent, send } = attached();
  outbox.detach();
  outbox.log({ message: "a" });
  outbox.progress({ fraction: 1 });
  outbox.finish((lastSequence) => ({ complete: { attemptToken: token, lastSequence } }));
  outbox.log({ message: "b" });
  outbox.progress({ fraction: 1 });
  outbox.finish(() => ({ cancelled: { attemptToken: token } }));
  outbox.attach(send, 1);
  expect(sequences(sent)).toEqual([2, undefined]);
  expect(sent[1]).toEqual({ complete: { attemptToken: token, lastSequence: 2 } });
});

test("an acknowledgement never goes back, nor beyond what was sent", () => {
  const { outbox, sent, send } = attached();
  for (const message of ["a", "b", "c"]) outbox.log({ message });
  outbox.acknowledge(2);
  outbox.acknowledge(1);
  expect(outbox.acknowledged).toBe(2);
  sent.length = 0;
  outbox.attach(send, 1);
  expect(sequences(sent)).toEqual([3]);
  outbox.acknowledge(99);
  expect(outbox.acknowledged).toBe(3);
});
