import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { UwsError } from "@uws/core";
import { descriptionJson } from "@uws/description";
import { consoleLogger, programPerJob, startWorker, type Worker, type WorkerOptions } from "@uws/worker";
import type { Command } from "./command.ts";
import { commandHandler } from "./command-handler.ts";
import { prepareCommand } from "./prepare-command.ts";

export interface CommandWorkerOptions
  extends Pick<WorkerOptions, "name" | "slots" | "address" | "token" | "tls" | "labels" | "logger" | "handleSignals"> {
  /** One for each job type. */
  readonly commands: readonly Command[];
  /** Folder of the jobs' working directories; that of the system for temporary files unless told otherwise. */
  readonly folder?: string;
  /** Whether the descriptions are announced to the server; true unless told otherwise. */
  readonly announce?: boolean;
}

/**
 * Starts a worker whose jobs are command lines.
 *
 * @example await startCommandWorker({ commands: [await loadCommand("phase-fold.yaml")], slots: 2 });
 * @throws UwsError `invalid` when a command cannot be run here
 */
export async function startCommandWorker(options: CommandWorkerOptions): Promise<Worker> {
  const { commands, folder = tmpdir(), announce = true, logger = consoleLogger, ...worker } = options;
  const names = commands.map(({ description }) => description.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UwsError("invalid", `two of the files describe the job type ${twice}`);
  const environment = process.env;
  const jobs = commands.map((command) => {
    const limits = prepareCommand(command, environment, logger);
    const handler = commandHandler(command, { folder, limits, environment, logger });
    return [command.description.name, programPerJob(handler)] as const;
  });
  if (process.getuid?.() === 0) logger.warn("commands run as root, as this worker does: a user of its own is safer");
  await mkdir(folder, { recursive: true });
  return await startWorker({
    ...worker,
    logger,
    jobs: Object.fromEntries(jobs),
    // Without the command: how this worker does it is not the server's business.
    descriptions: announce ? commands.map(({ description }) => descriptionJson(description)) : [],
  });
}
