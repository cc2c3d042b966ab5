import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Commands } from "../support/commands.ts";

/* `up --all-workers`: what the machine can run is run (page.test.ts), and of the rest it is said why not. */

const root = join(import.meta.dirname, "../..");
const commands = new Commands();
let folder: string;
/** As on a machine that has neither Python nor Go nor awk. */
let bare: Record<string, string>;

beforeAll(async () => {
  folder = await commands.folder();
  const site = await commands.site({ UWS_CONFIG: join(root, "uws.yaml") });
  bare = { ...site, PATH: join(folder, "nothing"), UWS_EXAMPLE_PYTHON: join(folder, "no-python") };
});
afterAll(() => commands.stop());

test("each example has a service, and a place on the page", async () => {
  const names = (await readdir(join(root, "apps/workers"), { withFileTypes: true })).filter((it) => it.isDirectory());
  const services = await Bun.file(join(root, "apps/workers/uws.yaml")).text();
  const page = await Bun.file(join(root, "docs/examples.md")).text();
  expect(names.length).toBeGreaterThanOrEqual(5);
  for (const { name } of names) {
    expect(services).toContain(`path: ${name}\n    descriptions: [${name}/description.yaml]`);
    expect(page).toMatch(new RegExp(`^## ${name}: `, "m"));
  }
});

test("up --all-workers serves all examples, and says what is left out and why", async () => {
  const up = commands.run(["up", "--all-workers"], bare, { cwd: folder });
  await up.line(/(Stop it with Ctrl-C)/);
  expect(up.said.stdout).toMatch(/The example cutout is left out: .*no-python/);
  expect(up.said.stdout).toContain("The example phase-fold is left out: there is no awk on the PATH");
  for (const name of ["crossmatch", "simulate", "cutout", "periodogram", "phase-fold"]) {
    expect(up.said.stdout).toMatch(new RegExp(`^  ${name} +http:`, "m"));
  }
  await up.stop();
}, 100_000);

test("up by itself starts no worker in another language, and serves none of their types", async () => {
  const up = commands.run(["up"], bare, { cwd: folder });
  await up.line(/(Stop it with Ctrl-C)/);
  expect(up.said.stdout).not.toMatch(/left out|cutout|periodogram|phase-fold/);
  await up.stop();
}, 100_000);

test("all workers and none of them cannot be wanted at once", async () => {
  const { code, stderr } = await commands.finish(["up", "--all-workers", "--no-workers"], bare, { cwd: folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining("cannot be used with")]);
});
