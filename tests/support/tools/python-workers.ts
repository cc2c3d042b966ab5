import { createHash } from "node:crypto";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { findInterpreter, findPython, nameOf } from "./python.ts";
import { runWell, type Tool } from "./run.ts";

const requirements = join(import.meta.dir, "requirements-workers.txt");
const sdk = join(import.meta.dir, "../../../packages/worker-python/src");

/** Milliseconds. */
const installTimeout = 500_000;

let found: Promise<string> | undefined;
let foundForExamples: Promise<string> | undefined;

/**
 * Python with this checkout's uws-worker and what its tests need, in the versions of requirements-workers.txt.
 * @returns path of an executable that takes the arguments of `python`, and becomes it: its process id is Python's
 */
export function pythonForWorkers(): Promise<string> {
  found ??= find([]);
  return found;
}

/** The same with the packages of the Python that drives the server, astropy and numpy among them: for the example worker. */
export function pythonForExamples(): Promise<string> {
  foundForExamples ??= Promise.all([findPython(), pythonForWorkers()]).then(([{ env }]) =>
    find(env.PYTHONPATH?.split(":") ?? []),
  );
  return foundForExamples;
}

/** @param more folders with modules */
async function find(more: readonly string[]): Promise<string> {
  const python = await findInterpreter();
  const name = await nameOf(python);
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .update(await readFile(import.meta.path));
  const key = digest.digest("hex").slice(0, 12);
  const packages = await cached(`python-workers-${name}-${key}`, (fresh) => install(python, fresh));
  // The packages are the same for all checkouts, the program names one.
  const program = programOf(python, [sdk, packages, ...more]);
  const programKey = createHash("sha256").update(program).digest("hex").slice(0, 12);
  const folder = await cached(`python-workers-program-${programKey}`, async (fresh) => {
    const path = join(fresh, "bin/python");
    await mkdir(join(fresh, "bin"));
    await Bun.write(path, program);
    await chmod(path, 0o755);
  });
  return join(folder, "bin/python");
}

async function install(python: Tool, folder: string): Promise<void> {
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
  const wheels = ["--only-binary=:all:", "--root-user-action=ignore", "--no-warn-script-location"];
  await runWell(python, [...pip, ...wheels, "--target", folder, "--requirement", requirements], {
    timeout: installTimeout,
  });
}

/** A script that becomes Python, which finds these modules and none of the user's own. */
function programOf(python: Tool, folders: readonly string[]): string {
  const { PYTHONPATH: path, ...env } = python.env;
  const all = { ...env, PYTHONPATH: [...folders, ...(path ? [path] : [])].join(":"), PYTHONNOUSERSITE: "1" };
  const exports = Object.entries(all).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return ["#!/bin/sh", ...exports, `exec ${python.command.map(quoted).join(" ")} "$@"`, ""].join("\n");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
