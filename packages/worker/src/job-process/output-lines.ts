import { StringDecoder } from "node:string_decoder";

/** A line that does not end is handed on in pieces of this many characters. */
const maxLine = 8 * 1024;

/** Cuts an output into lines, which it hands on without their ends. */
export class OutputLines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#pass(line);
    while (this.#rest.length > maxLine) {
      this.#onLine(this.#rest.slice(0, maxLine));
      this.#rest = this.#rest.slice(maxLine);
    }
  }

  /** The output has ended: its last line may have no end. */
  end(): void {
    this.#pass(this.#rest + this.#decoder.end());
    this.#rest = "";
  }

  #pass(line: string): void {
    for (let start = 0; start < line.length; start += maxLine) this.#onLine(line.slice(start, start + maxLine));
  }
}
