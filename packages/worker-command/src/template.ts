/** What a command may name that is no parameter. Parameters' names do not begin with @. */
export const ownPlaceholders = ["@workdir", "@here", "@job", "@attempt"] as const;
export type OwnPlaceholder = (typeof ownPlaceholders)[number];

/** A piece of a template: text as it stands, a parameter's value, or something of the job's own. */
export type Part = { readonly text: string } | { readonly parameter: string } | { readonly own: OwnPlaceholder };

/** A text with placeholders, taken apart. */
export interface Template {
  readonly parts: readonly Part[];
}

/** {NAME} or {@word}; doubled, {{NAME}}, it is {NAME} as it stands. Every other brace is a brace: awk has many. */
const placeholder = /\{\{(@?[A-Za-z_][\w.:-]*)\}\}|\{(@?[A-Za-z_][\w.:-]*)\}/g;

/**
 * Takes a template apart.
 * @param resolve the parameter's declared name for what stands between the braces, in whatever case
 * @param unknown is told of every placeholder that nobody fills
 */
export function parseTemplate(
  source: string,
  resolve: (name: string) => string | undefined,
  unknown: (name: string) => void,
): Template {
  const parts: Part[] = [];
  let end = 0;
  let text = "";
  for (const match of source.matchAll(placeholder)) {
    const [whole, literal, name = ""] = match;
    text += source.slice(end, match.index);
    end = match.index + whole.length;
    if (literal !== undefined) {
      text += `{${literal}}`;
      continue;
    }
    const part = partOf(name, resolve);
    if (part === undefined) unknown(name);
    else {
      if (text !== "") parts.push({ text });
      text = "";
      parts.push(part);
    }
  }
  text += source.slice(end);
  if (text !== "" || parts.length === 0) parts.push({ text });
  return { parts };
}

function partOf(name: string, resolve: (name: string) => string | undefined): Part | undefined {
  if (name.startsWith("@")) return isOwn(name) ? { own: name } : undefined;
  const parameter = resolve(name);
  return parameter === undefined ? undefined : { parameter };
}

function isOwn(name: string): name is OwnPlaceholder {
  return (ownPlaceholders as readonly string[]).includes(name);
}

/** The parameters that a template names, each once. */
export function parametersOf({ parts }: Template): string[] {
  return [...new Set(parts.flatMap((part) => ("parameter" in part ? [part.parameter] : [])))];
}

/** The one parameter that the whole template is. */
export function onlyParameter({ parts }: Template): string | undefined {
  const [part, ...more] = parts;
  return part !== undefined && "parameter" in part && more.length === 0 ? part.parameter : undefined;
}
