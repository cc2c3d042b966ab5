import { expect, test } from "bun:test";
import { isFiltered, jobFilterOf, noFilter, readTableFilter, tableFilterQuery } from "./table-filter.ts";

test("a filter stands in the address, and is read from there", () => {
  const filter = {
    phases: ["ERROR", "ABORTED"] as const,
    runId: "night & day",
    type: "cone",
    after: "2026-01-31 12:34:00",
    before: "2026-02-01 00:00:00",
    parameterName: "BAND",
    parameterValue: "<V>",
  };
  const query = tableFilterQuery(filter);
  expect(readTableFilter(new URLSearchParams(query.toString()))).toEqual(filter);
  expect(jobFilterOf(filter)).toEqual({
    phases: ["ERROR", "ABORTED"],
    runId: "night & day",
    type: "cone",
    after: new Date("2026-01-31T12:34Z"),
    before: new Date("2026-02-01T00:00Z"),
    parameters: { BAND: "<V>" },
  });
});

test("no filter is an empty address, and nonsense in an address is no filter", () => {
  expect(tableFilterQuery(noFilter).toString()).toBe("");
  expect(isFiltered(noFilter)).toBe(false);
  const nonsense = readTableFilter(new URLSearchParams("PHASE=WELL&AFTER=soon&BEFORE=2026-01-31T12:34:56Z&x=1"));
  expect(nonsense).toEqual({ ...noFilter, before: "2026-01-31 12:34:56" });
  expect(isFiltered(nonsense)).toBe(true);
});

test("a parameter may be asked for that is empty", () => {
  const filter = { ...noFilter, parameterName: "LABEL" };
  expect(readTableFilter(tableFilterQuery(filter))).toEqual(filter);
  expect(jobFilterOf(filter).parameters).toEqual({ LABEL: "" });
});
