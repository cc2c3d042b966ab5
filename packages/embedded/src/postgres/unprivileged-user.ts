import { readFileSync } from "node:fs";
import { EmbeddedError } from "../error.ts";
import { type RunUser, run } from "../process/run.ts";

/** Users that exist to be nobody in particular, the most fitting first. */
const CANDIDATES = ["postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root. The user that it runs as instead: one that is in the passwd file (initdb looks itself
 * up there) and that we really can become (a container may lack the right to). Undefined when we are not root.
 */
export async function unprivilegedUser(): Promise<RunUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = parsePasswd(readFileSync("/etc/passwd", "utf8"));
  for (const name of CANDIDATES) {
    const user = users.find((entry) => entry.name === name);
    if (user === undefined || user.uid === 0) continue;
    const id = await run("id", ["-u"], { user });
    if (id.stdout.trim() === String(user.uid)) return user;
  }
  throw new EmbeddedError(
    "not-started",
    `PostgreSQL does not run as root, and we cannot become one of the users ${CANDIDATES.join(", ")}: run as an ordinary user`,
  );
}

/** The users of a passwd(5) file. */
export function parsePasswd(text: string): RunUser[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (!name || !uid || !gid || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
