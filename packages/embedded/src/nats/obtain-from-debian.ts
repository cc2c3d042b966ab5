import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { quietEnvironment, run } from "../process/run.ts";

const UPDATE_TIMEOUT_MS = 180_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;
/** With the proxies that the environment may name. */
const ENVIRONMENT = { ...process.env, ...quietEnvironment() };

/** Gets nats-server from Debian or Ubuntu, with or without being root, and without installing anything. */
export async function obtainFromDebian(work: string): Promise<string> {
  if (!existsSync("/var/lib/dpkg/status")) throw new Error("this is no Debian system");
  // apt drops to a user of its own for downloads when run as root; that user cannot write to our folder.
  const common = ["-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"];
  const first = await download(work, common);
  if (typeof first !== "string") {
    // The machine has no package lists, or old ones. Get our own: the system's are root's.
    const [state, cache] = [join(work, "state"), join(work, "cache")];
    await mkdir(join(state, "lists", "partial"), { recursive: true });
    await mkdir(join(cache, "archives", "partial"), { recursive: true });
    const own = [
      ...common,
      ...["-o", `Dir::State=${state}`, "-o", `Dir::Cache=${cache}`, "-o", "Dir::State::status=/var/lib/dpkg/status"],
    ];
    // Its status does not count: one unreachable source of many makes it fail, and need not matter to us.
    const update = await run("apt-get", [...own, "update"], {
      cwd: work,
      env: ENVIRONMENT,
      timeoutMs: UPDATE_TIMEOUT_MS,
    });
    const second = await download(work, own);
    if (typeof second !== "string") throw new Error(`${second.problem}\n${update.stderr}`.trim());
    return unpack(work, second);
  }
  return unpack(work, first);
}

/** apt-get checks the package against the archive's signature. */
async function download(work: string, options: readonly string[]): Promise<string | { problem: string }> {
  const result = await run("apt-get", [...options, "download", "nats-server"], {
    cwd: work,
    env: ENVIRONMENT,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  const file = (await readdir(work)).find((name) => name.endsWith(".deb"));
  return result.code === 0 && file ? join(work, file) : { problem: result.stderr.trim() };
}

async function unpack(work: string, file: string): Promise<string> {
  const tree = join(work, "tree");
  const result = await run("dpkg-deb", ["-x", file, tree]);
  if (result.code !== 0) throw new Error(result.stderr.trim());
  return join(tree, "usr", "sbin", "nats-server");
}
