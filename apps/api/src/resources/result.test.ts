import { afterAll, beforeAll, expect, test } from "bun:test";
import { addResult } from "@uws/store";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
let job: string;
const content = "0123456789abcdef";
const url = () => `${job}/results/result`;

beforeAll(async () => {
  it = await apiFixture();
  job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
  const attempt = await it.start(job);
  await it.addResult(attempt, "result", content);
  await it.addResult(attempt, "empty", "");
  await it.addResult(attempt, "strange/ñ", "<script>alert(1)</script>", "text/html");
  const location = { reference: "https://elsewhere.example.org/result?a=1&b=2" };
  await addResult(it.store, attempt, { id: "far", mediaType: "text/csv", size: undefined, location }, 0);
});
afterAll(() => it.close());

const get = async (headers: Record<string, string> = {}, method = "GET") => {
  const answer = await it.request(url(), { method, headers });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
};

// shows: results-headers
test("a result is served whole while the job still runs, with all that describes it", async () => {
  const { status, headers, body } = await get();
  expect([status, body]).toEqual([200, content]);
  const sha256 = new Bun.CryptoHasher("sha256").update(content).digest("hex");
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-type": "text/csv",
    "content-length": "16",
    "content-disposition": 'inline; filename="result.csv"',
    "accept-ranges": "bytes",
    etag: `"${sha256}"`,
    "last-modified": expect.stringMatching(/ GMT$/),
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringMatching(/^sandbox;/),
  });
  const head = await get({}, "HEAD");
  expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, "", "16"]);
});

test("an empty result, and one of an odd name and type", async () => {
  const empty = await it.request(`${job}/results/empty`);
  expect([empty.status, empty.headers.get("content-length"), await empty.text()]).toEqual([200, "0", ""]);
  const list = await (await it.request(`${job}/results`)).text();
  const [, href] = /id="strange\/ñ"[^>]*xlink:href="([^"]+)"/.exec(list) ?? [];
  const strange = await it.request(href ?? "");
  expect([strange.status, strange.headers.get("content-disposition")]).toEqual([
    200,
    `inline; filename="strange__.html"; filename*=UTF-8''strange%2F%C3%B1.html`,
  ]);
});

test.each([
  ["bytes=0-3", 206, "0123", "bytes 0-3/16"],
  ["bytes=10-", 206, "abcdef", "bytes 10-15/16"],
  ["bytes=-2", 206, "ef", "bytes 14-15/16"],
  ["bytes=5-100", 206, "56789abcdef", "bytes 5-15/16"],
  ["bytes=0-0", 206, "0", "bytes 0-0/16"],
  ["bytes=16-", 416, undefined, "bytes */16"],
  ["bytes=-0", 416, undefined, "bytes */16"],
  ["bytes=3-1", 200, content, null],
  ["bytes=0-1,3-4", 200, content, null],
  ["lines=0-1", 200, content, null],
])("range %s", async (range, status, body, contentRange) => {
  const answer = await get({ range });
  expect([answer.status, answer.headers.get("content-range")]).toEqual([status, contentRange]);
  if (body !== undefined) {
    expect(answer.body).toBe(body);
    expect(answer.headers.get("content-length")).toBe(String(body.length));
  }
});

test("conditional requests", async () => {
  const first = await get();
  const etag = first.headers.get("etag") ?? "";
  const modified = first.headers.get("last-modified") ?? "";
  const range = "bytes=0-1";
  const statusOf = async (headers: Record<string, string>) => (await get(headers)).status;
  expect(await statusOf({ "if-none-match": `"x", W/${etag}` })).toBe(304);
  expect(await statusOf({ "if-none-match": "*" })).toBe(304);
  expect(await statusOf({ "if-none-match": '"x"', "if-modified-since": modified })).toBe(200);
  expect(await statusOf({ "if-modified-since": modified })).toBe(304);
  expect(await statusOf({ "if-modified-since": "Sat, 01 Jan 2000 00:00:00 GMT" })).toBe(200);
  expect(await statusOf({ "if-range": etag, range })).toBe(206);
  expect(await statusOf({ "if-range": '"x"', range })).toBe(200);
  expect(await statusOf({ "if-range": modified, range })).toBe(206);
  expect(await statusOf({ "if-none-match": etag, range })).toBe(304);
});

// shows: results-elsewhere
test("a result that is elsewhere is a redirect", async () => {
  const answer = await it.request(`${job}/results/far`);
  expect([answer.status, answer.headers.get("location")]).toEqual([
    303,
    "https://elsewhere.example.org/result?a=1&b=2",
  ]);
});
