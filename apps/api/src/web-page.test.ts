import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiFixture, apiFixture } from "./testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

const get = (path: string, headers: Record<string, string> = {}) => it.request(it.api.url + path, { headers });
const asHtml = { accept: "text/html" };

/** Names of the files that the page loads. */
async function files(): Promise<string[]> {
  const html = await (await get("/ui/")).text();
  return [...html.matchAll(/(?:href|src)="([\w-]+\.\w+)"/g)].map(([, name]) => name ?? "");
}

test("every address below /ui/ is the page, whose own addresses are relative to wherever that is", async () => {
  const bases = {
    "/ui/": "./",
    "/ui/cone/async": "../",
    "/ui/api/batch/jobs/7": "../../../",
    "/ui/cone/async/": "../../",
  };
  for (const [path, base] of Object.entries(bases)) {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await answer.text()).toContain(`<base href="${base}">`);
    expect(new URL(base, it.api.url + path).pathname).toBe("/ui/");
  }
  const bare = await get("/ui");
  expect([bare.status, bare.headers.get("location")]).toEqual([303, `${it.api.url}/ui/`]);
  expect(await (await get("/ui/")).text()).not.toMatch(/(?:href|src)="(?:\/|https?:)/);
});

test("the page may load and run nothing but its own files", async () => {
  const { headers } = await get("/ui/cone/async");
  expect(headers.get("content-security-policy")?.split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect([headers.get("referrer-policy"), headers.get("x-content-type-options")]).toEqual(["no-referrer", "nosniff"]);
});

test("its files are compressed, small, and kept for ever under the name that their content gives them", async () => {
  const names = await files();
  expect(names.map((name) => name.replace(/-\w+\./, "."))).toEqual(["icon.svg", "style.css", "main.js"]);
  let sent = 0;
  for (const name of names) {
    const answer = await fetch(`${it.api.url}/ui/${name}`, {
      headers: { "accept-encoding": "gzip" },
      decompress: false,
    });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    sent += bytes.length;
    const plain = await fetch(`${it.api.url}/ui/${name}`, {
      headers: { "accept-encoding": "gzip;q=0" },
      decompress: false,
    });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(Buffer.from(await plain.bytes()).equals(Buffer.from(Bun.gunzipSync(bytes)))).toBe(true);
  }
  // Bytes: a page for one of these networks that an observatory on a mountain has.
  expect(sent).toBeLessThan(64_000);
  expect((await get("/ui/main-other.js")).status).toBe(404);
});

test("the page itself is asked for again, and not sent again", async () => {
  const first = await get("/ui/cone/async");
  const etag = first.headers.get("etag") ?? "";
  expect(first.headers.get("cache-control")).toBe("no-cache");
  expect((await get("/ui/cone/async", { "if-none-match": etag })).status).toBe(304);
  // Its links are others at another depth.
  expect((await get("/ui/", { "if-none-match": etag })).status).toBe(200);
});

test("the pages without JavaScript lead to it, each to the same thing", async () => {
  const job = await it.create(it.cones);
  const { pathname } = new URL(job);
  const html = async (path: string) => await (await get(path, asHtml)).text();
  expect(await html("/")).toContain('<a href="ui/">Open the web page</a>');
  expect(await html("/")).toContain('<a href="ui/cone/async">');
  expect(await html("/cone/async")).toContain(`href="${it.api.url}/ui/cone/async"`);
  expect(await html(pathname)).toContain(`href="${it.api.url}/ui${pathname}"`);
});
