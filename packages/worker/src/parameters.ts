import type { UploadedFile } from "./uploaded-file.ts";

/** One parameter as the client sent it: a value, or a file that it uploaded. */
export type ParameterEntry =
  | { readonly name: string; readonly value: string; readonly file?: never }
  | { readonly name: string; readonly file: UploadedFile; readonly value?: never };

/** A job's parameters. Names are case-insensitive (UWS 1.1 follows DALI there), their order is the client's. */
export class Parameters {
  readonly #entries: readonly ParameterEntry[];

  constructor(entries: readonly ParameterEntry[]) {
    this.#entries = Object.freeze([...entries]);
  }

  /** The first value of this name. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** Every value of this name, in order. */
  all(name: string): string[] {
    return this.#named(name).flatMap((entry) => (entry.value === undefined ? [] : [entry.value]));
  }

  /** The first uploaded file of this name. */
  file(name: string): UploadedFile | undefined {
    return this.#named(name).find((entry) => entry.file !== undefined)?.file;
  }

  /** Each name once, spelt as it came first. */
  names(): string[] {
    const names = new Map<string, string>();
    for (const { name } of this.#entries) {
      const key = name.toLowerCase();
      if (!names.has(key)) names.set(key, name);
    }
    return [...names.values()];
  }

  /** All of them, as they came. */
  entries(): readonly ParameterEntry[] {
    return this.#entries;
  }

  #named(name: string): ParameterEntry[] {
    const key = name.toLowerCase();
    return this.#entries.filter((entry) => entry.name.toLowerCase() === key);
  }
}
