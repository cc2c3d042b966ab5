import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { poll } from "../poll.ts";
import { gone, otherProcess, temporaryFolder } from "../testing.ts";
import { askJetStream } from "./ready.ts";
import { startNats } from "./start-nats.ts";

setDefaultTimeout(60_000);

/** One request on a connection of its own, in the protocol itself: this package does without a NATS client. */
async function request(server: { port: number; user: string; password: string }, subject: string, body: string) {
  let received = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port,
    socket: {
      data(_, bytes) {
        received += bytes.toString();
        const reply = /MSG inbox 1 +(\d+)\r\n(.*)\r\n/s.exec(received)?.[2];
        if (reply !== undefined) resolve(reply);
        if (received.includes("-ERR")) reject(new Error(received));
      },
      close: () => reject(new Error(received)),
    },
  });
  const hello = JSON.stringify({ user: server.user, pass: server.password, verbose: false });
  socket.write(`CONNECT ${hello}\r\nSUB inbox 1\r\nPUB ${subject} inbox ${body.length}\r\n${body}\r\n`);
  try {
    return await promise;
  } finally {
    socket.end();
  }
}

test("streams, port and password survive kill -9 and restart", async () => {
  await using folder = await temporaryFolder();
  const dataDir = join(folder.path, 'odd "name" \\ $x');
  const server = await startNats({ dataDir });
  await request(server, "$JS.API.STREAM.CREATE.S", JSON.stringify({ name: "S", subjects: ["s"] }));
  expect(await request(server, "s", "hello")).toContain('"seq":1');

  server.kill("SIGKILL");
  expect(await gone(server.pid)).toBe(true);
  await server.restart();
  expect(await request(server, "s", "hello")).toContain('"seq":2');
  await server.restart();
  await server.stop();

  const again = await startNats({ dataDir, port: server.port });
  expect(again.url).toBe(server.url);
  expect(await request(again, "s", "hello")).toContain('"seq":3');
  await again.stop();
  expect(readFileSync(join(dataDir, "nats.log"), "utf8")).not.toContain(server.password);
  for (const file of ["nats.conf", "nats.json"]) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
});

test("a wrong password is refused", async () => {
  await using folder = await temporaryFolder();
  const server = await startNats({ dataDir: join(folder.path, "x"), ephemeral: true });
  expect(await request({ ...server, password: "no" }, "a", "").catch(String)).toContain("Authorization Violation");
  await server.stop();
});

test("kill -9 of our process stops the server, and the next start waits for it", async () => {
  await using folder = await temporaryFolder();
  await using parent = await otherProcess<{ pid: number; port: number }>(`
    const server = await embedded.startNats({ dataDir: ${JSON.stringify(folder.path)} });
    console.log(JSON.stringify({ pid: server.pid, port: server.port }));
    setInterval(() => {}, 1000);
  `);
  expect(await startNats({ dataDir: folder.path }).catch(String)).toContain(`pid ${parent.pid})`);
  await parent.die();
  const server = await startNats({ dataDir: folder.path, port: parent.told.port });
  expect(await gone(parent.told.pid)).toBe(true);
  await server.stop();
});

test("an ephemeral server leaves nothing, neither when stopped nor when we are killed", async () => {
  await using folder = await temporaryFolder();
  const dataDir = join(folder.path, "data");
  const server = await startNats({ dataDir, ephemeral: true });
  await server.stop();
  expect(readdirSync(folder.path)).toEqual([]);
  await using parent = await otherProcess<number>(`
    await embedded.startNats({ dataDir: ${JSON.stringify(dataDir)}, ephemeral: true });
    console.log(1);
    setInterval(() => {}, 1000);
  `);
  await parent.die();
  expect(await poll({ timeoutMs: 20_000 }, () => (existsSync(dataDir) ? undefined : true))).toBe(true);
});

test("two servers live side by side", async () => {
  await using folder = await temporaryFolder();
  const servers = await Promise.all(
    ["one", "two", "three"].map((name) => startNats({ dataDir: join(folder.path, name), ephemeral: true })),
  );
  expect(new Set(servers.map((server) => server.port)).size).toBe(3);
  await Promise.all(servers.map((server) => server.stop()));
});

test("a port that was asked for and is taken is an error that says so", async () => {
  await using folder = await temporaryFolder();
  const squatter = createServer((socket) => socket.end("220 hello\r\n"));
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const address = squatter.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const login = { port, user: "uws", password: "x", name: "x" };
  expect(await askJetStream(login)).toBe("not-ours");
  const outcome = await startNats({ dataDir: join(folder.path, "x"), port, ephemeral: true }).catch(String);
  expect(outcome).toContain(`port ${port} is in use`);
  squatter.close();
});
