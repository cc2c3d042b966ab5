/** What identifies the state of some bytes. */
export interface Validators {
  /** With its quotes; strong. */
  readonly etag: string;
  readonly lastModified?: Date | undefined;
}

/** Whether the client has these bytes already (RFC 9110, sections 13.1.2, 13.1.3, 13.2.2). */
export function isUnchanged(headers: Headers, { etag, lastModified }: Validators): boolean {
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== null) {
    return noneMatch.trim() === "*" || noneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
  }
  const since = Date.parse(headers.get("if-modified-since") ?? "");
  return lastModified !== undefined && !Number.isNaN(since) && seconds(lastModified.getTime()) <= seconds(since);
}

/** Whether a range may be taken: unless the client's idea of these bytes is outdated (RFC 9110, section 13.1.5). */
export function allowsRange(headers: Headers, { etag, lastModified }: Validators): boolean {
  const condition = headers.get("if-range");
  if (condition === null) return true;
  if (condition.includes('"')) return condition.trim() === etag;
  return lastModified !== undefined && Date.parse(condition) === seconds(lastModified.getTime()) * 1000;
}

/** HTTP dates know no fractions. */
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
