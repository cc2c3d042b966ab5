import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Site, startSite } from "../support/site.ts";
import { python, run, runWell } from "../support/tools/index.ts";

/** pyvo, and uws-client. */

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await startSite();
  site.worker("simulate");
  site.worker("crossmatch");
  folder = await mkdtemp(join(tmpdir(), "uws-client-"));
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

const script = join(import.meta.dirname, "pyvo_client.py");

test.each([
  ["runs a job, waits for it and reads its table", "run"],
  ["raises what has gone wrong", "fail"],
  ["uploads a table", "upload"],
  ["reads lists and jobs", "lists"],
])("pyvo %s", async (_, what) => {
  await runWell(await python(), [script, what, site.running.url]);
});

/** The command `uws`, which asks a service about its jobs. */
async function uws(...args: readonly string[]): Promise<string> {
  const program = ["-c", "import uws.cli.main; uws.cli.main.main()", "-H", `${site.running.url}/simulate/async/`];
  const { code, out, error } = await run(await python(), [...program, ...args], { cwd: folder });
  expect([code, error]).toEqual([0, ""]);
  return out;
}

/** The field of a job that it shows in a table. */
const field = (shown: string, name: string) => new RegExp(`^${name} +(\\S.*?) *$`, "m").exec(shown)?.[1];

test("uws-client creates a job, changes it, runs it, waits for it, fetches its results and deletes it", async () => {
  const id = field(await uws("job", "new", "DURATION=1", "RESULT_BYTES=50"), "Job id") ?? "";
  expect(field(await uws("job", "set", id, "DURATION=0.2", "FREE=<&>"), "Parameter DURATION")).toBe("0.2");
  expect(await uws("list", "--pending")).toContain(id);

  expect(field(await uws("job", "run", id), "Phase")).toMatch(/^(QUEUED|EXECUTING|COMPLETED)$/);
  for (const phase of ["QUEUED", "EXECUTING"]) await uws("job", "show", id, "--wait", "30", "--phase", phase);
  const shown = await uws("job", "show", id);
  expect([field(shown, "Phase"), field(shown, "Parameter FREE")]).toEqual(["COMPLETED", "<&>"]);
  expect(await uws("list", "--completed", "--last", "1")).toContain(id);
  expect(await uws("list", "--after", "2100-01-01")).toContain("0 jobs listed");

  await uws("job", "results", id);
  expect(await Bun.file(join(folder, `${id}.result-1`)).text()).toHaveLength(50);
  expect(await Bun.file(join(folder, `${id}.echo`)).json()).toMatchObject({ parameters: expect.anything() });

  expect(await uws("job", "delete", id)).toContain("successfully deleted");
  expect(await uws("job", "show", id)).toContain("Resource does not exist");
});

test("uws-client aborts a job", async () => {
  const id = field(await uws("job", "new", "DURATION=600", "--run"), "Job id") ?? "";
  expect(field(await uws("job", "abort", id), "Phase")).toBe("ABORTED");
});
