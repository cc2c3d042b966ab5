import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { curl, runWell } from "../support/tools/index.ts";

/**
 * The shell commands of a document that need a server, a text for each block of code, as they are there.
 * @param file below the root of the repository
 */
export async function documentedCommands(file: string): Promise<string[]> {
  const text = await Bun.file(join(import.meta.dirname, "../..", file)).text();
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? "");
  return blocks.filter((block) => /\bcurl\b|http:/.test(block));
}

/** How often they call curl: what a test must have seen. */
export function callsOfCurl(commands: string): number {
  return commands.replaceAll(/#.*/g, "").match(/\bcurl\b/g)?.length ?? 0;
}

/** A call of curl, and what came of it. */
export interface Call {
  readonly args: string;
  readonly out: string;
}

/**
 * Runs commands as a person would, one shell for all of them, which ends at the first that fails.
 * @param url of the server that stands for the one in the document
 */
export async function runShell(commands: string, url: string): Promise<Call[]> {
  const { command, env } = await curl();
  const folder = await mkdtemp(join(tmpdir(), "uws-documented-"));
  const mark = "\n=== curl ";
  const script = `set -euo pipefail
    program=(env "$@")
    curl() { printf '${mark.replaceAll("\n", "\\n")}%s\\n' "$(echo "$*" | tr '\\n' ' ')" >>calls; "\${program[@]}" --no-progress-meter "$@" | tee -a calls; }
    ${commands.replaceAll("http://127.0.0.1:8080", url)}`;
  try {
    await runWell({ command: ["bash", "-c", script, "bash", ...command], env }, [], { cwd: folder });
    const calls = (await Bun.file(join(folder, "calls")).text()).split(mark).slice(1);
    return calls.map((call) => {
      const end = call.indexOf("\n");
      return { args: call.slice(0, end).trim(), out: call.slice(end + 1) };
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What calls are answered with, by what is told by their arguments; the first that fits. */
export type Answers = readonly (readonly [args: RegExp, out: RegExp])[];

/** Runs all commands of a document in one shell, since later ones use what earlier ones have made, and compares. */
export async function expectDocumented(file: string, url: string, answers: Answers): Promise<void> {
  const commands = (await documentedCommands(file)).join("\n");
  const calls = await runShell(commands, url);
  const expected = callsOfCurl(commands);
  if (calls.length !== expected || expected < answers.length) {
    throw new Error(`curl was called ${calls.length} times; it is documented ${expected} times`);
  }
  for (const { args, out } of calls) {
    const answer = answers.find(([pattern]) => pattern.test(args))?.[1];
    if (answer === undefined) throw new Error(`Say in the test what this is answered with: curl ${args}`);
    if (!answer.test(out)) throw new Error(`curl ${args}\nwas answered with\n${out}\nwhich is not ${answer}`);
  }
}
