import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { libraryPath, unpackDebian } from "./debian.ts";
import { run, runWell, type Tool } from "./run.ts";

const requirements = join(import.meta.dir, "requirements.txt");

/** Where Debian has it, whatever comes first on the PATH. */
const system = "/usr/bin/python3";

/** Milliseconds. */
const installTimeout = 500_000;

/** Python with pyvo and uws-client, in the versions of requirements.txt, kept in the cache. */
export async function findPython(): Promise<Tool> {
  const python = await findInterpreter();
  const version = (
    await runWell(python, ["-c", "import sys, platform; print(*sys.version_info[:2], platform.machine())"])
  )
    .trim()
    .replaceAll(" ", "-");
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const packages = await cached(`python-${version}-${digest.slice(0, 12)}`, async (fresh) => {
    await install(python, fresh);
    await modernize(withPath(python, fresh), join(fresh, "uws"));
  });
  return withPath(python, packages);
}

/** A Python of at least 3.11 that has pip: the one on the PATH, else Debian's, unpacked into the cache. */
async function findInterpreter(): Promise<Tool> {
  const problems: string[] = [];
  for (const command of ["python3", system]) {
    const installed: Tool = { command: [command], env: {} };
    const problem = await problemOf(installed);
    if (problem === undefined) return installed;
    problems.push(`${command}: ${problem}`);
  }
  const folder = await cached("python-debian", (fresh) => unpackDebian(fresh, ["python3", "python3-pip"]));
  const inside = join(folder, "usr/bin/python3");
  const unpacked: Tool = existsSync(inside)
    ? { command: [inside], env: { PYTHONHOME: join(folder, "usr"), LD_LIBRARY_PATH: libraryPath(folder) } }
    : // Only pip was missing.
      { command: [system], env: {} };
  const complete = withPath(unpacked, join(folder, "usr/lib/python3/dist-packages"));
  const problem = await problemOf(complete);
  if (problem !== undefined) throw new Error([...problems, `Debian's python3, unpacked: ${problem}`].join("\n"));
  return complete;
}

async function problemOf(python: Tool): Promise<string | undefined> {
  const { code, error } = await run(python, ["-c", "import sys, pip; assert sys.version_info >= (3, 11), sys.version"]);
  return code === 0 ? undefined : (error.trim().split("\n").at(-1) ?? `it ended with ${code}`);
}

/** Modules of a folder, and none of the user's own. */
function withPath(python: Tool, folder: string): Tool {
  const path = [folder, python.env.PYTHONPATH].filter((part) => part !== undefined).join(":");
  return { command: python.command, env: { ...python.env, PYTHONPATH: path, PYTHONNOUSERSITE: "1" } };
}

async function install(python: Tool, folder: string): Promise<void> {
  // What pip needs to build is pinned as well.
  const env = { ...python.env, PIP_CONSTRAINT: requirements, PIP_BUILD_CONSTRAINT: requirements };
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
  const wheels = [
    "--only-binary=:all:",
    "--no-binary=uws-client",
    "--root-user-action=ignore",
    "--no-warn-script-location",
  ];
  await runWell({ command: python.command, env }, [...pip, ...wheels, "--target", folder, "-r", requirements], {
    timeout: installTimeout,
  });
}

/** Makes Python 3 of uws-client, as fissix (2to3) would for anybody. */
async function modernize(python: Tool, folder: string): Promise<void> {
  await runWell(python, ["-m", "fissix", "--write", "--nobackups", "--no-diffs", folder]);
  // The one thing that fissix cannot know: what comes from the network is bytes, which end with b"".
  const connection = join(folder, "UWS/connection.py");
  const text = await readFile(connection, "utf8");
  const [before, after] = ["handler.read(chunk_size), '')", "handler.read(chunk_size), b'')"];
  if (!text.includes(before)) throw new Error(`${connection} is not as it was in uws-client 1.1.11`);
  await writeFile(connection, text.replace(before, after));
}
