import { expect, test } from "bun:test";
import type { ParameterDescription } from "@uws/client";
import { valueHint } from "./value-hint.ts";

const hint = (parameter: Partial<ParameterDescription>) =>
  valueHint({ name: "P", options: [], multiple: false, ...parameter } as ParameterDescription);

test("a hint says type, bounds and default", () => {
  expect(
    hint({
      type: "number",
      minimum: { value: 0, inclusive: false },
      maximum: { value: 5, inclusive: true },
      default: "0.1",
    }),
  ).toBe("a number, > 0, ≤ 5, default 0.1");
  expect(hint({ type: "integer", multiple: true })).toBe("a whole number, may be given several times");
  expect(hint({ type: "string", options: ["all", "best"], default: "all" })).toBe("");
  expect(hint({ type: "string" })).toBe("");
});

test("an xtype of DALI is told by its form, another one not", () => {
  expect(hint({ xtype: "circle" })).toContain("83.63 22.01 0.1");
  expect(hint({ xtype: "house", type: "number" })).toBe("a number");
});

test("a file is told by its media types and its size", () => {
  const mediaTypes = ["text/csv", "application/octet-stream", "a/1", "a/2", "a/3", "a/4"];
  expect(hint({ upload: { mediaTypes, maxBytes: undefined } })).toBe("a file (text/csv, a/1, a/2, a/3, …)");
  expect(hint({ upload: { mediaTypes: [], maxBytes: 268_435_456 } })).toBe("a file of at most 268 MB");
});
