/** What a field of a position column holds: degrees, or the reason why it holds none. */
export type Angle = { readonly degrees: number } | { readonly problem: string };

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** "05:34:31.94", "05 34 31.94", "5h34m31.94s", "+22°00′52.2″", and without seconds "05:34.5". */
const SEXAGESIMAL =
  /^([+-]?)(\d{1,3})\s*([:hHdD°\s])\s*(\d{1,2}(?:\.\d*)?)(?:\s*[:mM'′\s]\s*(\d{1,2}(?:\.\d*)?))?\s*[sSmM"″'′]{0,2}$/;

/**
 * Right ascension in [0, 360) degrees. A plain number is in units of `scale` degrees; a sexagesimal value is in hours, minutes and
 * seconds, as everybody writes it.
 */
export function parseRa(text: string, scale = 1): Angle {
  const value = tidy(text);
  const sexagesimal = fromSexagesimal(value);
  const number = sexagesimal?.value ?? parseDecimal(value);
  if (number === undefined) return { problem: notANumber("right ascension", text) };
  // "83°38′" is an angle already; "5h34m", "05:34" and "05 34" are hours.
  const degrees = number * (sexagesimal ? (sexagesimal.inDegrees ? 1 : 15) : scale);
  if (!(degrees >= -180 && degrees <= 360))
    return { problem: `right ascension ${clip(text)} is not between -180 and 360 degrees` };
  // −1e-15 + 360 rounds to 360, which is 0.
  return { degrees: (degrees < 0 ? degrees + 360 : degrees) % 360 };
}

/** Declination in [−90, 90] degrees. */
export function parseDec(text: string, scale = 1): Angle {
  const value = tidy(text);
  const sexagesimal = fromSexagesimal(value);
  const number = sexagesimal?.value ?? parseDecimal(value);
  if (number === undefined) return { problem: notANumber("declination", text) };
  const degrees = number * (sexagesimal ? 1 : scale);
  if (!(degrees >= -90 && degrees <= 90))
    return { problem: `declination ${clip(text)} is not between -90 and 90 degrees` };
  return { degrees };
}

/** True for what is a decimal number and so can be looked at as degrees. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

function parseDecimal(value: string): number | undefined {
  if (DECIMAL.test(value)) return Number(value);
  // A decimal comma arrives here only from a table whose delimiter is not the comma, or whose fields are quoted.
  if (/^[+-]?\d+,\d+$/.test(value)) return Number(value.replace(",", "."));
  return undefined;
}

/** Undefined if the text is not sexagesimal; NaN if it is, with minutes or seconds above 60. */
function fromSexagesimal(text: string): { value: number; inDegrees: boolean } | undefined {
  // The length is bounded because runs of spaces make the expression's work grow with their square.
  const match = text.length <= 40 ? SEXAGESIMAL.exec(text) : null;
  if (!match) return undefined;
  const [, sign, whole, separator = "", minutes, seconds = "0"] = match;
  const inDegrees = "dD°".includes(separator);
  // 60 itself is what rounding for print leaves of 59.9996.
  if (Number(minutes) > 60 || Number(seconds) > 60) return { value: Number.NaN, inDegrees };
  const magnitude = Number(whole) + Number(minutes) / 60 + Number(seconds) / 3600;
  return { value: sign === "-" ? -magnitude : magnitude, inDegrees };
}

/** Typeset minus signs (U+2212 and the dashes) are minus signs. */
function tidy(text: string): string {
  return text.trim().replace(/^[\u2212\u2013\u2010\u2011]/, "-");
}

function notANumber(what: string, text: string): string {
  return text.trim() === "" ? `${what} is empty` : `${what} "${clip(text)}" is not a number`;
}

function clip(text: string): string {
  const value = text.trim();
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
