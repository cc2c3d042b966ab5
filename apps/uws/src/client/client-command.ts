import { UwsClientError } from "@uws/client";
import { Command } from "commander";
import { CommandError } from "./command-error.ts";
import { type Connection, type ConnectionOptions, connect, connectionOptions } from "./connection.ts";
import { exitStatus, exitStatusHelp } from "./exit-status.ts";

/** What every command that speaks to a server can be told. */
export interface CommonOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** A command that speaks to a server. */
export function clientCommand(name: string, description: string): Command {
  return connectionOptions(new Command(name).description(description))
    .option("--json", "write JSON")
    .addHelpText("after", exitStatusHelp);
}

/**
 * What such a command does. It ends the process with the status that the work returns (0 where it returns no number); a failure is
 * a sentence, and never shows credentials.
 */
export function withConnection<Options extends CommonOptions>(
  options: Options,
  work: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  return ending(async () => work(await connect(options)));
}

async function ending(work: () => Promise<unknown>): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endUnread);
  try {
    const status = await work();
    process.exitCode = typeof status === "number" ? status : exitStatus.done;
  } catch (error) {
    endUnread(error);
    throw error instanceof CommandError
      ? error
      : new CommandError(sentence(error), exitStatus.failed, { cause: error });
  }
}

/** Whoever reads our output may have enough of it (`| head`), which is no failure to speak of. */
function endUnread(error: unknown): void {
  if (error instanceof Error && "code" in error && error.code === "EPIPE") process.exit(exitStatus.nobodyReads);
}

function sentence(error: unknown): string {
  if (!(error instanceof UwsClientError)) return error instanceof Error ? error.message : String(error);
  if (error.status === 401) return `${error.message}\nSet UWS_TOKEN, or UWS_USER and UWS_PASSWORD, to log in.`;
  return error.message;
}
