/**
 * Takes each rule out of a copy of the product, one at a time, and sees its tests fail: `bun run rules [--only ID,ID]`.
 * Ends with 1 when a rule can be taken out and no test minds.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startNats, startPostgres } from "@uws/embedded";
import { isProved, type ProvedRule, type ShownBy } from "./rule.ts";
import { rules } from "./rules.ts";
import { type Run, type RunOptions, runTests, type Verdict } from "./run-tests.ts";
import { Workshop } from "./workshop.ts";

const { values } = parseArgs({ options: { only: { type: "string" }, verbose: { type: "boolean" } } });
const only = values.only?.split(",");
const unknown = (only ?? []).filter((id) => !rules.some((rule) => rule.id === id));
if (unknown.length > 0) throw new Error(`There is no such rule: ${unknown.join(", ")}`);
const chosen = rules.filter(isProved).filter(({ id }) => only?.includes(id) ?? true);

const folder = await mkdtemp(join(tmpdir(), "uws-rules-servers-"));
const [postgres, nats, workshop] = await Promise.all([
  startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true }),
  startNats({ dataDir: join(folder, "nats"), ephemeral: true }),
  Workshop.open(join(import.meta.dirname, "../..")),
]);
const options: RunOptions = {
  root: workshop.root,
  environment: { ...process.env, UWS_TEST_DATABASE_URL: postgres.url, UWS_TEST_NATS_URL: nats.url },
  bail: false,
  testTimeout: 60_000,
  timeout: 300_000,
};

function key({ file, test, given = "%s" }: ShownBy): string {
  return `${file}: ${test.replace("%s", given)}`;
}

/** With the rule in place: of each file all tests in one go, and one by one only where that fails. */
async function runUnchanged(): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const files = Map.groupBy(
    chosen.flatMap(({ tests }) => tests),
    ({ file }) => file,
  );
  for (const tests of files.values()) {
    const distinct = [...new Map(tests.map((each) => [key(each), each])).values()];
    const together = await runTests(distinct, options);
    for (const each of distinct) {
      const { verdict } = together.verdict === "green" ? together : await runTests([each], options);
      verdicts.set(key(each), verdict);
    }
  }
  return verdicts;
}

/** Without the rule. A test that waits for what never comes need not wait for long. */
function runMutated(rule: ProvedRule, shownBy: ShownBy): Promise<Run> {
  return workshop.mutated(rule.mutation, () =>
    runTests([shownBy], { ...options, bail: true, testTimeout: 20_000, timeout: 100_000 }),
  );
}

let survived = 0;
try {
  const unchanged = await runUnchanged();
  for (const rule of chosen) {
    for (const shownBy of rule.tests) {
      const before = unchanged.get(key(shownBy)) ?? "broken";
      const { verdict, output, milliseconds } = await runMutated(rule, shownBy);
      const holds = before === "green" && verdict === "red";
      if (!holds) survived += 1;
      const seconds = (milliseconds / 1000).toFixed(0).padStart(3);
      const says = [
        holds ? "ok    " : "FAILED",
        rule.id.padEnd(28),
        before.padEnd(6),
        verdict.padEnd(8),
        `${seconds} s`,
      ];
      console.log(`${says.join(" ")}  ${key(shownBy)}`);
      if (values.verbose === true || verdict === "broken") console.log(output);
    }
  }
} finally {
  await Promise.all([postgres.stop(), nats.stop(), workshop.close()]);
  await rm(folder, { recursive: true, force: true });
}
console.log(`${chosen.length} rules were taken out; of their tests, ${survived} did not mind.`);
process.exit(survived === 0 ? 0 : 1);
