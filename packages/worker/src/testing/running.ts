import { readFile } from "node:fs/promises";

/** Whether a process runs. A zombie, which waits for its parent to take notice, does not. Linux only. */
export async function isRunning(pid: number | undefined): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

/** Resolves when none of them runs. */
export async function ended(...pids: (number | undefined)[]): Promise<void> {
  for (const pid of pids) while (await isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}
