import { expect, onTestFinished, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@uws/testing";
import { parse } from "yaml";
import { bubblewrap, withoutBubblewrap } from "../../../tests/support/tools/index.ts";
import { type CommandRunOptions, runCommand, script, stdoutAsResult } from "./fixture.ts";

/* A real container before the command: the one that docs/command-worker.md shows. */

const page = await Bun.file(join(import.meta.dirname, "../../../docs/command-worker.md")).text();
const [, example = ""] = /^```yaml\n(container:\n\s+run:\s+\[\s+bwrap,.*?)^```$/ms.exec(page) ?? [];
const { container } = parse(example) as { container: { run: string[] } };
const outputs = [stdoutAsResult];

/** How many processes of this machine sleep for so long, seen from outside of the container. */
async function sleeping(seconds: string): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // What nobody has reaped yet has no command line any more.
  const lines = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(lines)).filter((line) => line === `sleep\0${seconds}\0`).length;
}

/** A number of seconds for which nobody else sleeps. */
const unusual = () => `${1000 + Math.random() * 1000}`;

/** Leaves group, session and environment, and is deaf to SIGTERM. */
const escapes = `env -i setsid sh -c 'trap "" TERM; sleep "$1"' sh "$1" &`;
const endless = "while :; do sleep 0.1; done";

/** Runs a script with the seconds that something in it sleeps, and comes back when that sleeps. */
async function asleep(text: string, options: CommandRunOptions, command: Record<string, unknown> = {}) {
  const seconds = unusual();
  const run = runCommand({ run: script(text, seconds), container, ...command }, options);
  await until(async () => (await sleeping(seconds)) > 0, "what was started");
  return { run, seconds };
}

if ((await bubblewrap()) === undefined) {
  console.log(withoutBubblewrap);
  test(withoutBubblewrap, () => {});
} else {
  test("a contained command sees its inputs and the programs, and leaves its outputs", async () => {
    const text = `cat "$1" -; mktemp >made; cd "$HOME"; dirname "$(cat made)"; pwd; ls -a /; cat /proc/net/dev | wc -l; ls "$2/../.."
      awk 'BEGIN { print 6 * 7 }' >out.txt`;
    const run = await runCommand(
      {
        run: script(text, { if: "TABLE", args: ["{TABLE}"] }, "{@workdir}"),
        ...{ stdin: "r={RADIUS}\n", container },
        outputs: [...outputs, { id: "file", path: "out.txt", mediaType: "text/plain" }],
      },
      { files: { TABLE: "a,b\n" } },
    );
    if (run.outcome !== "completed") throw run.error;
    const [table, stdin, made, home, ...rest] = run.results.get("out")?.text.trim().split("\n") ?? [];
    expect([table, stdin, made]).toEqual(["a,b", "r=0.5", `${home}/tmp`]);
    expect(home).toMatch(/uws-job-\w+\/work$/);
    const root = rest.slice(0, -2).filter((name) => !name.startsWith("."));
    const bound = home?.split("/")[1] ?? "";
    expect(root).toEqual([...new Set(["bin", "dev", "etc", "lib", "lib64", "proc", "usr", bound])].sort());
    // Two lines of heading, and the loopback.
    expect(rest.at(-2)).toBe("3");
    // Beside the working directory there is nothing.
    expect(rest.at(-1)).toMatch(/^uws-job-\w+$/);
    expect(run.results.get("file")?.text).toBe("42\n");
    expect(run.left).toEqual([]);
  });

  test("its exit status and the signal that ended it are told", async () => {
    const exits = [{ codes: [6], outcome: "retry", message: "busy" }];
    const status = await runCommand({ run: script("echo why >&2; exit 6"), container, exits });
    expect(status.failure).toMatchObject({ message: "busy", retryable: true });
    expect(status.failure?.detail).toBe("exit status 6; the end of stderr:\nwhy\n");
    const signal = await runCommand({ run: script("kill -SEGV $$"), container });
    expect(signal.failure?.message).toBe("the command was killed by SIGSEGV (exit status 139)");
  });

  test("limits hold inside", async () => {
    const files = await runCommand({
      run: script("ulimit -n; ulimit -c"),
      limits: { openFiles: 33 },
      container,
      outputs,
    });
    expect(files.results.get("out")?.text).toBe("33\n0\n");
    const busy = await runCommand({ run: script("while :; do :; done"), limits: { cpuSeconds: 1 }, container });
    expect(busy.failure?.message).toContain("more processor time than 1 s (limits.cpuSeconds)");
    const grow = 'BEGIN { s = "0123456789abcdef"; while (length(s) < 100000000) s = s s; while (1); }';
    const large = await runCommand({ run: ["awk", grow], limits: { memory: 30_000_000 }, container });
    expect(large.failure?.message).toContain("limits.memory");
    const many = 'for i in 1 2 3 4 5 6; do setsid sleep "$1" & done; wait';
    const { run, seconds } = await asleep(many, {}, { limits: { processes: 6 } });
    expect((await run).failure?.message).toContain("limits.processes");
    expect(await sleeping(seconds)).toBe(0);
  });

  test("one that is cancelled may tidy up, and nothing of it is left", async () => {
    const cancelled = new AbortController();
    const text = `trap 'sleep 0.5; echo tidied; exit' TERM; sleep "$1" & ${endless}`;
    const { run, seconds } = await asleep(text, { signal: cancelled.signal });
    cancelled.abort(new Error("the job was aborted"));
    const { error, logs, left } = await run;
    expect(String(error)).toContain("the job was aborted");
    expect(logs.map(({ message }) => message)).toContain("tidied");
    expect([await sleeping(seconds), ...left]).toEqual([0]);
  });

  test("one that is deaf is killed with all that it has started, also what got out of its group and lost its mark", async () => {
    const [cancelled, killed] = [new AbortController(), new AbortController()];
    const signals = { signal: cancelled.signal, killed: killed.signal };
    const { run, seconds } = await asleep(`trap "" TERM; ${escapes} ${endless}`, signals);
    cancelled.abort(new Error("the job was aborted"));
    killed.abort();
    expect(String((await run).error)).toContain("the job was aborted");
    expect(await sleeping(seconds)).toBe(0);
  });

  test("the time that it is allowed is its end", async () => {
    // The server's word is awaited for a while beyond the deadline.
    const deadline = new Date(Date.now() - 4_500);
    const { run, seconds } = await asleep(`sleep "$1" & ${endless}`, { job: { deadline } });
    expect((await run).failure?.message).toBe("the command took longer than the job is allowed to");
    expect(await sleeping(seconds)).toBe(0);
  });

  test("it ends with its worker, however that ended", async () => {
    const seconds = unusual();
    const folder = await mkdtemp(join(tmpdir(), "uws-contained-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const command = { run: script(`trap "" TERM; ${escapes} ${endless}`, seconds), container };
    const program = `
      import { runCommand } from ${JSON.stringify(join(import.meta.dirname, "fixture.ts"))};
      await runCommand(${JSON.stringify(command)});`;
    const worker = Bun.spawn([process.execPath, "-e", program], { env: { ...process.env, TMPDIR: folder } });
    onTestFinished(() => worker.kill("SIGKILL"));
    await until(async () => (await sleeping(seconds)) > 0, "what was started");
    worker.kill("SIGKILL");
    await until(async () => (await sleeping(seconds)) === 0, "the end of it");
    // runCommand's own folder, without that of the job.
    const [own = ""] = await readdir(folder);
    await until(async () => (await readdir(join(folder, own))).length === 0, "an empty folder");
  });
}
