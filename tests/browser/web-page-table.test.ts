import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Confined, confinedTo, openBrowser } from "../support/browser.ts";
import { type Site, startSite } from "../support/site.ts";

/* The table of a service's jobs. Nothing runs them but the test, as a worker without gRPC. */

const total = 230;
const hostile = '<script>window.broken = 1</script><img src="x" onerror="window.broken = 2">';

let site: Site;
let browser: Browser;
let confined: Confined;
let page: Page;
/** Requests for the job list. */
let listed = 0;

beforeAll(async () => {
  [site, browser] = await Promise.all([startSite({ timing: {} }), openBrowser()]);
  const client = site.client("simulate");
  await client.createMany(
    Array.from({ length: total - 2 }, (_, index) => ({
      runId: `night ${index % 4}`,
      parameters: { STEPS: index, ODD: String(index % 2 === 1) },
    })),
  );
  await client.create({ NOTE: hostile, [hostile]: hostile }, { runId: hostile });
  await client.create({ DURATION: 7 }, { runId: "newest" });
  confined = await confinedTo(browser, site.running.url);
  page = await confined.context.newPage();
  page.on("request", (request) => {
    if (request.url().startsWith(`${site.client("simulate").jobListUrl}?`)) listed += 1;
  });
  await page.goto(`${site.running.url}/ui/simulate/async`);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const rows = () => page.locator("tr[data-job]");
const status = () => page.locator(".status [role=status]");
const row = (name: string) => rows().filter({ has: page.getByRole("link", { name, exact: true }) });

test("hundreds of jobs are paged through, newest first, fifty at a time", async () => {
  await status().getByText("50 jobs, newest first").waitFor();
  expect(await rows().first().textContent()).toContain("DURATION=7");
  const seen = new Set<string | null>();
  for (const count of [50, 50, 50, 50, 30]) {
    await status().getByText(`${count} jobs`).waitFor();
    const ids = await rows().evaluateAll((all) => all.map((each) => each.getAttribute("data-job")));
    for (const id of ids) seen.add(id);
    const older = page.getByRole("link", { name: "Older jobs" });
    if ((await older.count()) === 0) break;
    const first = ids[0];
    await older.click();
    await page.locator(`tr[data-job="${first}"]`).waitFor({ state: "detached" });
    await rows().first().waitFor();
  }
  expect(seen.size).toBe(total);
  expect(listed).toBe(5);
  await page.getByRole("link", { name: "Newest" }).click();
  await row("newest").waitFor();
});

test("what clients send is text and nothing else", async () => {
  const job = row(hostile);
  await job.waitFor();
  expect(await job.textContent()).toContain("NOTE=<script>window.broken");
  expect(await page.evaluate("window.broken")).toBeUndefined();
  expect(await page.locator("main img, main script").count()).toBe(0);
});

test("the table is filtered by phase, run id, time and parameter; the address holds the filter", async () => {
  await page.getByLabel("Run id").fill("night 3");
  await page.getByLabel("Run id").press("Enter");
  await page.locator(`tr[data-job]:has-text("night 2")`).first().waitFor({ state: "detached" });
  await status().getByText("50 jobs").waitFor();
  await page.getByLabel("Parameter", { exact: true }).fill("STEPS");
  await page.getByLabel("has the value").fill("103");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await status().getByText("1 job").waitFor();
  expect(await rows().textContent()).toContain("STEPS=103 ODD=true");

  await page.reload();
  await status().getByText("1 job").waitFor();
  expect(await page.getByLabel("Run id").inputValue()).toBe("night 3");
  await page.getByRole("checkbox", { name: "ERROR" }).check();
  await status().getByText("No job fits this filter.").waitFor();
  await page.getByRole("checkbox", { name: "PENDING" }).check();
  await status().getByText("1 job").waitFor();
  await page.getByLabel("Created before").fill("2001-01-01");
  await page.getByLabel("Created before").press("Enter");
  await status().getByText("No job fits this filter.").waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await status().getByText("50 jobs").waitFor();
});

test("a job is run, its progress comes by the list alone, and it is aborted after a question", async () => {
  const job = row("newest");
  await job.getByRole("button", { name: "Run newest" }).click();
  await job.getByText("QUEUED").waitFor();
  const [claimed] = await site.client("simulate").claim({ worker: "the test" });
  const streams: string[] = [];
  page.on("request", (request) => streams.push(new URL(request.url()).pathname));
  await claimed?.report({ progress: { fraction: 0.42, message: hostile } });
  await job.locator(".percent").getByText("42 %").waitFor();
  await job.getByText("EXECUTING").waitFor();
  expect(streams.filter((path) => path !== "/simulate/async")).toEqual([]);
  await claimed?.report({ results: [{ id: "answer", content: "42" }] });
  await job.getByRole("link", { name: "answer" }).waitFor();

  // By keyboard, which comes back to where it was.
  await job.getByRole("button", { name: "Abort newest" }).press("Enter");
  const question = page.getByRole("dialog");
  await question.getByRole("button", { name: "Abort the job" }).waitFor();
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.ariaLabel")).toStartWith("Abort newest");
  await job.getByRole("button", { name: "Abort newest" }).click();
  await question.getByRole("button", { name: "Abort the job" }).click();
  await job.getByText("ABORTED").waitFor();
  expect(await job.getByRole("button").allTextContents()).toEqual(["Archive", "Delete"]);
});

test("a narrow window has each job as a block, and nothing to scroll to the side", async () => {
  await page.setViewportSize({ width: 420, height: 800 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(420);
  const { width = 0 } = (await row("newest").boundingBox()) ?? {};
  expect(width).toBeGreaterThan(380);
  await page.setViewportSize({ width: 1200, height: 1400 });
});

test("a job is deleted after a question, and several at once", async () => {
  const job = row("newest");
  const id = (await job.getAttribute("data-job")) ?? "";
  await job.getByRole("button", { name: "Delete newest" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the job" }).click();
  await job.waitFor({ state: "detached" });
  await expect(site.client("simulate").job(id).get()).rejects.toMatchObject({ status: 404 });

  await page.getByRole("checkbox", { name: "Choose all jobs of this page" }).check();
  await page.getByText("50 jobs chosen").waitFor();
  await page.locator(".many").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete 50 jobs" }).click();
  await page.getByText("50 deleted.").waitFor();
  expect((await site.client("simulate").list()).length).toBe(total - 51);
});

test("nothing was asked of another host, and nothing went wrong in the page", async () => {
  expect(await page.evaluate("window.broken")).toBeUndefined();
  expect([confined.elsewhere, confined.complaints]).toEqual([[], []]);
});
