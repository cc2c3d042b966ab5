import { join } from "node:path";

/** The shell commands of README.md that call curl, a text for each block of code, as they are there. */
export async function readmeCommands(): Promise<string[]> {
  const readme = await Bun.file(join(import.meta.dirname, "../../README.md")).text();
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? "");
  return blocks.filter((block) => /\bcurl\b/.test(block));
}

/** How often they call curl: what a test must have seen. */
export function callsOfCurl(commands: string): number {
  return commands.replaceAll(/#.*/g, "").match(/\bcurl\b/g)?.length ?? 0;
}
