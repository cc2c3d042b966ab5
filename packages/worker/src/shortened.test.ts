import { expect, test } from "bun:test";
import { shortened } from "./shortened.ts";

test("a text is cut to bytes, never inside a character", () => {
  expect(shortened("größer", 8)).toBe("größer");
  expect(shortened("größer", 7)).toBe("größe");
  expect(shortened("größer", 5)).toBe("grö");
  expect(shortened("語語", 5)).toBe("語");
  expect(shortened("😀😀", 7)).toBe("😀");
  expect(shortened("語", 2)).toBe("");
  expect(shortened("語", 0)).toBe("");
});
