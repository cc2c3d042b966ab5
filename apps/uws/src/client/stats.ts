import type { Ends, Quantiles, ServiceStatistics } from "@uws/client";
import type { Command } from "commander";
import { table } from "../table.ts";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import type { Connection } from "./connection.ts";
import { onlyOurs } from "./control-many.ts";
import { findJobList, isServer } from "./find-service.ts";
import { print, printJson } from "./output.ts";
import { expectServices } from "./services.ts";

/** `stats [SERVICE]`: how busy a service is, or each service of a server, and how long its jobs take. */
export function statsCommand(): Command {
  return clientCommand("stats", "show how busy services are, and how long their jobs take (of bun-uws)")
    .argument("[service]", "a service's name, or the URL of a job list; all services unless told otherwise")
    .action((service: string | undefined, options: CommonOptions) =>
      withConnection(options, async (connection) => {
        const statistics: ServiceStatistics[] = [];
        for (const jobList of await jobLists(connection, service)) statistics.push(await ask(connection, jobList));
        await (options.json === true ? printJson(statistics) : print(statisticsText(statistics)));
      }),
    );
}

async function jobLists(connection: Connection, service: string | undefined): Promise<string[]> {
  if (service !== undefined || !isServer(connection.url)) return [await findJobList(connection, service)];
  return (await expectServices(connection)).map(({ jobList }) => jobList);
}

async function ask(connection: Connection, jobList: string): Promise<ServiceStatistics> {
  const client = connection.client(jobList);
  try {
    return await client.statistics();
  } catch (error) {
    throw onlyOurs(error, client, "tell statistics");
  }
}

const heads = ["SERVICE", "TYPE", "QUEUED", "RUNNING", "HELD", "LAST HOUR", "LAST DAY", "TAKES", "WAITS"] as const;

function statisticsText(statistics: readonly ServiceStatistics[]): string {
  const rows = statistics.flatMap(({ service, types }) =>
    types.map(({ type, paused, queued, running, held, lastHour, lastDay, duration, wait }) => [
      service,
      paused ? `${type} (paused)` : type,
      ...[queued, running, held].map(String),
      ...[lastHour, lastDay].map(endsText),
      ...[duration, wait].map(secondsText),
    ]),
  );
  return `${table(heads, rows)}\nEnds are COMPLETED/ERROR/ABORTED. Times are the median, and what nine of ten do not exceed.`;
}

function endsText({ completed, failed, aborted }: Ends): string {
  return `${completed}/${failed}/${aborted}`;
}

function secondsText(quantiles: Quantiles | undefined): string | undefined {
  if (quantiles === undefined) return undefined;
  const [median, p90] = [quantiles.median, quantiles.p90].map((seconds) => seconds.toFixed(seconds < 10 ? 2 : 0));
  return `${median}…${p90} s`;
}
