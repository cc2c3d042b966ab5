import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { runTool } from "./run-tool.ts";

const root = join(import.meta.dirname, "../../../..");
const needed =
  "import sys; assert sys.version_info >= (3, 11), 'Python 3.11 is needed'; import uws_worker, astropy, numpy";

/**
 * A Python that has what the cut-out needs: the one in UWS_EXAMPLE_PYTHON, else the one on the PATH, else a virtual environment in
 * `.uws/examples/python`, which is made the first time.
 * @throws what is missing
 */
export async function pythonForCutout(say: (line: string) => void): Promise<string> {
  const named = process.env.UWS_EXAMPLE_PYTHON;
  if (named) {
    await check(named);
    return named;
  }
  const onPath = Bun.which("python3");
  if (onPath === null) throw new Error("there is no python3 on the PATH (Python 3.11 or newer)");
  const folder = resolve(process.cwd(), ".uws/examples/python");
  const own = join(folder, "bin/python");
  for (const python of [onPath, own]) if (await has(python)) return python;
  say("Fetching astropy, numpy and gRPC for the cut-out in Python into .uws/examples/python, the first time only …");
  try {
    await rm(folder, { recursive: true, force: true });
    await runTool([onPath, "-m", "venv", folder]);
    const pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    await runTool([...pip, "./packages/worker-python", "-r", "apps/workers/cutout/requirements.txt"], root);
    await check(own);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return own;
}

const check = (python: string) => runTool([python, "-c", needed]);

async function has(python: string): Promise<boolean> {
  return await check(python).then(
    () => true,
    () => false,
  );
}
