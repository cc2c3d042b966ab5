/**
 * Does something that must not take longer than so many milliseconds: a network that has silently gone away never answers,
 * and never says so.
 * @param work is given a signal that ends it, at the deadline or when the caller's own signal says so
 * @throws DeadlineError when the time is over; otherwise whatever the work throws
 */
export async function withDeadline<Value>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const deadline = new AbortController();
  const late = new DeadlineError(`no answer within ${Math.round(milliseconds / 1000)} s`);
  const timer = setTimeout(() => deadline.abort(late), milliseconds);
  const either = signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]);
  try {
    return await work(either);
  } catch (error) {
    // Whoever hears of the abort may wrap it, or tell of it in words of its own.
    if (deadline.signal.aborted && signal?.aborted !== true) throw late;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** An answer did not come in time. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}
