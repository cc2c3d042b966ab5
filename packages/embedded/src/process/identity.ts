import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * A process, named so that it cannot be mistaken for a later one that was given the same number: its pid and the time it
 * started, in whatever form the system tells it (clock ticks since boot on Linux, a date elsewhere).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

/** The identity of a live process, or undefined when there is none of that pid (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === "linux") {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
      return undefined;
    }
    // proc(5): the second field is the command in parentheses and may itself hold blanks and parentheses, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, started] = [fields[0], fields[19]];
    if (started === undefined || state === "Z" || state === "X") return undefined;
    return { pid, started };
  }
  const ps = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  const started = ps.stdout?.trim();
  return ps.status === 0 && started ? { pid, started } : undefined;
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}
