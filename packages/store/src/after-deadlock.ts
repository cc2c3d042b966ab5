/** Attempts of a statement. */
const most = 5;

/**
 * Runs a statement that locks many rows, again where PostgreSQL has ended it to resolve a deadlock: then nothing of it was done.
 * Statements for many attempts lock rows as their reports came, so that no order of ours rules deadlocks out.
 */
export async function afterDeadlock<Outcome>(run: () => PromiseLike<Outcome>): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === most || (error as { code?: unknown }).code !== "40P01") throw error;
    }
  }
}
