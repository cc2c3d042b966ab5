import { expect, test } from "bun:test";
import { mainResult } from "./sync-outcome.ts";

test.each([
  [["table", "csv"], ["csv", "table"], "table"],
  [["table", "csv"], ["result", "csv"], "csv"],
  [["table", "csv"], ["a", "result"], "result"],
  [[], ["a", "result"], "result"],
  [["table"], ["b", "a"], "b"],
  [["table"], [], undefined],
])("where %p are declared and %p are there, the main result is %p", (declared, there, main) => {
  const named = (ids: readonly string[]) => ids.map((id) => ({ id }));
  expect(mainResult(named(declared), named(there))).toBe(main as string);
});
