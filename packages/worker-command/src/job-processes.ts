import { readdir, readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { groupGone, killGroup } from "@uws/worker/job-process";
import { markVariable } from "./environment.ts";

/** Milliseconds between two looks at a job that was asked to end. */
const restMs = 50;
/** Milliseconds in which everything that a job has started is killed, again and again while it makes more. */
const killingMs = 2_000;
const lookMs = 5;

/** A process as /proc shows it. */
interface Shown {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly running: boolean;
}

/** The processes of a job that can be told by their group, their session or their parents. */
export async function processesOf(leader: number): Promise<number[]> {
  const all = (await shownProcesses()).filter(({ running }) => running);
  const found = new Set(
    all.filter(({ pid, group, session }) => [pid, group, session].includes(leader)).map(({ pid }) => pid),
  );
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Bytes of resident memory of a process; 0 when it is gone. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/**
 * Kills whatever a job has started: its group, and what has left that but carries the job's mark in its environment. What
 * has changed user or emptied its environment stays. Resolves when nothing runs of the rest.
 */
export async function killJob(leader: number, mark: string): Promise<void> {
  killGroup(leader);
  for (const begun = performance.now(); performance.now() - begun < killingMs; await wait(lookMs)) {
    const left = await marked(mark);
    if (left.length === 0) break;
    for (const pid of left) kill(pid);
  }
  await groupGone(leader);
}

/** Resolves when nothing runs any more of what a job has started, or when it is to be killed. */
export async function restOfJobGone(leader: number, mark: string, killed: AbortSignal): Promise<void> {
  while (!killed.aborted) {
    const [known, carrying] = await Promise.all([processesOf(leader), marked(mark)]);
    if (known.length + carrying.length === 0) return;
    await wait(restMs, undefined, { signal: killed }).catch(() => {});
  }
}

async function marked(mark: string): Promise<number[]> {
  const entry = `${markVariable}=${mark}`;
  const all = (await shownProcesses()).filter(({ pid, running }) => running && pid !== process.pid);
  const carries = await Promise.all(
    all.map(async ({ pid }) => {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      return environment.split("\0").includes(entry);
    }),
  );
  return all.filter((_, index) => carries[index]).map(({ pid }) => pid);
}

async function shownProcesses(): Promise<Shown[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const shown = await Promise.all(
    pids.map(async (pid): Promise<Shown[]> => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      if (stat === "") return [];
      // "pid (name) state ppid pgrp session …", and the name may hold anything.
      const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const running = state !== "Z" && state !== "X";
      return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(session), running }];
    }),
  );
  return shown.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended, or is not ours any more.
  }
}
