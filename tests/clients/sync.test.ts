import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Site, startSite } from "../support/site.ts";

/** Clients that know nothing of UWS and follow redirects. */

let site: Site;
beforeAll(async () => {
  site = await startSite();
  site.worker("simulate");
  site.worker("crossmatch");
});
afterAll(() => site.stop());

const withCurl = test.skipIf(Bun.which("curl") === null);
const withStilts = test.skipIf(Bun.which("stilts") === null);

async function run(...command: readonly string[]) {
  const process = Bun.spawn([...command], { stdout: "pipe", stderr: "pipe" });
  const [out, error] = await Promise.all([process.stdout.text(), process.stderr.text()]);
  return { out, error, code: await process.exited };
}

const at = (path: string) => `${site.running.url}/${path}`;

withCurl("curl gets the bytes of a result by POST and by GET", async () => {
  const post = await run("curl", "-sSfL", "-d", "DURATION=0.3", "-d", "RESULT_BYTES=2000", at("simulate/sync"));
  expect([post.out.length, post.code]).toEqual([2000, 0]);
  const get = await run("curl", "-sSfL", at("simulate/sync?DURATION=0&RESULT_BYTES=100"));
  expect([get.out.length, get.code]).toEqual([100, 0]);
});

withCurl("curl uploads a table and gets the matches", async () => {
  const table = 'TABLE="name,ra,dec\nSirius,101.2872,-16.7161\n";filename=t.csv;type=text/csv';
  const { out, code } = await run("curl", "-sSfL", "-F", table, "-F", "RADIUS=0.1", at("crossmatch/sync"));
  expect([out, code]).toEqual([expect.stringContaining("<VOTABLE"), 0]);
});

withCurl("curl gets the error of a job that fails", async () => {
  const failing = ["-d", "OUTCOME=fatal", "-d", "DURATION=0"];
  const { out } = await run("curl", "-sSL", "-w", " %{http_code}", ...failing, at("simulate/sync"));
  expect(out).toMatch(/\S.* 422$/s);
});

withStilts("STILTS reads the matches as a table", async () => {
  const query = new URLSearchParams({ TABLE: "name,ra,dec\nSirius,101.2872,-16.7161\n", RADIUS: "0.1", FIND: "best" });
  const { out, error, code } = await run("stilts", "tpipe", `in=${at("crossmatch/sync")}?${query}`, "omode=count");
  expect([error, code]).toEqual(["", 0]);
  expect(out).toMatch(/rows: 1\b/);
});
