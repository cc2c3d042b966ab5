import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Limits } from "./command.ts";
import { defaultPath } from "./environment.ts";
import { findProgram } from "./find-program.ts";

type LimitName = Exclude<keyof Limits, "bestEffort">;

/** A limit as this system can keep it. */
export interface LimitState {
  readonly name: LimitName;
  readonly value: number;
  /** How it is kept; undefined = it is not. */
  readonly by: "prlimit" | "watch" | undefined;
  /** Why it is not kept. */
  readonly why: string;
}

/** What the kernel does for each process: options of util-linux's prlimit. */
const kernelOptions: Readonly<Partial<Record<LimitName, (value: number) => string>>> = {
  // The soft limit says SIGXCPU, by which it is known; the hard one is for who does not listen.
  cpuSeconds: (seconds) => `--cpu=${seconds}:${seconds + 1}`,
  addressSpace: (bytes) => `--as=${bytes}`,
  fileSize: (bytes) => `--fsize=${bytes}`,
  openFiles: (count) => `--nofile=${count}`,
};

const names = ["cpuSeconds", "addressSpace", "fileSize", "openFiles", "memory", "processes", "directory"] as const;

/** How each limit that is wanted can be kept here. It is tried, not guessed. */
export function limitStates(limits: Limits): LimitState[] {
  const prlimit = findProgram("prlimit", defaultPath);
  return names.flatMap((name): LimitState[] => {
    const value = limits[name];
    if (value === undefined) return [];
    const option = kernelOptions[name];
    if (option === undefined) {
      const watched = name === "directory" || existsSync("/proc/self/status");
      return [{ name, value, by: watched ? "watch" : undefined, why: "there is no /proc" }];
    }
    const why = prlimit === undefined ? "there is no prlimit (util-linux)" : refusal(prlimit, option(value));
    return [{ name, value, by: why === undefined ? "prlimit" : undefined, why: why ?? "" }];
  });
}

function refusal(prlimit: string, option: string): string | undefined {
  const { status, stderr, error } = spawnSync(prlimit, [option, "true"], {
    encoding: "utf8",
    env: { PATH: defaultPath },
  });
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim() || `prlimit ended with ${status}`);
}

/** What stands before a command so that its limits hold. No core files: they would hold what the job had in memory. */
export function limitPrefix(states: readonly LimitState[]): string[] {
  const prlimit = findProgram("prlimit", defaultPath);
  if (prlimit === undefined) return [];
  const options = states.flatMap(({ name, value, by }) => {
    const option = kernelOptions[name];
    return by === "prlimit" && option !== undefined ? [option(value)] : [];
  });
  return [prlimit, "--core=0", ...options, "--"];
}
