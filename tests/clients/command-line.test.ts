import { afterAll, beforeAll, expect, test } from "bun:test";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { Commands } from "../support/commands.ts";
import { type Site, startSite } from "../support/site.ts";
import { python, run } from "../support/tools/index.ts";

/** `uws` as a client of a whole server of ours, each command a process. */

const password = "a long password";
const table = "name,ra,dec\nSirius,101.2872,-16.7161\n";

let site: Site;
let folder: string;
const commands = new Commands();
beforeAll(async () => {
  site = await startSite({ users: { alice: password } });
  site.worker("simulate");
  site.worker("crossmatch");
  folder = await commands.folder();
  await Bun.write(join(folder, "stars.csv"), table);
});
afterAll(async () => {
  await commands.stop();
  await site.stop();
});

const environment = () => ({ UWS_URL: site.running.url, UWS_USER: "alice", UWS_PASSWORD: password, UWS_TOKEN: "" });
const uws = (...args: readonly string[]) => commands.finish(args, environment());

/** The output of a command that does what it is told. */
async function out(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await uws(...args);
  if (code !== 0) throw new Error(`uws ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout.trimEnd();
}

test("a table goes up, the job is followed to its end, and the results are saved", async () => {
  const stars = `@${join(folder, "stars.csv")}`;
  const output = join(folder, "results");
  const submit = ["submit", "crossmatch", "--table", stars, "radius=0.5", "--run-id", "sirius", "--output", output];
  const done = await uws(...submit);
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/^http:\S+\/crossmatch\/async\/[0-9a-f-]{36}\n$/);
  expect(done.stderr).toMatch(/^100 % .*\nCOMPLETED\n/m);
  expect((await readdir(output)).sort()).toEqual(["chart.svg", "csv.csv", "result.vot"]);
  expect(await Bun.file(join(output, "csv.csv")).text()).toMatch(/\r\n1,Sirius,/);

  const job = done.stdout.trim();
  await Bun.write(join(output, "result.vot"), "mine");
  expect(await uws("results", job, "--output", output)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("result.vot is there already"),
  });
  expect(await Bun.file(join(output, "result.vot")).text()).toBe("mine");
  await out("results", job, "result", "--output", output, "--force");
  expect(await Bun.file(join(output, "result.vot")).text()).toContain("<VOTABLE");
  expect((await readdir(output)).sort()).toEqual(["chart.svg", "csv.csv", "result.vot"]);

  expect(await out("results", job)).toMatch(/^RESULT +TYPE +BYTES +URL\nresult +application\/x-votable\+xml /);
  expect(await out("results", job, "csv")).toStartWith("input_row,name,ra,dec,hip,");
  expect(await out("show", job)).toMatch(/^Phase +COMPLETED$[\s\S]*^Run id +sirius$[\s\S]*^TABLE +@ http/m);
  expect(JSON.parse(await out("jobs", "--run-id", "sirius", "--json"))).toMatchObject([{ href: job, runId: "sirius" }]);
});

test("a table may come from stdin", async () => {
  const args = ["submit", "crossmatch", "TABLE=@-", "--find=best", "--radius", "5", "--wait", "--json"];
  const { code, stdout } = await commands.finish(args, environment(), { input: table });
  expect({ code, phase: JSON.parse(stdout).phase }).toEqual({ code: 0, phase: "COMPLETED" });
});

test("a request whose answer is lost makes one job", async () => {
  // Between the two: the server answers, but the first answer to a POST does not come through.
  let lost = 0;
  const between = createServer(async (request, answer) => {
    const { method = "GET", url = "/", headers, socket } = request;
    const body = method === "POST" ? await buffer(request) : null;
    const got = await fetch(new URL(url, site.running.url), {
      method,
      headers: headers as Record<string, string>,
      body,
      redirect: "manual",
    });
    const bytes = Buffer.from(await got.arrayBuffer());
    if (method === "POST" && lost++ === 0) return void socket.destroy();
    const location = got.headers.get("location");
    const type = got.headers.get("content-type") ?? "text/plain";
    answer.writeHead(got.status, { "content-type": type, ...(location === null ? {} : { location }) }).end(bytes);
  });
  between.listen(0, "127.0.0.1");
  await once(between, "listening");
  const { port } = between.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/simulate/async`;
  const args = ["submit", url, "--no-run", "--run-id", "only-once", "--user", "alice"];
  const { code, stdout } = await commands.finish(args, environment());
  between.close();
  expect({ code, lost }).toEqual({ code: 0, lost: 2 });
  const jobs: { href: string }[] = JSON.parse(await out("jobs", "simulate", "--run-id", "only-once", "--json"));
  expect(jobs.map(({ href }) => href.split("/").at(-1))).toEqual([stdout.trim().split("/").at(-1)]);
});

test("the exit status tells how a job ended", async () => {
  const simulate = (...args: readonly string[]) => uws("submit", "simulate", "--duration", "0", "--wait", ...args);
  expect((await simulate()).code).toBe(0);
  const failed = await simulate("--outcome", "fatal");
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("failed for good, as it was told") });

  const job = await out("submit", "simulate", "DURATION=600");
  const watching = commands.run(["watch", job], environment());
  await watching.line(/(EXECUTING)/);
  expect(await out("abort", job)).toBe(`${job} ABORTED`);
  expect(await watching.ended).toBe(3);
  expect(watching.said.stdout).toEndWith("ABORTED\n");
});

test("who stops waiting stops nothing else", async () => {
  const job = await out("submit", "simulate", "DURATION=600");
  const left = await uws("watch", job, "--at-most", "0");
  expect(left).toMatchObject({ code: 5, stderr: expect.stringContaining(`uws watch ${job}`) });

  const watching = commands.run(["watch", job], environment());
  await watching.line(/(EXECUTING)/);
  watching.signal("SIGINT");
  expect(await watching.ended).toBe(130);
  expect(watching.said.stderr).toContain(`uws watch ${job}`);
  expect(JSON.parse(await out("show", job, "--json"))).toMatchObject({ phase: "EXECUTING" });
  expect(await out("delete", job)).toBe(`${job} deleted`);
});

test("a job is named by its URL, its service and id, or its id alone", async () => {
  const job = await out("submit", "simulate", "--no-run", "--duration", "0", "--execution-duration", "2m");
  const id = job.split("/").at(-1) ?? "";
  expect(await out("show", id)).toMatch(/^Phase +PENDING$[\s\S]*^May run +120 s$/m);
  expect(await out("run", `simulate/${id}`)).toStartWith(`${job} `);
  const events = (await out("watch", job, "--json")).split("\n").map((line) => JSON.parse(line));
  expect(events.at(-1)).toMatchObject({ type: "phase", phase: "COMPLETED" });
  expect(await out("jobs", "simulate", "--phase", "completed", "--last", "1")).toMatch(
    /^JOB .*\nsimulate\/\S+ +COMPLETED +\S+/,
  );
  await out("delete", id);
  expect(await uws("show", id)).toMatchObject({ code: 4, stderr: expect.stringContaining("There is no job") });
  expect(await uws("show", job)).toMatchObject({ code: 4, stderr: expect.stringContaining("404") });
});

test("services, types and parameters are told as the server describes them", async () => {
  expect(await out("services")).toMatch(/^SERVICE .*\ncrossmatch +crossmatch +Cross-match .*http:\S+\nsimulate /);
  expect(JSON.parse(await out("types", "--json"))).toMatchObject([
    { type: "crossmatch", services: ["crossmatch"] },
    { type: "simulate", services: ["simulate"] },
  ]);
  const described = await out("describe", "crossmatch");
  expect(described).toMatch(/^--table +@file +required .*\n--radius +number +0.1 .*deg/m);
  expect(await out("submit", "crossmatch", "--help")).toMatch(/--no-run[\s\S]*--radius +number/);
  expect(JSON.parse(await out("describe", "simulate", "--json"))).toMatchObject({ name: "simulate", parameters: {} });
});

test("what cannot be understood is 2, and what the server refuses 4; nothing is created by either", async () => {
  for (const [args, code, message] of [
    [["submit", "crossmatch", "--tabel", "x"], 2, "crossmatch has no parameter tabel"],
    [["submit", "crossmatch"], 2, "crossmatch needs --table @file"],
    [["submit", "crossmatch", "--table", "@/no/such/file"], 2, "cannot be read"],
    [["submit", "nothing"], 2, "There is no service nothing here, but crossmatch, simulate."],
    [["submit"], 2, "Say which service: crossmatch, simulate."],
    [["submit", "simulate", "--wait", "--no-run"], 2, "leave out --no-run"],
    [["submit", "simulate", "--steps", "many"], 4, "STEPS"],
    [["jobs", "--phase", "DONE"], 2, "--phase must be of"],
    [["jobs", "--nonsense"], 2, "unknown option"],
    [["nonsense"], 2, "unknown command"],
    [["show", `${site.running.url}/nothing/async/1`], 4, "404"],
    [["jobs", "--url", "http://127.0.0.1:1/async"], 4, "no answer"],
  ] as const) {
    expect([args, await uws(...args)]).toMatchObject([
      args,
      { code, stdout: "", stderr: expect.stringContaining(message) },
    ]);
  }
  expect(await out("jobs", "--after", "0s")).toBe("There are no such jobs.");
});

test("who may not is told how to log in, and credentials are shown nowhere", async () => {
  const nobody = { UWS_URL: `${site.running.url}/simulate/async`, UWS_USER: "", UWS_PASSWORD: "", UWS_TOKEN: "" };
  const refused = await commands.finish(["jobs"], nobody);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toMatch(/401 .*\nSet UWS_TOKEN/);
  for (const wrong of [{ UWS_TOKEN: "a-secret" }, { UWS_USER: "alice", UWS_PASSWORD: "a-secret" }]) {
    const { code, stdout, stderr } = await commands.finish(["jobs"], { ...nobody, ...wrong });
    expect({ code, shown: `${stdout}${stderr}`.includes("a-secret") }).toEqual({ code: 4, shown: false });
  }
  const url = new URL(nobody.UWS_URL);
  url.username = "alice";
  url.password = password;
  const job = await commands.finish(["submit", "DURATION=0", "--url", url.href], nobody);
  expect(job.stdout).toStartWith(`${site.running.url}/simulate/async/`);
});

test("at a terminal there is a bar", async () => {
  const program = [process.execPath, join(import.meta.dirname, "../../apps/uws/src/main.ts")];
  const args = ["submit", "simulate", "--duration", "0", "--steps", "2", "--wait"];
  const { command, env } = await python();
  const script = join(import.meta.dirname, "../support/at_terminal.py");
  const seen = await run({ command, env: { ...env, ...environment() } }, [script, "[]", ...program, ...args]);
  expect(seen).toMatchObject({ code: 0, out: expect.stringMatching(/█.* 100 % {2}COMPLETED/) });
});
