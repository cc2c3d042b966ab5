/** A part of some bytes: from the first to before the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header (RFC 9110, section 14.2) of one byte range.
 * @returns undefined where the whole is to be sent: no header, another unit, several ranges, or nonsense, all of which a
 *   server may ignore
 */
export function parseRange(header: string | null, size: number): ByteRange | "unsatisfiable" | undefined {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") {
    const suffix = Math.min(Number(last), size);
    return suffix === 0 ? "unsatisfiable" : { start: size - suffix, end: size };
  }
  const start = Number(first);
  // First, since Bun answers so by itself where we leave the range to it.
  if (start >= size) return "unsatisfiable";
  if (last !== "" && Number(last) < start) return undefined;
  return { start, end: last === "" ? size : Math.min(Number(last) + 1, size) };
}
