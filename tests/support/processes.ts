import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { until } from "@uws/testing";

const root = join(import.meta.dirname, "../..");

/** A process of the house, as an operator starts it. */
export interface HouseProcess {
  /** What the pattern captured in what it said. */
  readonly said: string;
  readonly pid: number;
  /** Kills it, and waits for its end. */
  kill(): Promise<void>;
}

/**
 * Starts `apps/uws/src/main.ts` and waits for a line of its output that fits.
 * @param command with its options, between blanks
 * @param ready its first group is what the caller wants to know: an address, say
 */
export async function startProcess(
  command: string,
  environment: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<HouseProcess> {
  const child: ChildProcess = spawn(process.execPath, ["--no-orphans", "apps/uws/src/main.ts", ...command.split(" ")], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let said: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    // Read to the end, or the process would stand still at a full pipe; remembered only until it is ready.
    stream?.on("data", (text: Buffer) => {
      if (said === undefined) output += text.toString();
    });
  }
  said = await until(() => {
    const [, found] = ready.exec(output) ?? [];
    if (found === undefined && child.exitCode !== null) throw new Error(`${command} ended:\n${output}`);
    return found;
  }, `${ready} of ${command}`);
  return {
    said,
    pid: child.pid ?? 0,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
