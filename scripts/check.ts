/** What every change must pass before its tests run: generated files current, format and lint, types. Says how long each took. */
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const steps: [name: string, command: string[]][] = [
  ["generated files", [process.execPath, "scripts/generate.ts", "--check"]],
  ["format and lint", ["node_modules/.bin/biome", "check", "--error-on-warnings", "."]],
  ["types", ["node_modules/.bin/tsc", "--noEmit"]],
  ["types of the web page", ["node_modules/.bin/tsc", "--noEmit", "-p", "apps/web"]],
];

let failed = false;

// The version of Bun is pinned in package.json; who copies the README's commands must get that one.
const { packageManager } = (await Bun.file(join(root, "package.json")).json()) as { packageManager: string };
const named = (await Bun.file(join(root, "README.md")).text()).match(/\bbun@[\d.]+/g) ?? [];
if (named.length === 0 || named.some((version) => version !== packageManager)) {
  console.log(`FAILED README.md must name ${packageManager}, and names ${[...new Set(named)].join(", ")}`);
  failed = true;
}

for (const [name, command] of steps) {
  const started = performance.now();
  const status = await Bun.spawn(command, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).exited;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
