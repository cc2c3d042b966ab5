import { afterAll, beforeEach, expect, test } from "bun:test";
import { UwsClient } from "@uws/client";
import { until } from "@uws/testing";
import { JobFollower, type JobView, unknownJob } from "./job-follower.ts";

/** A server that says what it is told to. */
let phase = "EXECUTING";
let streams: (() => Response)[] = [];
const lastEventIds: (string | null)[] = [];
const server = Bun.serve({
  port: 0,
  fetch(request) {
    if (!request.url.endsWith("/events")) {
      return phase === "" ? new Response("gone", { status: 404 }) : Response.json({ jobId: "7", phase, results: [] });
    }
    lastEventIds.push(request.headers.get("last-event-id"));
    return streams.shift()?.() ?? new Response("not now", { status: 503 });
  },
});
afterAll(() => server.stop(true));

const encoder = new TextEncoder();
const event = (type: string, data: object, id: string) =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
const line = (message: string, id: string) => event("log", { message }, id);

/** A stream that stays open, or ends. */
function stream(text: string, ends: boolean): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(text));
      if (ends) controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

let view: JobView = unknownJob;
let follower: JobFollower;
const messages = () => view.log.lines.map(({ message }) => message).join(" ");

beforeEach(() => {
  view = unknownJob;
  phase = "EXECUTING";
  lastEventIds.length = 0;
  const handle = new UwsClient(`${server.url}async`, { format: "json" }).job("7");
  follower = new JobFollower(handle, (next) => {
    view = next;
  });
});

test("a stream that breaks is opened again where it was, and the end of the job is the end", async () => {
  const progress = event("progress", { fraction: 0.5, message: "half" }, "1");
  streams = [
    () => stream(progress + line("a", "2"), true),
    () => stream(line("b", "3") + event("phase", { phase: "COMPLETED" }, "3"), true),
  ];
  follower.start();
  await until(() => view.connection === "lost", "the loss of the stream");
  phase = "COMPLETED";
  await until(() => view.connection === "ended", "the end");
  expect([view.job?.phase, view.error]).toEqual(["COMPLETED", undefined]);
  expect(lastEventIds[0]).toBeNull();
  follower.stop();
});

test("stopped and started again, it goes on behind the last line that it knows", async () => {
  streams = [() => stream(line("a", "1.1"), false), () => stream(line("b", "1.2"), false)];
  follower.start();
  await until(() => messages() === "a", "the first line");
  follower.stop();
  follower.start();
  await until(() => messages() === "a b", "the second line");
  expect(lastEventIds).toEqual([null, "1.1"]);
  follower.stop();
});

test("a job that is not there is an error, and one that vanishes is gone", async () => {
  streams = [() => stream(event("end", { phase: null }, "1"), true)];
  follower.start();
  await until(() => view.job !== undefined, "the job");
  phase = "";
  await until(() => view.connection === "gone", "the word that it is gone");
  expect(view.error).toBeUndefined();
  follower.stop();

  const none = new JobFollower(new UwsClient(`${server.url}async`).job("8"), (next) => {
    view = next;
  });
  view = unknownJob;
  none.start();
  await until(() => view.error !== undefined, "the error");
  expect(view.error).toMatchObject({ status: 404 });
  none.stop();
});
