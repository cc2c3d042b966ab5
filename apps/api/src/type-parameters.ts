import type { InputParameter } from "@uws/core";
import { exampleQuery, inputParameters, type JobDescription } from "@uws/description";
import type { Service } from "./service.ts";

/** The parameters of one job type of a service, with the one that names it where there are several. */
export function parametersOfType(service: Service, type: JobDescription): InputParameter[] {
  return [...typeParameterOf(service, [type]), ...inputParameters(type)];
}

/** Those of all its types. What not every type has is never required; of several that have it, the first tells what it is. */
export function parametersOfAll(service: Service): InputParameter[] {
  const { types } = service;
  const all = types.map(inputParameters);
  const seen = new Map<string, InputParameter[]>();
  for (const parameter of all.flat()) {
    const name = parameter.name.toLowerCase();
    seen.set(name, [...(seen.get(name) ?? []), parameter]);
  }
  const merged = [...seen.values()].flatMap((same) => {
    const [first] = same;
    const required = same.length === types.length && same.every((each) => each.required);
    return first === undefined ? [] : [{ ...first, required }];
  });
  return [...typeParameterOf(service, types), ...merged];
}

/** An example as a query, for the first type that has one. */
export function exampleOf(service: Service, types: readonly JobDescription[] = service.types): string | undefined {
  for (const type of types) {
    const query = exampleQuery(type);
    if (query === undefined) continue;
    return service.types.length === 1
      ? query
      : `${new URLSearchParams({ [service.typeParameter]: type.name })}&${query}`;
  }
  return undefined;
}

function typeParameterOf(service: Service, allowed: readonly JobDescription[]): InputParameter[] {
  if (service.types.length === 1) return [];
  return [
    {
      name: service.typeParameter,
      description: `What kind of job: ${allowed.map(({ name, title }) => `${name} = ${title}`).join("; ")}.`,
      type: "string",
      multiple: false,
      arraysize: undefined,
      required: true,
      file: false,
      unit: undefined,
      ucd: undefined,
      utype: undefined,
      xtype: undefined,
      minimum: undefined,
      maximum: undefined,
      options: allowed.map(({ name }) => name),
      default: undefined,
    },
  ];
}
