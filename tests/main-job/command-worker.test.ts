import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { until } from "@uws/testing";
import { Commands } from "../support/commands.ts";

/* The ready-made worker: from two files to jobs that are done by programs of the system, with a real server and a real worker process. */

const commands = new Commands();
const example = "apps/workers/phase-fold/description.yaml";

/** Says whom to look for, and has a child in a session of its own. */
const nap = `
name: nap
version: 1.0.0
title: Nap
parameters:
  type: object
  properties: { TEXT: { type: string, default: "" } }
command:
  run: [sh, -c, 'setsid sleep 3600 & echo $! >pids; echo $$ >>pids; echo "$1" >text; echo ready; wait', sh, "--{TEXT}"]
  progress: [{ pattern: "^(?<message>ready)$" }]
`;

let server: ReturnType<Commands["run"]>;
let url: string;
let gateway: string;
let work: string;
let napFile: string;

beforeAll(async () => {
  const folder = await commands.folder();
  napFile = join(folder, "nap.yaml");
  work = join(folder, "work");
  await Bun.write(napFile, nap);
  // One type by its file, as it is; the other as the worker announces it.
  const services = [
    { path: "fold", descriptions: [join(import.meta.dirname, "../..", example)] },
    { path: "naps", types: ["nap"] },
  ];
  await Bun.write(join(folder, "uws.yaml"), JSON.stringify({ announced: "accept", services }));
  const quick = {
    UWS_SWEEP_MS: "100",
    UWS_LEASE_MS: "2500",
    UWS_HEARTBEAT_MS: "300",
    UWS_SILENCE_MS: "1200",
    UWS_BACKOFF_MS: "50",
  };
  server = commands.run(
    ["up", "--no-workers"],
    await commands.site({ UWS_CONFIG: join(folder, "uws.yaml"), ...quick }),
  );
  url = new URL((await server.line(/fold +(http:\S+)/)) ?? "").origin;
  gateway = (await server.line(/workers +(\S+:\d+) \(gRPC\)/)) ?? "";
});
afterAll(() => commands.stop());

async function startWorker(...files: string[]) {
  const worker = commands.run(
    ["worker", "run", ...files, "--slots", "2", "--gateway", gateway, "--work-dir", work],
    {},
  );
  await worker.line(/(connected)/);
  return worker;
}

async function create(service: string, body: FormData | URLSearchParams): Promise<string> {
  const answer = await fetch(`${url}/${service}/async`, { method: "POST", body, redirect: "manual" });
  if (answer.status !== 303) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.headers.get("location") ?? "";
}

const text = async (address: string) => await (await fetch(address)).text();
const reaches = (job: string, phase: string) =>
  until(async () => {
    const now = await text(`${job}/phase`);
    if (now === "ERROR" && phase !== "ERROR") throw new Error(await text(`${job}/error`));
    return now === phase;
  }, `${phase} of ${job}`);

/** The process ids that the only napping job says, once it has said all. */
async function pidsOfNap(): Promise<number[]> {
  return await until(async () => {
    const [folder, ...more] = await readdir(work);
    if (folder === undefined || more.length > 0) return undefined;
    const said = await readFile(join(work, folder, "work/pids"), "utf8").catch(() => "");
    const pids = said.trim().split("\n").map(Number);
    return pids.length === 2 ? pids : undefined;
  }, "process ids");
}

async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

const gone = (pids: readonly number[]) =>
  until(async () => !(await Promise.all(pids.map(isRunning))).includes(true), "the end of the processes");
const emptied = () => until(async () => (await readdir(work)).length === 0, "an empty work folder");

test("a light curve is folded by awk, and no client sees how", async () => {
  const worker = await startWorker(example);
  const body = new FormData();
  body.set("PERIOD", "5.366266");
  body.set("BINS", "4");
  body.set("PHASE", "RUN");
  body.set(
    "TABLE",
    new File(["hjd,mag\n2436075.445,3.48\n2436076.0,3.7\n2436078.1,4.3\n2436080.811,3.49\n"], "$(id) delta cep.csv"),
  );
  const job = await create("fold", body);
  await reaches(job, "COMPLETED");
  expect(await text(`${job}/results/folded`)).toBe(
    "phase,magnitude,time\n0.000000,3.48,2436075.445\n0.103424,3.7,2436076.0\n0.494757,4.3,2436078.1\n0.999950,3.49,2436080.811\n",
  );
  expect(await text(`${job}/results/summary`)).toBe("points 4\nmean 3.7425\namplitude 0.8200\n");
  expect(await text(`${job}/results/bins`)).toStartWith("phase,magnitude,points\n0.125000,3.5900,2\n");
  const asJson = await fetch(job, { headers: { accept: "application/json" } });
  expect(await asJson.json()).toMatchObject({ progress: { fraction: 1, message: "folded 4 of 4" } });
  for (const type of ["application/json", "application/yaml", "application/x-votable+xml"]) {
    const description = await (await fetch(`${url}/fold/description`, { headers: { accept: type } })).text();
    expect(description).toContain("PERIOD");
    expect(description).not.toMatch(/awk|command|prlimit/);
  }
  expect(await text(`${url}/swagger/json`)).not.toContain("fold.awk");

  const empty = new FormData();
  empty.set("PERIOD", "1");
  empty.set("PHASE", "RUN");
  empty.set("TABLE", new File(["no numbers\n"], "x.csv"));
  const failing = await create("fold", empty);
  await reaches(failing, "ERROR");
  expect(await text(`${failing}/error`)).toContain("there is no line with a time and a magnitude in the table");
  expect(await text(`${failing}/error`)).toContain("exit status 65");
  await emptied();
  await worker.stop();
});

test("an abort, and the end of the time allowed, end everything that a command has started", async () => {
  const worker = await startWorker(napFile);
  await until(async () => (await fetch(`${url}/naps/async`)).status === 200, "the announced type");
  const value = "$(touch x); `id` & \"quoted\" 'text'\nnext";
  const job = await create("naps", new URLSearchParams({ TEXT: value, PHASE: "RUN" }));
  const pids = await pidsOfNap();
  const [folder = ""] = await readdir(work);
  await until(() => Bun.file(join(work, folder, "work/text")).exists(), "the text");
  expect(await Bun.file(join(work, folder, "work/text")).text()).toBe(`--${value}\n`);
  expect((await readdir(join(work, folder, "work"))).sort()).toEqual(["input", "pids", "text", "tmp"]);
  expect(await Promise.all(pids.map(isRunning))).toEqual([true, true]);
  await fetch(`${job}/phase`, { method: "POST", body: new URLSearchParams({ PHASE: "ABORT" }) });
  await reaches(job, "ABORTED");
  await gone(pids);
  await emptied();

  const short = await create("naps", new URLSearchParams({ EXECUTIONDURATION: "1", PHASE: "RUN" }));
  const others = await pidsOfNap();
  await reaches(short, "ABORTED");
  await gone(others);
  await emptied();
  await worker.stop();
});

test("commands die with their worker, however that died, and the job runs again elsewhere", async () => {
  const first = await startWorker(napFile);
  await until(async () => (await fetch(`${url}/naps/async`)).status === 200, "the announced type");
  const job = await create("naps", new URLSearchParams({ PHASE: "RUN" }));
  const pids = await pidsOfNap();
  first.signal("SIGKILL");
  await gone(pids);
  await emptied();
  const second = await startWorker(napFile);
  const again = await pidsOfNap();
  expect(again).not.toEqual(pids);
  await fetch(`${job}/phase`, { method: "POST", body: new URLSearchParams({ PHASE: "ABORT" }) });
  await reaches(job, "ABORTED");
  await gone(again);
  await emptied();
  await second.stop();
  await rm(work, { recursive: true });
});

test("check shows the command line of a job, and what is wrong with a file by file, line and field", async () => {
  const table = join(await commands.folder(), "a b.csv");
  await Bun.write(table, "1,2\n");
  const set = ["--set", `TABLE=@${table}`, "--set", "PERIOD=2", "--set", "EPOCH=-1"];
  const shown = await commands.finish(["worker", "check", example, ...set], {});
  expect(shown.stdout).toMatch(/ -- \S*awk -v period=2 -v epoch=-1 -f \S+fold\.awk input\/TABLE\.csv\n$/);
  expect(shown.code).toBe(0);
  const refused = await commands.finish(["worker", "check", example, "--set", "PERIOD=long"], {});
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toContain("PERIOD");

  const wrong = join(await commands.folder(), "wrong.yaml");
  await Bun.write(wrong, nap.replace("{TEXT}", "{TXET}"));
  const checked = await commands.finish(["worker", "check", wrong], {});
  expect(checked.stderr).toContain(`${wrong}:9: command.run.4: nothing fills the placeholder {TXET}; there are TEXT`);
  const run = await commands.finish(["worker", "run", wrong], {});
  expect([run.code, run.stderr]).toEqual([1, checked.stderr]);
});

test("a worker does not start where its program or a limit is not to be had", async () => {
  const file = join(await commands.folder(), "absent.yaml");
  await Bun.write(file, nap.replace("run: [sh,", "run: [no-such-program,"));
  const absent = await commands.finish(["worker", "run", file], {});
  expect([absent.code, absent.stderr]).toEqual([
    1,
    expect.stringContaining("nap: command.run.0: there is no program no-such-program in /usr/local/sbin:"),
  ]);
  const twice = await commands.finish(["worker", "run", napFile, napFile], {});
  expect(twice.stderr).toContain("two of the files describe the job type nap");
});

test("a limit that this system does not let us set keeps the worker from starting, unless it is wanted as far as it goes", async () => {
  const folder = await commands.folder();
  const check = async (limits: string) => {
    const file = join(folder, "limited.yaml");
    await Bun.write(file, `${nap}  limits: ${limits}\n`);
    // Whoever may not raise a limit cannot have more than the worker itself.
    const asOthers = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-sys_resource"] : [];
    const command = [process.execPath, "apps/uws/src/main.ts", "worker", "check", file];
    const [program = "", ...args] = [...asOthers, "prlimit", "--fsize=1000000000:1000000000", ...command];
    const child = spawn(program, args, {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    const [code] = await once(child, "close");
    return { code, stderr };
  };
  const refused = await check("{ fileSize: 2000000000, openFiles: 20 }");
  expect(refused.stderr).toMatch(/^nap: command\.limits\.fileSize: cannot be kept here: .*\n\(limits\.bestEffort/);
  expect(refused.code).toBe(1);
  const taken = await check("{ fileSize: 2000000000, openFiles: 20, bestEffort: true }");
  expect(taken.stderr).toContain("nap 1.0.0: limits: openFiles 20 (prlimit), processes 256 (watch)");
  expect(taken.stderr).toContain("nap: limits.fileSize is not kept: ");
  expect(taken.code).toBe(0);
});
