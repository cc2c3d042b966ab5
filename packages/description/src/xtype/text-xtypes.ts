import { checkNumbers, readNumbers } from "./check-numbers.ts";
import { numericXtypes } from "./numeric-xtypes.ts";

/** What DALI knows as a text of a certain form (DALI 1.1, section 3.3; 1.2, section 3). */
export interface TextXtype {
  /** For a person. */
  readonly form: string;
  /** As JSON Schema has it; it may allow what `check` refuses. */
  readonly pattern: string;
  readonly check: (text: string) => boolean | string;
}

const minutes = "[0-5]?\\d:[0-5]?\\d(\\.\\d*)?";

export const textXtypes: ReadonlyMap<string, TextXtype> = new Map<string, TextXtype>([
  [
    "timestamp",
    {
      form: "YYYY-MM-DD or YYYY-MM-DDThh:mm:ss.SSS",
      // The Z is civil time's (DALI 1.2, section 3.3). A second may be a leap second.
      pattern: "^\\d{4}-\\d{2}-\\d{2}(T([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?Z?)?$",
      check: isDay,
    },
  ],
  [
    "hms",
    {
      form: "hours:minutes:seconds from 00:00:00 to 24:00:00",
      pattern: `^(([01]?\\d|2[0-3]):${minutes}|24:00?:00?(\\.0*)?)$`,
      check: () => true,
    },
  ],
  [
    "dms",
    {
      form: "degrees:minutes:seconds from -90:00:00 to +90:00:00",
      pattern: `^[+-]?([0-8]?\\d:${minutes}|90:00?:00?(\\.0*)?)$`,
      check: () => true,
    },
  ],
  ["shape", { form: "circle, range or polygon and its numbers", pattern: "^(circle|range|polygon)\\s", check: shape }],
]);

/** Whether the day exists in the calendar. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

function shape(text: string): boolean | string {
  const [, name = "", rest = ""] = /^(\S+)\s+(.*)$/s.exec(text) ?? [];
  const xtype = numericXtypes.get(name);
  if (xtype === undefined) return false;
  const read = readNumbers(rest, xtype, false);
  const rule = "rule" in read ? read.rule : checkNumbers(read.values, xtype);
  return rule === undefined ? true : `${name}: ${rule}`;
}
