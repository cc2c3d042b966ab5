import { readdir, readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds that are left to a killed process to go: one that waits for a disk may take longer. */
const goingMs = 1_000;
const lookMs = 5;

/** Kills every process of a group. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}

/** Resolves when nobody runs of a group that was killed. */
export async function groupGone(leader: number): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < goingMs; await wait(lookMs)) {
    if (!exists(leader) || !(await hasRunning(leader))) return;
  }
}

function exists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** Where nobody reaps the orphans (a container without an init) they stay as zombies, which run no more. True where there is no /proc. */
async function hasRunning(group: number): Promise<boolean> {
  const pids = await readdir("/proc").catch(() => []);
  if (pids.length === 0) return true;
  const members = pids
    .filter((pid) => /^\d+$/.test(pid))
    .map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      // "pid (name) state ppid pgrp …", and the name may hold anything.
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return pgrp === String(group) && state !== "Z" && state !== "X";
    });
  return (await Promise.all(members)).includes(true);
}
