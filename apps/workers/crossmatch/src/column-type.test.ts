import { expect, test } from "bun:test";
import { ColumnType } from "./column-type.ts";

function typeOf(...values: string[]): string {
  const type = new ColumnType();
  for (const value of values) type.see(value);
  return type.column.datatype;
}

test("the narrowest datatype that holds every value", () => {
  expect(typeOf("1", "-2", "")).toBe("int");
  expect(typeOf("1", "2147483648")).toBe("long");
  expect(typeOf("1", "2147483648", "1.5")).toBe("double");
  expect(typeOf("12345678901234567890")).toBe("double");
  expect(typeOf("1e5", ".5", "-0.5")).toBe("double");
  expect(typeOf("1", "007")).toBe("char");
  expect(typeOf("1", "x", "2")).toBe("char");
  expect(typeOf("x", "é")).toBe("unicodeChar");
  expect(typeOf("", "")).toBe("char");
});
