import { benchmarkCrossmatch } from "@uws/worker-crossmatch";
import { deploy, type Kind } from "./deployment.ts";
import { measureLatencies } from "./latencies.ts";
import { measureMachineLimit } from "./machine-limit.ts";
import type { Measured } from "./measured.ts";
import { familyOf } from "./process-use.ts";
import { type Fleet, measureThroughput } from "./throughput.ts";

/** The servers that the processes of the house share. */
export interface BenchServers {
  readonly natsUrl: string;
  readonly natsPid: number;
  readonly postgresPid: number;
}

const fleets: readonly (readonly [Kind, Fleet])[] = [
  ["together", { workers: 1, slots: 64 }],
  ["together", { workers: 8, slots: 8 }],
  ["apart", { workers: 1, slots: 64 }],
  ["apart", { workers: 8, slots: 8 }],
];
const names = { together: "all in one process", apart: "api, gateway and keeper apart" } as const;
const jobs = 5000;

/** How quickly the house reacts, and how quickly the example worker matches. */
export async function measureReactions(servers: BenchServers): Promise<Measured[]> {
  return [await crossmatching(), ...(await at("apart", servers, measureLatencies))];
}

/** How many jobs that do nothing come to their end in a second, and what each costs; beside it what PostgreSQL alone can do. */
export async function measureRates(servers: BenchServers): Promise<Measured[]> {
  const limit = await measureMachineLimit();
  const measured: Measured[] = [limit];
  for (const [kind, fleet] of fleets) {
    const watched = async () => ({
      PostgreSQL: await familyOf(servers.postgresPid),
      "nats-server": [servers.natsPid],
    });
    const rows = await at(kind, servers, (site) => measureThroughput(names[kind], site, fleet, jobs, watched));
    const ratio = (rows[0]?.numbers?.jobsPerSecond ?? 0) / limit.numbers.jobsPerSecond;
    measured.push(...rows, { what: "… of what pgbench does", value: ratio.toFixed(2), numbers: { ratio } });
  }
  return measured;
}

async function at<Found>(
  kind: Kind,
  { natsUrl }: BenchServers,
  measure: (site: Awaited<ReturnType<typeof deploy>>) => Promise<Found>,
): Promise<Found> {
  const site = await deploy(kind, natsUrl);
  try {
    return await measure(site);
  } finally {
    await site.stop();
  }
}

async function crossmatching(): Promise<Measured> {
  const { rows: positions, rowsPerSecond } = await benchmarkCrossmatch();
  return {
    what: `crossmatch of ${positions.toLocaleString("en")} positions with 118,216 stars at 0.1°, matching alone`,
    value: `${Math.round(rowsPerSecond / 1000).toLocaleString("en")},000 rows/s`,
    numbers: { rowsPerSecond },
  };
}
