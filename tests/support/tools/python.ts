import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { libraryPath, unpackDebian } from "./debian.ts";
import { run, runWell, type Tool } from "./run.ts";
import { oldest } from "./versions.ts";

const requirements = join(import.meta.dir, "requirements.txt");

/** Where Debian has it, whatever comes first on the PATH. */
const system = "/usr/bin/python3";

/** Milliseconds. */
const installTimeout = 500_000;

/** Python with pyvo and uws-client, in the versions of requirements.txt, kept in the cache. */
export async function findPython(): Promise<Tool> {
  const python = await findInterpreter();
  const name = await nameOf(python);
  // Whoever changes one of them gets another folder.
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .update(await readFile(import.meta.path))
    .digest("hex");
  const packages = await cached(`python-${name}-${digest.slice(0, 12)}`, async (fresh) => {
    await install(python, fresh);
    await modernize(withPath(python, fresh), join(fresh, "uws"));
  });
  return withPath(python, packages);
}

/** What compiled packages depend on: version and processor. */
export async function nameOf(python: Tool): Promise<string> {
  const said = await runWell(python, ["-c", "import sys, platform; print(*sys.version_info[:2], platform.machine())"]);
  return said.trim().replaceAll(" ", "-");
}

/** A Python that is new enough and has pip: the one on the PATH, else Debian's, unpacked into the cache. */
export async function findInterpreter(): Promise<Tool> {
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
  const needed = `import sys, pip; assert sys.version_info >= (${oldest.python.join()}), sys.version`;
  const { code, error } = await run(python, ["-c", needed]);
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

/**
 * What fissix cannot know of uws-client: what comes from the network is bytes, which end with b""; `str` is what `unicode`
 * was; and base64 has other names.
 */
const mends = [
  ["UWS/connection.py", "handler.read(chunk_size), '')", "handler.read(chunk_size), b'')"],
  [
    "UWS/connection.py",
    "base64.encodestring('%s:%s' % (user, password))",
    "base64.b64encode(('%s:%s' % (user, password)).encode()).decode()",
  ],
  ["UWS/models.py", "str(self).encode('utf-8')", "self.__unicode__()"],
] as const;

/** Makes Python 3 of uws-client, as fissix (2to3) would for anybody. */
async function modernize(python: Tool, folder: string): Promise<void> {
  await runWell(python, ["-m", "fissix", "--write", "--nobackups", "--no-diffs", folder]);
  for (const [name, before, after] of mends) {
    const path = join(folder, name);
    const text = await readFile(path, "utf8");
    if (!text.includes(before)) throw new Error(`${path} is not as it was in uws-client 1.1.11`);
    await writeFile(path, text.replaceAll(before, after));
  }
}
