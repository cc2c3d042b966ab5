import { element, textElement } from "./xml.ts";

/** Parameters that a person sees together. */
export interface ParameterGroup {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly string[];
}

/**
 * Groups as VOTable has them (1.4, section 4.9): they refer to the PARAMs by ID, which stand where clients look for them, in the one
 * group of input parameters. Parameters without an ID are left out.
 * @param idOf XML ID of a parameter's PARAM
 */
export function parameterGroups(
  groups: readonly ParameterGroup[],
  idOf: (parameter: string) => string | undefined,
): string[] {
  return groups.flatMap(({ name, title, description, parameters }) => {
    const ids = parameters.flatMap((parameter) => idOf(parameter) ?? []);
    const text = description === "" ? title : `${title}: ${description}`;
    const children = [textElement("DESCRIPTION", text), ...ids.map((ref) => element("PARAMref", { ref }, ""))];
    return ids.length === 0 ? [] : [element("GROUP", { name, utype: groupType }, `\n${children.join("\n")}\n`)];
  });
}

/** Ours: by it those who read all groups know that this one is only for show. */
const groupType = "bun-uws:parameterGroup";
