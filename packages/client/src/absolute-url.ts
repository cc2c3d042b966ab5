/**
 * A link as an absolute URL: `URL.parse`, which Node 20 does not have.
 * @returns undefined when it is none
 */
export function absoluteUrl(link: string, base: string): string | undefined {
  return URL.canParse(link, base) ? new URL(link, base).href : undefined;
}
