import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Phase, phases, terminalPhases } from "@uws/core";
import { type CapabilityInterface, capabilitiesXml } from "@uws/representation";
import { until } from "@uws/testing";
import postgres from "postgres";
import { type Site, startSite } from "../support/site.ts";
import { run, stilts } from "../support/tools/index.ts";
import { validate } from "./validate.ts";

/** All XML that the server gives, judged by the schemas of the IVOA that STILTS brings with it. */

let site: Site;
let folder: string;
/** By what they are. */
const documents = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-documents-"));
  const cutout = join(folder, "cutout.yaml");
  const page = await Bun.file(join(import.meta.dirname, "../../docs/describe-a-job.md")).text();
  await Bun.write(cutout, /```yaml\n(.*?)```/s.exec(page)?.[1] ?? "");
  site = await startSite({
    services: (configured) =>
      configured.flatMap((each, index) =>
        index > 0
          ? [each]
          : [
              each,
              { ...each, path: "both", descriptions: configured.flatMap((it) => it.descriptions) },
              { ...each, path: "cutout", descriptions: [cutout] },
            ],
      ),
  });
  site.worker("crossmatch");
  await Promise.all([collectPhases(), collectJobs()]);
  for (const service of ["simulate", "crossmatch", "both", "cutout"]) {
    const url = `${site.running.url}/${service}`;
    for (const name of ["capabilities", "availability", "async", "async?PHASE=ARCHIVED", "async?PHASE=HELD&LAST=1"]) {
      documents.set(`${service}/${name}`, await xml(`${url}/${name}`));
    }
  }
  documents.set("everything/capabilities", capabilitiesXml([{ interfaces: [everything] }]));
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

/** An interface with all that one can have. */
const everything: CapabilityInterface = {
  url: "http://x/async?a&b",
  use: "base",
  version: "1.1",
  methods: ["GET", "POST"],
  resultType: "text/xml",
  securityMethods: ["ivo://ivoa.net/sso#BasicAA", null],
  testQuery: "P=<1>",
  parameters: (["integer", "number", "boolean", "string"] as const).map((type) => ({
    ...{ name: `P-${type}`, description: "<1>", type, multiple: type !== "boolean", required: type === "string" },
    ...{
      arraysize: type === "number" ? "2" : undefined,
      file: false,
      unit: "arcsec",
      ucd: "pos.angDistance",
      utype: "a:b.c",
      xtype: "interval",
    },
    ...{ minimum: { value: 0, inclusive: true }, maximum: undefined, options: ["1"], default: "1" },
  })),
};

async function xml(url: string): Promise<string> {
  const answer = await fetch(url);
  expect([url, answer.status, answer.headers.get("content-type")]).toEqual([url, 200, "text/xml; charset=utf-8"]);
  return await answer.text();
}

async function collect(name: string, url: string): Promise<void> {
  for (const path of ["", "/parameters", "/results"]) documents.set(`${name}${path}`, await xml(`${url}${path}`));
}

/** A job in each of the ten phases. No worker takes them: the phase is what the database says. */
async function collectPhases(): Promise<void> {
  const sql = postgres(site.running.databaseUrl, { max: 1 });
  try {
    for (const phase of phases) {
      const job = await site.client("simulate").create({ DURATION: 1 });
      const ended = (terminalPhases as readonly Phase[]).includes(phase);
      await sql`
        update jobs set phase = ${phase}, attempt = 1, worker = 'nobody', start_time = uws_now(),
          end_time = case when ${ended} then uws_now() end, dispatched_at = uws_now(), progress_fraction = 0.5, progress_message = '<half>'
        where id = ${job.url.split("/").at(-1) ?? ""}`;
      await collect(phase, job.url);
    }
  } finally {
    await sql.end();
  }
}

/** Jobs that have all that a job can have, made as clients make them. */
async function collectJobs(): Promise<void> {
  const client = site.client("crossmatch");
  const table = "name,ra,dec\nSirius,101.2872,-16.7161\n";
  const [good, bad] = [
    await client.create({ TABLE: table, RADIUS: 0.2 }, { run: true, runId: 'r <&> "7"' }),
    await client.create({ TABLE: "name,ra,dec\nnowhere,x,y\n" }, { run: true }),
  ];
  const form = new FormData();
  for (const [name, value] of [
    ["MARKUP", '<a b="c">&amp;</a> ]]> \r\n\t𝒳 é'],
    ["REPEATED", "1"],
    ["repeated", "2"],
    ["CONTROL", "\u0001"],
    ["EMPTY", ""],
  ] as const) {
    form.append(name, value);
  }
  form.append("FILE", new File([new Uint8Array(100)], "<&>.bin", { type: "application/octet-stream" }));
  form.append("DESTRUCTION", "2040-01-01T00:00:00Z");
  const rich = await fetch(`${site.running.url}/simulate/async`, { method: "POST", body: form, redirect: "manual" });
  await collect("rich", rich.headers.get("location") ?? "");
  for (const [name, job, phase] of [
    ["completed", good, "COMPLETED"],
    ["failed", bad, "ERROR"],
  ] as const) {
    await until(async () => (await (await fetch(`${job.url}/phase`)).text()) === phase, `${name}: ${phase}`);
    await collect(name, job.url);
  }
}

const rootOf = (document: string) => /<(\w+:\w+) /.exec(document)?.[1];

test("documents are there for every phase, with results, errors and everything that parameters can be", () => {
  for (const phase of phases) expect(documents.get(phase)).toContain(`<uws:phase>${phase}</uws:phase>`);
  expect(documents.get("completed/results")?.match(/<uws:result /g)).toHaveLength(3);
  expect(documents.get("failed")).toContain("<uws:errorSummary ");
  expect(documents.get("rich/parameters")?.match(/byReference="true"/g)).toHaveLength(2);
  const listed = documents.get("simulate/async")?.match(/<uws:jobref /g);
  expect(listed).toHaveLength(phases.length);
  expect(documents.get("simulate/async?PHASE=ARCHIVED")?.match(/<uws:jobref /g)).toHaveLength(1);
});

test("each has the root of its kind", () => {
  const kinds = [
    [/^\w+$/, "uws:job"],
    [/\/parameters$/, "uws:parameters"],
    [/\/results$/, "uws:results"],
    [/\/async(\?|$)/, "uws:jobs"],
    [/\/capabilities$/, "vosi:capabilities"],
    [/\/availability$/, "vosi:availability"],
  ] as const;
  const roots = [...documents].map(([name, document]) => [name, rootOf(document)]);
  const expected = [...documents.keys()].map((name) => [name, kinds.find(([kind]) => kind.test(name))?.[1]]);
  expect(roots).toEqual(expected);
});

test("all of them are valid", async () => {
  expect(await validate(documents)).toEqual([]);
});

test.each([
  ["ABORTED", "<uws:phase>ABORTED<", "<uws:phase>STOPPED<"],
  ["rich/parameters", 'byReference="true"', 'byReference="yes"'],
  ["simulate/async", "<uws:creationTime>", "<uws:creationTime>about "],
  ["simulate/capabilities", "<queryType>GET", "<queryType>PUT"],
])("what is not valid in %s is found out, and nothing else", async (name, right, wrong) => {
  const document = documents.get(name) ?? "";
  expect(document).toContain(right);
  const problems = await validate(new Map(documents).set(name, document.replace(right, wrong)));
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.filter((problem) => !problem.startsWith(`${name}: `))).toEqual([]);
});

test.each([
  ["{http://www.ivoa.net/xml/UWS/v1.0}job", "completed"],
  ["{http://www.ivoa.net/xml/UWS/v1.0}jobs", "simulate/async"],
])("alone, a document is valid as %s", async (element, name) => {
  const file = join(folder, "alone.xml");
  await Bun.write(file, documents.get(name) ?? "");
  const validated = await run(await stilts(), ["xsdvalidate", "uselocals=true", `topel=${element}`, `doc=${file}`]);
  expect(validated).toEqual({ code: 0, out: "", error: "" });
});

/** Valid, unusual, and what OPUS reads: the xtype by which it knows a file, and the group that points at its parameter. */
const ofOpus =
  /^WARNING .*(Non-DALI xtype value "application\/octet-stream"|GROUP has ref '\w+' to element type PARAM - is this meaningful\?)$/;

test.each([
  ["service descriptor", "crossmatch", "application/x-votable+xml"],
  ["service descriptor", "simulate", "application/x-votable+xml"],
  ["service descriptors", "both", "application/x-votable+xml"],
  // It has groups, and parameters with an xtype.
  ["service descriptor", "cutout", "application/x-votable+xml"],
  ["job definition for OPUS", "cutout", "application/x-votable+xml;content=opus"],
  ["job definition for OPUS", "crossmatch", "application/x-votable+xml;content=opus"],
  ["job definition for OPUS", "simulate", "application/x-votable+xml;content=opus"],
  ["job definitions for OPUS", "both", "application/x-votable+xml;content=opus"],
])("the %s of %s is a valid VOTable", async (_what, service, accept) => {
  const answer = await fetch(`${site.running.url}/${service}/description`, { headers: { accept } });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, expect.stringContaining(accept)]);
  const file = join(folder, "descriptor.xml");
  await Bun.write(file, await answer.bytes());
  // Its status is 0 whatever it finds.
  const { out, ...rest } = await run(await stilts(), ["votlint", file]);
  expect({ ...rest, out: out.split("\n").filter((line) => line !== "" && !ofOpus.test(line)) }).toEqual({
    code: 0,
    out: [],
    error: "",
  });
});
