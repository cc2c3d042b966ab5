import { EmbeddedError } from "./error.ts";
import { poll } from "./poll.ts";
import { signalProcess } from "./process/guardian.ts";
import { isAlive, type ProcessIdentity } from "./process/identity.ts";

/**
 * Waits for the server of an earlier run that ended without stopping it. Its guardian is about to stop it; if that was
 * killed too, we do its work. To be called with the data directory locked, so that the server is nobody's.
 */
export async function awaitLeftover(
  server: ProcessIdentity | undefined,
  stopSignal: "SIGINT" | "SIGTERM",
  log: (line: string) => void,
): Promise<void> {
  if (server === undefined || !isAlive(server)) return;
  log(`waiting for the server of an earlier run to end (pid ${server.pid})`);
  try {
    signalProcess(server.pid, stopSignal);
    signalProcess(server.pid, "SIGCONT");
    if (await poll({ timeoutMs: 20_000 }, () => (isAlive(server) ? undefined : true))) return;
    signalProcess(server.pid, "SIGKILL");
    if (await poll({ timeoutMs: 10_000 }, () => (isAlive(server) ? undefined : true))) return;
  } catch (error) {
    throw new EmbeddedError("in-use", `pid ${server.pid} still uses this data directory and cannot be stopped by us`, {
      cause: error,
    });
  }
  throw new EmbeddedError("in-use", `pid ${server.pid} still uses this data directory and does not end`);
}
