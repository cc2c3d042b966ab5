import { spawn } from "node:child_process";

/** Milliseconds: what fetches from the network must end some time. */
const longest = 600_000;

/** How much of what a tool says is kept, in characters. */
const kept = 4000;

/**
 * Runs a tool to its end, in the environment of this process and more.
 * @throws the last line of what it said, when it fails
 */
export async function runTool(command: readonly string[], cwd?: string, more: Record<string, string> = {}) {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...more },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: longest,
    killSignal: "SIGKILL",
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said = (said + text.toString()).slice(-kept);
  });
  const ended = Promise.withResolvers<string | undefined>();
  child.once("error", (error) => ended.resolve(error.message));
  child.once("close", (code, signal) => ended.resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  const problem = await ended.promise;
  if (problem === undefined) return;
  throw new Error(`${program}: ${said.trim().split("\n").at(-1) || problem}`);
}
