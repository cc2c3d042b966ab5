import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedError } from "../error.ts";
import { type RunUser, run } from "../process/run.ts";
import { newSecret } from "../secret.ts";

/*
 * The home is the folder that holds a cluster and, where needed, a copy of the binaries. It is `postgres` in the data
 * directory, unless PostgreSQL runs as a user who cannot get there: then it is elsewhere, and the state file of the data
 * directory says where. The home belongs to us and can be entered by all; only the cluster in it belongs to that user, with
 * mode 0700. The permissions of folders that we did not make stay as they are.
 */

/** Makes the home of a new cluster in the first place where the user really can work. */
export async function makeHome(options: {
  dataDir: string;
  user: RunUser | undefined;
  ephemeral: boolean;
  log: (line: string) => void;
}): Promise<string> {
  const { dataDir, user } = options;
  const near = join(dataDir, "postgres");
  const lasting = async () => {
    // Keyed by the data directory: one that was deleted and made again finds, and clears, what it left behind.
    const key = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
    await mkdirOpen("/var/lib/bun-uws");
    const home = join("/var/lib/bun-uws", key);
    await mkdirOpen(home);
    return home;
  };
  const passing = async () => {
    // A name that nobody can guess: others may write to the temporary folder, too.
    const home = await mkdtemp(join(tmpdir(), "bun-uws-postgres-"));
    await chmod(home, 0o755);
    return home;
  };
  const here = async () => {
    await mkdirOpen(near);
    return near;
  };
  const elsewhere = user === undefined ? [] : options.ephemeral ? [passing, lasting] : [lasting, passing];

  const failures: string[] = [];
  for (const make of [here, ...elsewhere]) {
    let home: string | undefined;
    try {
      home = await make();
      await rm(await makeClusterFolder(home, user), { recursive: true });
      if (home !== near) options.log(`user ${user?.name} cannot reach ${dataDir}: the cluster is in ${home}`);
      return home;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      if (home !== undefined) await rm(home, { recursive: true, force: true });
    }
  }
  throw new EmbeddedError(
    "bad-data",
    `found no folder where PostgreSQL can keep its data${user ? ` as user ${user.name}` : ""}:\n  ${failures.join("\n  ")}`,
  );
}

/** Makes a folder for a cluster in the home, and proves that the user can write to it. */
export async function makeClusterFolder(home: string, user: RunUser | undefined): Promise<string> {
  const folder = join(home, `cluster-${newSecret().slice(0, 8)}`);
  await mkdir(folder, { mode: 0o700 });
  if (user === undefined) return folder;
  try {
    await chown(folder, user.uid, user.gid);
    const trial = await run("/bin/sh", ["-c", 'cd "$1" && : > trial && rm trial', "sh", folder], { user });
    if (trial.code !== 0) throw new Error(`user ${user.name} cannot write to ${folder}: ${trial.stderr.trim()}`);
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Makes one folder that everybody may enter, whatever our umask. One that exists is left as it is. */
async function mkdirOpen(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(folder);
  await chmod(folder, 0o755);
}
