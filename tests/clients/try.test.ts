import { test } from "bun:test";
import { startSite } from "../support/site.ts";

test("x", async () => {
  const site = await startSite();
  site.worker("simulate");
  site.worker("crossmatch");
  console.log(site.running.url);
  await Bun.write("/tmp/cl/url", site.running.url);
  await Bun.sleep(1_500_000);
  await site.stop();
}, 1_600_000);
