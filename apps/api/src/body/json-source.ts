/**
 * JSON with the text of its numbers (ECMAScript 2026, section 25.5: `context.source`, `rawJSON`), which TypeScript's library does
 * not know yet. Tests: create-job.test.ts, tests/fuzz/parameters.test.ts.
 */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}

const json = JSON as unknown as JsonWithSource;

/**
 * Parses JSON so that numbers are written again as they were: JavaScript would round an id of 64 bits, and make null of 1e400.
 * @throws SyntaxError; RangeError for what is nested too deeply
 */
export function parseKeepingNumbers(text: string): unknown {
  return json.parse(text, (_name, value, { source }) => (typeof value === "number" ? json.rawJSON(source) : value));
}

/** Whether a value that was so parsed is a number. */
export function isNumber(value: unknown): boolean {
  return json.isRawJSON(value);
}
