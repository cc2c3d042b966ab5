/** What is wrong with one parameter of a request, for programs. */
export interface InvalidParameter {
  /** As the client wrote it; of a missing one, as the description does. Empty for a rule about several. */
  readonly parameter: string;
  /** As it was sent, cut at a length; null where none was sent, or a file. */
  readonly value: string | null;
  /** What it breaks, and so what is allowed. */
  readonly rule: string;
  /** Name, value and rule in one line, for a person. */
  readonly message: string;
  /** Of a batch, which of the jobs, from 0. */
  readonly job?: number;
}

/** Characters of a value that an error repeats. */
const valueLength = 200;

/** A value as an error shows it. */
export function cutValue(text: string): string {
  return text.length > valueLength ? `${text.slice(0, valueLength).toWellFormed()}…` : text.toWellFormed();
}
