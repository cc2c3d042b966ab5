/** A resource under a list or a job, whatever query the URL has. */
export function childUrl(parent: string, ...path: readonly string[]): string {
  const url = new URL(parent);
  url.search = "";
  url.hash = "";
  url.pathname = [url.pathname.replace(/\/$/, ""), ...path.map(encodeURIComponent)].join("/");
  return url.href;
}
