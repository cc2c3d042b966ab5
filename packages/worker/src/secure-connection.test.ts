import { afterAll, expect, onTestFinished, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerCredentials, status } from "@grpc/grpc-js";
import { Connection } from "./connection.ts";
import { connectionOptions } from "./connection-options.ts";
import type { WorkerLogger } from "./logger.ts";
import { TestAuthority } from "./testing/certificates.ts";
import { Mailbox } from "./testing/mailbox.ts";
import { silentLogger, startServer, startTestWorker } from "./testing/start.ts";

const folder = mkdtempSync(join(tmpdir(), "uws-worker-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));
function file(text: string): string {
  const path = join(folder, crypto.randomUUID());
  writeFileSync(path, text);
  return path;
}

const authority = new TestAuthority();
const stranger = new TestAuthority("stranger");

function serverCredentials(names?: string[], clientCa?: string): ServerCredentials {
  const { cert, key } = authority.issue("gateway", names === undefined ? {} : { names });
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  return ServerCredentials.createSsl(
    clientCa === undefined ? null : Buffer.from(clientCa),
    [pair],
    clientCa !== undefined,
  );
}

/** What a worker is given by its environment, for a server of the test. */
const environment = (address: string, more: Record<string, string> = {}) =>
  connectionOptions({}, { UWS_GATEWAY: address, ...more });

/** Calls the server as the worker's control stream does, without its patience. */
async function call(options: ReturnType<typeof connectionOptions>): Promise<string> {
  const connection = new Connection(options);
  const stream = connection.client.work(connection.metadata({ waitForReady: false }));
  const { promise, resolve } = Promise.withResolvers<string>();
  stream.on("data", () => resolve("answered"));
  stream.on("error", () => {});
  stream.on("status", ({ code, details }) => resolve(`${status[code]}: ${details}`));
  stream.write({ hello: { instanceId: "test" } });
  return await promise.finally(() => {
    stream.cancel();
    connection.close();
  });
}

/** A server that welcomes the first worker; where none gets through the handshake, there is nothing to welcome. */
async function answering(credentials: ServerCredentials) {
  const server = await startServer(credentials);
  server.stream().then(
    (stream) => stream.welcome(),
    () => {},
  );
  return server;
}

test("https:// and grpcs:// speak TLS, with a name or an address, and the token comes along", async () => {
  for (const prefix of ["https://localhost", "grpcs://127.0.0.1"]) {
    const server = await startServer(serverCredentials());
    const port = server.address.split(":")[1];
    const ca = file(authority.cert);
    const called = call(environment(`${prefix}:${port}`, { UWS_CA: ca, UWS_TOKEN: "uwsw_secret" }));
    const stream = await server.stream();
    expect(stream.authorization).toBe("Bearer uwsw_secret");
    stream.welcome();
    expect(await called).toBe("answered");
  }
});

test("a gateway whose certificate another authority signed is not spoken to", async () => {
  const server = await answering(serverCredentials());
  const outcome = await call(environment(`https://${server.address}`, { UWS_CA: file(stranger.cert) }));
  expect(outcome).toMatch(/^UNAVAILABLE: .*certificate/);
});

test("a gateway whose certificate is for another name or address is not spoken to", async () => {
  const server = await answering(serverCredentials(["gateway.example.org", "10.1.2.3"]));
  const more = { UWS_CA: file(authority.cert) };
  expect(await call(environment(`https://${server.address}`, more))).toMatch(/^UNAVAILABLE: .*127\.0\.0\.1/);
  const byName = `https://localhost:${server.address.split(":")[1]}`;
  expect(await call(environment(byName, more))).toMatch(/^UNAVAILABLE: .*localhost/);
});

test("mutual TLS: the worker shows its certificate", async () => {
  const server = await answering(serverCredentials(undefined, authority.cert));
  const { cert, key } = authority.issue("worker");
  const more = { UWS_CA: file(authority.cert) };
  expect(await call(environment(`https://${server.address}`, more))).toMatch(/^UNAVAILABLE: /);
  const shown = { ...more, UWS_CERTIFICATE: file(cert), UWS_KEY: file(key) };
  expect(await call(environment(`https://${server.address}`, shown))).toBe("answered");
});

test("a token is not sent in plain text over a network, and TLS is not dropped silently", () => {
  const plain = (address: string, more: Record<string, string>) => () => new Connection(environment(address, more));
  const token = "uwsw_never-shown";
  expect(plain("gate.example.org:50051", { UWS_TOKEN: token })).toThrow(
    "the token is not sent to gate.example.org:50051 in plain text: say https://gate.example.org:50051",
  );
  expect(plain("0.0.0.0:50051", { UWS_TOKEN: token })).toThrow("in plain text");
  expect(plain("gate.example.org:50051", { UWS_CA: "ca.pem" })).toThrow("UWS_CA is for TLS");
  for (const address of ["127.0.0.1:50051", "localhost:50051", "[::1]:50051", "https://gate.example.org:50051"]) {
    plain(address, { UWS_TOKEN: token })().close();
  }
  expect(plain("localhost:1", { UWS_TOKEN: "with\nnewline" })).toThrow("printable ASCII");
});

test("certificates that cannot be read or used are named", () => {
  const at = (more: Record<string, string>) => () => new Connection(environment("https://gate:1", more));
  expect(at({ UWS_CA: join(folder, "none.pem") })).toThrow("none.pem cannot be read");
  expect(at({ UWS_CERTIFICATE: file("x") })).toThrow("UWS_CERTIFICATE and UWS_KEY go together");
  expect(at({ UWS_CERTIFICATE: file("x"), UWS_KEY: file("y") })).toThrow("cannot be used");
});

/** A logger whose lines can be waited for. */
function lines(): { logger: WorkerLogger; log: Mailbox<string>; all: string[] } {
  const log = new Mailbox<string>("a line of the log");
  const all: string[] = [];
  const at = (level: string) => (message: string) => {
    all.push(message);
    log.put(`${level} ${message}`);
  };
  return { logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }, log, all };
}

test("a worker that cannot connect says why", async () => {
  const server = await startServer(serverCredentials());
  const { logger, log } = lines();
  await startTestWorker(server, async () => {}, {
    address: `https://${server.address}`,
    tls: { ca: stranger.cert },
    logger,
  });
  expect(await log.take((line) => line.startsWith("warn"))).toMatch(/no connection to the gateway at .*certificate/);
});

test("a refused worker tries again, says so each time, and ends when it was refused too often", async () => {
  const server = await startServer();
  const refusal = { code: status.UNAUTHENTICATED, details: "the token is not known" };
  // One more than it is to ask for.
  server.refusals.push(refusal, refusal, refusal, refusal);
  const { logger, log, all } = lines();
  const token = "uwsw_do-not-log";
  const worker = await startTestWorker(server, async () => {}, { token, logger, refusedDelayMs: 20, maxRefusals: 3 });
  await expect(worker.closed).rejects.toThrow("the token is not known (UNAUTHENTICATED)");
  await expect(worker.ready).rejects.toThrow("the token is not known");
  expect(await log.take((line) => line.includes("(1 of 3)"))).toStartWith("error the gateway refused this worker");
  expect(await log.take((line) => line.includes("(2 of 3)"))).toStartWith("warn the gateway refused this worker");
  expect(await log.take((line) => line.includes("giving up"))).toContain("refused 3 times, giving up");
  expect(all.filter((line) => line.includes(token))).toEqual([]);
});

test("a worker whose token is added while it tries is welcome, and its refusals are forgotten", async () => {
  const server = await startServer();
  const refusal = { code: status.PERMISSION_DENIED, details: "the token does not cover test" };
  server.refusals.push(refusal, refusal);
  const options = { refusedDelayMs: 20, maxRefusals: 3, logger: silentLogger };
  await startTestWorker(server, async () => {}, options);
  const stream = await server.welcomed();
  server.refusals.push(refusal, refusal);
  stream.cut();
  await server.welcomed();
});

test("a process whose worker is refused for good ends with 1 and a message", async () => {
  const server = await startServer();
  const refusal = { code: status.UNAUTHENTICATED, details: "the token is not known" };
  server.refusals.push(refusal, refusal);
  const program = `
    import { startWorker } from ${JSON.stringify(join(import.meta.dir, "index.ts"))};
    await startWorker({ jobs: { async test() {} }, refusedDelayMs: 20, maxRefusals: 2 });`;
  const child = Bun.spawn([process.execPath, "-e", program], {
    env: { ...process.env, UWS_GATEWAY: server.address, UWS_TOKEN: "uwsw_do-not-log" },
    stderr: "pipe",
  });
  onTestFinished(() => child.kill());
  expect(await child.exited).toBe(1);
  const said = await new Response(child.stderr).text();
  expect(said).toContain("the token is not known (UNAUTHENTICATED); refused 2 times, giving up");
  expect(said).not.toContain("uwsw_do-not-log");
});

test("an upload that meets a refused token is tried again and does not fail the job", async () => {
  const server = await startServer();
  // Other failures of a server that is there are the job's after five.
  server.uploadFailures.push(...Array.from({ length: 5 }, () => status.UNAUTHENTICATED));
  await startTestWorker(server, async (job) => {
    await job.result("large", new Uint8Array(5_000), "application/octet-stream");
  });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: "t" });
  await server.uploads.take();
  await stream.take("complete");
});
