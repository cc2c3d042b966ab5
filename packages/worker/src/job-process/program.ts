import { existsSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** What a job's process runs: a file and its arguments. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * The program beside this file. A bundle has swallowed it, and then it is the worker's own program, with the worker's
 * arguments, which comes to `startWorker` and runs the one job there.
 */
export function jobProgram(): Program {
  const beside = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
  if (isOurs() && existsSync(beside)) return { file: beside, args: [] };
  const [, file, ...args] = process.argv;
  if (file === undefined) throw new Error("processPerJob needs a worker that was started from a file");
  return { file, args };
}

/** A bundle may well be called main.js, too. */
function isOurs(): boolean {
  return /\/job-process\/program\.\w+$/.test(import.meta.url);
}
