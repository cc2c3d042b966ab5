import { limits } from "@uws/core";
import { addUserToken, hashToken, listUserTokens, newUserToken, removeUserToken, type Store } from "@uws/store";
import { Command } from "commander";
import { dayTime, expiryText } from "./day-time.ts";
import { table } from "./table.ts";
import { parseLifetime, parseServices, parseTokenName } from "./token-options.ts";
import { withConfiguredStore } from "./with-store.ts";

interface Options {
  readonly readOnly?: true;
  readonly services?: string;
  readonly expires?: string;
}

/** `users tokens add|list|remove`: by which a user's programs log in (docs/configuration.md, "Tokens of users"). */
export function userTokensCommand(): Command {
  const tokens = new Command("tokens").description("tokens by which a user's programs log in");
  tokens
    .command("add")
    .argument("<user>")
    .argument("<name>", "names the token in lists and messages")
    .description("make a token for a user and show it, once")
    .option("--read-only", "good for reading only")
    .option("--services <paths>", "services for which it is good, with commas between them; all unless told otherwise")
    .option("--expires <time>", "how long it is valid: 90m, 12h, 30d; for ever unless told otherwise")
    .action(async (user: string, name: string, options: Options) => {
      // The token alone goes to stdout: TOKEN=$(… users tokens add user name).
      console.log(await withConfiguredStore((store) => addToken(store, user, parseTokenName(name), options)));
      console.error("Keep it now, it is not shown again. Programs send it as `Authorization: Bearer …`.");
    });
  tokens
    .command("list")
    .argument("<user>")
    .description("show the names of a user's tokens, and what they are good for")
    .action(async (user: string) => console.log(await withConfiguredStore((store) => listTokens(store, user))));
  tokens
    .command("remove")
    .argument("<user>")
    .argument("<name>")
    .description("take a token back: it counts no more at once")
    .action(async (user: string, name: string) => {
      const found = await withConfiguredStore((store) => removeUserToken(store, user, name));
      if (!found) throw new Error(`${user} has no token named ${name}.`);
      console.log(`Token ${name} of ${user} is removed.`);
    });
  return tokens;
}

async function addToken(store: Store, owner: string, name: string, options: Options): Promise<string> {
  const token = newUserToken();
  const outcome = await addUserToken(
    store,
    {
      ...{ owner, name, hash: hashToken(token), readOnly: options.readOnly === true },
      services: options.services === undefined ? undefined : parseServices(options.services),
      lifetime: options.expires === undefined ? undefined : parseLifetime(options.expires),
    },
    limits.userTokens,
  );
  switch (outcome) {
    case "added":
      return token;
    case "unknown":
      throw new Error(`There is no user named ${owner}.`);
    case "taken":
      throw new Error(`${owner} has a token named ${name}; remove it first.`);
    case "full":
      throw new Error(`${owner} has ${limits.userTokens} tokens, which is as many as may be; remove some.`);
  }
}

async function listTokens(store: Store, owner: string): Promise<string> {
  const tokens = await listUserTokens(store, owner);
  if (tokens.length === 0) return `${owner} has no tokens.`;
  const rows = tokens.map(({ name, readOnly, services, creationTime, expiry, expired }) => [
    ...[name, readOnly ? "read" : "read, write", services === null ? "(all)" : services.join(",")],
    ...[dayTime(creationTime), expiryText(expiry, expired)],
  ]);
  return table(["NAME", "GOOD FOR", "SERVICES", "CREATED", "EXPIRES"], rows);
}
