import { connect } from "nats";
import type { Random } from "./random.ts";
import type { Town } from "./town.ts";

/** Something that goes wrong, and is mended before it resolves. */
type Fault = (town: Town, random: Random) => Promise<void>;

const citizenOf = (town: Town, random: Random, kind: string) =>
  random.pick(town.citizens.filter((citizen) => citizen.kind === kind));

const kill =
  (kind: string): Fault =>
  async (town, random) =>
    await town.restart(citizenOf(town, random, kind));

const freeze =
  (kind: string): Fault =>
  async (town, random) => {
    const { process } = citizenOf(town, random, kind);
    process.kill("SIGSTOP");
    // Some sleep for longer than a lease.
    await Bun.sleep(random.between(200, 6000));
    process.kill("SIGCONT");
  };

const weather =
  (link: keyof Town["links"], kind: "slow" | "half-open" | "black-hole"): Fault =>
  async (town, random) => {
    town.links[link].weather = kind;
    await Bun.sleep(random.between(200, 5000));
    town.links[link].weather = "clear";
  };

const cut =
  (link: keyof Town["links"]): Fault =>
  async (town) =>
    town.links[link].cut();

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

/** All faults by name. */
export const faults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(["worker", "gateway", "api", "keeper"].map((kind) => [`kill -9 of ${kind}`, kill(kind)])),
  ...Object.fromEntries(["worker", "gateway", "api", "keeper"].map((kind) => [`freezing of ${kind}`, freeze(kind)])),
  "kill -9 of nats-server": async ({ nats }) => {
    nats.kill("SIGKILL");
    await nats.restart();
  },
  "freezing of nats-server": async ({ nats }, random) => {
    nats.kill("SIGSTOP");
    await Bun.sleep(random.between(200, 3000));
    nats.kill("SIGCONT");
  },
  "wiping of NATS": wipeNats,
  "restart of PostgreSQL, fast": async ({ postgres }) => await postgres.restart("fast"),
  "restart of PostgreSQL, immediate": async ({ postgres }) => await postgres.restart("immediate"),
  "freezing of PostgreSQL": async ({ postgres }, random) => {
    postgres.kill("SIGSTOP");
    await Bun.sleep(random.between(200, 2000));
    postgres.kill("SIGCONT");
  },
  ...Object.fromEntries(
    (["worker-gateway", "postgres", "nats"] as const).flatMap((link) => [
      [`cutting of the link ${link}`, cut(link)],
      ...(["slow", "half-open", "black-hole"] as const).map((kind) => [`${kind} link ${link}`, weather(link, kind)]),
    ]),
  ),
};
