import { readdir, readFile } from "node:fs/promises";

/** Whether a process runs. A zombie, which waits for its parent to take notice, does not. Linux only. */
export async function isRunning(pid: number | undefined): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

/** Resolves when none of them runs. */
export async function ended(...pids: (number | undefined)[]): Promise<void> {
  for (const pid of pids) while (await isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The shells that guard the group of a job's process. Linux only. */
export async function guardsOf(group: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return line.endsWith(`\0uws-job-guard\0${group}\0`) ? [Number(pid)] : [];
  });
  return (await Promise.all(found)).flat();
}
