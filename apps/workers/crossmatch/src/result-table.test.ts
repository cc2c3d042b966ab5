import { expect, test } from "bun:test";
import { resultColumns } from "./result-table.ts";

function columns(...names: string[]) {
  return {
    columns: names.map((name) => ({ name, datatype: "char", arraysize: "*", ucd: "pos.eq.ra;meta.main" })),
    raColumn: 0,
    decColumn: 1,
  };
}

test("our columns stand around the input's and keep their names; the input's give way", () => {
  const result = resultColumns(columns("ra", "dec", "HIP", "ra", "", "vmag", "Separation"));
  expect(result.map(({ name }) => name)).toEqual([
    "input_row",
    "ra",
    "dec",
    "HIP_2",
    "ra_2",
    "column5",
    "vmag_2",
    "Separation_2",
    "hip",
    "hip_ra",
    "hip_dec",
    "vmag",
    "bv",
    "separation",
  ]);
});

test("ids are XML names and unique, whatever the names", () => {
  const ids = resultColumns(columns("RA (deg)", "RA [deg]", "α", "β", "2MASS", "a b")).map(({ id }) => id);
  expect(ids.every((id) => /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id))).toBe(true);
  expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(ids.length);
});

test("one position is the main one", () => {
  const main = resultColumns(columns("ra", "dec")).filter(({ ucd }) => ucd === "pos.eq.ra;meta.main");
  expect(main.map(({ name }) => name)).toEqual(["hip_ra"]);
});
