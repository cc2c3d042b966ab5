/** Installs the packages that bun.lock names, when they are not there yet. Runs before anything is installed. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dir, "..");
const lock = readFileSync(join(root, "bun.lock"), "utf8");
const stamp = join(root, "node_modules/.uws-setup");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  console.log("Installing packages …");
  const installed = spawnSync(process.execPath, ["install", "--frozen-lockfile"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (installed.status !== 0) process.exit(installed.status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}
