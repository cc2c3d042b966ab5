import { userInfo } from "node:os";
import { descriptionYaml, readDescription } from "@uws/description";
import { type AnnouncedDescription, decideDescription, getAnnounced, listAnnounced, type Store } from "@uws/store";
import { Command } from "commander";
import { dayTime } from "./day-time.ts";
import { table } from "./table.ts";
import { withConfiguredStore } from "./with-store.ts";

/** Characters of a digest that a list shows, which are enough to name one. */
const shown = 12;

/** `descriptions list|show|approve|reject`: what workers announce (docs/configuration.md, "What workers announce"). */
export function descriptionsCommand(): Command {
  const descriptions = new Command("descriptions").description("the job descriptions that workers announce");
  descriptions
    .command("list")
    .description("show what waits for a decision, and what was decided")
    .action(async () => console.log(await withConfiguredStore(listDescriptions)));
  descriptions
    .command("show")
    .argument("<digest>", "its first characters are enough")
    .description("show one as YAML")
    .action(async (digest: string) => {
      process.stdout.write(await withConfiguredStore((store) => showDescription(store, digest)));
    });
  for (const [name, decision, description] of [
    [
      "approve",
      "accepted",
      "serve it, wherever a service names its type; of several of a type the last one approved is served",
    ],
    ["reject", "rejected", "do not serve it, or no longer"],
  ] as const) {
    descriptions
      .command(name)
      .argument("<digest>", "its first characters are enough")
      .description(description)
      .action(async (digest: string) =>
        console.log(await withConfiguredStore((store) => decide(store, digest, decision, userInfo().username))),
      );
  }
  return descriptions;
}

/** A table for people. */
export async function listDescriptions(store: Store): Promise<string> {
  const announced = await listAnnounced(store);
  if (announced.length === 0) return "Nothing was announced.";
  const rows = announced.map(({ digest, type, version, state, worker, token, creationTime, decidedBy }) => [
    ...[digest.slice(0, shown), type, version, state, dayTime(creationTime)],
    ...[token === null ? worker : `${worker} (token ${token})`, decidedBy ?? ""],
  ]);
  return table(["DIGEST", "TYPE", "VERSION", "STATE", "ANNOUNCED", "BY", "DECIDED BY"], rows);
}

export async function showDescription(store: Store, beginning: string): Promise<string> {
  const { digest } = await find(store, beginning);
  return descriptionYaml(readDescription(await getAnnounced(store, digest), digest));
}

/** @returns a sentence for a person */
export async function decide(
  store: Store,
  beginning: string,
  decision: "accepted" | "rejected",
  by: string,
): Promise<string> {
  const { digest, type, version } = await find(store, beginning);
  const outcome = await decideDescription(store, digest, decision, by);
  if (outcome === "decided") return `Version ${version} of ${type} is ${decision}.`;
  if (outcome === "unknown") throw new Error(`Nobody announced ${digest}.`);
  throw new Error(`Version ${version} of ${type} means something else already: the worker has to change the version.`);
}

async function find(store: Store, beginning: string): Promise<AnnouncedDescription> {
  const [one, ...more] = (await listAnnounced(store)).filter(({ digest }) => digest.startsWith(beginning));
  if (one === undefined || beginning === "") throw new Error(`Nobody announced a description ${beginning}.`);
  if (more.length > 0) throw new Error(`${beginning} may be any of ${more.length + 1} descriptions: give more of it.`);
  return one;
}
