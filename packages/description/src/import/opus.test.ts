import { expect, test } from "bun:test";
import { importOpus } from "./opus.ts";

const param = (name: string, value: string) => `<PARAM name="${name}" value="${value}" datatype="char" arraysize="*"/>`;

/** As OPUS itself writes it: empty attributes of the job, a script, entities without parameters. */
const opus = `<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3" version="1.3">
  <RESOURCE ID="MakeMap" name="MakeMap" type="meta" utype="voprov:ActivityDescription">
    <DESCRIPTION>Makes a map</DESCRIPTION>
    ${param("doculink", "")}${param("type", "simulation")}${param("subtype", "")}${param("version", "2")}
    ${param("contact_name", "Ada")}${param("contact_email", "")}
    <PARAM name="executionDuration" value="20" datatype="int"/><PARAM name="quote" value="10" datatype="int"/>
    ${param("script", "cat $catalogue &gt; $map&#10;")}
    <GROUP name="InputParams">
      <PARAM ID="label" name="label" datatype="char" arraysize="*" value="a&#10;b"><DESCRIPTION>A text</DESCRIPTION></PARAM>
      <PARAM ID="size" name="size" datatype="short" value="5" type="no_query">
        <VALUES><MIN value="1"/><MAX value="9"/><OPTION value="5"/><OPTION value="7"/></VALUES>
      </PARAM>
      <PARAM ID="mask" name="mask" datatype="char" arraysize="*" xtype="application/octet-stream" value="m.fits" type="no_query"/>
    </GROUP>
    <GROUP name="Used">
      <GROUP name="catalogue" utype="voprov:UsedDescription"><DESCRIPTION>Sources</DESCRIPTION>
        ${param("multiplicity", "*")}${param("default", "c.csv")}${param("content_type", "text/csv")}${param("url", "file://$ID")}
      </GROUP>
      <GROUP name="obs" utype="voprov:UsedDescription">${param("content_type", "image/fits")}${param("url", "https://x.org/$ID")}</GROUP>
    </GROUP>
    <GROUP name="Generated">
      <GROUP name="map" utype="voprov:WasGeneratedBy"><DESCRIPTION>The map</DESCRIPTION>
        ${param("default", "map.png")}${param("content_type", "image/png")}
      </GROUP>
      <GROUP name="log" utype="voprov:WasGeneratedBy">${param("content_type", "")}</GROUP>
    </GROUP>
  </RESOURCE>
</VOTABLE>`;

test("a job definition of OPUS becomes a description, and what is left out is told", () => {
  const { description, leftOut } = importOpus(opus, "map.xml");
  expect(description.document).toEqual({
    name: "make-map",
    version: "2",
    title: "MakeMap",
    description: "Makes a map",
    contact: { name: "Ada" },
    parameters: {
      type: "object",
      required: ["label", "catalogue", "obs"],
      additionalProperties: false,
      properties: {
        label: { description: "A text", type: "string", default: "a\nb" },
        size: { type: "integer", minimum: 1, maximum: 9, enum: [5, 7], default: 5 },
        mask: { type: "string", "x-file": {} },
        catalogue: { description: "Sources", type: "string", "x-file": { mediaTypes: ["text/csv"] } },
        obs: { type: "string" },
      },
    },
    results: [
      { id: "map", mediaType: "image/png", description: "The map" },
      { id: "log", mediaType: "application/octet-stream" },
    ],
    executionDuration: { default: 20 },
    estimate: 10,
  });
  for (const told of [
    "MakeMap became make-map",
    "script",
    "type",
    "c.csv",
    "multiplicity *",
    "https://x.org",
    "map.png",
  ]) {
    expect(leftOut.join("\n")).toContain(told);
  }
  expect(importOpus(opus, "map.xml", { name: "map", version: "3.0" }).description).toMatchObject({
    name: "map",
    version: "3.0",
  });
});

test.each([
  ["<a", "", "it is no XML"],
  ["voprov:ActivityDescription", "adhoc:service", "no VOTable with a RESOURCE of utype"],
  [
    'datatype="short"',
    'datatype="floatComplex"',
    "InputParams.size: cannot be expressed in a job description: datatype",
  ],
  ['name="label"', 'name="a b"', "map.xml: parameters.properties.a b: must match pattern"],
  ['name="label"', 'name="phase"', "parameters.properties.phase: is a control parameter"],
  ['value="5" type', 'value="five" type', "parameters.properties.size.default"],
])("%s to %s is refused by its name", (piece, by, message) => {
  const text = by === "" ? piece : opus.replace(piece, by);
  expect(() => importOpus(text, "map.xml")).toThrow(message);
});

test("two job definitions are too many", () => {
  const resource = opus.slice(opus.indexOf("<RESOURCE"), opus.indexOf("</VOTABLE>"));
  expect(() => importOpus(opus.replace("</VOTABLE>", `${resource}</VOTABLE>`), "x")).toThrow("several job definitions");
});
