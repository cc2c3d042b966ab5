import type { CreateOptions, JobHandle, UwsClient } from "@uws/client";
import type { Command } from "commander";
import { chooseType } from "./choose-type.ts";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { usageError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { descriptionText, typesText } from "./description-text.ts";
import { statusOfPhase } from "./exit-status.ts";
import { collect } from "./filter-options.ts";
import { findJobList } from "./find-service.ts";
import { followJob } from "./follow-job.ts";
import { expectRequired, readParameters, takeDuration } from "./given-parameters.ts";
import { resultsText } from "./job-text.ts";
import { note, print, printJson } from "./output.ts";
import { saveResults } from "./save-results.ts";
import { submitBatch } from "./submit-batch.ts";
import { parseSpan, parseTime } from "./times.ts";
import { findUploads } from "./uploads.ts";
import { tellEnd } from "./watch.ts";

interface Options extends CommonOptions {
  readonly type: readonly string[];
  readonly batch?: string;
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
uws describe SERVICE [TYPE], or uws submit SERVICE [--type TYPE] --help. --duration is short for --execution-duration, unless the service has a
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
    .option("--type <type>", "which job type, where the service has several", collect, [])
    .option("--batch <file>", "a job for each line: JSON lines, or CSV with names in the first line (of bun-uws)")
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
        options.help === true
          ? help(command, connection, service, words, options)
          : submit(connection, service, words, options),
      );
    });
}

/** The service comes first, unless the connection names it. */
function split(words: readonly string[]) {
  const [first, ...rest] = words;
  const isService = first !== undefined && !first.startsWith("--") && (/^https?:/.test(first) || !first.includes("="));
  return isService ? { service: first, words: rest } : { service: undefined, words };
}

async function help(
  command: Command,
  connection: Connection,
  service: string | undefined,
  words: readonly string[],
  { type }: Options,
): Promise<void> {
  command.outputHelp();
  const described = await connection.client(await findJobList(connection, service)).descriptions();
  if (described === undefined) return await print(`\n${service} does not describe its parameters.`);
  const several = described.types.length > 1;
  if (several) await print(`\n${typesText(described)}`);
  const isChosen = !several || type.length > 0 || words.length > 0;
  const { description } = isChosen ? chooseType(described, words, type) : { description: undefined };
  if (description !== undefined) await print(`\n${descriptionText(description)}`);
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
  if (options.batch !== undefined) {
    if (output !== undefined) throw usageError("--output takes one job: fetch the results of many by uws results.");
    const control = (duration: string | undefined) => controlOf(options, duration);
    return await submitBatch(client, options.batch, { words, types: options.type, control, wait, json });
  }
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
  const { description, naming, words: typed } = chooseType(await client.descriptions(), given, options.type);
  const { words, duration } = takeDuration(typed, description);
  const parameters = readParameters(words, description);
  if (options.run) expectRequired(parameters, description);
  const sent = await findUploads(parameters);
  // A server of ours makes no second job of a request that is sent again because its answer was lost. Stdin is read once.
  const repeatable = description !== undefined && !Object.values(sent.files).flat().includes(Bun.stdin);
  return await client.create(
    { ...naming, ...sent.parameters },
    {
      ...controlOf(options, duration),
      files: sent.files,
      idempotencyKey: repeatable ? crypto.randomUUID() : undefined,
    },
  );
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
