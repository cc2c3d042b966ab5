import { expect, test } from "bun:test";
import { findFaketime } from "./faketime.ts";
import { runWell } from "./run.ts";

test("a process sees another time of day, and its timers run as ever", async () => {
  const shifted = await findFaketime();
  const script = `
    const begun = performance.now();
    await Bun.sleep(50);
    console.log(JSON.stringify({ now: Date.now(), waited: performance.now() - begun }));`;
  for (const seconds of [-90_000, 90_000]) {
    const said = await runWell({ command: [process.execPath], env: shifted(seconds) }, ["-e", script]);
    const { now, waited } = JSON.parse(said) as { now: number; waited: number };
    expect(Math.abs(now - Date.now() - seconds * 1000)).toBeLessThan(60_000);
    expect(waited).toBeGreaterThanOrEqual(45);
    expect(waited).toBeLessThan(60_000);
  }
}, 600_000);
