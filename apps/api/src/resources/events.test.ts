import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import type { Store } from "@uws/store";
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

// shows: events-stream
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

test("a stream on which nothing happens gives signs of life", async () => {
  const quiet = await apiFixture({ environment: { UWS_EVENT_HEARTBEAT_MS: "50" } });
  try {
    const job = await quiet.create(quiet.cones);
    const leaving = new AbortController();
    const answer = await quiet.request(`${job}/events`, { signal: leaving.signal });
    let text = "";
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      // A line that begins with a colon is a comment, which clients pass over.
      if (text.split("\n\n").filter((block) => block === ": ").length >= 2) break;
    }
    expect(types([...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type ?? ""))).toEqual(["phase"]);
    leaving.abort();
    await until(() => quiet.api.waiting() === 0, "nobody waits any more");
  } finally {
    await quiet.close();
  }
});

test("a client that does not read makes nobody's buffers grow: nothing more is read for it until it does", async () => {
  let pages = 0;
  const counting = (store: Store): Store => ({
    ...store,
    sql: new Proxy(store.sql, {
      apply(target, self, args: [TemplateStringsArray]) {
        if (/from log_lines/.test(args[0].join(""))) pages += 1;
        return Reflect.apply(target, self, args);
      },
    }),
  });
  const busy = await apiFixture({ wrapStore: counting });
  try {
    const job = await busy.create(busy.cones, { RADIUS: "1", PHASE: "RUN" });
    const attempt = await busy.start(job);
    // 32 MiB of log lines, more than the buffers of two sockets hold: 17 pages.
    const line = "x".repeat(4096);
    for (let written = 0; written < 8000; written += 500) {
      await busy.progress(attempt, written + 1, 0.5, ...Array<string>(500).fill(line));
    }
    await busy.complete(attempt);

    const { pathname, host, port } = new URL(`${job}/events`);
    const socket = connect(Number(port), "127.0.0.1");
    socket.pause();
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    let [before, same] = [-1, 0];
    // As many pages as the buffers take are read, and then no more for as long as we look.
    await until(() => {
      same = pages > 0 && pages === before ? same + 1 : 0;
      before = pages;
      return same >= 50;
    }, "the stream stands still");
    expect(pages).toBeLessThan(12);
    expect(busy.api.waiting()).toBe(1);

    let received = 0;
    socket.on("data", (bytes: Buffer) => {
      received += bytes.length;
    });
    socket.resume();
    await until(() => received > 8000 * line.length && busy.api.waiting() === 0, "all has been read");
    expect(pages).toBe(17);
    socket.destroy();
  } finally {
    await busy.close();
  }
});
