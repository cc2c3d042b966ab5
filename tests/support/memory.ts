/** Bytes of a process that are in memory now. Linux. */
export async function residentMemory(pid: number): Promise<number> {
  return await statusOf(pid, "VmRSS");
}

/**
 * How many bytes more a process has in memory at some time of the work than before it. Linux counts the most that there was
 * (VmHWM), so that nothing is missed between two looks.
 */
export async function memoryGrowth(pid: number, work: () => Promise<void>): Promise<number> {
  // The count begins anew; where that is not allowed, it can only be too high.
  await Bun.write(`/proc/${pid}/clear_refs`, "5").catch(() => {});
  const before = await residentMemory(pid);
  await work();
  return (await statusOf(pid, "VmHWM")) - before;
}

async function statusOf(pid: number, name: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
}
