import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "@uws/testing";
import { type Site, startSite } from "../support/site.ts";
import { run } from "../support/tools/run.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
  site.worker("simulate", { UWS_SLOTS: "1" });
});
afterAll(async () => await site.stop());

/** An operator's command, on the database of the site. */
async function operate(...words: string[]) {
  const main = join(import.meta.dirname, "../../apps/uws/src/main.ts");
  const env = { UWS_DATABASE_URL: site.running.databaseUrl };
  return await run({ command: [process.execPath, main], env }, words);
}

test("an operator suspends a running job: its worker turns to another one, and takes it up again afterwards", async () => {
  const client = site.client("simulate");
  const long = await client.create({ DURATION: 60 }, { run: true });
  const phase = async (wanted: string) =>
    await until(async () => (await long.get()).phase === wanted, `${wanted} of the long job`);
  await phase("EXECUTING");
  const id = new URL(long.url).pathname.split("/").at(-1) ?? "";
  expect(await operate("suspend", id)).toMatchObject({ code: 0, out: expect.stringContaining("SUSPENDED") });
  expect((await long.get()).phase).toBe("SUSPENDED");
  expect(await operate("suspend", id)).toMatchObject({ code: 1, error: expect.stringContaining("does not run") });
  // The only slot is free.
  expect((await (await client.create({ DURATION: 0 }, { run: true })).wait()).phase).toBe("COMPLETED");
  expect((await long.get()).phase).toBe("SUSPENDED");
  expect(await operate("unsuspend", id)).toMatchObject({ code: 0 });
  await phase("EXECUTING");
  expect(await operate("unsuspend", id)).toMatchObject({ code: 1 });
});
