import { expect, test } from "bun:test";
import { printable, printableLines } from "./client/printable.ts";
import { table } from "./table.ts";

test("columns are as wide as what stands in them, as a terminal counts it", () => {
  const rows = [
    ["a", "星団", undefined],
    ["longer", "é", "x"],
  ];
  expect(table(["ID", "NAME", "MORE"], rows)).toBe(
    ["ID      NAME  MORE", "a       星団  -", "longer  é     x"].join("\n"),
  );
});

test("what a server says cannot move the cursor, nor pretend to be another line", () => {
  expect(table(["X"], [["a\u001b[2J\r\nb\u009b31m"]])).toBe("X\na [2J b 31m");
  expect(printable("\u202etxt.exe\u0007")).toBe("txt.exe");
  expect(printableLines("one\r\n\ttwo\u001b]0;title\u0007\n\n")).toBe("one\n    two ]0;title");
});
