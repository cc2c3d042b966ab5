import { UwsError } from "@uws/core";
import type { Field } from "./body/field.ts";

/** Parameters that are UWS's own, not the job's. */
const controlNames = ["RUNID", "PHASE", "EXECUTIONDURATION", "DESTRUCTION", "ACTION"] as const;
export type ControlName = (typeof controlNames)[number];

/** Their values as they were sent. */
export type ControlParameters = Readonly<Partial<Record<ControlName, string>>>;

/**
 * Tells control parameters from those of the job, by name without regard to case (UWS 1.1, section 3).
 * @throws UwsError "invalid" when one is given twice with different values, or as a file
 */
export function splitControl(fields: readonly Field[]): {
  readonly control: ControlParameters;
  readonly parameters: readonly Field[];
} {
  const control: Partial<Record<ControlName, string>> = {};
  const parameters: Field[] = [];
  for (const field of fields) {
    // Not "phaſe", whose capital letters are those of PHASE.
    const upper = /^[A-Za-z]+$/.test(field.name) ? field.name.toUpperCase() : "";
    const name = controlNames.find((candidate) => candidate === upper);
    if (name === undefined) {
      parameters.push(field);
      continue;
    }
    if (!("value" in field)) throw new UwsError("invalid", `${name}: must not be a file.`);
    if (control[name] !== undefined && control[name] !== field.value) {
      throw new UwsError("invalid", `${name} is given twice; allowed: once.`);
    }
    control[name] = field.value;
  }
  return { control, parameters };
}
