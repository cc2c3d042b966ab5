import type { CreateOptions, Example, ParameterDescription, RemoteJob, ServiceDescription } from "@uws/client";
import { readFieldTime } from "../common/format.ts";

/** One value of a parameter, as it was typed, chosen, or taken over from another job. */
export type Entry =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly file: File; readonly mediaType: string }
  /** The upload of another job, which is sent again. */
  | { readonly kind: "copy"; readonly url: string; readonly mediaType: string; readonly size: number | undefined };

export interface Unknown {
  readonly name: string;
  readonly value: string;
}

/** All that a person has filled in. It outlives a refusal, and another choice of the job type. */
export interface FormValues {
  /** By the name of the description; one entry at least of each that was touched. */
  readonly parameters: Readonly<Record<string, readonly Entry[]>>;
  /** Those that the description does not name. */
  readonly unknown: readonly Unknown[];
  readonly runId: string;
  /** Seconds. */
  readonly executionDuration: string;
  /** A time in UTC. */
  readonly destruction: string;
  /** Where the description lets jobs have one. */
  readonly priority: string;
}

export const emptyText: Entry = { kind: "text", text: "" };

export const emptyForm: FormValues = {
  parameters: {},
  unknown: [],
  runId: "",
  executionDuration: "",
  destruction: "",
  priority: "",
};

/** What stands in the fields of a parameter. */
export function entriesOf({ parameters }: FormValues, name: string): readonly Entry[] {
  const entries = parameters[name];
  return entries === undefined || entries.length === 0 ? [emptyText] : entries;
}

export function withEntries(values: FormValues, name: string, entries: readonly Entry[]): FormValues {
  return { ...values, parameters: { ...values.parameters, [name]: entries } };
}

/** An example of the description, in place of what was in the fields of the parameters. */
export function fromExample(values: FormValues, { parameters }: Example, description: ServiceDescription): FormValues {
  const own = (name: string) => ownName(description, name);
  const known = Object.entries(parameters).filter(([name]) => own(name) !== undefined);
  return {
    ...values,
    parameters: Object.fromEntries(
      known.map(([name, texts]) => [own(name) ?? name, texts.map((text): Entry => ({ kind: "text", text }))]),
    ),
    unknown: Object.entries(parameters)
      .filter(([name]) => own(name) === undefined)
      .flatMap(([name, texts]) => texts.map((value) => ({ name, value }))),
  };
}

/**
 * The parameters of a job that is there, for another one like it. Its times are not taken over: they were counted from its own creation.
 * @param urlOf where an uploaded parameter is to be had, by the link that the job has
 * @param typeParameter that names the type, and is no parameter of it
 */
export function fromJob(
  job: RemoteJob,
  description: ServiceDescription,
  urlOf: (link: string) => string,
  typeParameter: string | undefined,
): FormValues {
  const parameters: Record<string, Entry[]> = {};
  const unknown: Unknown[] = [];
  for (const { name, value, byReference, mediaType, size } of job.parameters) {
    const own = ownName(description, name);
    if (own === undefined && name.toLowerCase() === typeParameter?.toLowerCase()) continue;
    if (own === undefined && !byReference) unknown.push({ name, value });
    if (own === undefined) continue;
    const entry: Entry = byReference
      ? { kind: "copy", url: urlOf(value), mediaType: mediaType ?? "application/octet-stream", size }
      : { kind: "text", text: value };
    parameters[own] = [...(parameters[own] ?? []), entry];
  }
  const runId = job.runId ?? "";
  return { ...emptyForm, parameters, unknown, runId, executionDuration: String(job.executionDuration) };
}

/** Parameter names have no case; those that differ by it alone are told apart. */
export function ownName({ parameters }: ServiceDescription, name: string): string | undefined {
  const names = parameters.map((parameter) => parameter.name);
  return names.includes(name) ? name : names.find((each) => each.toLowerCase() === name.toLowerCase());
}

/** What is sent: fields that are empty are not, so that defaults hold. */
export interface Filled {
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly files: readonly { readonly name: string; readonly entry: Exclude<Entry, { kind: "text" }> }[];
  readonly control: Pick<CreateOptions, "runId" | "executionDuration" | "destruction">;
}

/**
 * What a form says, for the type that is chosen.
 * @throws InvalidControl where a time or a duration is none, which the server would not get to see
 */
export function filledIn(
  values: FormValues,
  { parameters, open, priority }: Pick<ServiceDescription, "parameters" | "open" | "priority">,
): Filled {
  const texts: Record<string, string[]> = {};
  const files: Filled["files"][number][] = [];
  const add = (name: string, text: string) => {
    texts[name] = [...(texts[name] ?? []), text];
  };
  for (const parameter of parameters) {
    for (const entry of entriesOf(values, parameter.name)) {
      if (entry.kind !== "text") files.push({ name: parameter.name, entry });
      else if (entry.text !== "") add(parameter.name, entry.text);
    }
  }
  if (open) for (const { name, value } of values.unknown) if (name.trim() !== "") add(name.trim(), value);
  if (priority !== undefined && values.priority.trim() !== "") add("PRIORITY", values.priority.trim());
  return { parameters: texts, files, control: controlOf(values) };
}

/** A control parameter that cannot even be sent. */
export class InvalidControl extends Error {
  readonly parameter: string;

  constructor(parameter: string, message: string) {
    super(message);
    this.parameter = parameter;
  }
}

function controlOf({ runId, executionDuration, destruction }: FormValues): Filled["control"] {
  const duration = executionDuration.trim();
  if (!/^\d*$/.test(duration)) throw new InvalidControl("EXECUTIONDURATION", "must be whole seconds; 0 = unlimited");
  const time = readFieldTime(destruction);
  if (destruction.trim() !== "" && time === undefined) {
    throw new InvalidControl("DESTRUCTION", "must be a time like 2026-01-31 12:34");
  }
  return {
    runId: runId === "" ? undefined : runId,
    executionDuration: duration === "" ? undefined : Number(duration),
    destruction: time,
  };
}

/** Parameters in the order in which they are shown: those that stand in no group, then the groups. */
export interface FieldGroup {
  readonly title: string | undefined;
  readonly description: string;
  readonly parameters: readonly ParameterDescription[];
}

export function groupsOf({ parameters, groups }: Pick<ServiceDescription, "parameters" | "groups">): FieldGroup[] {
  const grouped = new Set(groups.flatMap((group) => group.parameters));
  const free = parameters.filter(({ name }) => !grouped.has(name));
  return [
    ...(free.length === 0 ? [] : [{ title: undefined, description: "", parameters: free }]),
    ...groups.map(({ title, description, parameters: names }) => ({
      title,
      description,
      parameters: names.flatMap((name) => parameters.filter((parameter) => parameter.name === name)),
    })),
  ];
}
