import { expect, test } from "bun:test";
import fc from "fast-check";
import { PackedRows } from "./packed-rows.ts";

test("gives back every cell as it was", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: "binary" }))), (table) => {
      const rows = new PackedRows();
      for (const cells of table) rows.add(cells);
      expect(rows.length).toBe(table.length);
      expect([...rows]).toEqual(table);
    }),
  );
  expect(() => new PackedRows().at(0)).toThrow(RangeError);
});
