/** Items of a list. */
const most = 100;
const seconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };
/** Seconds; ten years. */
const maxLifetime = 3650 * 86_400;

/** @throws Error that says what is allowed */
export function parseTokenName(text: string): string {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(text)) return text;
  throw new Error("NAME must be 1 to 100 letters, digits, dots, underscores and hyphens.");
}

/** @throws Error that says what is allowed */
export function parseTypes(text: string): string[] {
  return parseList(text, /^[A-Za-z0-9_-]{1,100}$/, "--types", "names of job types");
}

/** @throws Error that says what is allowed */
export function parseServices(text: string): string[] {
  return parseList(text, /^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/, "--services", "paths of services");
}

function parseList(text: string, form: RegExp, option: string, what: string): string[] {
  const items = [...new Set(text.split(",").map((item) => item.trim()))];
  const wrong = items.find((item) => !form.test(item));
  if (wrong !== undefined) {
    throw new Error(`${option} must be ${what} with commas between them; ${JSON.stringify(wrong)} is none.`);
  }
  if (items.length > most) throw new Error(`${option} has at most ${most} ${what}.`);
  return items;
}

/**
 * Reads `90m`, `12h`, `30d`.
 * @returns seconds
 * @throws Error that says what is allowed
 */
export function parseLifetime(text: string): number {
  const [, number, unit] = /^(\d{1,9})([mhd])$/.exec(text) ?? [];
  const lifetime = Number(number) * (seconds[unit ?? ""] ?? Number.NaN);
  if (lifetime > 0 && lifetime <= maxLifetime) return lifetime;
  throw new Error("--expires must be minutes, hours or days: 90m, 12h, 30d; at most 3650d.");
}
