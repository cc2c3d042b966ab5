/** Writing HTML: as with xml.ts, escaping happens here and nowhere else. */

/** Markup that is already safe; anything else that goes into a template is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

type Inserted = string | number | Markup | readonly Markup[];

/**
 * A template whose insertions are escaped unless they are markup.
 * @example html`<p title="${name}">${html`<b>bold</b>`}</p>`
 */
export function html(parts: TemplateStringsArray, ...inserted: readonly Inserted[]): Markup {
  let text = parts[0] ?? "";
  for (const [index, value] of inserted.entries()) text += insert(value) + (parts[index + 1] ?? "");
  return new Markup(text);
}

function insert(value: Inserted): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map((markup) => markup.text).join("");
  return escapeHtml(String(value));
}
