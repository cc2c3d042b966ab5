import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { natsUrl } from "@uws/testing";
import { type Block, Follower } from "../support/follow-document.ts";
import {
  goOnPath,
  goToolchain,
  pythonForExamples,
  runWell,
  wheelsForWorkers,
  withoutGo,
} from "../support/tools/index.ts";

/* docs/examples.md, to the letter: what it says is typed, and looked at. */

let reader: Follower;
/** The machine of somebody who has Python with astropy. */
let python: Record<string, string>;
let go: Record<string, string> | undefined;
beforeAll(async () => {
  reader = await Follower.of("docs/examples.md");
  const program = await pythonForExamples();
  const path = (await runWell(program, ["-c", "import os; print(os.environ['PYTHONPATH'])"])).trim();
  python = {
    UWS_EXAMPLE_PYTHON: program,
    // pip finds astropy, numpy and gRPC there, and has to install the SDK alone.
    PYTHONPATH: path
      .split(":")
      .filter((folder) => !folder.endsWith("/src"))
      .join(":"),
    ...{ PIP_NO_INDEX: "1", PIP_FIND_LINKS: await wheelsForWorkers(), PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  };
  go = (await goToolchain()) === undefined ? undefined : await goOnPath();
});
afterAll(() => reader.stop());

const results = (name: string) => Bun.file(join(reader.clone, "results", name));

test("who follows the page sees each example at work", async () => {
  const [demo, define, cutout, install, fold, ...others] = reader.blocks("typed");
  expect(others).toEqual([]);
  /** In a shell that knows what `uws` is. */
  const type = (block: Block | undefined, more?: Record<string, string>) =>
    reader.type(block && { ...block, text: `${define?.text}${block.text}` }, more);

  const server = { ...python, ...go };
  const said = await type(demo, { ...server, ...reader.environment, UWS_NATS_URL: await natsUrl() });
  expect(said).toContain("349 stars found.");
  expect(said).toMatch(/A FITS image of \d+ bytes was cut out/);
  expect(said).toMatch(go ? /The period is 5\.36\d+ days/ : /The example periodogram is left out: there is no go/);
  expect(said).toContain("points 181, mean 3.9");
  const saved = await readdir(join(reader.clone, ".uws/demo"));
  expect(saved).toEqual(expect.arrayContaining(["messier.svg", "cutout.png", "cutout.fits", "folded.csv"]));
  expect(saved.includes("periodogram.svg")).toBe(go !== undefined);

  await reader.startServer(server);
  await type(cutout);
  const [whole, part] = await Promise.all(
    ["cutout.fits", "results/fits.fits"].map((name) => Bun.file(join(reader.clone, name)).text()),
  );
  expect([whole, part]).toEqual([expect.stringMatching(/^SIMPLE {2}=/), expect.stringMatching(/^SIMPLE {2}=/)]);
  expect(part?.length).toBeLessThan(whole?.length ?? 0);
  await type(fold);
  expect(await results("summary.txt").text()).toMatch(/^points \d+\nmean 3\.9/);
  expect((await results("bins.csv").text()).trim().split("\n")).toHaveLength(1 + 20);
  await type(install, python);
  await reader.inTerminal("cutout", /connected/, python);
  await reader.inTerminal("phase-fold", /connected/);
}, 300_000);

if ((await goToolchain()) === undefined) {
  test(withoutGo, () => {});
} else {
  test("the worker in Go finds the period, and is built as the page says", async () => {
    const [submit, build] = reader.blocks("only");
    const [, define] = reader.blocks("typed");
    await reader.type(submit && { ...submit, text: `${define?.text}${submit.text}` });
    expect((await results("best.json").json()).period).toBeCloseTo(5.366266, 2);
    await reader.type(build, go);
    await reader.inTerminal("periodogram", /connected/);
  }, 300_000);
}
