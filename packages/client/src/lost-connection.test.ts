import { afterAll, expect, test } from "bun:test";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type JobEvent, UwsClient, UwsClientError } from "./index.ts";

/** A server that can fall silent, or break off, in the middle of anything. */

const job = (phase: string) => `<u:job xmlns:u="x"><u:jobId>7</u:jobId><u:phase>${phase}</u:phase></u:job>`;
const silence = () => new Promise<never>(() => {});

let answers: (() => Response | Promise<Response>)[] = [];
const asked: string[] = [];
const lastEventIds: (string | null)[] = [];
const server = Bun.serve({
  port: 0,
  idleTimeout: 0,
  fetch(request) {
    const { pathname, search } = new URL(request.url);
    lastEventIds.push(request.headers.get("last-event-id"));
    asked.push(`${pathname.slice("/async/7".length)}${search}`);
    return answers.shift()?.() ?? new Response(job("COMPLETED"));
  },
});
afterAll(() => server.stop(true));

const handle = new UwsClient(`${server.url}async`).job("7");
const quick = { pollMilliseconds: 1, silenceMilliseconds: 50, waitSeconds: 0 };

/** A server that closes its connection in the middle of its answers, as often as it is told. */
async function breakingServer(times: number) {
  let breaks = times;
  const listener = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const text = job("COMPLETED");
      const head = `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: ${text.length}\r\n\r\n`;
      socket.end(`${head}${breaks-- > 0 ? text.slice(0, 20) : text}`);
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  return { listener, handle: new UwsClient(`http://127.0.0.1:${port}/async`).job("7") };
}

function events(text: string): Response {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    pull: silence,
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

test("an answer that never comes is asked for again", async () => {
  asked.length = 0;
  answers = [() => new Response(job("EXECUTING")), silence, () => new Response(job("COMPLETED"))];
  expect((await handle.wait(quick)).phase).toBe("COMPLETED");
  expect(asked).toEqual(["", "?WAIT=0&PHASE=EXECUTING", "?WAIT=0&PHASE=EXECUTING"]);
});

test("so is one that breaks off in the middle", async () => {
  const { listener, handle: broken } = await breakingServer(2);
  const error = await broken.get().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UwsClientError);
  expect(error).toMatchObject({ transient: true });
  expect((await broken.wait(quick)).phase).toBe("COMPLETED");
  listener.close();
});

test("a job whose creation was not answered is asked for again under the same key, and not without one", async () => {
  const keys: (string | null)[] = [];
  const given: (() => Response)[] = [() => new Response("away", { status: 502 }), () => new Response(job("PENDING"))];
  const fetch = async ({ headers }: Request) => {
    keys.push(headers.get("idempotency-key"));
    return given.shift()?.() ?? new Response("away", { status: 502 });
  };
  const client = new UwsClient("http://x.example/async", { fetch });
  expect((await client.create({}, { idempotencyKey: "k" })).url).toBe("http://x.example/async/7");
  expect(keys).toEqual(["k", "k"]);
  await expect(client.create()).rejects.toMatchObject({ status: 502 });
  expect(keys).toEqual(["k", "k", null]);
});

test("a stream of events that has fallen silent is opened again, and goes on where it was", async () => {
  asked.length = 0;
  answers = [
    () => events('id: 1\nevent: phase\ndata: {"phase":"EXECUTING"}\n\n'),
    () => new Response(job("EXECUTING")),
    () =>
      new Response('event: phase\ndata: {"phase":"COMPLETED"}\n\n', {
        headers: { "content-type": "text/event-stream" },
      }),
  ];
  const seen: JobEvent[] = [];
  for await (const event of handle.events(quick)) seen.push(event);
  expect(seen.map((event) => event.type === "phase" && event.phase)).toEqual(["EXECUTING", "COMPLETED"]);
  expect(asked).toEqual(["/events", "", "/events"]);
});

test("a stream of events is opened again when the server is back, from where its reader was, who is told", async () => {
  lastEventIds.length = 0;
  const away = () => new Response("restarting", { status: 503 });
  const stream = (text: string) => () => new Response(text, { headers: { "content-type": "text/event-stream" } });
  answers = [
    away,
    () => new Response(job("EXECUTING")),
    stream('id: 3\nevent: log\ndata: {"message":"a"}\n\n'),
    () => new Response(job("EXECUTING")),
    away,
    () => new Response(job("EXECUTING")),
    stream('id: 4\nevent: log\ndata: {"message":"b"}\n\nevent: phase\ndata: {"phase":"COMPLETED"}\n\n'),
  ];
  const states: string[] = [];
  const seen: JobEvent[] = [];
  const options = { ...quick, lastEventId: "2", onConnection: (state: string) => states.push(state) };
  for await (const event of handle.events(options)) seen.push(event);
  expect(states).toEqual(["lost", "open", "lost", "lost", "open"]);
  expect(seen.map((event) => (event.type === "phase" ? event.phase : event.id))).toEqual([
    "EXECUTING",
    "3",
    "4",
    "COMPLETED",
  ]);
  expect(lastEventIds.filter((id) => id !== null)).toEqual(["2", "2", "3", "3"]);
});

test("whoever waits can leave in the middle of a silence, with a reason", async () => {
  const leaving = new AbortController();
  answers = [
    () => {
      leaving.abort(new Error("enough"));
      return silence();
    },
  ];
  await expect(handle.wait({ ...quick, silenceMilliseconds: 60_000, signal: leaving.signal })).rejects.toThrow(
    "enough",
  );
});
