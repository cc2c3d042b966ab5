/** Writes lines to stdout, whole, before the process goes on. */
export async function print(text: string): Promise<void> {
  await Bun.write(Bun.stdout, `${text}\n`);
}

/** For programs. Times are ISO 8601; what is unknown is left out. */
export async function printJson(value: unknown): Promise<void> {
  await print(JSON.stringify(value, null, 2));
}

/** For people, beside the output. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
