import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

/** Events as they come in, as `type data`; ids beside them. */
function follow(answer: Response) {
  const events: string[] = [];
  const ids: string[] = [];
  let ended = false;
  void (async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, id, type, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (type !== undefined) events.push(`${type} ${data}`);
        if (id !== undefined) ids.push(id);
      }
    }
  })()
    .catch(() => {})
    .finally(() => {
      ended = true;
    });
  return { events, ids, ended: () => ended };
}

const types = (events: readonly string[]) => events.map((event) => event.split(" ")[0]);

test("the life of a job, event by event, and the end of the stream", async () => {
  const job = await it.create(it.cones, { RADIUS: "1" });
  const answer = await it.request(`${job}/events`, { headers: { accept: "text/event-stream" } });
  expect(answer.headers.get("content-type")).toStartWith("text/event-stream");
  const { events, ids, ended } = follow(answer);
  const seen = (what: string) => until(() => events.some((event) => event.includes(what)), what);
  await seen('"PENDING"');
  await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "RUN" }));
  await seen('"QUEUED"');
  const attempt = await it.start(job);
  await seen('"EXECUTING"');
  await it.progress(attempt, 1, 0.25, "one", "two");
  await seen('"fraction":0.25');
  await seen("two");
  await it.addResult(attempt, "result", "a,b\n");
  await seen("result");
  await it.progress(attempt, 3, 0.5, "three");
  await it.complete(attempt);
  await until(ended, "the stream has ended");
  expect(types(events).filter((type) => type !== "progress")).toEqual([
    ...["phase", "phase", "phase", "log", "log", "result", "log", "phase", "end"],
  ]);
  expect(events.at(-2)).toContain('"phase":"COMPLETED"');
  expect(events.find((event) => event.startsWith("result"))).toBe(
    `result {"id":"result","href":"${job}/results/result","mediaType":"text/csv","size":4}`,
  );
  expect(ids.at(-1)).toBe("1.3");
  expect(it.api.waiting()).toBe(0);

  // Who comes late gets the state, then the end; who comes back gets what is new.
  const late = follow(await it.request(`${job}/events`));
  await until(late.ended, "the late stream has ended");
  expect(types(late.events)).toEqual(["progress", "log", "log", "log", "result", "phase", "end"]);
  const again = follow(await it.request(`${job}/events`, { headers: { "last-event-id": "1.2" } }));
  await until(again.ended, "the resumed stream has ended");
  expect(again.events.filter((event) => event.startsWith("log"))).toEqual([expect.stringContaining("three")]);
});

test("a job that is destroyed ends its stream", async () => {
  const job = await it.create(it.cones);
  const { events, ended } = follow(await it.request(`${job}/events`));
  await until(() => events.length > 0, "the first event");
  await it.request(job, { method: "DELETE" });
  await until(ended, "the stream has ended");
  expect(events.at(-1)).toBe('end {"phase":null}');
});

test("a client that leaves is forgotten, and HEAD opens no stream", async () => {
  const job = await it.create(it.cones);
  const leaving = new AbortController();
  const { events } = follow(await it.request(`${job}/events`, { signal: leaving.signal }));
  await until(() => events.length > 0, "the first event");
  expect(it.api.waiting()).toBe(1);
  leaving.abort();
  await until(() => it.api.waiting() === 0, "nobody waits any more");
  const head = await it.request(`${job}/events`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
  expect(it.api.waiting()).toBe(0);
});
