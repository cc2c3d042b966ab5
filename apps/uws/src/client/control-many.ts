import { type ManyAction, type RefusedJob, type UwsClient, UwsClientError } from "@uws/client";
import { CommandError, usageError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { exitStatus } from "./exit-status.ts";
import { type FilterOptions, isEmpty, readFilter } from "./filter-options.ts";
import { findJobList } from "./find-service.ts";
import { note, print, printJson } from "./output.ts";

export interface ManyOptions extends FilterOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Whether jobs are meant that fit a filter, and not those that are named. */
export function isMany(options: ManyOptions): boolean {
  return options.all === true || options.dryRun === true || !isEmpty(options);
}

/**
 * Aborts, archives or destroys the jobs of a service that fit a filter. It asks nobody, so it demands `--all`.
 * @param services one name or URL, or none where the connection names it
 * @returns the exit status: whether it could be done to all of them
 */
export async function controlMany(
  connection: Connection,
  action: ManyAction,
  services: readonly string[],
  options: ManyOptions,
): Promise<number> {
  const { all = false, dryRun = false, json = false } = options;
  const [service, ...more] = services;
  if (more.length > 0) throw usageError("With a filter, give one service and no jobs.");
  if (!all && !dryRun) {
    throw usageError(`To ${action} every job that fits, say --all; to see which these are, --dry-run.`);
  }
  if (isEmpty(options)) {
    throw usageError(
      "Say which jobs: --phase, --after, --before, --run-id, --type, --param. --after 1970-01-01 is all.",
    );
  }
  const client = connection.client(await findJobList(connection, service));
  const done: string[] = [];
  const refused: RefusedJob[] = [];
  const became = dryRun ? "" : ` ${participles[action]}`;
  for await (const answer of changes(client, action, options)) {
    const urls = answer.jobs.map((id) => client.job(id).url);
    done.push(...urls);
    refused.push(...answer.refused);
    if (!json && urls.length > 0) await print(urls.map((url) => `${url}${became}`).join("\n"));
    if (!json) for (const { jobId, detail } of answer.refused) note(`${client.job(jobId).url}: ${detail}`);
  }
  if (json) await printJson({ action, dryRun, jobs: done, refused });
  else if (done.length + refused.length === 0) note("There are no such jobs.");
  return refused.length > 0 ? exitStatus.failed : exitStatus.done;
}

const participles = { abort: "ABORTED", delete: "deleted", archive: "ARCHIVED" } as const;

async function* changes(client: UwsClient, action: ManyAction, options: ManyOptions) {
  try {
    yield* client.changeMany(action, readFilter(options), { dryRun: options.dryRun });
  } catch (error) {
    throw onlyOurs(error, client, "change many jobs at once");
  }
}

/** What another server has not, or has something else instead of, is said in a sentence. */
export function onlyOurs(error: unknown, client: UwsClient, what: string): unknown {
  const absent = error instanceof UwsClientError && [200, 404, 405, 501].includes(error.status ?? 0);
  return absent ? new CommandError(`${client.jobListUrl} does not ${what}: bun-uws does.`, exitStatus.failed) : error;
}
