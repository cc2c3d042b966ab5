/**
 * Writes to stdout, whole, before the process goes on. (`Bun.write(Bun.stdout)` of Bun 1.4.5 begins again with a text of less than
 * 256 KiB of which a pipe has taken a part.)
 */
export function writeOut(data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(data, (error) => (error ? reject(error) : resolve()));
  });
}

/** Writes lines to stdout. */
export async function print(text: string): Promise<void> {
  await writeOut(`${text}\n`);
}

/** For programs. Times are ISO 8601; what is unknown is left out. */
export async function printJson(value: unknown): Promise<void> {
  await print(JSON.stringify(value, null, 2));
}

/** For people, beside the output. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
