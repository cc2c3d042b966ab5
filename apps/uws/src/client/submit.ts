import type { CreateOptions, JobHandle, ServiceDescription, UwsClient } from "@uws/client";
import type { Command } from "commander";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { usageError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { descriptionText } from "./description-text.ts";
import { statusOfPhase } from "./exit-status.ts";
import { findJobList } from "./find-service.ts";
import { followJob } from "./follow-job.ts";
import { readParameters, takeDuration } from "./given-parameters.ts";
import { resultsText } from "./job-text.ts";
import { note, print, printJson } from "./output.ts";
import { saveResults } from "./save-results.ts";
import { parseSpan, parseTime } from "./times.ts";
import { findUploads } from "./uploads.ts";
import { tellEnd } from "./watch.ts";

interface Options extends CommonOptions {
  readonly run: boolean;
  readonly runId?: string;
  readonly executionDuration?: string;
  readonly destruction?: string;
  readonly wait?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly help?: boolean;
}

const parametersHelp = `
Parameters are written --name value, --name=value or NAME=value, in any case; the last also where one is called as
an option above. @file uploads a file (@- stdin), @@text is a text that begins with @. What parameters a service takes:
uws describe SERVICE, or uws submit SERVICE --help. --duration is short for --execution-duration, unless the service has a
parameter of that name.

  uws submit crossmatch --table @stars.csv --radius 0.5 --wait --output results`;

/** `submit [SERVICE] [PARAMETERS]`: creates a job, and starts it. Flags come from the service's description. */
export function submitCommand(): Command {
  const command = clientCommand("submit", "create a job and start it");
  return command
    .usage("[options] [service] [--name value | NAME=value | NAME=@file ...]")
    .argument("[service]", "a service's name, or the URL of a job list")
    .argument("[parameters...]", "parameters of the job")
    .allowUnknownOption()
    .helpOption(false)
    .option("--run-id <id>", "a name of your choice, by which jobs can be found")
    .option("--execution-duration <time>", "how long it may run: seconds, 15m, 12h; 0 is as long as it takes")
    .option("--destruction <time>", "how long it is kept: 12h, 30d, or until when (UTC)")
    .option("--no-run", "create it only; uws run starts it")
    .option("--wait", "wait until it has ended, and show how far it is; the exit status tells how it ended")
    .option("-o, --output <folder>", "wait, and save its results there")
    .option("--force", "overwrite files that are there")
    .option("-h, --help", "show this, and the parameters of the service")
    .addHelpText("after", parametersHelp)
    .action((_service: unknown, _parameters: unknown, options: Options) => {
      const { service, words } = split(command.args);
      if (options.help === true && service === undefined) return command.outputHelp();
      return withConnection(options, (connection) =>
        options.help === true ? help(command, connection, service) : submit(connection, service, words, options),
      );
    });
}

/** The service comes first, unless the connection names it. */
function split(words: readonly string[]) {
  const [first, ...rest] = words;
  const isService = first !== undefined && !first.startsWith("--") && (/^https?:/.test(first) || !first.includes("="));
  return isService ? { service: first, words: rest } : { service: undefined, words };
}

async function help(command: Command, connection: Connection, service: string | undefined): Promise<void> {
  command.outputHelp();
  const description = await connection.client(await findJobList(connection, service)).description();
  await print(
    description === undefined ? `\n${service} does not describe its parameters.` : `\n${descriptionText(description)}`,
  );
}

async function submit(
  connection: Connection,
  service: string | undefined,
  words: readonly string[],
  options: Options,
): Promise<unknown> {
  const { output, json = false, force = false } = options;
  const wait = options.wait === true || output !== undefined;
  if (wait && !options.run) throw usageError("A job that is not started cannot be waited for: leave out --no-run.");
  const client = connection.client(await findJobList(connection, service));
  const job = await create(client, words, options);
  if (!json) await print(job.url);
  if (!wait) return json ? await printJson({ url: job.url, ...(await job.get()) }) : undefined;

  const ended = await followJob(job, { stream: process.stderr });
  await tellEnd(job, ended);
  const saved =
    output === undefined
      ? undefined
      : await saveResults(job, ended.results, { output, force, onSaved: ({ path }) => note(path) });
  if (json) await printJson({ url: job.url, ...ended, ...(saved === undefined ? {} : { saved }) });
  else if (saved === undefined && ended.results.length > 0) note(resultsText(ended.results));
  return statusOfPhase(ended.phase);
}

async function create(client: UwsClient, given: readonly string[], options: Options): Promise<JobHandle> {
  const description = await client.description();
  const { words, duration } = takeDuration(given, description);
  const parameters = readParameters(words, description);
  if (options.run) expectRequired(parameters, description);
  const sent = await findUploads(parameters);
  // A server of ours makes no second job of a request that is sent again because its answer was lost. Stdin is read once.
  const repeatable = description !== undefined && !Object.values(sent.files).flat().includes(Bun.stdin);
  return await client.create(sent.parameters, {
    ...controlOf(options, duration),
    files: sent.files,
    idempotencyKey: repeatable ? crypto.randomUUID() : undefined,
  });
}

function controlOf(
  { run, runId, executionDuration, destruction }: Options,
  duration: string | undefined,
): CreateOptions {
  const longest = executionDuration ?? duration;
  return {
    run,
    runId,
    executionDuration: longest === undefined ? undefined : parseSpan("--execution-duration", longest),
    destruction: destruction === undefined ? undefined : parseTime("--destruction", destruction, 1, new Date()),
  };
}

/** Before a file is uploaded for nothing. */
function expectRequired(
  given: readonly { readonly name: string }[],
  description: ServiceDescription | undefined,
): void {
  const missing = description?.parameters.filter(
    ({ name, required }) => required && !given.some((parameter) => parameter.name === name),
  );
  const [first] = missing ?? [];
  if (first === undefined) return;
  const value = first.file ? "@file" : "value";
  throw usageError(
    `${description?.name} needs --${first.name.toLowerCase()} ${value}: ${first.description ?? ""}`.trim(),
  );
}
