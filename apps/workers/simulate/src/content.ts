/** One line of 64 bytes, and as many of them as are given away at once. */
const line = `${"0123456789".repeat(6)}abc\n`;
const block = Buffer.from(line.repeat(1_024));

/** Text of exactly so many bytes, always the same, made while it is read. */
export async function* content(bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, left);
}
