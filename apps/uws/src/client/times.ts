import { usageError } from "./command-error.ts";

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads `90`, `90s`, `15m`, `12h`, `30d` as seconds; undefined when it is something else. */
function readSpan(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (seconds[unit || "s"] ?? Number.NaN);
}

/** @throws CommandError that says what is allowed */
export function parseSpan(option: string, text: string): number {
  const span = readSpan(text);
  if (span !== undefined) return span;
  throw usageError(`${option} must be seconds, or a number with s, m, h or d behind it (90s, 15m, 12h, 30d).`);
}

/**
 * Reads a time of day in UTC, or a span counted from now.
 * @param direction 1: spans lie ahead, -1: they lie back
 * @throws CommandError that says what is allowed
 */
export function parseTime(option: string, text: string, direction: 1 | -1, now: Date): Date {
  const span = /[smhd]$/.test(text) ? readSpan(text) : undefined;
  if (span !== undefined) return new Date(now.getTime() + direction * span * 1000);
  // Without a zone it is UTC, as everywhere in UWS; JavaScript would take it for local time.
  const zoned =
    /^\d{4}-\d\d-\d\d$/.test(text) || /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text.replace(" ", "T")}Z`;
  const time = new Date(zoned);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw usageError(`${option} must be a time (2026-12-31, 2026-12-31T23:59:59, UTC) or a span (15m, 12h, 30d).`);
}

/** For tables: to the second, UTC. */
export function shownTime(time: Date | undefined): string | undefined {
  return time === undefined ? undefined : `${time.toISOString().slice(0, 19).replace("T", " ")}Z`;
}
