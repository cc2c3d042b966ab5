import { expect, test } from "bun:test";
import { batchSelectionQuery, parseBatchSelection } from "./batch-selection.ts";

const parse = (text: string) => parseBatchSelection(new URLSearchParams(text));

test("a selection is a list's filter, or ids", () => {
  expect(parse("phase=QUEUED&RunId=a&param.x=1&dryrun=true&limit=5&cursor=c")).toEqual({
    filter: { phases: ["QUEUED"], runId: "a", parameters: [{ name: "x", value: "1" }] },
    ids: [],
    dryRun: true,
    limit: 5,
    cursor: "c",
  });
  expect(parse("id=a&ID=b&Id=a")).toEqual({
    filter: undefined,
    ids: ["a", "b"],
    dryRun: false,
    limit: 1000,
    cursor: undefined,
  });
});

test.each([
  ["", "A filter is required"],
  ["DRYRUN=true&LIMIT=4", "A filter is required"],
  ["PHASE=QUEUED&RUN_ID=a", '"RUN_ID": not allowed here'],
  ["PHAſE=QUEUED", "not allowed here"],
  ["LAST=5", "not allowed here"],
  ["OWNER=a", "not allowed here"],
  ["ID=a&PHASE=QUEUED", "must not be combined"],
  ["ID=a&CURSOR=x", "must not be combined"],
  ["PHASE=QUEUED&DRYRUN=1", "DRYRUN=1: not allowed; allowed: true, false"],
  ["PHASE=QUEUED&LIMIT=0", "LIMIT=0"],
  ["PHASE=QUEUED&LIMIT=1001", "LIMIT=1001"],
  ["PHASE=queued", "PHASE=queued"],
  ["AFTER=x", "AFTER=x"],
])("a selection that could mean something else is refused: %p", (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test("more ids than a batch may have are refused", () => {
  const ids = Array.from({ length: 1001 }, (_, index) => `ID=${index}`);
  expect(() => parse(ids.join("&"))).toThrow("ID is given 1001 times");
  expect(parse(ids.slice(1).join("&")).ids).toHaveLength(1000);
});

test("what goes on has the same filters", () => {
  expect(batchSelectionQuery(new URLSearchParams("phase=QUEUED&cursor=x&dryRun=true")).toString()).toBe(
    "phase=QUEUED&dryRun=true",
  );
});
