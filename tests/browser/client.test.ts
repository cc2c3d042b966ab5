import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { type Confined, confinedTo, openBrowser } from "../support/browser.ts";
import { type Site, startSite } from "../support/site.ts";

/** The client of `packages/client` in a web page of the server, bundled as an author of one would do it. */

let site: Site;
let browser: Browser;
let confined: Confined;
beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), openBrowser()]);
  site.worker("crossmatch");
  confined = await confinedTo(browser, site.running.url);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

async function bundle(): Promise<string> {
  const entry = join(import.meta.dirname, "../../packages/client/src/index.ts");
  const built = await Bun.build({ entrypoints: [entry], target: "browser" });
  const [output] = built.outputs;
  if (output === undefined) throw new Error(`no bundle: ${built.logs.join("\n")}`);
  return await output.text();
}

/** Runs in the page. */
const script = `
import { listServices, UwsClient } from "./client.mjs";
window.outcome = (async () => {
  const services = await listServices(location.origin);
  const at = (name) => new UwsClient(services.find(({ path }) => path === name).jobList);
  const client = at("crossmatch");
  const table = new File(["name,ra,dec\\nSirius,101.2872,-16.7161\\n"], "stars.csv", { type: "text/csv" });
  const job = await client.create({ RADIUS: 0.5 }, { run: true, files: { TABLE: table } });
  const phases = [];
  for await (const event of job.events()) if (event.type === "phase") phases.push(event.phase);
  const ended = await job.wait();
  const csv = await (await job.download("csv")).text();
  const refused = await client.create({ RADIUS: "wide" }, { run: true }).catch(({ name, status }) => [name, status]);

  const simulate = at("simulate");
  const batch = await simulate.createMany([{ run: true, runId: "page" }, { runId: "page" }]);
  const [claimed] = await simulate.claim({ worker: "a page" });
  await claimed.report({ progress: { fraction: 0.5 }, log: [{ message: "half" }] });
  await claimed.complete({ results: [{ id: "answer", content: "42" }] });
  const answer = await (await simulate.job(claimed.url).download("answer")).text();
  const [{ completed }] = (await simulate.statistics()).types.map(({ lastDay }) => lastDay);
  const deleted = [];
  for await (const { jobs } of simulate.changeMany("delete", { runId: "page" })) deleted.push(...jobs);
  return {
    file: await (await job.parameter("TABLE")).text(),
    ended: ended.phase, seen: phases.at(-1), results: ended.results.map(({ id }) => id), csv, refused,
    batch: batch.map(({ phase }) => phase), answer, completed, deleted: deleted.length,
    listed: (await client.list({ phases: ["COMPLETED"] })).length,
  };
})();
`;

test("in a browser it uploads, follows, downloads, makes batches, and works", async () => {
  const page = await confined.context.newPage();
  const serve = (path: string, contentType: string, body: string) =>
    page.route(`${site.running.url}${path}`, (route) => route.fulfill({ contentType, body }));
  await serve("/page/client.mjs", "text/javascript", await bundle());
  await serve("/page/main.mjs", "text/javascript", script);
  const html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.mjs"></script>';
  await serve("/page/", "text/html", html);
  await page.goto(`${site.running.url}/page/`);
  expect(await page.evaluate("window.outcome")).toEqual({
    file: "name,ra,dec\nSirius,101.2872,-16.7161\n",
    ended: "COMPLETED",
    seen: "COMPLETED",
    results: ["result", "csv", "chart"],
    csv: expect.stringMatching(/^input_row,name,ra,dec,hip,.*\r\n1,Sirius,/),
    refused: ["UwsClientError", 400],
    batch: ["QUEUED", "PENDING"],
    answer: "42",
    completed: 1,
    deleted: 2,
    listed: 1,
  });
  // The browser itself writes of the one refusal.
  expect(confined.elsewhere).toEqual([]);
  expect(confined.complaints).toEqual([expect.stringContaining("400")]);
});
