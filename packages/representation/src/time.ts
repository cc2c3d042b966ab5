import { UwsError } from "@uws/core";

/** `YYYY-MM-DDThh:mm:ss.SSSZ`: always UTC, three digits and Z, as the database, XML, text and filters have it. */
export function formatTime(time: Date): string {
  return time.toISOString();
}

/** Year; date; compact date; date and time with T or space, seconds and up to six fraction digits optional. */
const form =
  /^(?:(?<year>\d{4})|(?<date>\d{4}-\d{2}-\d{2})|(?<compact>\d{8})|(?<day>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))Z?$/;

const iso = /^\d{4}-\d{2}-\d{2}(?:[T ]|Z?$)/;

/**
 * A time in a filter (AFTER; UWS 1.1, section 2.2.2.1): `2015`, `2015-10-26`, `20151026`, `2015-10-26 09:00`,
 * `2015-10-26T09:15:35.123456`, with or without Z, always UTC. Fractions are cut to milliseconds.
 * @param name the parameter, for the error
 * @throws UwsError `invalid` for anything else: an offset, a day that does not exist, a leap second.
 */
export function parseTime(text: string, name = "AFTER"): Date {
  const groups = form.exec(text)?.groups;
  if (groups !== undefined) {
    const { year, date, compact, day, time } = groups;
    const at =
      date ??
      day ??
      (year === undefined ? undefined : `${year}-01-01`) ??
      compact?.replace(/(....)(..)(..)/, "$1-$2-$3");
    const clock = (time ?? "00:00").replace(/^(\d\d:\d\d)$/, "$1:00").replace(/(\.\d{3})\d+$/, "$1");
    const parsed = new Date(`${at}T${clock}Z`);
    // Date.parse takes 31 February for 3 March, and PostgreSQL knows no year 0.
    if (!Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(at ?? " ") && !at?.startsWith("0000"))
      return parsed;
  }
  throw new UwsError(
    "invalid",
    `${name}=${text.slice(0, 60)}: not a date and time in UTC, like 2015-10-26T09:15:35.123Z; zone offsets are not allowed`,
  );
}

/**
 * A destruction time (UWS 1.1, section 2.1.5): an ISO 8601 date or date and time, UTC. Of the forms of a filter the bare
 * year and the compact date are not taken, which might as well be a number of seconds.
 */
export function parseDestruction(text: string): Date {
  // Of years before 100 JavaScript makes later ones, when it reads how PostgreSQL writes them.
  if (iso.test(text) && !text.startsWith("00")) return parseTime(text, "DESTRUCTION");
  throw new UwsError(
    "invalid",
    `DESTRUCTION=${text.slice(0, 60)}: not an ISO 8601 date and time in UTC, like 2015-10-26T09:15:35.123Z`,
  );
}
