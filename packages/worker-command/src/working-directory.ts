import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";

/** Where one job runs. Nobody but the worker's user can look into it. */
export interface WorkingDirectory {
  /** Everything of the job's; removed at its end. */
  readonly root: string;
  /** Where the command starts, and its outputs are looked for. */
  readonly work: string;
  remove(): Promise<void>;
}

/** The folder of uploads and texts, in the working directory. */
export const inputFolder = "input";
/** TMPDIR, in the working directory, so that what is left there goes with it. */
export const temporaryFolder = "tmp";

/** @param parent the folder that holds the working directories of all jobs */
export async function makeWorkingDirectory(parent: string): Promise<WorkingDirectory> {
  const root = await realpath(await mkdtemp(join(parent, "uws-job-")));
  const work = join(root, "work");
  await mkdir(join(work, temporaryFolder), { recursive: true });
  await mkdir(join(work, inputFolder));
  return { root, work, remove: () => removeWhole(root) };
}

async function removeWhole(root: string): Promise<void> {
  try {
    await rm(root, { recursive: true, force: true });
  } catch {
    // A command may have taken away its own rights to a folder, and then only root can remove what is in it.
    await regain(root);
    await rm(root, { recursive: true, force: true });
  }
}

async function regain(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await regain(join(folder, entry.name));
  }
}
