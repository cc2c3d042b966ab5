import { setTimeout as delay } from "node:timers/promises";
import { ping, type Store } from "@uws/store";
import type { Logger } from "pino";

/** Milliseconds between two tries. */
const pause = 500;
/** Every so many tries it is said again that we wait. */
const sayEach = 20;

/** What is said of a PostgreSQL that is not there yet, or starts: errors of sockets and of name servers, and PostgreSQL's own codes. */
const passing = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"],
  ...["CONNECT_TIMEOUT", "CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED"],
  // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
  ...["57P01", "57P02", "57P03", "53300"],
]);

/**
 * Starts something that needs PostgreSQL, and starts it again as long as PostgreSQL is away, or goes while it starts: whoever starts a
 * whole site at once need not care which of its processes is there first.
 * @param start may be called again after it failed
 * @returns undefined when the signal came before
 * @throws what waiting does not mend: a wrong password, a database that is not there
 */
export async function startWithDatabase<Running>(
  store: Store,
  log: Logger,
  signal: AbortSignal,
  start: () => Promise<Running>,
): Promise<Running | undefined> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      await ping(store);
      return await start();
    } catch (error) {
      if (!passing.has((error as { code?: string }).code ?? "")) throw error;
      if (tries % sayEach === 0) log.warn({ err: error }, "PostgreSQL does not answer; waiting for it");
      await delay(pause, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}
