import { expect, test } from "bun:test";
import { phases } from "@uws/core";
import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { created, fullJob, job, url } from "./fixture.ts";
import { jobListXml } from "./job-list-xml.ts";
import { jobXml, parametersXml, resultsXml } from "./job-xml.ts";
import { isXmlText } from "./xml.ts";

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  trimValues: false,
  // Only this makes it read numeric references.
  htmlEntities: true,
  isArray: (name) => ["uws:parameter", "uws:result", "uws:jobref"].includes(name),
});
const read = (xml: string) => parser.parse(xml, true);

const child = (xml: string) => [...xml.matchAll(/^<uws:(\w+)/gm)].map(([, name]) => name);

test("a new job has every element that is always there, in the schema's order", () => {
  const xml = jobXml(job(), { url });
  expect(child(xml)).toEqual([
    "job",
    "jobId",
    "ownerId",
    "phase",
    "quote",
    "creationTime",
    "startTime",
    "endTime",
    "executionDuration",
    "destruction",
    "parameters",
    "results",
  ]);
  expect(xml).toContain('<uws:quote xsi:nil="true"></uws:quote>');
  expect(xml).toContain("<uws:executionDuration>0</uws:executionDuration>");
  expect(xml).toContain("<uws:creationTime>2026-01-31T12:34:56.789Z</uws:creationTime>");
  expect(xml).toContain("<uws:results></uws:results>");
});

test("a failed job has everything, in the schema's order", () => {
  const xml = jobXml(fullJob, { url, quote: created });
  const names = child(xml).filter((name) => name !== "parameter" && name !== "result");
  expect(names.slice(0, 3)).toEqual(["job", "jobId", "runId"]);
  expect(names.slice(-4)).toEqual(["parameters", "results", "errorSummary", "jobInfo"]);
  const read1 = read(xml)["uws:job"];
  expect(read1["@version"]).toBe("1.1");
  expect(read1["uws:quote"]).toBe("2026-01-31T12:34:56.789Z");
  expect(read1["uws:runId"]).toBe("night & day");
  expect(read1["uws:ownerId"]).toBe("Ada <ada@example.org>");
  expect(read1["uws:errorSummary"]).toMatchObject({
    "@type": "transient",
    "@hasDetail": "true",
    "uws:message": "lease ran out\u{FFFD}[0m",
  });
  expect(read1["uws:jobInfo"]).toMatchObject({
    "@xmlns:info": "urn:bun-uws:job-info:1",
    "info:progress": { "info:fraction": "0.5", "info:message": "12 of 24 & counting" },
    "info:attempt": "2",
    "info:worker": "w-1",
  });
});

test("uploads, and values that XML cannot hold, are given by reference", () => {
  const { "uws:parameters": parameters } = read(parametersXml(fullJob.parameters, { url }));
  expect(parameters["@version"]).toBeUndefined();
  expect(parameters["uws:parameter"]).toEqual([
    { "#text": "2.5", "@id": "RADIUS" },
    { "#text": "V", "@id": "band" },
    { "#text": "<R>", "@id": "band" },
    { "#text": `${url}/parameters/a%2Fb%20%3F`, "@id": "a/b ?", "@byReference": "true" },
    { "#text": `${url}/parameters/positions`, "@id": "positions", "@byReference": "true" },
  ]);
});

test("results link to this server, wherever they are", () => {
  const { "uws:results": results } = read(resultsXml(fullJob.results, { url }));
  expect(results["@version"]).toBeUndefined();
  expect(results["uws:result"]).toEqual([
    {
      "@id": "result",
      "@xlink:type": "simple",
      "@xlink:href": `${url}/results/result`,
      "@mime-type": "application/x-votable+xml",
      "@size": "2048",
    },
    {
      "@id": "cut out/1",
      "@xlink:type": "simple",
      "@xlink:href": `${url}/results/cut%20out%2F1`,
      "@mime-type": "image/fits",
    },
  ]);
});

test("every phase is shown", () => {
  for (const phase of phases) expect(read(jobXml(job({ phase }), { url }))["uws:job"]["uws:phase"]).toBe(phase);
});

/** Any UTF-16 at all, and the parts that break naive writers. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "<",
        ">",
        "&",
        '"',
        "'",
        "]]>",
        "<![CDATA[",
        "&amp;",
        "&#13;",
        "<!--",
        "-->",
        "<?x",
        "\r",
        "\n",
        "\r\n",
      ),
      fc.constantFrom(
        "\t",
        " ",
        "\u{1F600}",
        "\ud800",
        "\udc00",
        "\u0000",
        "\u001b",
        "\ufffe",
        "\u0085",
        "\u2028",
        "\u{10FFFF}",
      ),
      fc.string({ unit: "binary" }),
    ),
  )
  .map((parts) => parts.join(""));

test("every value comes back as it was, or by reference", () => {
  fc.assert(
    fc.property(hostile, hostile, (name, value) => {
      const parameters = [
        { name: "p", value },
        { name: name.toWellFormed(), value: "x" },
      ];
      const [first, second] = read(parametersXml(parameters, { url }))["uws:parameters"]["uws:parameter"];
      if (isXmlText(value)) {
        // The parser shows an element without text as if it had none.
        expect(first["#text"] ?? "").toBe(value);
        expect(first["@byReference"]).toBeUndefined();
      } else {
        expect(first).toEqual({ "#text": `${url}/parameters/p`, "@id": "p", "@byReference": "true" });
      }
      if (isXmlText(name)) expect(second["@id"]).toBe(name);
    }),
    { numRuns: 2000 },
  );
});

test("whatever a worker says, its job stays readable", () => {
  fc.assert(
    fc.property(hostile, hostile, (text, worker) => {
      const xml = jobXml(
        job({
          runId: text,
          owner: text,
          worker,
          error: { type: "fatal", message: text, detail: undefined },
          progress: { fraction: 1, message: text, counters: {} },
        }),
        { url },
      );
      expect(isXmlText(xml)).toBe(true);
      const { "uws:job": shown } = read(xml);
      if (isXmlText(text) && text !== "") expect(shown["uws:errorSummary"]["uws:message"]).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test("a list streams one piece per batch, newest first as it is given", async () => {
  async function* batches() {
    yield [job({ phase: "EXECUTING", runId: "r<1>" })];
    yield [];
    yield [job({ id: "0b", owner: "me" }), job({ id: "0c" })];
  }
  const pieces = await Array.fromAsync(jobListXml(batches(), "https://example.org/async"));
  expect(pieces.length).toBe(5);
  expect(pieces[2]).toBe("");
  const { "uws:jobs": list } = read(pieces.join(""));
  expect(list["@version"]).toBe("1.1");
  expect(list["uws:jobref"][0]).toEqual({
    "@id": "018f3b5a-0000-7000-8000-000000000001",
    "@xlink:type": "simple",
    "@xlink:href": "https://example.org/async/018f3b5a-0000-7000-8000-000000000001",
    "uws:phase": "EXECUTING",
    "uws:runId": "r<1>",
    "uws:ownerId": { "@xsi:nil": "true" },
    "uws:creationTime": "2026-01-31T12:34:56.789Z",
  });
  expect(list["uws:jobref"][1]["uws:ownerId"]).toBe("me");
});

test("an empty list is a list", async () => {
  async function* none() {}
  const xml = (await Array.fromAsync(jobListXml(none(), "https://example.org/async"))).join("");
  expect(read(xml)["uws:jobs"]["@version"]).toBe("1.1");
});
