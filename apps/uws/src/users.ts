import { checkUserName, hashPassword } from "@uws/auth";
import { loadConfig } from "@uws/config";
import { addUser, listUsers, removeUser, setPassword } from "@uws/store";
import { Command } from "commander";
import { readPassword } from "./read-password.ts";
import { userTokensCommand } from "./user-tokens.ts";
import { withConfiguredStore } from "./with-store.ts";

const fromWhere = "; the password comes from the terminal or, where there is none, from stdin";

/** `users add|passwd|list|remove|tokens`: who can log in by HTTP Basic (docs/configuration.md, "Users"). */
export function usersCommand(): Command {
  const users = new Command("users").description("who can log in by HTTP Basic");
  users
    .command("add")
    .argument("<name>")
    .description(`add a user${fromWhere}`)
    .action(async (name: string) => {
      const hash = await hashPassword(await readPassword(checkUserName(name)));
      if (!(await withConfiguredStore((store) => addUser(store, name, hash))))
        throw new Error(`There is a user named ${name}.`);
      console.log(`User ${name} is added.`);
      warnWhereUnused();
    });
  users
    .command("passwd")
    .argument("<name>")
    .description(`give a user another password${fromWhere}`)
    .action(async (name: string) => {
      const hash = await hashPassword(await readPassword(name));
      expectUser(await withConfiguredStore((store) => setPassword(store, name, hash)), name);
      console.log(`The password of ${name} is changed.`);
    });
  users
    .command("list")
    .description("show the users' names, a line each")
    .action(async () => {
      for (const name of await withConfiguredStore(listUsers)) console.log(name);
    });
  users
    .command("remove")
    .argument("<name>")
    .description("let a user in no more; the user's jobs stay, and belong to whoever gets that name next")
    .action(async (name: string) => {
      expectUser(await withConfiguredStore((store) => removeUser(store, name)), name);
      console.log(`User ${name} is removed.`);
    });
  users.addCommand(userTokensCommand());
  return users;
}

function expectUser(found: boolean, name: string): void {
  if (!found) throw new Error(`There is no user named ${name}.`);
}

function warnWhereUnused(): void {
  if (loadConfig(process.env, process.cwd()).auth.basic) return;
  console.error("HTTP Basic is off: set auth.basic, or UWS_AUTH_BASIC=true, and start the server again.");
}
