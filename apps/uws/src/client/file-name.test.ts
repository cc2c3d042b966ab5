import { expect, test } from "bun:test";
import { safeFileName, suggestedName } from "./file-name.ts";

const safe = (name: string) => safeFileName(name, new Set());

test("a name stays one component, whatever the server calls it", () => {
  expect(safe("chart.svg")).toBe("chart.svg");
  for (const [wanted, name] of [
    ["../../etc/passwd", "passwd"],
    ["..\\..\\windows\\evil.exe", "evil.exe"],
    ["/etc/passwd", "passwd"],
    ["..", "result"],
    [".", "result"],
    ["", "result"],
    ["a/", "result"],
    [".bashrc", "bashrc"],
    ["-rf", "rf"],
    ["a\u0000b\u001b[31m\n", "a_b_[31m_"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["c:evil", "c_evil"],
    ["\u202egnp.exe", "_gnp.exe"],
    ["trailing. ", "trailing"],
    ["résultat.csv", "résultat.csv"],
  ] as const) {
    expect([wanted, safe(wanted)]).toEqual([wanted, name]);
  }
});

test("long names are cut before their ending, and not in the middle of a character", () => {
  const name = safe(`${"é".repeat(500)}.vot`);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(name).toMatch(/^é+\.vot$/);
});

test("two results do not share a file, also where case makes no difference", () => {
  const taken = new Set<string>();
  expect(["a.csv", "A.csv", "a.csv", "a"].map((name) => safeFileName(name, taken))).toEqual([
    "a.csv",
    "A-2.csv",
    "a-3.csv",
    "a",
  ]);
});

test("the server's name for a file comes first, else the id with an ending that fits its type", () => {
  const named = (id: string, headers: Record<string, string>) => suggestedName(id, new Response("", { headers }));
  const disposition = (value: string) => named("id", { "content-disposition": value });
  expect(disposition('inline; filename="a b.csv"')).toBe("a b.csv");
  expect(disposition("attachment; filename=plain.csv; size=3")).toBe("plain.csv");
  expect(disposition("inline; filename=\"_.csv\"; filename*=UTF-8''%C3%A9.csv")).toBe("é.csv");
  expect(disposition("inline; filename*=UTF-8''%ZZ; filename=x")).toBe("x");
  expect(disposition("inline")).toBe("id");
  expect(named("result", { "content-type": "application/x-votable+xml; serialization=binary2" })).toBe("result.vot");
  expect(named("table.csv", { "content-type": "text/plain" })).toBe("table.csv");
  expect(named("image", { "content-type": "application/x-unknown" })).toBe("image");
});
