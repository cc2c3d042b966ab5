import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { constants } from "node:os";
import { until } from "@uws/testing";
import { runCommand, script, stdoutAsResult } from "./fixture.ts";

/* Real processes, without a server. */

const outputs = [stdoutAsResult];
const textOf = (run: Awaited<ReturnType<typeof runCommand>>, id = "out") => {
  if (run.outcome !== "completed") throw run.error;
  return run.results.get(id)?.text;
};

/** Whether a process runs; one that nobody has reaped yet does not. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

test("the environment is what the description says, and nothing of the worker's", async () => {
  const command = {
    run: ["env"],
    environment: { inherit: ["LC_ALL", "ABSENT"], set: { RADIUS: "{RADIUS}", TEXT: "{TEXT}", TWO: "a={FAST}" } },
    outputs,
  };
  const environment = { UWS_TOKEN: "secret", LC_ALL: "C", PATH: "/bad", LD_PRELOAD: "x" };
  const run = await runCommand(command, { environment, parameters: { TEXT: "$(id)\nPATH=/evil" } });
  const [path, home, temporary] = ["PATH", "HOME", "TMPDIR"].map(
    (name) => new RegExp(`^${name}=(.*)$`, "m").exec(textOf(run) ?? "")?.[1],
  );
  expect(path).toBe("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  expect(home).toEndWith("/work");
  expect(temporary).toBe(`${home}/tmp`);
  expect(textOf(run)).toContain("TEXT=$(id)\nPATH=/evil\n");
  const names = [...(textOf(run) ?? "").matchAll(/^(\w+)=/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "PATH");
  expect(names.sort()).toEqual(["HOME", "LANG", "LC_ALL", "RADIUS", "TEXT", "TMPDIR", "UWS_COMMAND_MARK"].sort());
});

test("a command is not started with what the worker's environment could do to it", async () => {
  const run = await runCommand({ run: ["env"], outputs }, { environment: { BASH_ENV: "/x", IFS: "y" } });
  expect(textOf(run)).not.toMatch(/BASH_ENV|IFS/);
});

test("uploads are files under names of ours, texts where it is said; stdin is a file or a text", async () => {
  const command = {
    run: script('cat "$1" "$2" -; echo "$1 $2"', "{TABLE}", { if: "TEXT", args: ["{TEXT}"] }),
    files: { TEXT: "query.sql" },
    stdin: "r={RADIUS}\n",
    outputs,
  };
  const run = await runCommand(command, {
    files: { TABLE: "a,b\n" },
    parameters: { TEXT: "select 1;\n", RADIUS: 2 },
    description: required("TABLE"),
  });
  expect(textOf(run)).toBe("a,b\nselect 1;\nr=2\ninput/TABLE.txt input/query.sql\n");
  const whole = await runCommand({ run: ["cat"], stdin: "{TABLE}", outputs }, { files: { TABLE: "from a file" } });
  expect(textOf(whole)).toBe("from a file");
  const none = await runCommand({ run: ["cat"], stdin: "{TABLE}", outputs });
  expect(textOf(none)).toBe("");
});

function required(...names: string[]) {
  return {
    parameters: {
      type: "object",
      required: names,
      properties: { TEXT: { type: "string" }, RADIUS: { type: "number" }, TABLE: { "x-file": {} } },
    },
  };
}

test("the name that a client gives its file goes nowhere but to its ending", async () => {
  const file = { name: "TABLE", filename: "../../../evil name;.fits", mediaType: "x/y", size: 1 };
  const content = {
    async *stream() {
      yield Buffer.from("x");
    },
    bytes: async () => Buffer.from("x"),
    text: async () => "x",
  };
  const run = await runCommand(
    { run: ["echo", { if: "TABLE", args: ["{TABLE}"] }], outputs },
    { parameters: [{ name: "TABLE", file: { ...file, ...content } }] },
  );
  expect(textOf(run)).toBe("input/TABLE.fits\n");
});

test("the working directory is the job's own, and gone afterwards, whatever was done to it", async () => {
  const run = await runCommand({ run: script("pwd; mkdir -p a/b; touch a/b/c; chmod 0 a/b a"), outputs });
  expect(textOf(run)).toMatch(/\/uws-job-\w+\/work\n$/);
  expect(run.left).toEqual([]);
  const failed = await runCommand({ run: script("touch a; exit 3") });
  expect([failed.outcome, ...failed.left]).toEqual(["failed"]);
});

test("lines that fit are progress, others go into the log", async () => {
  const progress = [
    { pattern: "^(?<percent>[\\d.]+)% *(?<message>.*)" },
    { from: "stderr", pattern: "^step (?<step>\\d+)/(?<total>\\d+)" },
    { from: "both", pattern: "^now: (?<message>.*)" },
  ];
  const lines = "25%% reading\\nplain\\nnow: sorting\\n50%%\\nstep 1/2\\n";
  const run = await runCommand({ run: script(`printf '${lines}'; printf 'step 3/4\\ndetail\\n' >&2`), progress });
  expect(run.outcome).toBe("completed");
  // The two streams are read each for itself.
  expect(run.progress.filter(({ message }) => message === "reading")[0]?.fraction).toBe(0.25);
  expect(run.progress.map(({ fraction }) => fraction)).toEqual(expect.arrayContaining([0.25, 0.5, 0.75]));
  expect(run.progress.map(({ message }) => message)).toContain("sorting");
  expect(run.logs).toEqual(
    expect.arrayContaining([
      { level: "info", message: "plain" },
      { level: "info", message: "step 1/2" },
      { level: "warn", message: "detail" },
    ]),
  );
  expect(run.logs).toHaveLength(3);
});

test("a command that talks without end fills no log", async () => {
  const run = await runCommand({ run: ["seq", "1", "5000"], log: { maxLines: 10 } });
  expect(run.logs).toHaveLength(11);
  expect(run.logs.at(-1)?.message).toBe("4990 more lines are not logged");
});

test("stdout and stderr may be results, with a limit", async () => {
  const both = [stdoutAsResult, { id: "err", stream: "stderr", mediaType: "text/plain", optional: true }];
  const run = await runCommand({ run: script("echo out; echo err >&2"), outputs: both });
  expect([textOf(run), textOf(run, "err")]).toEqual(["out\n", "err\n"]);
  const silent = await runCommand({ run: ["true"], outputs: both });
  expect([...silent.results.keys()]).toEqual(["out"]);
  const loud = await runCommand({ run: ["yes"], outputs: [{ ...stdoutAsResult, maxBytes: 100_000 }] });
  expect(loud.failure?.message).toBe("the command wrote more than 100000 bytes to stdout");
  expect(loud.results.size).toBe(0);
});

test.each([
  [0, "completed", undefined, false],
  [4, "completed", undefined, false],
  [3, "failed", "fatal", false],
  [5, "failed", "transient", false],
  [6, "failed", "transient", true],
] as const)("exit status %i means that the job is %s", async (code, outcome, kind, retryable) => {
  const exits = [
    { codes: [4], outcome: "complete" },
    { codes: [5], outcome: "transient", message: "closed" },
    { codes: [6], outcome: "retry", message: "busy", delaySeconds: 7 },
  ];
  const run = await runCommand({ run: script(`echo why >&2; exit ${code}`), exits });
  expect(run.outcome).toBe(outcome);
  if (kind === undefined) return;
  expect(run.failure).toMatchObject({ kind, retryable, retryDelayMs: code === 6 ? 7000 : 0 });
  expect(run.failure?.message).toBe({ 3: "the command ended with exit status 3", 5: "closed", 6: "busy" }[code as 3]);
  expect(run.failure?.detail).toBe(`exit status ${code}; the end of stderr:\nwhy\n`);
});

test("of a long stderr the end is told", async () => {
  const run = await runCommand({ run: script("seq 1 100000 >&2; exit 1") });
  expect(run.failure?.detail).toEndWith("\n99999\n100000\n");
  expect(run.failure?.detail?.length).toBeLessThan(8300);
});

test.each([
  ["KILL", "transient", "the command was killed by SIGKILL (out of memory?)"],
  ["SEGV", "fatal", "the command was killed by SIGSEGV"],
] as const)("a command that SIG%s ends is %s", async (signal, kind, message) => {
  const run = await runCommand({ run: script(`kill -${signal} $$`) });
  expect(run.failure).toMatchObject({ kind, message });
});

/** A shell looks at its traps between two sleeps: a signal that comes just before a long one would wait for its end. */
const endless = "while :; do sleep 0.1; done";

test("a cancelled command is asked to end, and killed with everything it started", async () => {
  const cancelled = new AbortController();
  const killed = new AbortController();
  const folder = `${process.env.TMPDIR ?? "/tmp"}/uws-command-${crypto.randomUUID()}`;
  // In its group, in a session of its own, and deaf to SIGTERM.
  const text = `trap 'echo asked >>"$1".asked' TERM; sleep 300 & echo $! >"$1"; setsid sh -c 'trap "" TERM; echo $$ >"$1".session; ${endless}' sh "$1" & echo $$ >"$1".leader; ${endless}`;
  const running = runCommand(
    { run: script(text, { if: "TEXT", args: ["{TEXT}"] }) },
    { parameters: { TEXT: folder }, signal: cancelled.signal, killed: killed.signal },
  );
  const pid = async (name: string) => Number(await readFile(`${folder}${name}`, "utf8"));
  const there = (name: string) => until(async () => existsSync(`${folder}${name}`) && (await pid(name)) > 0, name);
  await Promise.all(["", ".session", ".leader"].map(there));
  const pids = await Promise.all(["", ".session", ".leader"].map(pid));
  cancelled.abort(new Error("the job was aborted"));
  await until(() => existsSync(`${folder}.asked`), "SIGTERM");
  expect(await isRunning(pids[1] ?? 0)).toBe(true);
  killed.abort();
  const run = await running;
  expect(String(run.error)).toContain("the job was aborted");
  expect(await Promise.all(pids.map(isRunning))).toEqual([false, false, false]);
  expect(run.left).toEqual([]);
});

test("what a command leaves running does not outlive it, whatever session it made its own", async () => {
  const run = await runCommand({
    run: script("setsid sleep 300 >/dev/null 2>&1 & echo $!; sleep 300 & echo $!"),
    outputs,
  });
  const pids = (textOf(run) ?? "").trim().split("\n").map(Number);
  expect(pids).toHaveLength(2);
  expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]);
});

test("a supervisor that tells everybody to end does not end the guard of a job", async () => {
  const file = `${process.env.TMPDIR ?? "/tmp"}/uws-command-${crypto.randomUUID()}`;
  const text =
    'echo "$UWS_COMMAND_MARK" >"$1".new; mv "$1".new "$1"; while [ -e "$1" ]; do sleep 0.05; done; echo done';
  const command = { run: script(text, { if: "TEXT", args: ["{TEXT}"] }), outputs };
  const running = runCommand(command, { parameters: { TEXT: file } });
  await until(() => existsSync(file), "the mark");
  const mark = (await readFile(file, "utf8")).trim();
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const about = (name: string) =>
    Promise.all(processes.map((pid) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")));
  const [lines, states] = await Promise.all([about("cmdline"), about("status")]);
  const guards = states.filter((_, index) => lines[index]?.includes(`\0uws-job-guard\0${mark}\0`));
  expect(guards.length).toBeGreaterThanOrEqual(2);
  for (const state of guards) {
    const ignored = BigInt(`0x${/^SigIgn:\s+(\w+)$/m.exec(state)?.[1]}`);
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      expect(ignored & (1n << BigInt(constants.signals[name] - 1))).not.toBe(0n);
    }
  }
  await rm(file);
  expect(textOf(await running)).toBe("done\n");
});

test("a command whose time is over ends although no server says so", async () => {
  // The server's word is awaited for a while beyond the deadline.
  const run = await runCommand({ run: ["sleep", "300"] }, { job: { deadline: new Date(Date.now() - 60_000) } });
  expect(run.failure?.message).toBe("the command took longer than the job is allowed to");
});

test.each([
  ["cpuSeconds", 1, script("while :; do :; done"), "more processor time than 1 s (limits.cpuSeconds)"],
  ["fileSize", 10_000, script("head -c 20000 /dev/zero >big"), "a larger file than 10000 bytes (limits.fileSize)"],
  [
    "processes",
    5,
    script("for i in 1 2 3 4 5 6 7 8; do sleep 300 & done; wait"),
    "more than 5 processes (limits.processes)",
  ],
  [
    "directory",
    100_000,
    script("head -c 300000 /dev/urandom >a; sleep 300"),
    "more than 100000 bytes in its working directory",
  ],
  [
    "memory",
    30_000_000,
    ["awk", 'BEGIN { s = "0123456789abcdef"; while (length(s) < 100000000) s = s s; while (1); }'],
    "more than 30000000 bytes of memory (limits.memory)",
  ],
] as const)("the limit %s ends a command that exceeds %i", async (name, value, run, message) => {
  const { failure, left } = await runCommand({ run, limits: { [name]: value } });
  expect(failure?.message).toContain(message);
  expect(left).toEqual([]);
});

test("addressSpace and openFiles are refused to the command by the kernel", async () => {
  const memory = await runCommand({
    run: ["awk", 'BEGIN { s = "0123456789abcdef"; while (length(s) < 1000000000) s = s s }'],
    limits: { addressSpace: 50_000_000 },
  });
  expect(memory.outcome).toBe("failed");
  const files = await runCommand({ run: script("ulimit -n; ulimit -c"), limits: { openFiles: 33 }, outputs });
  expect(textOf(files)).toBe("33\n0\n");
});

test("inputs larger than the working directory may be are not taken", async () => {
  const run = await runCommand({ run: ["true"], limits: { directory: 10 } }, { files: { TABLE: "more than ten" } });
  expect(run.failure?.message).toContain("more than the 10 bytes");
});

test("a container stands before the command, and is ended when the job is", async () => {
  const folder = `${process.env.TMPDIR ?? "/tmp"}/uws-command-${crypto.randomUUID()}`;
  const fake = [
    "sh",
    "-c",
    'mount=$1; job=$2; shift 2; echo "in $job at $mount: $*"; exec "$@"',
    "fake",
    "{@workdir}:/work",
    "uws-{@job}-{@attempt}",
  ];
  const run = await runCommand({
    run: ["printf", "%s", "{RADIUS}"],
    container: { run: fake, kill: ["touch", folder] },
    outputs,
  });
  expect(textOf(run)).toMatch(/^in uws-job-1-1 at \/\S+\/work:\/work: printf %s 0\.5\n0\.5$/);
  expect(existsSync(folder)).toBe(false);
  const stopped = await runCommand({
    run: ["sleep", "300"],
    container: { run: fake, kill: ["touch", folder] },
    limits: { directory: 10_000 },
    outputs: [{ ...stdoutAsResult, maxBytes: 1 }],
  });
  expect(stopped.outcome).toBe("failed");
  expect(existsSync(folder)).toBe(true);
});
