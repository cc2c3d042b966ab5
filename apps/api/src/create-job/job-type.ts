import { UwsError } from "@uws/core";
import type { JobDescription } from "@uws/description";
import type { Field } from "../body/field.ts";
import { shorten } from "../exchange.ts";
import type { Service } from "../service.ts";

type Types = Pick<Service, "types" | "typeParameter">;

/** Whether a parameter says of what type a job is. It is the service's, and no description knows it. */
export function namesType({ typeParameter }: Types, name: string): boolean {
  return name.toLowerCase() === typeParameter.toLowerCase();
}

/**
 * The job type that a client asks for. Its parameter is one of the job's like all others, and is shown as it was sent; where the
 * service has one type only, nobody needs to send it.
 * @throws UwsError "invalid" that lists the types, where none is named, or none of them, or several
 */
export function chosenType(service: Types, fields: readonly Field[]): JobDescription {
  const { types, typeParameter } = service;
  const allowed = `allowed: ${types.map(({ name }) => name).join(", ")}`;
  const named = namedTypes(service, fields);
  const [name] = named;
  if (named.size > 1) throw new UwsError("invalid", `${typeParameter} is given twice; allowed: once.`);
  const [first, ...others] = types;
  if (name === undefined && first !== undefined && others.length === 0) return first;
  if (name === undefined) {
    throw new UwsError("invalid", `${typeParameter} is required: it says what kind of job to create; ${allowed}`);
  }
  const found = types.find((type) => type.name === name.toLowerCase());
  if (found !== undefined) return found;
  throw new UwsError("invalid", `${typeParameter}=${shorten(name)} is no job type of this service; ${allowed}`);
}

/** @throws UwsError "invalid" where parameters for a job would make it one of another type */
export function refuseOtherType(service: Types, type: string, fields: readonly Field[]): void {
  for (const name of namedTypes(service, fields)) {
    if (name.toLowerCase() === type) continue;
    throw new UwsError(
      "invalid",
      `${service.typeParameter}: the type of a job does not change; this is a ${type} job.`,
    );
  }
}

function namedTypes(service: Types, fields: readonly Field[]): Set<string> {
  const naming = fields.filter(({ name }) => namesType(service, name));
  if (naming.some((field) => !("value" in field))) {
    throw new UwsError("invalid", `${service.typeParameter}: must not be a file.`);
  }
  return new Set(naming.flatMap((field) => ("value" in field ? [field.value] : [])));
}
