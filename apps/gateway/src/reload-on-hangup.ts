import type { Logger } from "pino";
import type { TlsCredentials } from "./tls-credentials.ts";

/**
 * SIGHUP reads the certificates again, as daemons do. Files that cannot be used change nothing and are logged.
 * @returns calls it off
 */
export function reloadOnHangup(tls: TlsCredentials, log: Logger): () => void {
  const onHangup = () => {
    try {
      tls.reload();
      log.info("the certificates were read again");
    } catch (error) {
      log.error({ err: error }, "the certificates could not be read again; the old ones stay");
    }
  };
  process.on("SIGHUP", onHangup);
  return () => void process.off("SIGHUP", onHangup);
}
