/** A test, by where it is and what it is called. */
export interface ShownBy {
  /** From the root of the repository. */
  readonly file: string;
  readonly test: string;
  /** Which case of a `test.each`, where one of them is meant: it stands for the `%s`. */
  readonly given?: string;
}

/** A piece of the product's source, and what stands there instead when the rule is taken out. */
export interface Replacement {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly text: string;
  readonly by: string;
}

interface Named {
  readonly id: string;
  /** In our own words. */
  readonly rule: string;
}

/** A rule that some test guards: with the mutation in place, each of the tests must fail. */
export interface ProvedRule extends Named {
  readonly tests: readonly [ShownBy, ...ShownBy[]];
  readonly mutation: readonly [Replacement, ...Replacement[]];
}

/** A rule that is written down and not built yet. */
export interface LaterRule extends Named {
  readonly later: string;
}

export type Rule = ProvedRule | LaterRule;

/** What one part of a design file asks for. */
export interface Section {
  readonly source: "product.md" | "worker-protocol.md";
  /** The part's heading, or the number of the rule in its list. */
  readonly title: string;
  readonly rules: readonly Rule[];
}

export function isProved(rule: Rule): rule is ProvedRule {
  return "tests" in rule;
}

/** Names a test. */
export function shown(file: string, test: string, given?: string): ShownBy {
  return given === undefined ? { file, test } : { file, test, given };
}

/** Takes a piece of source out, or puts another in its place. */
export function without(file: string, text: string, by = ""): Replacement {
  return { file, text, by };
}
