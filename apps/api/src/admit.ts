import type { Identity } from "@uws/auth";
import { UwsError } from "@uws/core";
import type { Service } from "./service.ts";

/**
 * Lets a caller use a service, or says why not. Whose a job is, is another question, which comes afterwards.
 * @throws UwsError "unauthenticated" where logging in may help, "forbidden" where it has not
 */
export function admit({ path, access }: Pick<Service, "path" | "access">, { owner }: Identity): void {
  if (owner === undefined) {
    if (access.anonymous) return;
    throw new UwsError(
      "unauthenticated",
      `The service ${path} is for users who have logged in: credentials are needed.`,
    );
  }
  if (access.users === undefined || access.users.has(owner)) return;
  throw new UwsError("forbidden", `You are logged in as ${owner}, who may not use the service ${path}.`);
}
