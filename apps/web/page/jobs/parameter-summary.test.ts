import { expect, test } from "bun:test";
import { parameterSummary } from "./parameter-summary.ts";

const value = (name: string, text: string, cut = false) => ({ name, value: text, cut, size: undefined });
const file = { name: "TABLE", value: undefined, cut: false, size: 1234 };

test("parameters are one line, in which files have a size and long values an end", () => {
  expect(parameterSummary([value("RADIUS", "0.5"), file, value("Q", "select\n  1")], 3)).toBe(
    "RADIUS=0.5 TABLE (file, 1.2 kB) Q=select 1",
  );
  expect(parameterSummary([value("Q", "x".repeat(30))], 1)).toBe(`Q=${"x".repeat(24)}…`);
  expect(parameterSummary([value("Q", "x", true)], 1)).toBe("Q=x…");
  expect(parameterSummary([], 0)).toBe("");
});

test("what does not fit is counted", () => {
  const many = Array.from({ length: 10 }, (_, index) => value(`PARAMETER_${index}`, "0123456789"));
  const line = parameterSummary(many, 40);
  expect(line).toStartWith("PARAMETER_0=0123456789 ");
  expect(line).toEndWith(" and 35 more");
  expect(line.length).toBeLessThan(140);
});
