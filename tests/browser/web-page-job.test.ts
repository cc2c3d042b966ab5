import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ClaimedJob } from "@uws/client";
import type { Browser, Page } from "playwright-core";
import { type Confined, confinedTo, openBrowser } from "../support/browser.ts";
import { type Site, startSite } from "../support/site.ts";

/* The page of a job while it lives. The test is its worker, so that each thing happens when it should. */

const hostile = '<script>window.broken = 1</script><img src="x" onerror="window.broken = 2">';

let site: Site;
let browser: Browser;
let confined: Confined;
let page: Page;
let worker: ClaimedJob;

beforeAll(async () => {
  [site, browser] = await Promise.all([startSite({ timing: { lease: 120_000, silence: 60_000 } }), openBrowser()]);
  confined = await confinedTo(browser, site.running.url);
  page = await confined.context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const state = () => page.locator(".state");
const lines = () => page.getByRole("log").locator("> div");

async function open(url: string): Promise<void> {
  await page.goto(url.replace(site.running.url, `${site.running.url}/ui`));
}

/** Creates a job that the test runs itself. */
async function running(parameters: Record<string, string>, runId: string): Promise<string> {
  const job = await site.client("simulate").create(parameters, { run: true, runId });
  const [claimed] = await site.client("simulate").claim({ worker: "the <b>test</b>" });
  if (claimed === undefined) throw new Error("no job was to be had");
  worker = claimed;
  return job.url;
}

test("phase, progress, log and results come as they happen, and all of it is text", async () => {
  await open(await running({ NOTE: hostile }, hostile));
  await page.getByRole("heading", { level: 1, name: hostile }).waitFor();
  await state().getByText("EXECUTING").waitFor();
  await worker.report({ progress: { fraction: 0.25, message: hostile, counters: { rows: 17 } } });
  await state().locator(".percent").getByText("25 %").waitFor();
  expect(await state().textContent()).toContain(hostile);
  await worker.report({ log: [{ level: "warn", message: hostile }, { message: "the second line" }] });
  await lines().getByText("the second line").waitFor();
  expect(await lines().first().textContent()).toContain(hostile);
  // Nothing but the event of it has told the page.
  await worker.report({ progress: { fraction: 0.75, message: "nearly" } });
  await state().locator(".percent").getByText("75 %").waitFor();
  await worker.report({
    results: [
      { id: "page", mediaType: "text/html", content: `${hostile}plain` },
      { id: "table", mediaType: "text/csv", content: `a,b\n${"1,2\n".repeat(2000)}` },
    ],
  });
  await page.getByRole("button", { name: "Preview of page" }).click();
  await page.getByRole("region", { name: "Beginning of page" }).getByText("plain").waitFor();
  await page.getByRole("button", { name: "Preview of table" }).click();
  await page.getByText("The first 4.1 kB of 8 kB.").waitFor();
  expect(await page.locator("dl.parameters").textContent()).toContain(hostile);
  await page.getByText("The same job with curl").click();
  expect(await page.getByRole("region", { name: "Command" }).textContent()).toContain(`NOTE=${hostile}`);
  expect(await page.title()).toStartWith("EXECUTING 75 % – <script>");
  expect(await page.evaluate("window.broken")).toBeUndefined();
});

test("its limits are changed, and the page shows what the server made of them", async () => {
  await page.getByRole("button", { name: "Change limits" }).click();
  await page.getByLabel("Destruction, UTC").fill("2999-01-01 00:00");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByLabel("Destruction, UTC").waitFor({ state: "detached" });
  const { destruction } = await site.client("simulate").job(worker.url).get();
  const shown = destruction?.toISOString().slice(0, 19).replace("T", " ") ?? "";
  await page.locator("dl.facts").getByText(shown).waitFor();
  expect(shown).not.toStartWith("2999");
});

test("it lives through a restart of the server: the page says so, goes on where it was, and sees the end", async () => {
  await site.restart(async () => {
    await page.getByText("The connection to the server is lost; trying again").waitFor();
  });
  await worker.report({ log: [{ message: "after the restart" }] });
  await lines().getByText("after the restart").waitFor();
  expect(await lines().count()).toBe(3);
  await page.getByText("The connection to the server is lost").waitFor({ state: "detached" });
  await worker.complete({ results: [{ id: "last", content: "42" }] });
  await state().getByText("COMPLETED").waitFor();
  await page.getByRole("link", { name: "Download last" }).waitFor();
});

test("the end is seen that came while the server was away from the page", async () => {
  const url = await running({}, "ends unseen");
  await open(url);
  await state().getByText("EXECUTING").waitFor();
  await page.context().setOffline(true);
  // An open stream is not cut by that: the server cuts it.
  await site.restart();
  await worker.fail({ message: hostile, detail: `${hostile}\nin full` });
  await page.getByText("The connection to the server is lost").waitFor();
  await page.context().setOffline(false);
  await state().getByText("ERROR").waitFor();
  const error = page.getByRole("region", { name: /^Error/ });
  expect(await error.textContent()).toContain(hostile);
  await error.getByRole("button", { name: "Show the detail" }).click();
  await error.getByText("in full").waitFor();
});

test("a log is bounded, and says so", async () => {
  await open(await running({}, "talks"));
  for (let from = 0; from < 2400; from += 800) {
    await worker.report({ log: Array.from({ length: 800 }, (_, index) => ({ message: `line ${from + index}` })) });
  }
  await page.getByText("1400 earlier lines are left out.").waitFor();
  await lines().getByText("line 2399", { exact: true }).waitFor();
  expect(await lines().count()).toBe(1000);
});

test("a job that is deleted elsewhere is said to be gone; one that is deleted here leads to the list", async () => {
  await site.client("simulate").job(worker.url).delete();
  await page.getByText("This job has been deleted.").waitFor();
  const job = await site.client("simulate").create({}, { runId: "to be deleted" });
  await open(job.url);
  await page.getByRole("button", { name: /^Delete/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the job" }).click();
  await page.getByRole("heading", { level: 1, name: "Simulated job" }).waitFor();
  expect(page.url()).toBe(`${site.running.url}/ui/simulate/async`);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Not there" }).waitFor();
});

test("nothing was asked of another host, and nothing broke the page's policy", async () => {
  expect(await page.evaluate("window.broken")).toBeUndefined();
  expect(confined.elsewhere).toEqual([]);
  // The browser itself writes of what it could not load while the server was away, or the job gone.
  expect(confined.complaints.filter((each) => !/^Failed to load resource|ERR_|404/.test(each))).toEqual([]);
});
