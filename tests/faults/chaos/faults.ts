import { connect } from "nats";
import type { Citizen } from "./citizens.ts";
import { childrenOf } from "./leftovers.ts";
import type { Random } from "./random.ts";
import { timing } from "./timing.ts";
import type { Town } from "./town.ts";

/** Something that goes wrong, and is mended before it resolves. */
export interface Fault {
  readonly name: string;
  /** What it is done to: of faults at the same time, no two are done to the same. */
  readonly target: string;
  readonly run: (town: Town, random: Random) => Promise<unknown>;
}

async function toCitizen(town: Town, { organ }: Citizen, work: () => Promise<void>): Promise<void> {
  await (organ === undefined ? work() : town.troubles.during(organ, work));
}

function ofCitizens(kind: Citizen["kind"]): Fault[] {
  const pick = (town: Town, random: Random) => random.pick(town.citizens.filter((citizen) => citizen.kind === kind));
  const freeze = (low: number, high: number): Fault["run"] => {
    return async (town, random) => {
      const citizen = pick(town, random);
      await toCitizen(town, citizen, () => citizen.freeze(random.between(low, high)));
    };
  };
  return [
    {
      name: `kill -9 of ${kind}`,
      target: kind,
      run: async (town, random) => {
        const citizen = pick(town, random);
        await toCitizen(town, citizen, () => citizen.restart());
      },
    },
    { name: `freezing of ${kind}`, target: kind, run: freeze(200, timing.lease) },
    // When it wakes, the jobs that it had are others'.
    { name: `freezing of ${kind} past its lease`, target: kind, run: freeze(timing.lease + 1000, timing.lease + 4000) },
  ];
}

function ofLink(link: keyof Town["links"]): Fault[] {
  const troubled = (town: Town, work: () => Promise<void>) =>
    link === "postgres" ? town.troubles.during("link to PostgreSQL", work) : work();
  const weather = (kind: "slow" | "half-open" | "black-hole"): Fault => ({
    name: `${kind} link ${link}`,
    target: `link ${link}`,
    run: (town, random) =>
      troubled(town, async () => {
        town.links[link].weather = kind;
        await Bun.sleep(random.between(200, 5000));
        town.links[link].weather = "clear";
      }),
  });
  const cut: Fault = {
    name: `cutting of the link ${link}`,
    target: `link ${link}`,
    run: (town) => troubled(town, async () => town.links[link].cut()),
  };
  return [cut, ...(["slow", "half-open", "black-hole"] as const).map(weather)];
}

function ofPostgres(name: string, run: Fault["run"]): Fault {
  return {
    name,
    target: "PostgreSQL",
    run: (town, random) =>
      town.troubles.during("PostgreSQL", async () => {
        await run(town, random);
        // It may have to recover, or to notice what happened to it.
        while ((await town.store.sql`select 1`.catch(() => [])).length === 0) await Bun.sleep(50);
      }),
  };
}

/** One of PostgreSQL's processes that serves somebody of the town; undefined when there is none. */
async function backendOf(town: Town, random: Random): Promise<number | undefined> {
  const backends = await town.store.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where backend_type = 'client backend' and application_name <> 'chaos' order by pid`;
  return random.pick(backends)?.pid;
}

/** Everything that NATS remembers is gone, while jobs are queued. */
async function wipeNats({ nats }: Town): Promise<void> {
  const { username, password, host } = new URL(nats.url);
  const connection = await connect({ servers: host, user: username, pass: password, timeout: 2000 });
  try {
    const manager = await connection.jetstreamManager({ timeout: 2000 });
    for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
  } finally {
    await connection.close();
  }
}

/** All faults that can be done to this town. */
export function faultsOf({ disk }: Town): readonly Fault[] {
  return [
    ...(["worker", "gateway", "api", "keeper"] as const).flatMap(ofCitizens),
    ...(["worker-gateway", "postgres", "nats"] as const).flatMap(ofLink),
    {
      name: "kill -9 of nats-server",
      target: "NATS",
      run: async ({ nats }) => {
        nats.kill("SIGKILL");
        await nats.restart();
      },
    },
    {
      name: "freezing of nats-server",
      target: "NATS",
      run: async ({ nats }, random) => {
        nats.kill("SIGSTOP");
        await Bun.sleep(random.between(200, 3000));
        nats.kill("SIGCONT");
      },
    },
    { name: "wiping of NATS", target: "NATS", run: wipeNats },
    ofPostgres("restart of PostgreSQL, fast", ({ postgres }) => postgres.restart("fast")),
    ofPostgres("restart of PostgreSQL, immediate", ({ postgres }) => postgres.restart("immediate")),
    ofPostgres("freezing of PostgreSQL", async ({ postgres }, random) => {
      // Its backends as well: the postmaster alone is only asked for new connections.
      const pids = [postgres.pid, ...(await childrenOf(postgres.pid))];
      const signal = (name: "SIGSTOP" | "SIGCONT") => {
        for (const pid of pids) {
          try {
            process.kill(pid, name);
          } catch {
            // It has ended.
          }
        }
      };
      signal("SIGSTOP");
      await Bun.sleep(random.between(200, 2000));
      signal("SIGCONT");
    }),
    ofPostgres("kill -9 of a backend of PostgreSQL", async (town, random) => {
      // PostgreSQL then ends all others, and recovers.
      const pid = await backendOf(town, random);
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      await Bun.sleep(100);
    }),
    {
      // No trouble to speak of: whose connection it was has another at once.
      name: "termination of a backend of PostgreSQL",
      target: "PostgreSQL",
      run: async (town, random) => {
        const pid = await backendOf(town, random);
        if (pid !== undefined) await town.store.sql`select pg_terminate_backend(${pid})`;
      },
    },
    ...(disk === undefined
      ? []
      : [
          {
            name: "full disk of results",
            target: "disk",
            run: (_: Town, random: Random) => disk.full(() => Bun.sleep(random.between(500, 4000))),
          },
        ]),
  ];
}

/** So many faults that are done at the same time. */
export function pickFaults(faults: readonly Fault[], random: Random): Fault[] {
  const chance = random.next();
  const count = chance < 0.6 ? 1 : chance < 0.9 ? 2 : 3;
  const picked: Fault[] = [];
  while (picked.length < count) {
    const fault = random.pick(faults);
    if (!picked.some(({ target }) => target === fault.target)) picked.push(fault);
  }
  return picked;
}
