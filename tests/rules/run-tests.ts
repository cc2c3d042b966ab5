import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ShownBy } from "./rule.ts";

/**
 * - green: all tests that were asked for ran and passed
 * - red: one of them failed
 * - broken: something else went wrong, which shows nothing: a typing error in the mutation, or no such test
 */
export type Verdict = "green" | "red" | "broken";

export interface Run {
  readonly verdict: Verdict;
  readonly output: string;
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** One failure is enough: the other cases of a `test.each` need not be waited for. */
  readonly bail: boolean;
  /** Milliseconds that one test may take. */
  readonly testTimeout: number;
  /** Milliseconds after which all is stopped: what hangs for so long is red where something has failed before. */
  readonly timeout: number;
}

/** A mutation that is no program any more, or no statement, fails every test. */
const brokenOutput =
  /syntax error at or near|(?:column|relation|function) "?[^"\n]+"? does not exist|ReferenceError|SyntaxError|Cannot find (?:module|package)|error: Expected|missing FROM-clause/;

/** Runs tests of one file by their names. */
export async function runTests(tests: readonly ShownBy[], options: RunOptions): Promise<Run> {
  const [first] = tests;
  if (first === undefined) throw new Error("no test was named");
  const names = tests.map(pattern).join("|");
  const started = performance.now();
  const limits = [`--timeout=${options.testTimeout}`, ...(options.bail ? ["--bail"] : [])];
  const child = spawn(process.execPath, ["test", ...limits, `./${first.file}`, "-t", names], {
    cwd: options.root,
    env: options.environment,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: what a test has started ends with it.
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => {
      output += text.toString();
    });
  }
  const stop = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  const timer = setTimeout(stop, options.timeout);
  process.once("exit", stop);
  const [status] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  process.off("exit", stop);
  return { verdict: judge(status, output, tests.length), output, milliseconds: performance.now() - started };
}

function judge(status: number | null, output: string, wanted: number): Verdict {
  const passed = Number(/^ *(\d+) pass$/m.exec(output)?.[1] ?? 0);
  if (status === 0) return passed >= wanted ? "green" : "broken";
  if (brokenOutput.test(output)) return "broken";
  return /^\(fail\) /m.test(output) ? "red" : "broken";
}

/** A regular expression for the name, which may hold what `test.each` fills in. */
function pattern({ test, given }: ShownBy): string {
  const name = given === undefined ? test : test.replace("%s", given);
  return `${name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&").replaceAll(/%[sp]/g, ".*")}$`;
}
