import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Commands } from "../support/commands.ts";
import { type OldServer, startOldServer } from "../support/old-server.ts";

/** `uws` with a server that is not ours and has nothing but what UWS 1.0 asks for. */

let server: OldServer;
const commands = new Commands();
beforeAll(() => {
  server = startOldServer([
    { id: "../../escape", text: "one" },
    { id: "table", text: "two", headers: { "content-disposition": 'attachment; filename="/etc/cron.d/x"' } },
    { id: "table2", text: "three", headers: { "content-disposition": 'attachment; filename="..\\\\X"' } },
    { id: "plain", text: "four", headers: { "content-type": "text/csv" } },
  ]);
});
afterAll(async () => {
  await commands.stop();
  await server.stop();
});

const nobody = { UWS_USER: "", UWS_TOKEN: "" };
const uws = (...args: readonly string[]) => commands.finish(args, { ...nobody, UWS_URL: server.url });

async function out(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await uws(...args);
  if (code !== 0) throw new Error(`uws ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout.trimEnd();
}

test("everything is sent as it is, and the job is waited for without WAIT and events", async () => {
  const folder = await commands.folder();
  await Bun.write(join(folder, "q.csv"), "ra,dec\n");
  const sent = ["Radius=1", "--Band", "V", "BAND=R", `T=@${join(folder, "q.csv")}`, "note=@@home"];
  const done = await uws("submit", ...sent, "--duration", "5m", "--wait");
  expect(done).toMatchObject({ code: 0, stdout: `${server.url}/j1\n` });
  const form = server.created[0] ?? [];
  const file = form.find(([name]) => name === "T")?.[1];
  expect(form.filter(([, value]) => typeof value === "string")).toEqual([
    ["EXECUTIONDURATION", "300"],
    ["PHASE", "RUN"],
    ["Radius", "1"],
    ["Band", "V"],
    ["BAND", "R"],
    ["note", "@home"],
  ]);
  expect(file instanceof Blob && [file.name, await file.text()]).toEqual(["q.csv", "ra,dec\n"]);
});

test("results are saved under names that stay in their folder, and overwrite nothing", async () => {
  const folder = await commands.folder();
  const output = join(folder, "out");
  const job = await out("submit", "--output", output);
  expect((await readdir(output)).sort()).toEqual(["X-2", "escape.txt", "plain.csv", "x"]);
  expect(await readdir(folder)).toEqual(["out"]);
  expect(await Bun.file(join(output, "X-2")).text()).toBe("three");

  // A link to elsewhere is not written through, with --force either: it is replaced.
  const other = join(await commands.folder(), "linked");
  const victim = join(folder, "victim");
  await Bun.write(victim, "untouched");
  await Bun.$`mkdir ${other}`.quiet();
  await symlink(victim, join(other, "escape.txt"));
  expect((await uws("results", job, "--output", other)).code).toBe(2);
  expect(await readlink(join(other, "escape.txt"))).toBe(victim);
  await out("results", job, "--output", other, "--force");
  expect(await Bun.file(victim).text()).toBe("untouched");
  expect(await Bun.file(join(other, "escape.txt")).text()).toBe("one");
});

test("jobs are listed, filtered, shown, run, aborted and deleted", async () => {
  const job = await out("submit", "--no-run", "A=1");
  const id = job.split("/").at(-1) ?? "";
  expect(await out("jobs", "--phase", "pending")).toMatch(new RegExp(`^JOB .*\\n${id} +PENDING +- +- +-$`));
  expect(await out("show", id)).toMatch(/^Phase +PENDING$[\s\S]*^Kept until +2031-01-01 00:00:00Z$/m);
  expect(await out("abort", id)).toBe(`${job} ABORTED`);
  expect((await uws("watch", id)).code).toBe(3);
  expect(await out("run", job)).toBe(`${job} EXECUTING`);
  const watched = await uws("watch", job);
  expect(watched).toMatchObject({ code: 0, stdout: expect.stringMatching(/^COMPLETED\n4 results: /) });
  expect(await out("delete", job)).toBe(`${job} deleted`);
  expect((await uws("show", job)).code).toBe(4);
});

test("what the server says reaches the terminal as text and nothing else", async () => {
  const failed = await uws("submit", "FAIL=no \u009b31mdisk \u202egnp", "--wait");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("no  31mdisk  gnp");
  const last = (await out("jobs")).split("\n").at(-1)?.split(" ")[0] ?? "";
  expect(await out("show", last)).toMatch(/^Error +no {2}31mdisk {2}gnp \(fatal\)$/m);
});

test("what only ours have is said to be missing", async () => {
  for (const [args, code, message] of [
    [["describe"], 4, "has no description"],
    [["services"], 4, "does not tell what services it has"],
    [["types"], 4, "does not tell what services it has"],
    [["jobs", "crossmatch"], 2, "does not tell what services it has: give a URL"],
    [["jobs", "--url", new URL("/", server.url).href], 2, "Give its URL, or set UWS_URL"],
  ] as const) {
    expect([args, await uws(...args)]).toMatchObject([
      args,
      { code, stdout: "", stderr: expect.stringContaining(message) },
    ]);
  }
});

test("the token of one server is not shown to another", async () => {
  const seen: (string | null)[] = [];
  const other = Bun.serve({
    port: 0,
    fetch(request) {
      seen.push(request.headers.get("authorization"));
      return new Response('<jobs xmlns="http://www.ivoa.net/xml/UWS/v1.0"/>');
    },
  });
  const token = { UWS_USER: "", UWS_TOKEN: "secret", UWS_URL: server.url };
  await commands.finish(["jobs", `${other.url}jobs`], token);
  await commands.finish(["jobs"], { ...token, UWS_URL: `${other.url}jobs` });
  await commands.finish(["jobs", `${other.url}jobs`, "--token", "typed"], token);
  expect(seen).toEqual([null, "Bearer secret", "Bearer typed"]);
  await other.stop(true);
});
