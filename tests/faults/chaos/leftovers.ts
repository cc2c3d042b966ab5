import { readdir, readFile } from "node:fs/promises";

/** Processes on this machine, by pid, whose command line or environment names this text. */
export async function processesThatName(text: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    if (Number(pid) === process.pid) continue;
    // Who has ended meanwhile, or is not ours to look at, names nothing.
    const [command, environment] = await Promise.all(
      ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
    );
    if (command?.includes(text) || environment?.includes(text)) found.push(Number(pid));
  }
  return found;
}

/** The processes that this one has started, as the kernel knows them. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}
