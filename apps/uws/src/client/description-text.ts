import type { Bound, ParameterDescription, ServiceDescription, ServiceDescriptions } from "@uws/client";
import { table } from "../table.ts";
import { printable, printableLines } from "./printable.ts";

/** A job type as a person reads it. */
export function descriptionText(description: ServiceDescription): string {
  const { name, version, title, results } = description;
  return [
    `${printable(title ?? name)} (${printable([name, version].filter(Boolean).join(" "))})`,
    ...(description.description === undefined ? [] : [printableLines(description.description)]),
    parametersText(description),
    ...(results.length === 0
      ? []
      : [
          table(
            ["RESULT", "TYPE", "DESCRIPTION"],
            results.map(({ id, mediaType, description }) => [id, mediaType, description]),
          ),
        ]),
  ].join("\n\n");
}

/** The job types of a service that has several, and how one is chosen. */
export function typesText({ types, typeParameter }: ServiceDescriptions): string {
  const rows = types.map(({ name, version, title }) => [name, version, title]);
  const parameter = typeParameter === undefined ? "" : ` (or ${printable(typeParameter)}=TYPE)`;
  const [first] = types;
  return [
    table(["TYPE", "VERSION", "TITLE"], rows),
    `A new job says which: --type TYPE${parameter}. Its parameters: uws describe SERVICE ${printable(first?.name ?? "TYPE")}`,
  ].join("\n");
}

/** The parameters as flags of `submit`. */
export function parametersText({ parameters, open }: ServiceDescription): string {
  const rows = parameters.map((parameter) => [
    `--${parameter.name.toLowerCase()}`,
    typeText(parameter),
    parameter.required ? "required" : parameter.default,
    allowedText(parameter),
    parameter.description,
  ]);
  const others = open ? "Other parameters may be given, too." : "There are no other parameters.";
  if (rows.length === 0) return others;
  return `${table(["PARAMETER", "TYPE", "DEFAULT", "ALLOWED", "DESCRIPTION"], rows)}\n${others}`;
}

function typeText({ type = "any", file, multiple }: ParameterDescription): string {
  return `${file ? "@file" : type}${multiple ? "…" : ""}`;
}

function allowedText({ options, minimum, maximum, unit }: ParameterDescription): string {
  if (options.length > 0) return options.join("|");
  return [rangeText(minimum, maximum), unit].filter(Boolean).join(" ");
}

function rangeText(minimum: Bound | undefined, maximum: Bound | undefined): string {
  const lower = minimum && `${minimum.inclusive ? "" : ">"}${minimum.value}`;
  const upper = maximum && `${maximum.inclusive ? "" : "<"}${maximum.value}`;
  return lower === undefined && upper === undefined ? "" : `${lower ?? ""}…${upper ?? ""}`;
}
