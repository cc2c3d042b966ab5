/**
 * Waits until a condition holds, asking again and again: for what no event announces (another process's end, a row
 * that a server of ours changes).
 * @param condition gives the awaited value, or undefined or false for "not yet"
 * @param what is awaited, for the error when it does not come
 */
export async function until<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
  timeout = 30_000,
): Promise<T> {
  const end = performance.now() + timeout;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`Did not come within ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
