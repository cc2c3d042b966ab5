/** Values as a person reads them. */

/** UTC, to the second: `2026-01-31 12:34:56`. */
export function formatTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}

/** What a field for a time takes, as a pattern of HTML: `2026-01-31`, `2026-01-31 12:34`, with or without seconds; in UTC. */
export const timePattern = "\\s*\\d{4}-\\d{2}-\\d{2}([ T]\\d{2}:\\d{2}(:\\d{2})?)?Z?\\s*";

/** @returns undefined where the field is empty or holds no time */
export function readFieldTime(text: string): Date | undefined {
  if (!new RegExp(`^${timePattern}$`).test(text)) return undefined;
  const [date, clock = "00:00"] = text.trim().replace("Z", "").split(/[ T]/);
  const time = new Date(`${date}T${clock}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** `0.42 s`, `12 s`, `3 min 20 s`, `5 h 7 min`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return "0 s";
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  for (const [unit, length, smaller, part] of units) {
    if (whole < length) continue;
    const rest = Math.floor((whole % length) / part);
    return `${Math.floor(whole / length)} ${unit}${rest === 0 ? "" : ` ${rest} ${smaller}`}`;
  }
  return `${whole} s`;
}

const units = [
  ["d", 86_400, "h", 3600],
  ["h", 3600, "min", 60],
  ["min", 60, "s", 1],
] as const;

/** `512 B`, `1.5 kB`, `12 MB`: decimal, as disks and networks have them. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const next of ["kB", "MB", "GB", "TB"]) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${unit === "B" || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${unit}`;
}

/** The end of an id, in which jobs of the same hour differ. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `…${id.slice(-12)}`;
}
