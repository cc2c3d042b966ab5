import {
  type CreatedJob,
  type NewJob,
  type Parameters,
  type RemotePhase,
  type ServiceDescription,
  type ServiceDescriptions,
  type UwsClient,
  UwsClientError,
} from "@uws/client";
import { type BatchRecord, readBatchFile } from "./batch-file.ts";
import { chooseType, findType } from "./choose-type.ts";
import { CommandError, usageError } from "./command-error.ts";
import { onlyOurs } from "./control-many.ts";
import { exitStatus, statusOfPhase } from "./exit-status.ts";
import { expectRequired, parameterNamed, readParameters, takeDuration } from "./given-parameters.ts";
import { note, print, printJson } from "./output.ts";
import { findUploads } from "./uploads.ts";

/** What all jobs of a batch have in common. */
export interface BatchOptions {
  /** Of the command line; a record's own win over them. */
  readonly words: readonly string[];
  readonly types: readonly string[];
  /** Told what `--duration` is, where that is ours. */
  readonly control: (duration: string | undefined) => Omit<NewJob, "parameters">;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Jobs of one request, as many as a server takes. */
const perRequest = 1000;

/** Bytes of one request, half of what a server takes. */
const bytesPerRequest = 8 * 1024 * 1024;

/**
 * Creates a job for each record of a file. Everything is read and checked by the description before anything is sent; then
 * they go in requests of a thousand, each of which makes all of its jobs or none.
 * @returns the exit status; with `wait` that of the worst end
 */
export async function submitBatch(client: UwsClient, path: string, options: BatchOptions): Promise<number> {
  const described = await client.descriptions();
  const records = await readBatchFile(path);
  const jobs = await jobsOf(path, records, described, options);
  const created: CreatedJob[] = [];
  for (const [from, to] of requestsOf(jobs)) {
    try {
      const answer = await client.createMany(jobs.slice(from, to), { idempotencyKey: crypto.randomUUID() });
      created.push(...answer);
      if (!options.json) await print(answer.map(({ href }) => href).join("\n"));
    } catch (error) {
      if (created.length > 0) note(`${created.length} jobs were created, of the lines before the failure.`);
      if (created.length > 0 && options.json) await printJson(created);
      throw inFile(onlyOurs(error, client, "create many jobs at once"), path, records.slice(from, to));
    }
  }
  const ended = options.wait ? await waitForAll(client, created) : created;
  if (options.json) await printJson(ended);
  return options.wait ? worstOf(ended) : exitStatus.done;
}

async function jobsOf(
  path: string,
  records: readonly BatchRecord[],
  described: ServiceDescriptions | undefined,
  options: BatchOptions,
): Promise<NewJob[]> {
  // A record may name its type itself: then the command line need not.
  const column = described?.typeParameter;
  const typed = column !== undefined && records.some((record) => ownType(record, column) !== undefined);
  const chosen = typed && options.types.length === 0 ? undefined : chooseType(described, options.words, options.types);
  const { words, duration } = takeDuration(chosen?.words ?? options.words, chosen?.description);
  const control = options.control(duration);
  const common = readParameters(words, chosen?.description);
  const sent = await findUploads(common);
  const [file] = Object.keys(sent.files);
  if (file !== undefined) throw usageError(`${file}: many jobs at once have no files: give a text, or a URL.`);
  return records.map((record) => {
    try {
      const type = column === undefined ? undefined : ownType(record, column);
      const description =
        type === undefined || described === undefined ? chosen?.description : findType(described, type);
      if (column !== undefined && description === undefined) throw usageError(`${column} is missing.`);
      const own = named(record.parameters, description, column);
      const parameters = { ...without(sent.parameters, own), ...chosen?.naming, ...own };
      if (control.run === true) {
        expectRequired(
          Object.keys(parameters).map((name) => ({ name })),
          description,
        );
      }
      return { ...control, parameters };
    } catch (error) {
      throw error instanceof CommandError ? usageError(`${path}:${record.line}: ${error.message}`) : error;
    }
  });
}

function ownType({ parameters }: BatchRecord, column: string): string | undefined {
  const [, value] = Object.entries(parameters).find(([name]) => isSame(name, column)) ?? [];
  return value === undefined ? undefined : String([value].flat()[0]);
}

/** Parameters as the description writes them. */
function named(
  parameters: Parameters,
  description: ServiceDescription | undefined,
  column: string | undefined,
): Parameters {
  const entries = Object.entries(parameters);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      column !== undefined && isSame(name, column) ? column : parameterNamed(name, description).name,
      value,
    ]),
  );
}

function without(parameters: Parameters, own: Parameters): Parameters {
  const names = Object.keys(own);
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.some((other) => isSame(name, other))));
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

/** Which jobs go together: the first, and the one after the last. */
function requestsOf(jobs: readonly NewJob[]): [from: number, to: number][] {
  const requests: [number, number][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [index, job] of jobs.entries()) {
    const size = Buffer.byteLength(JSON.stringify(job));
    const last = requests.at(-1);
    if (last === undefined || last[1] - last[0] === perRequest || bytes + size > bytesPerRequest) {
      requests.push([index, index + 1]);
      bytes = size;
    } else {
      last[1] = index + 1;
      bytes += size;
    }
  }
  return requests;
}

/** What a server says of `jobs[3]` is meant of a line. */
function inFile(error: unknown, path: string, records: readonly BatchRecord[]): unknown {
  if (!(error instanceof UwsClientError) || error.code !== "invalid") return error;
  const message = error.message.replace(/jobs\[(\d+)\]/g, (_, index) => `${path}:${records[Number(index)]?.line}`);
  return new CommandError(message, exitStatus.failed, { cause: error });
}

/** One after the other: they run all the same. */
async function waitForAll(client: UwsClient, created: readonly CreatedJob[]): Promise<CreatedJob[]> {
  const ended: CreatedJob[] = [];
  for (const job of created) {
    const { phase } = await client.job(job.href).wait();
    note(`${job.href} ${phase}`);
    ended.push({ ...job, phase });
  }
  return ended;
}

/** The first of these in which any of them is. */
const worst: readonly RemotePhase[] = ["ERROR", "ABORTED", "ARCHIVED"];

function worstOf(jobs: readonly CreatedJob[]): number {
  const phase = worst.find((bad) => jobs.some((job) => job.phase === bad));
  return phase === undefined ? exitStatus.done : statusOfPhase(phase);
}
