import { expect, test } from "bun:test";
import { connect } from "node:net";
import { until } from "@uws/testing";
import { streamText } from "./answers.ts";

test("a client that takes nothing any more is cut off after the server's idle time, and the making ends", async () => {
  let made = 0;
  let ended = false;
  async function* endless() {
    try {
      for (;;) {
        made += 1;
        yield "x".repeat(100_000);
      }
    } finally {
      ended = true;
    }
  }
  // Seconds, the fewest that there are; ours has 255.
  const server = Bun.serve({ port: 0, idleTimeout: 1, fetch: () => new Response(streamText(endless())) });
  try {
    const socket = connect(Number(server.port), "127.0.0.1");
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => made > 1, "the beginning");
    await until(() => ended, "the end of the making", 30_000);
    socket.on("error", () => {});
    socket.destroy();
    // Megabytes are on their way between the two, but not all that there is.
    expect(made).toBeLessThan(1000);
  } finally {
    await server.stop(true);
  }
}, 40_000);
