import { addWorkerToken, hashToken, listWorkerTokens, newWorkerToken, removeWorkerToken, type Store } from "@uws/store";
import { Command } from "commander";
import { dayTime, expiryText } from "./day-time.ts";
import { table } from "./table.ts";
import { parseLifetime, parseTokenName, parseTypes } from "./token-options.ts";
import { withConfiguredStore } from "./with-store.ts";

/** Tokens that there may be; each is looked at again every few seconds while its bearer is connected. */
const maxTokens = 1000;

/** `tokens add|list|remove`: what lets workers in (docs/configuration.md, "Workers"). */
export function tokensCommand(): Command {
  const tokens = new Command("tokens").description("the tokens that let workers in");
  tokens
    .command("add")
    .argument("<name>", "names the token in lists and logs")
    .description("make a token and show it, once")
    .option("--types <types>", "job types that it may run, with commas between them; all unless told otherwise")
    .option("--expires <time>", "how long it is valid: 90m, 12h, 30d; for ever unless told otherwise")
    .action(async (name: string, { types, expires }: { types?: string; expires?: string }) => {
      const wanted = {
        name: parseTokenName(name),
        types: types === undefined ? undefined : parseTypes(types),
        lifetime: expires === undefined ? undefined : parseLifetime(expires),
      };
      // The token alone goes to stdout: TOKEN=$(… tokens add name).
      console.log(await withConfiguredStore((store) => addToken(store, wanted)));
      console.error("Keep it now, it is not shown again. Workers send it when UWS_TOKEN holds it.");
    });
  tokens
    .command("list")
    .description("show the tokens' names, and what they let in")
    .action(async () => console.log(await withConfiguredStore(listTokens)));
  tokens
    .command("remove")
    .argument("<name>")
    .description("let its bearers in no more; sessions that are open end within seconds")
    .action(async (name: string) => {
      await withConfiguredStore((store) => removeToken(store, name));
      console.log(`Token ${name} is removed.`);
    });
  return tokens;
}

/** @returns the token, which is known to nobody but its hash from now on */
export async function addToken(
  store: Store,
  wanted: { name: string; types: readonly string[] | undefined; lifetime: number | undefined },
): Promise<string> {
  const token = newWorkerToken();
  const outcome = await addWorkerToken(store, { ...wanted, hash: hashToken(token) }, maxTokens);
  if (outcome === "taken") throw new Error(`There is a token named ${wanted.name}; remove it first.`);
  if (outcome === "full") throw new Error(`There are ${maxTokens} tokens, which is as many as may be; remove some.`);
  return token;
}

/** A table for people. */
export async function listTokens(store: Store): Promise<string> {
  const tokens = await listWorkerTokens(store);
  if (tokens.length === 0) return "There are no tokens.";
  const rows = tokens.map(({ name, types, creationTime, expiry, expired }) => [
    name,
    types === null ? "(all)" : types.join(","),
    dayTime(creationTime),
    expiryText(expiry, expired),
  ]);
  return table(["NAME", "TYPES", "CREATED", "EXPIRES"], rows);
}

export async function removeToken(store: Store, name: string): Promise<void> {
  if (!(await removeWorkerToken(store, name))) throw new Error(`There is no token named ${name}.`);
}
