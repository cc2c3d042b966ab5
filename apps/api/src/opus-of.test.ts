import { expect, test } from "bun:test";
import { importOpus, inputParameters, type JobDescription, loadDescription, parseDescription } from "@uws/description";
import { opusOf } from "./opus-of.ts";

const every = parseDescription(
  `
name: every-kind
version: "1.2"
title: Every <kind>
description: "Of parameters & results"
contact: { name: Ada, email: ada@example.org }
documentation: https://example.org/every
parameters:
  type: object
  required: [TABLE, RADIUS, BAND]
  additionalProperties: false
  properties:
    TABLE: { description: Positions, type: string, x-file: { mediaTypes: [text/csv, application/x-votable+xml] } }
    RADIUS: { type: number, exclusiveMinimum: 0, maximum: 3600, x-ivoa: { unit: arcsec, ucd: pos.angDistance } }
    BAND: { type: string, enum: [V, R, "\u03b2 & <"], default: V, x-ivoa: { utype: "a:b.c", xtype: band } }
    ROWS: { type: integer, minimum: 1, default: 9007199254740991 }
    ALL: { type: boolean, default: true }
    EPOCHS: { type: array, items: { type: number, minimum: 1900 }, default: [2000, 2015.5] }
    NOTE: { description: "Several\\nlines, \\"quoted\\"", type: string, default: "  x\\ty " }
    n:x: { type: integer }
    SPAN: { type: array, items: { type: number }, x-ivoa: { xtype: interval }, default: [0, 1.5] }
    WHERE: { x-ivoa: { xtype: circle } }
groups:
  - { name: numbers, title: Numbers, description: "All: of them", parameters: [ROWS, SPAN] }
  - { name: sky, title: Sky, parameters: [WHERE] }
results:
  - { id: result, mediaType: application/x-votable+xml, description: The matches }
  - { id: csv, mediaType: text/csv }
executionDuration: { default: 600 }
estimate: 30
`,
  "every.yaml",
);

/** What a list of parameters and results can tell of a job type, and OPUS keeps. */
const told = (type: JobDescription) => ({
  ...{ name: type.name, version: type.version, title: type.title, description: type.description.trim() },
  ...{ contact: type.contact, documentation: type.documentation, results: type.results, estimate: type.estimate },
  executionDuration: type.executionDuration.default,
  groups: type.groups,
  parameters: inputParameters(type),
});

test("what is exported for OPUS and imported again is an equivalent description", () => {
  const { description, leftOut } = importOpus(opusOf([every]), "every.xml");
  expect(told(description)).toEqual({
    ...told(every),
    // White space around a default is not kept by anybody who edits XML.
    parameters: inputParameters(every).map((each) => (each.name === "NOTE" ? { ...each, default: "x\ty" } : each)),
  });
  expect(leftOut).toEqual([]);
});

test.each(["crossmatch", "simulate"])("so is the description of the example %s", async (name) => {
  const { description: original } = await loadDescription(
    `${import.meta.dirname}/../../workers/${name}/description.yaml`,
  );
  const { description } = importOpus(opusOf([original]), `${name}.xml`);
  const { parameters, ...rest } = told(description);
  const { parameters: before, ...restBefore } = told(original);
  expect(rest).toEqual({ ...restBefore, estimate: before && original.estimate && Math.ceil(original.estimate) });
  // Texts of which there may be several have no arraysize in VOTable.
  const oneText = before.map((each) => (each.type === "string" ? { ...each, multiple: false } : each));
  const trimmed = (list: typeof parameters) => list.map((each) => ({ ...each, description: each.description.trim() }));
  expect(trimmed(parameters)).toEqual(trimmed(oneText));
});

test("an ID stands once in a document, however many job types it describes", () => {
  const xml = opusOf([every, { ...every, name: "RADIUS" }, { ...every, name: "third" }]);
  const ids = [...xml.matchAll(/ ID="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(["every-kind", "RADIUS", "third", "TABLE"]));
  expect(ids).not.toContain("n:x");
  // What refers to an ID is in the same RESOURCE.
  expect(xml.match(/ ref="TABLE"/g)).toHaveLength(1);
});
