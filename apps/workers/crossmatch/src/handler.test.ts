import { describe, expect, test } from "bun:test";
import type { ParameterEntry } from "@uws/worker";
import { runHandler } from "@uws/worker/testing";
import { crossmatch } from "./handler.ts";
import { messierCsv } from "./messier.ts";

/** Runs the handler; what it throws is thrown. */
async function run(entries: readonly ParameterEntry[], signal = new AbortController().signal) {
  const { error, results, logs, progress } = await runHandler(crossmatch, { parameters: entries, signal });
  if (error !== undefined) throw error;
  return {
    results,
    warnings: logs.filter(({ level }) => level === "warn").map(({ message }) => message),
    fractions: progress.map(({ fraction }) => fraction),
  };
}

function upload(text: string): ParameterEntry {
  const bytes = new TextEncoder().encode(text);
  async function* stream() {
    yield bytes;
  }
  const file = {
    name: "table",
    filename: "t.csv",
    mediaType: "text/csv",
    size: bytes.length,
    stream,
    bytes: async () => bytes,
    text: async () => text,
  };
  return { name: "table", file };
}

describe("a crossmatch job", () => {
  test("makes a VOTable, a CSV and a chart of an uploaded table", async () => {
    const { results, fractions, warnings } = await run([upload(messierCsv()), { name: "radius", value: "0.5" }]);
    expect([...results].map(([id, { mediaType }]) => [id, mediaType])).toEqual([
      ["result", "application/x-votable+xml"],
      ["csv", "text/csv"],
      ["chart", "image/svg+xml"],
    ]);
    expect(results.get("csv")?.text.trim().split("\r\n")).toHaveLength(350);
    expect(results.get("chart")?.text).toContain("110 positions · radius 30′ · 107 with a star · 349 matches");
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(warnings).toEqual([]);
  });

  test("takes a table given as text, and does without a radius", async () => {
    const { results } = await run([{ name: "TABLE", value: "ra,dec\n101.287,-16.716\n" }]);
    expect(results.get("csv")?.text).toContain("1,101.287,-16.716,32349,");
  });

  test("names bad rows in the log and goes on", async () => {
    const { warnings } = await run([upload("ra,dec\n101.287,-16.716\nx,1\n1,99\n")]);
    expect(warnings).toEqual([
      "2 of 3 rows have no usable position and were left out:",
      'line 3: right ascension "x" is not a number',
      "line 4: declination 99 is not between -90 and 90 degrees",
    ]);
  });

  test("fails for good, with the reason, if the table is of no use", async () => {
    await expect(run([upload("a,b\n1,2\n")])).rejects.toMatchObject({
      name: "JobFailure",
      kind: "fatal",
      retryable: false,
      message:
        "No position columns were found. The table has these columns: a, b. Name them ra and dec, or give the parameters RA and DEC.",
    });
    await expect(run([upload("ra,dec\nx,2\ny,3\n")])).rejects.toMatchObject({
      name: "JobFailure",
      detail: 'line 2: right ascension "x" is not a number\nline 3: right ascension "y" is not a number',
    });
  });

  test("does not trust that its parameters were validated", async () => {
    const table = upload("ra,dec\n1,2\n");
    for (const [name, value] of [
      ["RADIUS", "-1"],
      ["RADIUS", "abc"],
      ["RADIUS", ""],
      ["FIND", "some"],
      ["MAXREC", "1e12"],
      ["MAXMATCHES", "0"],
    ] as const) {
      await expect(run([table, { name, value }])).rejects.toThrow(`The parameter ${name} is "${value}"`);
    }
    await expect(run([])).rejects.toThrow("The parameter TABLE is missing.");
  });

  test("ends with the signal's reason when it is interrupted", async () => {
    await expect(run([upload(messierCsv())], AbortSignal.abort(new Error("fenced")))).rejects.toThrow("fenced");
  });
});
