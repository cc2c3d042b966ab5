import { afterAll, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UwsClient } from "@uws/client";
import { migrate } from "@uws/store";
import { natsUrl, testDatabase, until } from "@uws/testing";
import { TestAuthority } from "@uws/worker/testing";

const root = join(import.meta.dirname, "../..");
const main = "apps/uws/src/main.ts";
const children: ChildProcess[] = [];
const cleanUp: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }),
  );
  for (const clean of cleanUp) await clean();
});

type Environment = Record<string, string>;

/** A process, and everything that it says. */
function run(args: string[], environment: Environment) {
  const child = spawn(process.execPath, ["--no-orphans", ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (text: Buffer) => {
    said.stdout += text.toString();
  });
  child.stderr.on("data", (text: Buffer) => {
    said.stderr += text.toString();
  });
  const closed = once(child, "close");
  return {
    said,
    ended: closed.then(([code]) => code as number | null),
    line: (pattern: RegExp) =>
      until(
        () => {
          const found = pattern.exec(said.stdout + said.stderr);
          if (found === null && child.exitCode !== null) throw new Error(`ended: ${said.stdout}${said.stderr}`);
          return found?.[1];
        },
        `${pattern} of ${args.join(" ")}`,
      ),
  };
}

async function tokens(environment: Environment, ...args: string[]) {
  const { said, ended } = run([main, "tokens", ...args], environment);
  return { code: await ended, ...said };
}

async function site(more: Environment = {}): Promise<Environment> {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "uws-tokens-"));
  cleanUp.push(
    () => database.drop(),
    () => rm(dataDir, { recursive: true, force: true }),
  );
  await migrate(database.url);
  return {
    UWS_DATABASE_URL: database.url,
    UWS_NATS_URL: await natsUrl(),
    UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
    UWS_DATA_DIR: dataDir,
    UWS_HTTP_PORT: "0",
    UWS_GRPC_PORT: "0",
    ...more,
  };
}

test("tokens are added, listed and removed; they are shown once", async () => {
  const environment = await site();
  expect(await tokens(environment, "list")).toMatchObject({ code: 0, stdout: "There are no tokens.\n" });
  const { stdout } = await tokens(environment, "add", "gpu-7", "--types", "simulate,crossmatch", "--expires", "30d");
  expect(stdout).toMatch(/^uwsw_[A-Za-z0-9_-]{43}\n$/);
  await tokens(environment, "add", "everything");
  const listed = await tokens(environment, "list");
  expect(listed.stdout.trim().split("\n")).toEqual([
    expect.stringMatching(/^NAME +TYPES +CREATED +EXPIRES$/),
    expect.stringMatching(/^everything +\(all\) +\d{4}-\S+ \S+Z +never$/),
    expect.stringMatching(/^gpu-7 +simulate,crossmatch +\d{4}-\S+ \S+Z +\d{4}-\S+ \S+Z$/),
  ]);
  expect(listed.stdout).not.toContain(stdout.trim());

  for (const [args, message] of [
    [["add", "gpu-7"], "There is a token named gpu-7; remove it first."],
    [["add", "a b"], "NAME must be"],
    [["add", "x", "--types", "a,,b"], "--types must be"],
    [["add", "x", "--expires", "soon"], "--expires must be"],
    [["remove", "nobody"], "There is no token named nobody."],
  ] as const) {
    const refused = { code: 1, stdout: "", stderr: expect.stringContaining(message) };
    expect(await tokens(environment, ...args)).toMatchObject(refused);
  }
  expect(await tokens(environment, "remove", "gpu-7")).toMatchObject({ code: 0, stdout: "Token gpu-7 is removed.\n" });
  expect((await tokens(environment, "list")).stdout).not.toContain("gpu-7");
});

test("over TLS, a worker that has UWS_TOKEN and UWS_CA runs a job; when the token is removed it is refused", async () => {
  const authority = new TestAuthority();
  const { cert, key } = authority.issue("gateway");
  const folder = await mkdtemp(join(tmpdir(), "uws-tokens-tls-"));
  cleanUp.push(() => rm(folder, { recursive: true }));
  const [UWS_CA, UWS_GRPC_CERTIFICATE, UWS_GRPC_KEY] = await Promise.all(
    Object.entries({ "ca.pem": authority.cert, "gateway.pem": cert, "gateway.key": key }).map(async ([name, text]) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    }),
  );
  if (UWS_CA === undefined || UWS_GRPC_CERTIFICATE === undefined || UWS_GRPC_KEY === undefined) throw new Error();
  const environment = await site({ UWS_GRPC_CERTIFICATE, UWS_GRPC_KEY, UWS_TOKEN_CHECK_MS: "100" });
  // `up`, with example workers of its own, which need no token from us.
  const up = run([main, "up"], { ...environment, UWS_CA });
  const gateway = await up.line(/"address":"([^"]+)"/);
  const url = await up.line(/simulate +(http\S+)\/simulate\/async/);
  const client = new UwsClient(`${url}/simulate/async`);
  expect((await (await client.create({ DURATION: 0 }, { run: true })).wait()).phase).toBe("COMPLETED");

  const token = (await tokens(environment, "add", "apart", "--types", "simulate")).stdout.trim();
  const worker = run(["apps/workers/simulate/src/main.ts"], {
    UWS_GATEWAY: `https://${gateway}`,
    UWS_CA,
    UWS_TOKEN: token,
  });
  await worker.line(/(connected)/);
  await tokens(environment, "remove", "apart");
  await worker.line(/the gateway refused this worker: The worker's token is not valid.*(UNAUTHENTICATED)/);
  for (const { stdout, stderr } of [up.said, worker.said]) expect(stdout + stderr).not.toContain(token);
});

test("a gateway does not start in plain text on all addresses", async () => {
  const { said, ended } = run([main, "gateway"], { ...(await site()), UWS_HOST: "0.0.0.0" });
  expect(await ended).toBe(1);
  expect(said.stderr).toContain("The configuration is wrong:\n  - grpc.tls: missing");
});
