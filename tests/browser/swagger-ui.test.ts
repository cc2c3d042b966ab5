import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import { type Confined, confinedTo, openBrowser } from "../support/browser.ts";
import { type Site, startSite } from "../support/site.ts";

/*
 * Swagger UI in a real browser that reaches nothing but the server: a person creates, runs and reads jobs with it.
 */

let site: Site;
let browser: Browser;
let confined: Confined;
let page: Page;

beforeAll(async () => {
  const started = startSite({
    services: (configured) => {
      const [first] = configured;
      if (first === undefined) return [];
      return [...configured, { ...first, path: "both", descriptions: configured.flatMap((each) => each.descriptions) }];
    },
  });
  [site, browser] = await Promise.all([started, openBrowser()]);
  site.worker("simulate");
  confined = await confinedTo(browser, site.running.url);
  page = await confined.context.newPage();
  await page.goto(`${site.running.url}/swagger`);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

/** Opens an operation to be tried out. */
async function tryOut(service: string, operation: string): Promise<Locator> {
  const block = page.locator(`#operations-${service}-${operation}`);
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  return block;
}

/** A field of a form or a parameter, by its name. */
const field = (block: Locator, name: string) =>
  block.locator(`tr[data-property-name="${name}"], tr[data-param-name="${name}"]`);

interface Shown {
  readonly status: string;
  readonly url: string;
  readonly body: string;
}

/** Executes, and reads what the page shows of the answer. */
async function execute(block: Locator): Promise<Shown> {
  const clear = block.getByRole("button", { name: "Clear" });
  // An answer that is there would be taken for the new one.
  if (await clear.isVisible()) await clear.click();
  await block.getByRole("button", { name: "Execute" }).click();
  const answer = block.locator(".live-responses-table .response");
  await answer.waitFor();
  return {
    status: ((await answer.locator(".response-col_status").textContent()) ?? "").slice(0, 3),
    url: (await block.locator(".request-url pre").textContent()) ?? "",
    body: (await answer.locator(".highlight-code code").first().textContent()) ?? "",
  };
}

const idIn = (text: string) => /<uws:jobId>([^<]+)</.exec(text)?.[1] ?? "";

async function phaseAtEnd(service: string, id: string): Promise<string> {
  return (await site.client(service).job(id).wait()).phase;
}

test("the page shows every service with its operations", async () => {
  await page.locator("#operations-both-postBothAsync").waitFor();
  const tags = await page
    .locator(".opblock-tag")
    .evaluateAll((all) => all.map((each) => each.getAttribute("data-tag")));
  expect(tags).toEqual(["crossmatch", "simulate", "both", "server"]);
  expect(await page.locator(".version").allTextContents()).toContain("OAS 3.1");
});

test("a form creates a job and runs it, with nothing but what was filled in and the defaults", async () => {
  const block = await tryOut("simulate", "postSimulateAsync");
  await field(block, "DURATION").locator("input[type=text]").fill("0");
  await field(block, "PHASE").locator("select").selectOption("RUN");
  const sent = page.waitForRequest((request) => request.method() === "POST");
  const { status, body } = await execute(block);
  expect(status).toBe("200");
  const fields = new URLSearchParams((await sent).postData() ?? "");
  expect([fields.get("PHASE"), fields.get("DURATION"), fields.get("OUTCOME")]).toEqual(["RUN", "0", "complete"]);
  expect([...fields.keys()].filter((name) => ["RUNID", "DESTRUCTION", "EXECUTIONDURATION"].includes(name))).toEqual([]);

  // The redirect has led to the job, which is read by the operation for that.
  const id = idIn(body);
  const read = await tryOut("simulate", "getSimulateAsyncById");
  await field(read, "id").locator("input").fill(id);
  await field(read, "WAIT").locator("input").fill("-1");
  expect(await phaseAtEnd("simulate", id)).toBe("COMPLETED");
  const job = await execute(read);
  expect([job.status, job.url]).toEqual(["200", expect.stringContaining(id)]);
  expect(job.body).toContain("<uws:phase>COMPLETED</uws:phase>");
  expect(job.body).toContain("<uws:result ");
});

test("a job is read as JSON when that is chosen", async () => {
  const block = page.locator("#operations-simulate-getSimulateAsyncById");
  await block.locator(".response-controls select, .content-type").first().selectOption("application/json");
  const { status, body } = await execute(block);
  expect(JSON.parse(body)).toMatchObject({ phase: "COMPLETED", type: "simulate" });
  expect(status).toBe("200");
});

test("at a service with several types the form names the type, and so does a JSON body", async () => {
  const block = await tryOut("both", "postBothAsync");
  await field(block, "JOBTYPE").locator("select").selectOption("simulate");
  await field(block, "PHASE").locator("select").selectOption("RUN");
  await field(block, "DURATION").locator("input[type=text]").fill("0");
  const form = await execute(block);
  expect(form.status).toBe("200");
  expect(await phaseAtEnd("both", idIn(form.body))).toBe("COMPLETED");

  const body = block.locator(".opblock-section-request-body");
  await body.locator("select.content-type").selectOption("application/json");
  const text = body.locator("textarea");
  // The first example of the first type that has one.
  expect(JSON.parse(await text.inputValue())).toMatchObject({ JOBTYPE: "crossmatch", phase: "RUN" });
  await text.fill(JSON.stringify({ JOBTYPE: "simulate", phase: "RUN", parameters: { DURATION: 0 } }));
  const json = await execute(block);
  expect(json.status).toBe("200");
  expect(idIn(json.body)).not.toBe(idIn(form.body));
  expect(await phaseAtEnd("both", idIn(json.body))).toBe("COMPLETED");
});

test("nothing was asked of another host, and nothing went wrong in the page", () => {
  expect([confined.elsewhere, confined.complaints]).toEqual([[], []]);
});
