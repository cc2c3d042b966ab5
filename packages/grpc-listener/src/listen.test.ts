import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect } from "node:net";
import { Server, ServerCredentials, type ServerWritableStream } from "@grpc/grpc-js";
import { type GrpcListener, listen } from "./listen.ts";
import { preface, settings, update } from "./testing/frames.ts";
import { RawClient } from "./testing/raw-client.ts";

const bytes = (message: Buffer) => message;
const service = {
  Give: {
    path: "/test.Test/Give",
    requestStream: false,
    responseStream: true,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
};
/** What each call is answered with, with the five bytes before a gRPC message. */
const answer = 2_000_000 + 5;

let server: Server;
let listener: GrpcListener;
let client: RawClient;
beforeEach(async () => {
  server = new Server();
  server.addService(service, {
    Give: (call: ServerWritableStream<Buffer, Buffer>) => {
      call.write(Buffer.alloc(answer - 5));
      call.end();
    },
  });
  listener = await listen(server, "127.0.0.1", 0, ServerCredentials.createInsecure());
  client = await RawClient.connect(listener.port, 65_535);
});
afterEach(() => {
  client.close();
  listener.stop();
  server.forceShutdown();
});

const give = (stream: number) => client.call(stream, service.Give.path, Buffer.alloc(0));

test("what SETTINGS add to the initial window, an open stream has", async () => {
  give(1);
  expect(await client.until(1, 65_535)).toBe(65_535);
  client.say(update(1, 10_000));
  expect(await client.until(1, 75_535)).toBe(75_535);
  client.say(settings(100_000));
  expect(await client.until(1, 110_000)).toBe(110_000);
  client.say(update(1, 5));
  expect(await client.until(1, 110_005)).toBe(110_005);
  client.say(settings(4_000_000));
  expect(await client.until(1, answer)).toBe(answer);
});

test("a stream that is opened later begins with it", async () => {
  client.say(settings(100_000));
  client.say(settings(300_000));
  give(1);
  expect(await client.until(1, 300_000)).toBe(300_000);
  give(3);
  expect(await client.until(3, 300_000)).toBe(300_000);
  client.say(update(3, 3_000_000));
  expect(await client.until(3, answer)).toBe(answer);
});

test("whoever sends garbage is cut off, and the others go on", async () => {
  const random = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251));
  for (const garbage of [Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n"), random, Buffer.concat([preface, random])]) {
    const socket = connect(listener.port, "127.0.0.1");
    socket.on("error", () => {});
    await new Promise((resolve) => socket.on("close", resolve).resume().write(garbage));
  }
  client.say(settings(4_000_000));
  give(1);
  expect(await client.until(1, answer)).toBe(answer);
});

test("what SETTINGS take away is paid back", async () => {
  give(1);
  expect(await client.until(1, 65_535)).toBe(65_535);
  client.say(settings(5_535));
  client.say(update(1, 50_000));
  client.say(update(1, 20_000));
  expect(await client.until(1, 75_535)).toBe(75_535);
});
