import { run } from "../process/run.ts";

/** The oldest nats-server that is known to do what dispatch asks of JetStream. */
export const OLDEST_NATS = "2.9.10";

/** Runs the binary and tells its version, or why it cannot be used. */
export async function tryNatsServer(path: string): Promise<{ version: string } | { problem: string }> {
  const { code, stdout, stderr } = await run(path, ["--version"]);
  const version = /nats-server: v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  if (code !== 0 || version === undefined) return { problem: stderr.trim() || "it does not tell its version" };
  if (!isAtLeast(version, OLDEST_NATS)) return { problem: `version ${version} is older than ${OLDEST_NATS}` };
  return { version };
}

/** Compares the three numbers of two versions; what follows them (`-RC.1`) does not count. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [a, b] = [version, oldest].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
