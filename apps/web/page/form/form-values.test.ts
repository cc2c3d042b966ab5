import { expect, test } from "bun:test";
import type { ParameterDescription, RemoteJob, ServiceDescription } from "@uws/client";
import {
  emptyForm,
  entriesOf,
  filledIn,
  fromExample,
  fromJob,
  groupsOf,
  InvalidControl,
  withEntries,
} from "./form-values.ts";

const parameter = (name: string) => ({ name }) as ParameterDescription;
const description = {
  parameters: ["TABLE", "RADIUS", "Band"].map(parameter),
  groups: [],
  open: true,
} as unknown as ServiceDescription;
const text = (value: string) => ({ kind: "text", text: value }) as const;

test("empty fields are not sent, so that defaults hold; repeated values are, in their order", () => {
  let values = withEntries(emptyForm, "RADIUS", [text("")]);
  values = withEntries(values, "Band", [text("V"), text(""), text("R")]);
  values = {
    ...values,
    unknown: [
      { name: " X ", value: "" },
      { name: "", value: "lost" },
    ],
    runId: "night",
  };
  expect(filledIn(values, description)).toEqual({
    parameters: { Band: ["V", "R"], X: [""] },
    files: [],
    control: { runId: "night", executionDuration: undefined, destruction: undefined },
  });
  expect(filledIn(values, { ...description, open: false }).parameters).toEqual({ Band: ["V", "R"] });
});

test("a file is sent under the name of its parameter", () => {
  const entry = { kind: "file", file: new File(["x"], "t.csv"), mediaType: "text/csv" } as const;
  expect(filledIn(withEntries(emptyForm, "TABLE", [entry]), description).files).toEqual([{ name: "TABLE", entry }]);
});

test("times and durations are sent as the server wants them, and nonsense is kept back", () => {
  const values = { ...emptyForm, executionDuration: " 60 ", destruction: "2026-01-31T12:34" };
  expect(filledIn(values, description).control).toEqual({
    runId: undefined,
    executionDuration: 60,
    destruction: new Date("2026-01-31T12:34Z"),
  });
  expect(() => filledIn({ ...values, executionDuration: "long" }, description)).toThrow(InvalidControl);
  expect(() => filledIn({ ...values, destruction: "soon" }, description)).toThrow(InvalidControl);
});

test("an example takes the place of what was there, and leaves the run id", () => {
  const before = { ...withEntries(emptyForm, "RADIUS", [text("9")]), runId: "mine" };
  const example = { title: "E", parameters: { table: ["a,b"], Band: ["V", "R"], MORE: ["1", "2"] } };
  const values = fromExample(before, example, description);
  expect(values.runId).toBe("mine");
  expect(entriesOf(values, "RADIUS")).toEqual([text("")]);
  expect(entriesOf(values, "TABLE")).toEqual([text("a,b")]);
  expect(entriesOf(values, "Band")).toEqual([text("V"), text("R")]);
  expect(values.unknown).toEqual([
    { name: "MORE", value: "1" },
    { name: "MORE", value: "2" },
  ]);
});

test("the same job again has its parameters, its uploads as links, and not the name of its type", () => {
  const job = {
    runId: "night 7",
    executionDuration: 60,
    parameters: [
      { name: "TABLE", value: "http://h/7/parameters/TABLE", byReference: true, mediaType: "text/csv", size: 3 },
      { name: "radius", value: "0.5", byReference: false },
      { name: "jobtype", value: "cone", byReference: false },
      { name: "NOTE", value: "<b>", byReference: false },
    ],
  } as unknown as RemoteJob;
  expect(fromJob(job, description, (link) => `${link}!`, "JOBTYPE")).toEqual({
    parameters: {
      TABLE: [{ kind: "copy", url: "http://h/7/parameters/TABLE!", mediaType: "text/csv", size: 3 }],
      RADIUS: [text("0.5")],
    },
    unknown: [{ name: "NOTE", value: "<b>" }],
    runId: "night 7",
    executionDuration: "60",
    destruction: "",
    priority: "",
  });
});

test("parameters of a group stand together, behind those of none", () => {
  const groups = [{ name: "g", title: "Where", description: "d", parameters: ["RADIUS"] }];
  const shown = groupsOf({ ...description, groups });
  expect(shown.map(({ title, parameters }) => [title, parameters.map(({ name }) => name)])).toEqual([
    [undefined, ["TABLE", "Band"]],
    ["Where", ["RADIUS"]],
  ]);
});

test("a priority is sent where the description lets jobs have one", () => {
  const values = { ...emptyForm, priority: " 5 " };
  expect(filledIn(values, description).parameters).toEqual({});
  const priority = { default: 0, max: 10 };
  expect(filledIn(values, { ...description, priority }).parameters).toEqual({ PRIORITY: ["5"] });
});
