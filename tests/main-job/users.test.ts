import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Commands, type Environment } from "../support/commands.ts";
import { python, run } from "../support/tools/index.ts";

const commands = new Commands();
afterAll(() => commands.stop());

function users(environment: Environment, args: readonly string[], input?: string) {
  return commands.finish(["users", ...args], environment, { input });
}

const loginTo = (url: string, name: string, password: string) =>
  fetch(url, { headers: { authorization: `Basic ${btoa(`${name}:${password}`)}` } });

test("users are added, listed and removed, and their passwords changed; nothing shows a password", async () => {
  const environment = await commands.site({ UWS_AUTH_BASIC: "true" });
  const said = [
    await users(environment, ["list"]),
    await users(environment, ["add", "zoe"], "a long password\n"),
    await users(environment, ["add", "alice@observatory.example"], "another password\r\n"),
    await users(environment, ["list"]),
    await users(environment, ["passwd", "zoe"], "a third password"),
    await users(environment, ["remove", "zoe"]),
    await users(environment, ["list"]),
  ];
  expect(said).toEqual(
    [
      "",
      "User zoe is added.\n",
      "User alice@observatory.example is added.\n",
      "alice@observatory.example\nzoe\n",
      "The password of zoe is changed.\n",
      "User zoe is removed.\n",
      "alice@observatory.example\n",
    ].map((stdout) => ({ code: 0, stdout, stderr: "" })),
  );
  for (const [args, input, message] of [
    [["add", "alice@observatory.example"], "whatever it is", "There is a user named alice@observatory.example."],
    [["add", "a:b"], "whatever it is", "A user's name must be"],
    [["add", "bob"], "short", "A password must have 8 to 1024 bytes."],
    [["add", "bob"], "", "A password must have 8 to 1024 bytes."],
    [["passwd", "nobody"], "whatever it is", "There is no user named nobody."],
    [["remove", "nobody"], undefined, "There is no user named nobody."],
  ] as const) {
    const refused = { code: 1, stdout: "", stderr: expect.stringContaining(message) };
    expect(await users(environment, args, input)).toMatchObject(refused);
  }
  expect((await users(environment, ["list"])).stdout).toBe("alice@observatory.example\n");
});

test("at a terminal the password is asked for twice, and not shown", async () => {
  const environment = await commands.site({ UWS_AUTH_BASIC: "true" });
  const atTerminal = async (name: string, first: string, second: string) => {
    const dialogue = JSON.stringify([
      [`Password of ${name}: `, first],
      ["Once more: ", second],
    ]);
    const script = join(import.meta.dirname, "../support/at_terminal.py");
    const program = [process.execPath, join(import.meta.dirname, "../../apps/uws/src/main.ts"), "users", "add", name];
    const tool = await python();
    return await run({ ...tool, env: { ...tool.env, ...environment } }, [script, dialogue, ...program]);
  };
  const added = await atTerminal("zoe", "what nobody sees", "what nobody sees");
  expect([added.code, added.out]).toEqual([0, expect.stringContaining("User zoe is added.")]);
  const mistyped = await atTerminal("bob", "what nobody sees", "what nobody seas");
  expect([mistyped.code, mistyped.out]).toEqual([1, expect.stringContaining("The two passwords are not the same")]);
  expect(added.out + mistyped.out).not.toContain("what nobody");
  expect((await users(environment, ["list"])).stdout).toBe("zoe\n");
});

test("beside `up`, on the embedded database: who is added is let in, who is removed is not, at once", async () => {
  const environment = {
    UWS_DATA_DIR: await commands.folder(),
    UWS_HTTP_PORT: "0",
    UWS_GRPC_PORT: "0",
    UWS_AUTH_BASIC: "true",
    UWS_AUTH_ANONYMOUS: "false",
  };
  // Started by the command, and stopped again.
  expect(await users(environment, ["add", "early"], "the early bird")).toMatchObject({ code: 0 });
  const up = commands.run(["up", "--no-workers"], environment);
  const url = `${await up.line(/simulate +(http\S+)\/simulate\/async/)}/simulate/async`;
  expect((await loginTo(url, "early", "the early bird")).status).toBe(200);
  expect((await loginTo(url, "late", "better than never")).status).toBe(401);
  const added = await users(environment, ["add", "late"], "better than never");
  expect(added).toEqual({ code: 0, stdout: "User late is added.\n", stderr: "" });
  expect((await loginTo(url, "late", "better than never")).status).toBe(200);
  expect((await users(environment, ["remove", "late"])).code).toBe(0);
  expect((await loginTo(url, "late", "better than never")).status).toBe(401);
  expect((await loginTo(url, "early", "the early bird")).status).toBe(200);
  await up.stop();
  // Nobody is left behind, and the database can be used again.
  expect(await users(environment, ["list"])).toMatchObject({ code: 0, stdout: "early\n" });
});

test("who adds users where nobody could log in is told so", async () => {
  const environment = await commands.site();
  const added = await users(environment, ["add", "zoe"], "a long password");
  expect(added).toMatchObject({ code: 0, stderr: expect.stringContaining("UWS_AUTH_BASIC=true") });
});
