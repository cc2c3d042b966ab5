import { fileEnding } from "@uws/core";

/** Bytes of a file's name; most file systems allow 255, and something may be added. */
const longest = 200;

/**
 * A name under which a result can be saved, whatever the server calls it: one component, no hidden file, nothing that a
 * shell or another system takes for something else.
 * @param taken names (lower case) that the folder has already from this job; the new one is added
 */
export function safeFileName(wanted: string, taken: Set<string>): string {
  const last = wanted.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const clean = last.replace(/[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu, "_").replace(/^[\s.-]+|[\s.]+$/g, "");
  const name = shorten(reserved.test(clean) ? `_${clean}` : clean || "result");
  const [, stem = name, ending = ""] = /^(.+?)(\.[^.]{1,16})?$/.exec(name) ?? [];
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${stem}-${count}${ending}`;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}

/** Devices, to Windows, whatever their ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function shorten(name: string): string {
  const [, stem = name, ending = ""] = /^(.*?)(\.[^.]{1,16})?$/s.exec(name) ?? [];
  let short = stem;
  while (Buffer.byteLength(short + ending) > longest) short = [...short].slice(0, -1).join("");
  return short + ending;
}

/** What a server suggests as a file's name (RFC 6266), or the result's id with an ending that fits its type. */
export function suggestedName(id: string, { headers }: Response): string {
  const disposition = headers.get("content-disposition") ?? "";
  const extended = /filename\*\s*=\s*utf-8''([^;]+)/i.exec(disposition)?.[1];
  const decoded = extended === undefined ? undefined : decode(extended.trim());
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(disposition);
  const given = decoded ?? plain?.[1]?.replace(/\\(.)/g, "$1") ?? plain?.[2];
  if (given !== undefined && given !== "") return given;
  const ending = fileEnding(headers.get("content-type") ?? "");
  return ending === undefined || /\.\w{1,8}$/.test(id) ? id : `${id}.${ending}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
