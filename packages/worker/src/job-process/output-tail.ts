/** The last bytes of an output, as text. */
export class OutputTail {
  readonly #maxBytes: number;
  #bytes: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #cut = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#bytes, chunk]);
    this.#cut ||= bytes.length > this.#maxBytes;
    // A copy: a view would keep the whole chunk.
    this.#bytes = Buffer.from(bytes.subarray(-this.#maxBytes));
  }

  /** UTF-8 from the first whole character on; what is no UTF-8 becomes U+FFFD. */
  text(): string {
    let start = 0;
    if (this.#cut) while (start < 4 && ((this.#bytes[start] ?? 0) & 0xc0) === 0x80) start++;
    return new TextDecoder().decode(this.#bytes.subarray(start));
  }
}
