import { afterAll, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UwsClient } from "@uws/client";
import { TestAuthority } from "@uws/worker/testing";
import { Commands, type Environment } from "../support/commands.ts";

const commands = new Commands();
afterAll(() => commands.stop());

const tokens = (environment: Environment, ...args: string[]) => commands.finish(["tokens", ...args], environment);

test("tokens are added, listed and removed; they are shown once", async () => {
  const environment = await commands.site();
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
  const folder = await commands.folder();
  const [UWS_CA, UWS_GRPC_CERTIFICATE, UWS_GRPC_KEY] = await Promise.all(
    Object.entries({ "ca.pem": authority.cert, "gateway.pem": cert, "gateway.key": key }).map(async ([name, text]) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    }),
  );
  if (UWS_CA === undefined || UWS_GRPC_CERTIFICATE === undefined || UWS_GRPC_KEY === undefined) throw new Error();
  const environment = await commands.site({ UWS_GRPC_CERTIFICATE, UWS_GRPC_KEY, UWS_TOKEN_CHECK_MS: "100" });
  // `up`, with example workers of its own, which need no token from us.
  const up = commands.run(["up"], { ...environment, UWS_CA });
  const gateway = await up.line(/"address":"([^"]+)"/);
  const url = await up.line(/simulate +(http\S+)\/simulate\/async/);
  const client = new UwsClient(`${url}/simulate/async`);
  expect((await (await client.create({ DURATION: 0 }, { run: true })).wait()).phase).toBe("COMPLETED");

  const token = (await tokens(environment, "add", "apart", "--types", "simulate")).stdout.trim();
  const worker = commands.run(["apps/workers/simulate/src/main.ts"], {
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
  const { said, ended } = commands.run(["gateway"], { ...(await commands.site()), UWS_HOST: "0.0.0.0" });
  expect(await ended).toBe(1);
  expect(said.stderr).toContain("The configuration is wrong:\n  - grpc.tls: missing");
});
