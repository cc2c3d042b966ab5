/**
 * Waits for a promise, but not longer than so many milliseconds, and no longer once one of the signals is aborted.
 * Never rejects on its own account.
 */
export async function waitAtMost(
  awaited: Promise<void>,
  milliseconds: number,
  ...signals: readonly AbortSignal[]
): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return;
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  const timer = setTimeout(end, Math.max(0, milliseconds));
  for (const signal of signals) signal.addEventListener("abort", end);
  try {
    await Promise.race([awaited, over.promise]);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener("abort", end);
  }
}
