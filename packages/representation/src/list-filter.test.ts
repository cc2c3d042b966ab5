import { expect, test } from "bun:test";
import { UwsError } from "@uws/core";
import { listFilterQuery, parseListFilter, parseListPage } from "./list-filter.ts";

const query = (text: string) => new URLSearchParams(text);

test("the list's filter takes its names in any case, and phases as a union", () => {
  expect(parseListFilter(query(""))).toEqual({ phases: [] });
  expect(parseListFilter(query("phase=QUEUED&PHASE=ERROR&Phase=QUEUED&after=2015&Last=3&x=y"))).toEqual({
    phases: ["QUEUED", "ERROR"],
    after: new Date("2015-01-01T00:00:00Z"),
    last: 3,
  });
  expect(parseListFilter(query("LAST=99999999999999999999")).last).toBe(2147483647);
});

test.each([
  "PHASE=",
  "PHASE=DONE",
  "PHASE=queued",
  "AFTER=",
  "AFTER=x",
  "LAST=0",
  "LAST=-1",
  "LAST=",
  "LAST=1.5",
  "LAST=x",
  "BEFORE=x",
  "BEFORE=2015-10-26T00:00:00+01:00",
  "RUNID=%00",
  "TYPE=a&TYPE=b",
  "OWNER=%00",
  "PARAM.=1",
  "param.x=%00",
  `PARAM.${"x".repeat(201)}=1`,
])("the list's filter refuses %p by name", (text) => {
  expect(() => parseListFilter(query(text))).toThrow(UwsError);
  expect(() => parseListFilter(query(text))).toThrow(/^[A-Za-z]+/.exec(text)?.[0] ?? "?");
});

test("a name in other letters is another name, even if its capitals are the same", () => {
  expect(parseListFilter(query("pha%C5%BFe=x"))).toEqual({ phases: [] });
});

test("AFTER and LAST can be given once", () => {
  expect(() => parseListFilter(query("LAST=1&last=2"))).toThrow("LAST is given 2 times");
});

test("run id, type, owner and values of parameters are kept as they were sent", () => {
  expect(parseListFilter(query("runid=a b&Type=cone&OWNER=ada&PARAM.Band=V&param.band=<R>&PARAM.x.y="))).toEqual({
    phases: [],
    runId: "a b",
    type: "cone",
    owner: "ada",
    parameters: [
      { name: "Band", value: "V" },
      { name: "band", value: "<R>" },
      { name: "x.y", value: "" },
    ],
  });
  const many = Array.from({ length: 11 }, (_, index) => `PARAM.P${index}=1`).join("&");
  expect(() => parseListFilter(query(many))).toThrow("PARAM.… is given 11 times; allowed: 10");
});

test("BEFORE is strict, on times that have milliseconds", () => {
  const before = (text: string) => parseListFilter(query(`BEFORE=${text}`)).before?.toISOString();
  expect(before("2015-10-26T09:00:00.123")).toBe("2015-10-26T09:00:00.123Z");
  expect(before("2015-10-26T09:00:00.1230")).toBe("2015-10-26T09:00:00.123Z");
  expect(before("2015-10-26T09:00:00.123001Z")).toBe("2015-10-26T09:00:00.124Z");
  expect(before("2015")).toBe("2015-01-01T00:00:00.000Z");
});

test("a page holds 1 to 1000 jobs", () => {
  expect(["", "limit=1", "LIMIT=1000"].map((text) => parseListPage(query(text)).limit)).toEqual([1000, 1, 1000]);
  expect(parseListPage(query("Cursor=x"))).toEqual({ limit: 1000, summary: false, cursor: "x" });
  expect(parseListPage(query("summary=true"))).toEqual({ limit: 100, summary: true });
  for (const text of [
    "limit=",
    "limit=0",
    "limit=1001",
    "limit=x",
    "limit=1&limit=2",
    "cursor=a&cursor=b",
    "SUMMARY=1",
    "SUMMARY=true&limit=101",
  ]) {
    expect(() => parseListPage(query(text))).toThrow(UwsError);
  }
});

test("the next page's URL keeps what is about the list, and nothing else", () => {
  const sent = query("phase=ERROR&PHASE=ABORTED&PARAM.x=%26&Limit=5&cursor=abc&token=secret&WAIT=3");
  expect(listFilterQuery(sent).toString()).toBe("phase=ERROR&PHASE=ABORTED&PARAM.x=%26&Limit=5");
});
