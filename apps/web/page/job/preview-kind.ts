/** How a result is previewed: as a picture, as the beginning of its text, or not at all. */
export type PreviewKind = "picture" | "text" | undefined;

const pictures: readonly string[] = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  // In an img element nothing in it runs, and nothing is loaded.
  "image/svg+xml",
];

const texts = /^text\/|^application\/(?:json|xml|yaml|x-yaml|x-ndjson|x-votable|csv)\b|\+(?:xml|json|yaml)\b/;

/** Bytes of a picture that is loaded for a preview. */
const largestPicture = 20_000_000;

/** Bytes of a text that are shown. */
export const previewBytes = 4096;

export function previewKind(mediaType: string | undefined, size: number | undefined): PreviewKind {
  const type = (mediaType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (pictures.includes(type)) return size !== undefined && size > largestPicture ? undefined : "picture";
  return texts.test(type) ? "text" : undefined;
}

/**
 * The beginning of a body, of which no more is read.
 * @returns the text, and whether there is more
 */
export async function beginningOf(body: ReadableStream<Uint8Array>, bytes = previewBytes): Promise<[string, boolean]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = bytes;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return [text + decoder.decode(), false];
      if (value.length > left) return [text + decoder.decode(value.subarray(0, left), { stream: true }), true];
      text += decoder.decode(value, { stream: true });
      left -= value.length;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
