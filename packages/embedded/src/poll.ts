import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again and again until `probe` answers with something else than undefined, or the deadline passes. For things that
 * offer no event to wait on, such as a server that is not ours yet opening its port. Returns undefined at the deadline.
 */
export async function poll<T>(
  options: { timeoutMs: number; everyMs?: number },
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline) return undefined;
    await delay(options.everyMs ?? 25);
  }
}
