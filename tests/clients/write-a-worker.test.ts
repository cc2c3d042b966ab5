import { afterAll, beforeAll, expect, test } from "bun:test";
import { Follower } from "../support/follow-document.ts";
import { goOnPath, goToolchain, runWell, wheelsForWorkers, withoutGo } from "../support/tools/index.ts";

/* docs/write-a-worker.md, to the letter: what it says is written, typed, and looked at. */

let reader: Follower;
/** pip takes what it needs from the tests' cache. */
let pip: Record<string, string>;
beforeAll(async () => {
  reader = await Follower.of("docs/write-a-worker.md");
  await reader.write();
  pip = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: await wheelsForWorkers(), PIP_DISABLE_PIP_VERSION_CHECK: "1" };
});
afterAll(() => reader.stop());

test("who follows the page has a worker in Python that is tested, does jobs, and can be stopped in one", async () => {
  const [install, unittest, submit, curl, cancel, ...others] = reader.blocks("typed");
  expect(others).toEqual([]);
  await reader.type(install, pip);
  // What unittest says is on stderr.
  await reader.type(
    unittest && { ...unittest, text: `${unittest.text.trim()} 2>&1 | tee said; grep -q 'Ran 2 tests' said` },
  );
  await reader.startServer();
  await reader.inTerminal("worker", /connected/);
  expect(await reader.type(submit)).toMatch(/^3\.1\d+$/m);
  const live = await reader.type(curl);
  expect(live).toContain("200000 of 200000 points");
  expect(live).toMatch(/\n3\.1\d+\n$/);
  expect(await reader.type(cancel)).toBe("ABORTED");
}, 300_000);

if ((await goToolchain()) === undefined) {
  test(withoutGo, () => {});
} else {
  test("the worker in Go is one", async () => {
    const [build] = reader.blocks("only");
    await reader.type(build, await goOnPath());
    await runWell("test", ["-x", `${reader.clone}/pi-go/worker`]);
  }, 300_000);
}
