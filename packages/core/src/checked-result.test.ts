import { expect, test } from "bun:test";

import { storable } from "./checked-result.ts";
import { limits } from "./limits.ts";

test("a worker's text is cut to what is stored, and holds nothing that cannot be", () => {
  expect(storable("x".repeat(limits.messageLength))).toHaveLength(limits.messageLength);
  expect(storable("x".repeat(limits.messageLength + 1))).toHaveLength(limits.messageLength);
  expect(storable("long enough", 5)).toBe("long…");
  expect(storable("a\0b\ud800")).toBe("a\uFFFDb\uFFFD");
});
