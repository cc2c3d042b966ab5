import { expect, test } from "bun:test";
import { messierCsv } from "./messier.ts";
import { readTable } from "./read-table.ts";

test("the Messier catalogue is a table of 110 good rows", async () => {
  const table = await readTable(messierCsv());
  expect([table.rows.length, table.badRowCount]).toEqual([110, 0]);
  expect(table.columns.map(({ name }) => name)).toEqual(["name", "ra", "dec", "type", "mag"]);
  expect(table.rows.at(30)).toEqual(["M31", "10.6751", "41.2667", "s", "3.4"]);
});
