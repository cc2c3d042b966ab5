import type { Bound, InputParameter } from "@uws/core";
import { type ParameterGroup, parameterGroups } from "./parameter-group.ts";
import { votable } from "./votable.ts";
import { element, textElement } from "./xml.ts";

/** What a job definition of OPUS tells of a job type. */
export interface OpusJob {
  /** The job type; with OPUS also the name of its job list. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly documentation: string | undefined;
  readonly contact: { readonly name?: string; readonly email?: string } | undefined;
  /** Seconds. */
  readonly executionDuration: number;
  /** Seconds that a job is expected to take. */
  readonly quote: number | undefined;
  readonly parameters: readonly InputParameter[];
  readonly groups: readonly ParameterGroup[];
  /** Media types of files, by the name of their parameter. */
  readonly fileTypes: Readonly<Record<string, readonly string[]>>;
  readonly results: readonly { readonly id: string; readonly mediaType: string; readonly description: string }[];
}

/**
 * Job definitions as OPUS, the job system of the Observatoire de Paris, keeps and publishes them: a VOTable that follows the
 * ActivityDescription of the IVOA's Provenance Data Model 1.0 and the service descriptors of DataLink 1.1 (OPUS, docs/jdl.md).
 *
 * Unlike in a service descriptor, `value` is the default here, and `type="no_query"` says that a parameter is optional.
 */
export function opusDescriptions(jobs: readonly OpusJob[]): string {
  // An ID stands once in a document, and several job types may have parameters of one name.
  const ids = new Set(jobs.map(({ name }) => name));
  return votable(jobs.map((job) => resource(job, ids)));
}

function resource(job: OpusJob, ids: Set<string>): string {
  const withId = new Set<string>();
  const params = job.parameters.map((parameter) => {
    const { name } = parameter;
    // An XML ID has no colon (NCName).
    const free = !ids.has(name) && !name.includes(":");
    if (free) withId.add(name);
    ids.add(name);
    return inputParam(parameter, free ? name : undefined);
  });
  const used = job.parameters.filter(({ file }) => file).map((file) => usedEntity(job, file, withId.has(file.name)));
  const children = [
    ...(job.description === "" ? [] : [textElement("DESCRIPTION", job.description)]),
    // OPUS has no title and passes over what is no PARAM.
    element("INFO", { name: "title", value: job.title }, ""),
    about("doculink", job.documentation, "voprov:ActivityDescription.doculink"),
    about("type", undefined, "voprov:ActivityDescription.type"),
    about("subtype", undefined, "voprov:ActivityDescription.subtype"),
    about("version", job.version, "voprov:ActivityDescription.version"),
    about("contact_name", job.contact?.name, "voprov:Agent.name"),
    about("contact_email", job.contact?.email, "voprov:Agent.email"),
    seconds("executionDuration", job.executionDuration),
    ...(job.quote === undefined ? [] : [seconds("quote", Math.ceil(job.quote))]),
    group("InputParams", params),
    group("Used", used),
    group("Generated", job.results.map(generatedEntity)),
    ...parameterGroups(job.groups, (name) => (withId.has(name) ? name : undefined)),
  ];
  const attributes = { ID: job.name, name: job.name, type: "meta", utype: "voprov:ActivityDescription" };
  return element("RESOURCE", attributes, `\n${children.join("\n")}\n`);
}

function group(name: string, children: readonly string[]): string {
  return element("GROUP", { name }, `\n${children.join("\n")}\n`);
}

function about(name: string, value: string | undefined, utype: string): string {
  return element("PARAM", { name, datatype: "char", arraysize: "*", utype, value: value ?? "" }, "");
}

function seconds(name: string, value: number): string {
  return element("PARAM", { name, datatype: "int", utype: `uws:Job.${name}`, value }, "");
}

/** The types that OPUS reads; it knows no unicodeChar. */
const dataTypes = { integer: "long", number: "double", boolean: "boolean", string: "char" } as const;
/** By which OPUS tells a file from a text. */
const fileType = "application/octet-stream";

function inputParam(parameter: InputParameter, id: string | undefined): string {
  const { name, type, multiple, file, unit, ucd, utype, required } = parameter;
  const attributes = {
    ID: id,
    name,
    datatype: dataTypes[type],
    arraysize: parameter.arraysize ?? (multiple || type === "string" ? "*" : undefined),
    xtype: file ? fileType : parameter.xtype,
    ...{ unit, ucd, utype },
    type: required ? undefined : "no_query",
    value: parameter.default ?? "",
  };
  return element(
    "PARAM",
    attributes,
    [textElement("DESCRIPTION", parameter.description), ...values(parameter)].join(""),
  );
}

function values({ minimum, maximum, options }: InputParameter): string[] {
  const children = [
    ...limit("MIN", minimum),
    ...limit("MAX", maximum),
    ...options.map((value) => element("OPTION", { value }, "")),
  ];
  return children.length === 0 ? [] : [element("VALUES", {}, children.join(""))];
}

function limit(name: "MIN" | "MAX", bound: Bound | undefined): string[] {
  if (bound === undefined) return [];
  return [element(name, { value: bound.value, inclusive: bound.inclusive ? undefined : "no" }, "")];
}

/** A file that a job reads; the parameter of its name is how it is sent. */
function usedEntity({ fileTypes }: OpusJob, { name, description }: InputParameter, hasId: boolean): string {
  const types = fileTypes[name] ?? [];
  return entity("voprov:UsedDescription", { name, ref: hasId ? name : undefined }, description, [
    about("role", undefined, "voprov:UsedDescription.role"),
    about("multiplicity", "1", "voprov:UsedDescription.multiplicity"),
    about("default", undefined, "voprov:Entity.id"),
    about("content_type", types.join(", "), "voprov:EntityDescription.content_type"),
    about("url", "file://$ID", "voprov:EntityDescription.url"),
  ]);
}

function generatedEntity({ id, mediaType, description }: OpusJob["results"][number]): string {
  return entity("voprov:WasGeneratedBy", { name: id }, description, [
    about("role", undefined, "voprov:WasGeneratedByDescription.role"),
    about("multiplicity", "1", "voprov:WasGeneratedByDescription.multiplicity"),
    about("default", undefined, "voprov:Entity.id"),
    about("content_type", mediaType, "voprov:EntityDescription.content_type"),
  ]);
}

function entity(
  utype: string,
  names: { readonly name: string; readonly ref?: string | undefined },
  description: string,
  params: readonly string[],
): string {
  const children = [textElement("DESCRIPTION", description), ...params];
  return element("GROUP", { ...names, utype }, `\n${children.join("\n")}\n`);
}
