import { expect, test } from "bun:test";
import type { InputParameter } from "@uws/core";
import { XMLParser } from "fast-xml-parser";
import { negotiateDescription } from "./negotiate-description.ts";
import { serviceDescriptors } from "./service-descriptor.ts";
import { availabilityJson, availabilityXml } from "./vosi-availability.ts";
import { capabilitiesXml } from "./vosi-capabilities.ts";

// That the documents are valid by their schemas is shown where they are served: tests/clients/vosi.test.ts.

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  htmlEntities: true,
  isArray: (name) => ["PARAM", "param", "capability"].includes(name),
});

const parameter = (changes: Partial<InputParameter>): InputParameter => ({
  name: "p",
  description: "",
  type: "string",
  multiple: false,
  arraysize: undefined,
  required: false,
  file: false,
  unit: undefined,
  ucd: undefined,
  utype: undefined,
  xtype: undefined,
  minimum: undefined,
  maximum: undefined,
  options: [],
  default: undefined,
  ...changes,
});

const time = new Date("2026-01-31T12:34:56.789Z");

test("availability says since when, or why not", () => {
  const up = availabilityXml({ available: true, upSince: time, notes: ["a < b"] });
  expect(parser.parse(up, true)["vosi:availability"]).toMatchObject({
    "vosi:available": "true",
    "vosi:upSince": "2026-01-31T12:34:56.789Z",
    "vosi:note": "a < b",
  });
  const down = { available: false, upSince: time, notes: ["one", "two"] };
  expect(availabilityXml(down)).not.toContain("upSince");
  expect(parser.parse(availabilityXml(down), true)["vosi:availability"]["vosi:note"]).toEqual(["one", "two"]);
  expect(availabilityJson(down)).toEqual({ available: false, upSince: null, notes: ["one", "two"] });
});

test("capabilities name the standard, the URL and the parameters", () => {
  const parameters = [
    parameter({ name: "R", type: "number", required: true, unit: "deg", ucd: "pos", utype: "a:b", description: "<R>" }),
    parameter({ name: "N", type: "integer", multiple: true, xtype: "interval" }),
  ];
  const methods = ["GET", "POST"] as const;
  const xml = capabilitiesXml([
    {
      standardId: "ivo://x#y",
      interfaces: [
        {
          url: "http://h/a?b&c",
          use: "base",
          methods,
          parameters,
          securityMethods: ["ivo://ivoa.net/sso#BasicAA", null],
        },
      ],
    },
    { description: "D", interfaces: [] },
  ]);
  const [first, second] = parser.parse(xml, true)["vosi:capabilities"].capability;
  expect(first["@standardID"]).toBe("ivo://x#y");
  expect(first.interface).toMatchObject({
    "@xsi:type": "vs:ParamHTTP",
    accessURL: { "#text": "http://h/a?b&c", "@use": "base" },
    queryType: ["GET", "POST"],
    securityMethod: [{ "@standardID": "ivo://ivoa.net/sso#BasicAA" }, ""],
  });
  expect(first.interface.param).toEqual([
    {
      "@use": "required",
      "@std": "false",
      name: "R",
      description: "<R>",
      unit: "deg",
      ucd: "pos",
      utype: "a:b",
      dataType: "real",
    },
    {
      "@use": "optional",
      "@std": "false",
      name: "N",
      dataType: { "#text": "integer", "@arraysize": "*", "@extendedType": "interval" },
    },
  ]);
  expect(second).toEqual({ description: "D" });
});

test("a service descriptor leaves values to the client, and tells the rest", () => {
  const parameters = [
    parameter({ name: "B", type: "boolean", default: "true", description: "Both?" }),
    parameter({ name: "L", type: "integer", multiple: true, minimum: { value: 0, inclusive: false } }),
    parameter({ name: "O", options: ["a", "\u03b2"], required: true, file: true, xtype: "x", unit: "m" }),
  ];
  const xml = serviceDescriptors([
    {
      ...{ id: "sync", title: "T & U", description: "", url: "http://h/sync", exampleUrl: "http://h/sync?a&b" },
      ...{ parameters, groups: [] },
    },
  ]);
  const { RESOURCE } = parser.parse(xml, true).VOTABLE;
  expect(RESOURCE).toMatchObject({
    "@type": "meta",
    "@utype": "adhoc:service",
    "@ID": "sync",
    "@name": "T & U (sync)",
  });
  expect(RESOURCE.PARAM.map((about: Record<string, string>) => [about["@name"], about["@value"]])).toEqual([
    ["accessURL", "http://h/sync"],
    ["exampleURL", "http://h/sync?a&b"],
  ]);
  expect(RESOURCE.GROUP["@name"]).toBe("inputParams");
  expect(RESOURCE.GROUP.PARAM).toMatchObject([
    { "@datatype": "boolean", "@value": "", DESCRIPTION: "Both? Default: true" },
    { "@datatype": "long", "@arraysize": "*", VALUES: { MIN: { "@value": "0", "@inclusive": "no" } } },
    {
      "@datatype": "unicodeChar",
      "@arraysize": "*",
      "@xtype": "x",
      "@unit": "m",
      DESCRIPTION: "Required. May be an uploaded file (POST, multipart/form-data).",
      VALUES: { OPTION: [{ "@value": "a" }, { "@value": "\u03b2" }] },
    },
  ]);
});

test.each([
  [undefined, "application/json"],
  ["*/*", "application/json"],
  ["image/png", "application/json"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"],
  ["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "application/json"],
  ["text/yaml", "application/yaml"],
  ["application/yaml, application/json;q=0.5", "application/yaml"],
  ["application/x-votable+xml", "application/x-votable+xml"],
  ["text/xml;q=0.9, application/json;q=0.2", "text/xml"],
] as const)("a description for Accept: %s is %s", (accept, mediaType) => {
  expect(negotiateDescription(accept)).toBe(mediaType);
});
