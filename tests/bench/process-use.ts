import { readdir, readFile } from "node:fs/promises";

type Processes = Readonly<Record<string, readonly number[]>>;

/** Seconds of processor time that processes have used so far, by name. Linux. */
export async function processorSeconds(processes: Processes): Promise<Record<string, number>> {
  return await summed(processes, async (pid) => {
    const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ");
    // utime and stime, fields 14 and 15 of proc(5), in hundredths of a second.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  });
}

/** Bytes in memory by name; what processes share is divided among them (PSS). Linux. */
export async function proportionalMemory(processes: Processes): Promise<Record<string, number>> {
  return await summed(processes, async (pid) => {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
  });
}

/** A process and its children. */
export async function familyOf(pid: number): Promise<number[]> {
  const family = [pid];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    if (Number(stat.replace(/^.*\) /s, "").split(" ")[1]) === pid) family.push(Number(entry));
  }
  return family;
}

async function summed(
  processes: Processes,
  measure: (pid: number) => Promise<number>,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, pids] of Object.entries(processes)) {
    // Who has ended meanwhile uses nothing.
    const each = await Promise.all(pids.map((pid) => measure(pid).catch(() => 0)));
    found[name] = each.reduce((sum, value) => sum + value, 0);
  }
  return found;
}
