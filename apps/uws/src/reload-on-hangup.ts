import { closeSync, openSync } from "node:fs";
import { type Config, loadConfig } from "@uws/config";
import type { Logger } from "pino";

/**
 * SIGHUP reads the configuration and the descriptions again, as daemons do. What is wrong changes nothing and is logged with
 * file, line and field. Signals that come meanwhile lead to one more reading.
 *
 * A closed terminal sends the same signal: who was started in one that is gone, stops.
 * @param running what the process was started with: of this only the services change
 * @param reload takes the new configuration, or throws and has changed nothing
 * @returns calls it off
 */
export function reloadOnHangup(running: Config, log: Logger, reload: (config: Config) => Promise<void>): () => void {
  const atTerminal = process.stdin.isTTY === true;
  let reading = false;
  let again = false;
  const readAgain = async () => {
    again = true;
    if (reading) return;
    reading = true;
    while (again) {
      again = false;
      await readOnce(running, log, reload);
    }
    reading = false;
  };
  const onHangup = () => {
    if (atTerminal && !hasTerminal()) process.kill(process.pid, "SIGTERM");
    else void readAgain();
  };
  process.on("SIGHUP", onHangup);
  return () => void process.off("SIGHUP", onHangup);
}

async function readOnce(running: Config, log: Logger, reload: (config: Config) => Promise<void>): Promise<void> {
  try {
    const config = loadConfig(process.env, process.cwd());
    const waiting = otherSettings(running, config);
    await reload(config);
    log.info({ services: config.services.map(({ path }) => path) }, "the services were read again");
    if (waiting.length > 0) log.warn({ settings: waiting }, "settings have changed that need a restart");
  } catch (error) {
    log.error({ err: error }, "the services could not be read again; everything stays as it is");
  }
}

/** Names of settings beside the services in which two configurations differ. */
function otherSettings(one: Config, other: Config): string[] {
  const names = Object.keys(one) as (keyof Config)[];
  const added = (Object.keys(other) as (keyof Config)[]).filter((name) => !names.includes(name));
  return [...names, ...added].filter((name) => name !== "services" && !Bun.deepEquals(one[name], other[name]));
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
