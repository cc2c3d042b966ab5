import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@uws/config";
import { getJob } from "@uws/store";
import { until } from "@uws/testing";
import { startWorker, type TlsOptions, type Worker } from "@uws/worker";
import { Mailbox, TestAuthority, type TestCertificate } from "@uws/worker/testing";
import type { Gateway } from "./gateway.ts";
import { type House, openTestHouse } from "./testing.ts";

let house: House;
const workers: Worker[] = [];
const folder = mkdtempSync(join(tmpdir(), "uws-gateway-tls-"));
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await house.close();
  rmSync(folder, { recursive: true });
});

const authority = new TestAuthority();
const stranger = new TestAuthority("stranger");

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const files = (name: string, { cert, key }: TestCertificate) => ({
  certificate: write(`${name}.pem`, cert),
  key: write(`${name}.key`, key),
});
const serverFiles = () => files(crypto.randomUUID(), authority.issue("gateway"));

/** Connects a worker; the outcome is "connected", or the first warning or error that it logs. */
async function connect(
  gateway: Gateway,
  {
    tls,
    token,
    address = gateway.url,
    type = "any",
  }: { tls?: TlsOptions; token?: string; address?: string; type?: string },
): Promise<string> {
  const log = new Mailbox<string>("a line of the log");
  const logger = {
    debug() {},
    info: (line: string) => void (line.startsWith("connected") && log.put("connected")),
    warn: (line: string) => log.put(line),
    error: (line: string) => log.put(line),
  };
  const worker = await startWorker({
    address,
    jobs: { async [type]() {} },
    handleSignals: false,
    logger,
    ...(tls === undefined ? {} : { tls }),
    ...(token === undefined ? {} : { token }),
  });
  const outcome = await log.take();
  if (outcome === "connected") workers.push(worker);
  else await worker.stop();
  return outcome;
}

const trusting = { ca: authority.cert };

test("over TLS a token is required unless told otherwise, and jobs run", async () => {
  const gateway = await house.gateway({ tls: serverFiles() });
  expect(gateway.url).toStartWith("https://127.0.0.1:");
  expect(await connect(gateway, { tls: trusting })).toMatch(/UNAUTHENTICATED/);
  expect(await connect(gateway, { tls: trusting, token: await house.token(), type: "encrypted" })).toBe("connected");
  const job = await house.submit("encrypted");
  await until(async () => (await getJob(house.store, "any", job))?.phase === "COMPLETED", "the end of the job");
});

test("a worker that trusts another authority, or speaks plain text, does not connect", async () => {
  const gateway = await house.gateway({ tls: serverFiles(), requireToken: false });
  const [wrong, plain] = await Promise.all([
    connect(gateway, { tls: { ca: stranger.cert } }),
    connect(gateway, { address: gateway.address }),
  ]);
  expect(wrong).toMatch(/no connection .*certificate/);
  expect(plain).toMatch(/no connection/);
  expect(await connect(gateway, { tls: trusting })).toBe("connected");
});

test("mutual TLS: only who shows a certificate of the client authority connects; a token is required beside it", async () => {
  const clientCa = write("client-ca.pem", new TestAuthority("another").cert + stranger.cert);
  const gateway = await house.gateway({ tls: { ...serverFiles(), clientCa } });
  const token = await house.token();
  const shown = stranger.issue("worker");
  const [none, wrong] = await Promise.all([
    connect(gateway, { tls: trusting, token }),
    connect(gateway, { tls: { ...trusting, ...authority.issue("worker") }, token }),
  ]);
  expect(none).toMatch(/no connection/);
  expect(wrong).toMatch(/no connection/);
  expect(await connect(gateway, { tls: { ...trusting, ...shown } })).toMatch(/UNAUTHENTICATED/);
  expect(await connect(gateway, { tls: { ...trusting, ...shown }, token })).toBe("connected");
});

test("a client certificate may be enough, or be welcome and not required", async () => {
  const clientCa = write("client-ca-2.pem", stranger.cert);
  const shown = { ...trusting, ...stranger.issue("worker-7") };
  const enough = await house.gateway({ tls: { ...serverFiles(), clientCa }, requireToken: false });
  expect(await connect(enough, { tls: shown })).toBe("connected");
  const welcome = await house.gateway({
    tls: { ...serverFiles(), clientCa, requireClientCertificate: false },
    requireToken: false,
  });
  expect(await connect(welcome, { tls: trusting })).toBe("connected");
  house.logged.length = 0;
  expect(await connect(welcome, { tls: shown })).toBe("connected");
  expect(house.logged.join("")).toContain('"certificate":"worker-7"');
});

test("plain text is for loopback addresses, and there nobody needs a token", async () => {
  const gateway = await house.gateway();
  expect(await connect(gateway, {})).toBe("connected");
  expect(house.logged.join("")).toContain("gateway listens, in plain text, without authentication");
  for (const host of ["0.0.0.0", "::", "10.1.2.3"]) {
    const start = house.gateway({}, { host });
    await expect(start).rejects.toBeInstanceOf(ConfigError);
    await expect(start).rejects.toThrow(`the gateway does not listen in plain text on ${host}`);
  }
});

test("plain text elsewhere must be asked for; then tokens are required, and it is logged as a warning", async () => {
  const gateway = await house.gateway({ allowPlainText: true }, { host: "0.0.0.0" });
  const address = `127.0.0.1:${gateway.port}`;
  expect(await connect(gateway, { address })).toMatch(/UNAUTHENTICATED/);
  expect(await connect(gateway, { address, token: await house.token() })).toBe("connected");
  expect(house.logged.find((line) => line.includes(`0.0.0.0:${gateway.port}`))).toContain('"level":40');
  // The HTTP side may be open to the world while workers are on this machine.
  const inside = await house.gateway({ host: "127.0.0.1" }, { host: "0.0.0.0" });
  expect(inside.address).toStartWith("127.0.0.1:");
});

test("files that cannot be used are named when the gateway starts", async () => {
  const good = serverFiles();
  const refused = async (tls: { certificate: string; key: string; clientCa?: string }, message: string) => {
    const start = house.gateway({ tls });
    await expect(start).rejects.toBeInstanceOf(ConfigError);
    await expect(start).rejects.toThrow(message);
  };
  await refused({ ...good, key: join(folder, "none.key") }, "grpc.tls.key: ");
  await refused({ ...good, certificate: good.key }, "grpc.tls.certificate: ");
  await refused({ ...good, clientCa: good.key }, "grpc.tls.clientCa: ");
  await refused({ ...good, key: serverFiles().key }, "is not the key of the certificate");
});

test("SIGHUP reads the certificates again; what cannot be used changes nothing", async () => {
  const tls = files("rotated", authority.issue("gateway"));
  const gateway = await house.gateway({ tls, requireToken: false });
  expect(await connect(gateway, { tls: trusting })).toBe("connected");

  write("rotated.key", "garbage");
  process.kill(process.pid, "SIGHUP");
  await until(() => house.logged.some((line) => line.includes("the old ones stay")), "the complaint");
  expect(await connect(gateway, { tls: trusting })).toBe("connected");

  files("rotated", stranger.issue("gateway"));
  house.logged.length = 0;
  process.kill(process.pid, "SIGHUP");
  await until(() => house.logged.some((line) => line.includes("read again")), "the new certificate");
  expect(await connect(gateway, { tls: { ca: stranger.cert } })).toBe("connected");
  expect(await connect(gateway, { tls: trusting })).toMatch(/no connection .*certificate/);
});
