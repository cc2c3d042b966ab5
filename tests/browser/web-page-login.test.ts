import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Confined, confinedTo, openBrowser } from "../support/browser.ts";
import { type Site, startSite } from "../support/site.ts";

/* A server that has users, behind a proxy that puts a prefix before its paths. */

let site: Site;
let browser: Browser;
let proxy: Bun.Server<undefined>;
let confined: Confined;
let page: Page;

beforeAll(async () => {
  proxy = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (!pathname.startsWith("/science/")) return new Response("not the proxy's business", { status: 418 });
      const target = site.running.url + pathname.slice("/science".length) + search;
      return await fetch(new Request(target, request), { redirect: "manual", decompress: false });
    },
  });
  const users = { ada: "correct horse", eve: "battery staple" };
  const publicUrl = `${proxy.url.origin}/science`;
  [site, browser] = await Promise.all([startSite({ users, publicUrl, timing: {} }), openBrowser()]);
  confined = await confinedTo(browser, proxy.url.origin);
  page = await confined.context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await proxy?.stop(true);
});

const ui = () => `${proxy.url.origin}/science/ui/`;
const as = async (name: string, password: string): Promise<Confined> => {
  const other = await confinedTo(browser, proxy.url.origin, { username: name, password });
  page = await other.context.newPage();
  return other;
};

test("who is not logged in sees the services, and is told plainly what to do for the jobs", async () => {
  await page.goto(ui());
  await page.getByRole("region", { name: "simulate" }).getByRole("link", { name: "Jobs" }).click();
  const notice = page.getByRole("alert");
  await notice.getByRole("heading", { name: "You are not logged in" }).waitFor();
  expect(await notice.getByRole("link", { name: "Log in" }).getAttribute("href")).toBe(
    `${proxy.url.origin}/science/login?then=%2Fui%2Fsimulate%2Fasync`,
  );
  expect(confined.elsewhere).toEqual([]);
});

test("who logs in comes back, is named, and creates a job behind the prefix", async () => {
  const ada = await as("ada", "correct horse");
  await page.goto(`${proxy.url.origin}/science/login?then=%2Fui%2Fsimulate%2Fasync`);
  await page.getByText("No jobs yet.").waitFor();
  expect(page.url()).toBe(`${ui()}simulate/async`);
  await page.locator(".user").getByText("ada").waitFor();
  await page.getByRole("link", { name: "New job" }).click();
  await page.getByLabel("Run id").fill("mine");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "mine" }).waitFor();
  expect(await page.locator("dl.facts").textContent()).toContain("Ownerada");
  await page.getByText("The same job with curl").click();
  expect(await page.getByRole("region", { name: "Command" }).textContent()).toContain("-u ada");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "mine" }).waitFor();
  expect([ada.elsewhere, ada.complaints]).toEqual([[], []]);
});

test("somebody else is told that the job is not theirs", async () => {
  const url = page.url();
  await as("eve", "battery staple");
  await page.goto(
    `${proxy.url.origin}/science/login?then=${encodeURIComponent(new URL(url).pathname.slice("/science".length))}`,
  );
  const notice = page.getByRole("alert");
  await notice.getByRole("heading", { name: "Not allowed" }).waitFor();
  expect(await notice.textContent()).toContain("You are logged in as eve. This job belongs to somebody else.");
});
