import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Commands, type Environment } from "../support/commands.ts";
import { curl, python, run } from "../support/tools/index.ts";

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

test("a user's programs log in by tokens, which curl and the command line send", async () => {
  const environment = await commands.site({ UWS_AUTH_BASIC: "true", UWS_AUTH_ANONYMOUS: "false" });
  expect(await users(environment, ["add", "zoe"], "a long password")).toMatchObject({ code: 0 });
  const add = async (...args: string[]) => await users(environment, ["tokens", "add", "zoe", ...args]);
  const made = await add("laptop", "--services", "simulate", "--expires", "30d");
  expect(made.stdout).toMatch(/^uwsu_[A-Za-z0-9_-]{43}\n$/);
  const token = made.stdout.trim();
  const looking = (await add("look", "--read-only")).stdout.trim();
  for (const [args, message] of [
    [["laptop"], "zoe has a token named laptop; remove it first."],
    [["a b"], "NAME must be"],
    [["more", "--services", "a b"], "--services must be"],
    [["more", "--expires", "soon"], "--expires must be"],
  ] as const) {
    expect(await add(...args)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(message) });
  }
  const list = async () => (await users(environment, ["tokens", "list", "zoe"])).stdout.trim().split("\n");
  expect(await list()).toEqual([
    expect.stringMatching(/^NAME +GOOD FOR +SERVICES +CREATED +EXPIRES$/),
    expect.stringMatching(/^laptop +read, write +simulate +\d{4}-\S+ \S+Z +\d{4}-\S+ \S+Z$/),
    expect.stringMatching(/^look +read +\(all\) +\d{4}-\S+ \S+Z +never$/),
  ]);

  const up = commands.run(["up"], environment);
  const url = await up.line(/simulate +(http\S+)\/simulate\/async/);
  const jobs = `${url}/simulate/async`;
  const ask = async (bearer: string, ...args: string[]) => {
    const sent = [
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code} %{redirect_url}",
      "-H",
      `Authorization: Bearer ${bearer}`,
    ];
    return (await run(await curl(), [...sent, ...args])).out;
  };
  const created = await ask(token, "-d", "DURATION=0", jobs);
  expect(created).toStartWith(`303 ${jobs}/`);
  const job = created.slice(4);
  expect(await ask(looking, job)).toStartWith("200");
  expect(await ask(looking, "-d", "PHASE=RUN", `${job}/phase`)).toStartWith("403");
  expect(await ask(token, `${url}/crossmatch/async`)).toStartWith("403");
  const submitted = await commands.finish(["submit", jobs, "--duration", "0", "--wait"], {
    UWS_URL: url,
    UWS_TOKEN: token,
  });
  expect(submitted).toMatchObject({ code: 0 });
  expect(await users(environment, ["tokens", "remove", "zoe", "laptop"])).toMatchObject({ code: 0 });
  expect(await ask(token, job)).toStartWith("401");
  expect(await users(environment, ["tokens", "remove", "zoe", "laptop"])).toMatchObject({ code: 1 });
  for (const secret of [token, looking]) expect(up.said.stdout + up.said.stderr).not.toContain(secret);
});
