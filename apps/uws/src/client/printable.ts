/**
 * Text from a server as a terminal may be shown it: without control characters, which could move the cursor, rename the
 * window, or hide what stands there, and on one line.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}

/** The same for text of several lines. */
export function printableLines(text: string): string {
  return text
    .split(/\r\n|[\r\n]/)
    .map(printableKeepingIndent)
    .join("\n")
    .trimEnd();
}

function printableKeepingIndent(line: string): string {
  const [indent = ""] = /^[ \t]*/.exec(line) ?? [];
  return `${indent.replaceAll("\t", "    ")}${printable(line)}`.trimEnd();
}
