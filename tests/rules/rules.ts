import type { Rule, Section } from "./rule.ts";

/** Every rule of the two design files, in their order. */
export const sections: readonly Section[] = [];

export const rules: readonly Rule[] = sections.flatMap((section) => section.rules);
