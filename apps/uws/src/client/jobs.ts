import type { ListFilter, RemoteJobReference } from "@uws/client";
import type { Command } from "commander";
import { table } from "../table.ts";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { usageError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { type FilterOptions, filterOptions, readFilter } from "./filter-options.ts";
import { findJobList, isServer, servicesOf } from "./find-service.ts";
import { print, printJson } from "./output.ts";
import { shownTime } from "./times.ts";

interface Options extends CommonOptions, FilterOptions {
  readonly last?: string;
}

/** `jobs [SERVICE]`: a list of jobs, of one service or of all. */
export function jobsCommand(): Command {
  const command = clientCommand("jobs", "list jobs, newest first").argument(
    "[service]",
    "a service's name, or the URL of a job list; all services unless told otherwise",
  );
  return filterOptions(command)
    .option("--last <n>", "only the newest so many")
    .action((service: string | undefined, options: Options) =>
      withConnection(options, async (connection) => {
        const { last } = options;
        const filter = {
          ...readFilter(options),
          last: last === undefined ? undefined : parseCount("--last", last),
        };
        const found = await list(connection, service, filter);
        await (options.json === true ? printJson(found.map(({ job }) => job)) : print(jobsText(found)));
      }),
    );
}

interface Found {
  /** As other commands take it. */
  readonly name: string;
  readonly job: RemoteJobReference;
}

async function list(connection: Connection, service: string | undefined, filter: ListFilter): Promise<Found[]> {
  const services = service === undefined && isServer(connection.url) ? await servicesOf(connection) : undefined;
  if (services === undefined) {
    const jobs = await connection.client(await findJobList(connection, service)).list(filter);
    const prefix = service === undefined ? "" : service.includes("://") ? undefined : `${service}/`;
    return jobs.map((job) => ({ job, name: prefix === undefined ? job.href : `${prefix}${job.jobId}` }));
  }
  const lists = await Promise.all(
    services.map(async ({ path, jobList }) =>
      (await connection.client(jobList).list(filter)).map((job) => ({ job, name: `${path}/${job.jobId}` })),
    ),
  );
  const time = ({ job }: Found) => job.creationTime?.getTime() ?? 0;
  return lists
    .flat()
    .sort((one, other) => time(other) - time(one))
    .slice(0, filter.last);
}

function parseCount(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usageError(`${option} must be a number from 1 on.`);
}

function jobsText(found: readonly Found[]): string {
  if (found.length === 0) return "There are no such jobs.";
  return table(
    ["JOB", "PHASE", "CREATED", "RUN ID", "OWNER"],
    found.map(({ name, job }) => [name, job.phase, shownTime(job.creationTime), job.runId, job.ownerId]),
  );
}
