import { afterAll, beforeAll, expect, test } from "bun:test";
import { UwsClient } from "@uws/client";
import type { Browser, Locator, Page } from "playwright-core";
import { type Confined, confinedTo, openBrowser } from "../support/browser.ts";
import { type Site, startSite } from "../support/site.ts";

/* A person creates jobs by the form that the description draws, with the crossmatch worker behind it. */

let site: Site;
let browser: Browser;
let confined: Confined;
let page: Page;

beforeAll(async () => {
  const started = startSite({
    services: (configured) => {
      const [first] = configured;
      if (first === undefined) return [];
      return [
        ...configured,
        { ...first, path: "deep/both", descriptions: configured.flatMap((each) => each.descriptions) },
      ];
    },
  });
  [site, browser] = await Promise.all([started, openBrowser()]);
  site.worker("crossmatch");
  confined = await confinedTo(browser, site.running.url);
  page = await confined.context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const field = (name: string): Locator => page.locator(`[data-field="${name}"]`);
const input = (name: string): Locator => field(name).locator("input:not([type=file]), textarea, select").first();
const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const createAndRun = () => page.getByRole("button", { name: "Create and run" }).click();
const table = {
  name: "stars.csv",
  mimeType: "text/csv",
  buffer: Buffer.from("name,ra,dec\nSirius,101.2872,-16.7161\n"),
};

test("from the server's address to the form, where a refused value is shown at its field and nothing is lost", async () => {
  await page.goto(site.running.url);
  await page.getByRole("link", { name: "Open the web page" }).click();
  await heading("Job services").waitFor();
  const service = page.getByRole("region", { name: "crossmatch" });
  await service.getByText("Finds the stars of the Hipparcos catalogue").waitFor();
  expect(await service.getByRole("link", { name: "Documentation" }).getAttribute("href")).toBe(
    "https://www.cosmos.esa.int/web/hipparcos",
  );
  await service.getByRole("link", { name: "New job" }).click();
  await heading(/^New job: Cross-match/).waitFor();

  // What the description says: a required file, a number with a unit, bounds and a default, a choice.
  expect(await field("TABLE").textContent()).toContain("required");
  expect(await field("TABLE").textContent()).toContain("text/csv");
  expect(await field("RADIUS").textContent()).toMatch(/in deg.*a number, > 0, ≤ 5, default 0\.1/s);
  expect(await input("FIND").locator("option").allTextContents()).toEqual(["all (default)", "all", "best"]);

  await page.getByLabel("Run id").fill("from the page");
  await page.getByLabel("Search radius").fill("wide");
  await input("MAXMATCHES").fill("0");
  await page.getByLabel("Table of positions").setInputFiles(table);
  await createAndRun();
  await field("RADIUS").getByRole("alert").getByText("must be").waitFor();
  expect(await field("MAXMATCHES").getByRole("alert").textContent()).toContain("1");
  expect(await input("RADIUS").getAttribute("aria-invalid")).toBe("true");
  expect(await page.evaluate("document.activeElement.name")).toBe("RADIUS");
  expect([await input("RADIUS").inputValue(), await page.getByLabel("Run id").inputValue()]).toEqual([
    "wide",
    "from the page",
  ]);
  expect(await field("TABLE").textContent()).toContain("stars.csv");
  expect(await site.client("crossmatch").list()).toEqual([]);
});

test("when it is corrected the job runs, its results come, and its chart is seen", async () => {
  await input("RADIUS").fill("0.5");
  await input("MAXMATCHES").fill("");
  await createAndRun();
  await heading("from the page").waitFor();
  await page.locator(".state").getByText("COMPLETED").waitFor();
  const chart = page.getByRole("img", { name: "Preview of chart" });
  await chart.waitFor();
  await until(() => chart.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth > 100));

  await page.getByRole("button", { name: "Preview of csv" }).click();
  await page
    .getByRole("region", { name: "Beginning of csv" })
    .getByText(/^input_row,name,ra,dec,hip/)
    .waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download csv" }).click(),
  ]);
  expect(await Bun.file(await download.path()).text()).toContain("Sirius");
  expect(await page.locator("dl.parameters").textContent()).toContain("uploaded file");

  const [job] = await site.client("crossmatch").list();
  expect(page.url()).toBe(`${site.running.url}/ui/crossmatch/async/${job?.jobId}`);
  const { parameters } = await site
    .client("crossmatch")
    .job(job?.jobId ?? "")
    .get();
  expect(parameters.map(({ name, byReference }) => [name, byReference])).toEqual([
    ["RADIUS", false],
    ["TABLE", true],
  ]);
});

test("a reload shows the same job, and the same again is one click away, with its file", async () => {
  await page.reload();
  await page.locator(".state").getByText("COMPLETED").waitFor();
  await page.getByRole("link", { name: "The same again" }).click();
  await heading(/^New job/).waitFor();
  expect(await field("TABLE").textContent()).toContain("The file of the other job");
  expect(await input("RADIUS").inputValue()).toBe("0.5");
  await input("RADIUS").fill("0.25");
  await page.getByLabel("Run id").fill("once more");
  await createAndRun();
  await heading("once more").waitFor();
  await page.locator(".state").getByText("COMPLETED").waitFor();
  const [job] = await site.client("crossmatch").list({ runId: "once more" });
  const upload = await site
    .client("crossmatch")
    .job(job?.jobId ?? "")
    .parameter("TABLE");
  expect(await upload.text()).toBe(table.buffer.toString());
});

test("an example fills the form; a service with several types lets one choose, and takes what is not described", async () => {
  await page.goto(`${site.running.url}/ui/deep/both/async/new`);
  await heading(/^New job: Cross-match/).waitFor();
  await page.getByRole("button", { name: "The brightest nebulae of Orion" }).click();
  expect(await input("TABLE").inputValue()).toContain("M42,83.8221");
  expect(await input("RADIUS").inputValue()).toBe("0.5");

  await page.getByLabel("Job type").selectOption("simulate");
  await heading("New job: Simulated job").waitFor();
  await page.getByRole("button", { name: "A failure that will happen again" }).click();
  expect(await input("OUTCOME").inputValue()).toBe("fatal");
  await page.getByRole("button", { name: "Add a parameter" }).click();
  await page.getByLabel("Name of the parameter").fill("MOOD");
  await page.getByLabel("Value of MOOD").fill("calm & dense");
  await page.getByLabel("Execution duration").fill("30");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.locator(".state").getByText("PENDING").waitFor();
  const list = site.client("deep/both").jobListUrl;
  const job = await new UwsClient(list, { format: "json" }).job(page.url().split("/").at(-1) ?? "").get();
  expect([job.type, job.phase, job.executionDuration]).toEqual(["simulate", "PENDING", 30]);
  expect(job.parameters.map(({ name, value }) => `${name}=${value}`)).toContain("MOOD=calm & dense");
});

test("nothing was asked of another host, and nothing went wrong in the page", () => {
  // The browser itself writes of the one refusal.
  expect(confined.elsewhere).toEqual([]);
  expect(confined.complaints).toEqual([expect.stringContaining("400")]);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await page.evaluate("new Promise(requestAnimationFrame)");
}
