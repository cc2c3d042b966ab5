import { cutValue, type InvalidParameter } from "@uws/core";
import type { JobDescription } from "@uws/description";
import type { Field } from "../body/field.ts";

/**
 * Takes PRIORITY out of the parameters where the description lets clients give one, at most its `max`: what is more is
 * clamped, as durations are. Elsewhere a parameter of that name is the job's own.
 * @param problems gets what is wrong with it
 */
export function splitPriority(
  fields: readonly Field[],
  { priority }: Pick<JobDescription, "priority">,
  problems: InvalidParameter[],
): { priority: number; parameters: readonly Field[] } {
  if (priority === undefined) return { priority: 0, parameters: fields };
  const isPriority = ({ name }: Field) => /^[A-Za-z]+$/.test(name) && name.toUpperCase() === "PRIORITY";
  const parameters = fields.filter((field) => !isPriority(field));
  const texts = new Set(fields.filter(isPriority).map((field) => ("value" in field ? field.value : "")));
  const [text] = texts;
  if (text === undefined) return { priority: priority.default, parameters };
  if (texts.size > 1 || !/^[+-]?\d{1,4}$/.test(text)) {
    const rule = "must be given once, as a whole number";
    problems.push({
      parameter: "PRIORITY",
      value: cutValue([...texts].join(", ")),
      rule,
      message: `PRIORITY: ${rule}`,
    });
    return { priority: priority.default, parameters };
  }
  return { priority: Math.max(-1000, Math.min(Number(text), priority.max)), parameters };
}
