import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Commands } from "../support/commands.ts";
import { type OldServer, startOldServer } from "../support/old-server.ts";
import { type Site, startSite } from "../support/site.ts";

/** `uws` with services of several job types, and with many jobs at once; each command a process. */

let site: Site;
let old: OldServer;
let folder: string;
const commands = new Commands();
beforeAll(async () => {
  site = await startSite({
    services: ([crossmatch, simulate]) => {
      if (crossmatch === undefined || simulate === undefined) return [];
      const descriptions = [...crossmatch.descriptions, ...simulate.descriptions];
      return [simulate, { ...simulate, path: "both", typeParameter: "KIND", descriptions }];
    },
  });
  site.worker("simulate");
  old = startOldServer([]);
  folder = await commands.folder();
});
afterAll(async () => {
  await commands.stop();
  await old.stop();
  await site.stop();
});

const uwsAt = (url: string, ...args: readonly string[]) =>
  commands.finish(args, { UWS_URL: url, UWS_USER: "", UWS_PASSWORD: "", UWS_TOKEN: "" });
const uws = (...args: readonly string[]) => uwsAt(site.running.url, ...args);

/** The output of a command that does what it is told. */
async function out(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await uws(...args);
  if (code !== 0) throw new Error(`uws ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout.trimEnd();
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await Bun.write(path, text);
  return path;
}

const jobs = async (...args: readonly string[]): Promise<{ href: string; phase: string }[]> =>
  JSON.parse(await out("jobs", "--json", ...args));

test("of a service with several types one is chosen, and has its own flags", async () => {
  expect(await out("describe", "both")).toMatch(
    /^TYPE .*\ncrossmatch .*\nsimulate [\s\S]*--type TYPE \(or KIND=TYPE\)/,
  );
  expect(await out("describe", "both", "crossmatch")).toMatch(/^--radius +number/m);
  expect(JSON.parse(await out("describe", "both", "simulate", "--json"))).toMatchObject({ name: "simulate" });
  const help = await out("submit", "both", "--help");
  expect(help).toMatch(/^crossmatch +/m);
  expect(help).not.toMatch(/^--steps +integer/m);
  expect(await out("submit", "both", "--type", "simulate", "--help")).toMatch(/^--steps +integer/m);

  const done = await out("submit", "both", "--type", "simulate", "--duration", "0", "--steps=1", "--wait");
  expect(await out("show", done)).toMatch(/^KIND +simulate$/m);
  const named = await out("submit", "both", "--kind", "SIMULATE", "--duration", "0", "--no-run");
  expect(await out("show", named)).toMatch(/^KIND +simulate[\s\S]*^DURATION +0$/m);
  for (const [args, message] of [
    [["submit", "both", "--duration", "0"], "Say which job type: --type crossmatch, simulate."],
    [["submit", "both", "--type", "cook"], "There is no job type cook here, but crossmatch, simulate."],
    [["submit", "both", "--type", "crossmatch", "--steps", "1"], "crossmatch has no parameter steps"],
    [["describe", "both", "cook"], "There is no job type cook"],
  ] as const) {
    expect([args, await uws(...args)]).toMatchObject([
      args,
      { code: 2, stdout: "", stderr: expect.stringContaining(message) },
    ]);
  }
});

test("a file becomes a job for each line, and the exit status tells the worst end", async () => {
  const csv = await file("jobs.csv", "duration,OUTCOME,note\n0,,a\n0,fatal,b\n0,,\n");
  const done = await uws("submit", "simulate", "--batch", csv, "--run-id", "csv", "--steps", "1", "--wait");
  expect(done.code).toBe(1);
  const urls = done.stdout.trim().split("\n");
  const made = await jobs("simulate", "--run-id", "csv");
  expect(made.map(({ href }) => href).toSorted()).toEqual(urls.toSorted());
  expect(made.map(({ phase }) => phase).toSorted()).toEqual(["COMPLETED", "COMPLETED", "ERROR"]);
  expect(await out("show", urls[0] ?? "")).toMatch(/^DURATION +0[\s\S]*^note +a$/m);
  const failed = await jobs("simulate", "--run-id", "csv", "--param", "OUTCOME=fatal", "--type", "simulate");
  expect(failed.map(({ href }) => href)).toEqual([urls[1] ?? ""]);

  const lines = await file("jobs.jsonl", '{"KIND":"simulate","STEPS":2}\n{"kind":"crossmatch","RADIUS":1}\n');
  const both: object[] = JSON.parse(await out("submit", "both", "--batch", lines, "--no-run", "--json"));
  expect(both).toMatchObject([{ phase: "PENDING" }, { phase: "PENDING" }]);
  const typed = await file("typed.csv", "steps\n3\n4\n");
  expect(await out("submit", "both", "--type", "simulate", "--batch", typed, "--no-run")).toMatch(/^http\S+\nhttp\S+$/);
});

test("a batch goes in requests of a thousand", async () => {
  const many = await file("many.csv", `STEPS\n${"1\n".repeat(1003)}`);
  const urls = (await out("submit", "simulate", "--batch", many, "--no-run", "--run-id", "many")).split("\n");
  expect(new Set(urls).size).toBe(1003);
  expect((await jobs("simulate", "--run-id", "many")).length).toBe(1003);
});

test("a batch with a mistake makes nothing, and names the line", async () => {
  const before = await jobs();
  const wrong = await file("wrong.csv", "steps\n1\nmany\n");
  const lines = await file("wrong.jsonl", '{"KIND":"simulate"}\n\n{"KIND":"crossmatch","RADIUSS":1}\n');
  const typeless = await file("typeless.jsonl", '{"KIND":"simulate"}\n{"STEPS":1}\n');
  const stars = await file("stars.csv", "ra,dec\n1,2\n");
  for (const [args, code, message] of [
    [["simulate", "--batch", wrong], 4, `${wrong}:3: STEPS`],
    [["both", "--batch", lines], 2, `${lines}:3: crossmatch has no parameter RADIUSS`],
    [["both", "--batch", typeless], 2, `${typeless}:2: KIND is missing`],
    [["both", "--type", "crossmatch", "--batch", wrong, "--table", `@${stars}`], 2, "have no files"],
    [["both", "--type", "crossmatch", "--batch", await file("r.csv", "radius\n1\n")], 2, "r.csv:2: crossmatch needs"],
    [["simulate", "--batch", wrong, "--output", folder], 2, "--output takes one job"],
    [["simulate", "--batch", join(folder, "nothing")], 2, "cannot be read"],
  ] as const) {
    expect([args, await uws("submit", ...args)]).toMatchObject([
      args,
      { code, stdout: "", stderr: expect.stringContaining(message) },
    ]);
  }
  expect(await jobs()).toEqual(before);
});

test("jobs are aborted, archived and destroyed by a filter, which has to be meant", async () => {
  const csv = await file("long.csv", "duration,note\n600,x\n600,y\n");
  const urls = (await out("submit", "simulate", "--batch", csv, "--run-id", "long")).split("\n").toSorted();
  const which = ["simulate", "--run-id", "long"];
  for (const [args, message] of [
    [["abort", ...which], "say --all"],
    [["abort", "simulate", "--all"], "Say which jobs: --phase"],
    [["delete", "simulate", "both", "--all", "--run-id", "long"], "one service and no jobs"],
    [["abort"], "Say which jobs"],
    [["abort", "simulate", "--all", "--phase", "DONE"], "--phase must be of"],
    [["abort", "simulate", "--all", "--param", "x"], "--param must be NAME=value"],
  ] as const) {
    expect([args, await uws(...args)]).toMatchObject([args, { code: 2, stderr: expect.stringContaining(message) }]);
  }
  expect((await out("abort", ...which, "--dry-run")).split("\n").toSorted()).toEqual(urls);
  expect(await jobs(...which, "--phase", "aborted")).toEqual([]);

  expect(await out("abort", ...which, "--all", "--param", "note=x")).toMatch(/^http\S+ ABORTED$/);
  expect(JSON.parse(await out("abort", ...which, "--all", "--json"))).toMatchObject({
    action: "abort",
    jobs: [expect.any(String)],
    refused: [],
  });
  expect(await out("archive", ...which, "--all", "--phase", "aborted")).toMatch(/^(http\S+ ARCHIVED\n?){2}$/);
  expect(await uws("abort", ...which, "--all")).toMatchObject({ code: 0, stderr: "There are no such jobs.\n" });
  const deleted = await out("delete", ...which, "--all", "--phase", "archived");
  expect(deleted.split("\n").toSorted()).toEqual(urls.map((url) => `${url} deleted`));
});

test("statistics are told of a service, or of all", async () => {
  const all = await out("stats");
  expect(all).toMatch(/^SERVICE +TYPE +QUEUED .*\nsimulate +simulate +\d+ +\d+ +\d+ +\d+\/\d+\/\d+ /);
  expect(all).toMatch(/^both +crossmatch +0 +0 +0 /m);
  expect(JSON.parse(await out("stats", "simulate", "--json"))).toMatchObject([
    { service: "simulate", types: [{ type: "simulate", lastDay: { completed: expect.any(Number) } }] },
  ]);
});

test("another server is told apart from ours in a sentence", async () => {
  const csv = await file("other.csv", "a\n1\n");
  for (const [args, message] of [
    [["submit", "--batch", csv], "does not create many jobs at once: bun-uws does"],
    [["abort", "--all", "--phase", "QUEUED"], "does not change many jobs at once: bun-uws does"],
    [["stats"], "does not tell statistics: bun-uws does"],
    [["jobs", "--type", "x"], "does not filter by job types"],
  ] as const) {
    expect([args, await uwsAt(old.url, ...args)]).toMatchObject([
      args,
      { code: 4, stdout: "", stderr: expect.stringContaining(message) },
    ]);
  }
  const job = await uwsAt(old.url, "submit", "--type", "x", "--no-run");
  expect([job.code, old.created.at(-1)]).toEqual([0, [["type", "x"]]]);
});
