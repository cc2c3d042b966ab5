import { afterAll, beforeAll, expect, test } from "bun:test";
import { jobXml } from "@uws/representation";
import { getJob } from "@uws/store";
import { ShownJobs } from "./shown-jobs.ts";
import { type ApiFixture, apiFixture } from "./testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

test("a job is shown as it is, by the URL and with the quote of who asks", async () => {
  const shown = new ShownJobs();
  const [a, b] = [await it.create(it.cones, { RADIUS: "1" }), await it.create(it.cones, { RADIUS: "2" })];
  const quotes = [undefined, new Date(1e12), new Date(2e12)];
  for (const url of [a, a, b]) {
    const job = await getJob(it.store, "cone", url.split("/").at(-1) ?? "");
    if (job === undefined) throw new Error("the job is gone");
    for (const links of quotes.flatMap((quote) => ["http://x/1", "http://y/1"].map((url) => ({ url, quote })))) {
      expect(shown.xml(job, links)).toBe(jobXml(job, links));
      expect(shown.xml(job, { ...links })).toBe(jobXml(job, links));
    }
  }
});
