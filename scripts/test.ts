/**
 * Runs every test against one real PostgreSQL and one real nats-server, and ends with `N passed, N failed`.
 * Arguments are handed to `bun test`: a path or a name runs only what fits.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats, startPostgres } from "../packages/embedded/src/index.ts";
import { prepareTools } from "../tests/support/tools/index.ts";

const root = join(import.meta.dir, "..");
const folder = mkdtempSync(join(tmpdir(), "uws-test-"));
const report = join(folder, "report.xml");

/** Sums the counts of the report's suites; a test that was skipped has not shown anything. */
function count(): { passed: number; failed: number; skipped: number } {
  const total = /<testsuites[^>]*>/.exec(readFileSync(report, "utf8"))?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(total)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return { passed: number("tests") - failed - number("skipped"), failed, skipped: number("skipped") };
}

const started = performance.now();
const [postgres, nats, tools] = await Promise.all([
  startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true, log: console.log }),
  startNats({ dataDir: join(folder, "nats"), ephemeral: true, log: console.log }),
  prepareTools(console.log),
]);
let status = 1;
try {
  const tests = Bun.spawn(
    [
      process.execPath,
      "test",
      "--parallel=3",
      "--timeout=60000",
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      ...process.argv.slice(2),
    ],
    {
      cwd: root,
      env: { ...process.env, ...tools, UWS_TEST_DATABASE_URL: postgres.url, UWS_TEST_NATS_URL: nats.url },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  // Whoever stops this script stops the tests as well.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => tests.kill(signal));
  status = await tests.exited;
} finally {
  await Promise.all([postgres.stop(), nats.stop()]);
}
const { passed, failed, skipped } = count();
rmSync(folder, { recursive: true, force: true });
console.log(`Tests took ${((performance.now() - started) / 1000).toFixed(0)} s.`);
if (skipped > 0) console.log(`${skipped} tests were skipped, which counts as failed.`);
// A run in which something else than a test went wrong, or nothing ran, is no success.
const wrong = failed + skipped + ((status !== 0 || passed === 0) && failed + skipped === 0 ? 1 : 0);
console.log(`${passed} passed, ${wrong} failed`);
process.exit(wrong === 0 ? 0 : 1);
