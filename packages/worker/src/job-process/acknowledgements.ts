/** Up to which event everything is taken, when results take longer than what comes after them. */
export class Acknowledgements {
  readonly #open = new Set<number>();
  #last = 0;

  /** An event came, in order. */
  begin(sequence: number): void {
    this.#open.add(sequence);
    this.#last = sequence;
  }

  /** @returns the number up to which all are taken */
  done(sequence: number): number {
    this.#open.delete(sequence);
    const [first] = this.#open;
    return first === undefined ? this.#last : first - 1;
  }
}
