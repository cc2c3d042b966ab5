/** The ways in which clients write a request's fields. */

export type Pairs = readonly (readonly [name: string, value: string])[];

const encoder = new TextEncoder();

/** A form or a query, every byte that may be escaped being so. Half a surrogate pair becomes what no UTF-8 decoder takes. */
export function formOf(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${percent(name)}=${percent(value)}`).join("&");
}

function percent(text: string): string {
  // WTF-8: lone surrogates as if they were characters.
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      const lone = code >= 0xd800 && code <= 0xdfff;
      const bytes = lone
        ? [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
        : encoder.encode(character);
      return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    })
    .join("");
}

/** A part of a multipart body: a field, or a file where there is a file name. */
export interface Part {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly filename?: string;
  readonly mediaType?: string;
}

/** `multipart/form-data` (RFC 7578), names as the HTML standard has them (section 4.10.22.8). */
export function multipartOf(parts: readonly Part[], boundary: string): Uint8Array<ArrayBuffer> {
  const chunks = parts.flatMap(({ name, content, filename, mediaType }) => {
    const file = filename === undefined ? "" : `; filename="${quoted(filename)}"`;
    const type = mediaType === undefined ? "" : `Content-Type: ${mediaType}\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}\r\n${type}\r\n`;
    return [
      encoder.encode(head),
      typeof content === "string" ? encoder.encode(content) : content,
      encoder.encode("\r\n"),
    ];
  });
  return new Uint8Array(Buffer.concat([...chunks, encoder.encode(`--${boundary}--\r\n`)]));
}

function quoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
