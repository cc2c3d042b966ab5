import { expect, test } from "bun:test";
import { join } from "node:path";
import { buildGo, go, goToolchain, pythonForExamples, run, withoutGo } from "../support/tools/index.ts";
import { startExample } from "./example-site.ts";

/* The periodogram in Go: its own tests, with astropy's numbers, and from an upload to results with a real server. */

const example = join(import.meta.dirname, "../../apps/workers/periodogram");

if ((await goToolchain()) === undefined) {
  test(withoutGo, () => {});
} else {
  test("its own tests pass, one of which compares with astropy", async () => {
    const { command, env } = await go();
    const tool = { command, env: { ...env, UWS_TEST_PYTHON: await pythonForExamples() } };
    await run(tool, ["vet", "."], { cwd: example, timeout: 300_000 });
    const { code, out, error } = await run(tool, ["test", "-v", "-count=1", "."], { cwd: example, timeout: 300_000 });
    expect([code, `${out}${error}`]).toEqual([
      0,
      expect.stringContaining("--- PASS: TestPowersAndFalseAlarmsAreThoseOfAstropy"),
    ]);
  }, 600_000);

  test("the period of its light curve is found, and what cannot be searched is a fatal error", async () => {
    const site = await startExample([await buildGo(example)]);
    try {
      const client = site.client("periodogram");
      const table = (text: string | Blob) => ({ TABLE: new File([text], "curve.csv", { type: "text/csv" }) });
      const job = await client.create(
        { MIN_PERIOD: 1 },
        { run: true, files: table(Bun.file(join(example, "example.csv"))) },
      );
      const ended = await job.wait();
      expect([ended.phase, await job.error()]).toEqual(["COMPLETED", undefined]);
      expect(ended.progress?.fraction).toBeGreaterThanOrEqual(0.9);
      const best = (await (await job.download("best")).json()) as Record<string, number>;
      expect(best.period).toBeCloseTo(5.366266, 2);
      expect(best.falseAlarmProbability).toBeLessThan(1e-20);
      const spectrum = (await (await job.download("spectrum")).text()).trim().split("\n");
      expect(spectrum).toHaveLength(1 + (best.frequencies ?? 0));
      const highest = spectrum.slice(1).map((row) => row.split(",").map(Number));
      highest.sort(([, , one = 0], [, , other = 0]) => other - one);
      expect(highest[0]?.[1]).toBeCloseTo(best.period ?? 0, 1);
      expect(await (await job.download("plot")).text()).toContain("Folded at 5.36");

      const constant = await client.create({}, { run: true, files: table("1,5\n2,5\n3,5\n4,5\n5,5\n") });
      expect((await constant.wait()).phase).toBe("ERROR");
      expect(await (await fetch(constant.url)).text()).toContain('<uws:errorSummary type="fatal"');
      expect(await constant.error()).toContain("all values are the same");
      const backwards = await client.create(
        { MIN_PERIOD: 9, MAX_PERIOD: 3 },
        { run: true, files: table("1,5\n2,6\n3,5\n4,7\n5,5\n") },
      );
      expect((await backwards.wait()).phase).toBe("ERROR");
      expect(await backwards.error()).toContain("is not below the longest");
    } finally {
      await site.stop();
    }
  }, 600_000);
}
