import { join } from "node:path";
import { buildPeriodogram } from "./build-periodogram.ts";
import { pythonForCutout } from "./python-for-cutout.ts";

/** The folder of the examples. */
export const examplesFolder = join(import.meta.dirname, "../../../workers");

/** A worker that comes with the house, and how it is started. It runs the job type of the same name. */
export interface ExampleProgram {
  readonly name: string;
  readonly command: readonly string[];
}

/** One that cannot be started, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** The examples that need nothing but what runs this. */
export const lightExamples: readonly ExampleProgram[] = ["crossmatch", "simulate"].map((name) => ({
  name,
  command: [process.execPath, "--no-orphans", join(examplesFolder, name, "src/main.ts")],
}));

/** Each gives a command, or throws what is missing. */
const others: Readonly<Record<string, (say: (line: string) => void) => Promise<readonly string[]>>> = {
  cutout: async (say) => [await pythonForCutout(say), join(examplesFolder, "cutout/worker.py")],
  periodogram: async (say) => [await buildPeriodogram(say)],
  async "phase-fold"() {
    if (Bun.which("awk") === null) throw new Error("there is no awk on the PATH");
    const main = join(import.meta.dirname, "../main.ts");
    const description = join(examplesFolder, "phase-fold/description.yaml");
    return [process.execPath, "--no-orphans", main, "worker", "run", description, "--no-announce"];
  },
};

/**
 * All examples: what those in other languages need is built or fetched, the first time, into `.uws/examples`.
 * @param say is told, a line at a time, what takes long
 */
export async function allExamples(
  say: (line: string) => void,
): Promise<{ readonly programs: readonly ExampleProgram[]; readonly leftOut: readonly LeftOut[] }> {
  const programs = [...lightExamples];
  const leftOut: LeftOut[] = [];
  for (const [name, find] of Object.entries(others)) {
    try {
      programs.push({ name, command: await find(say) });
    } catch (error) {
      leftOut.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { programs, leftOut };
}
