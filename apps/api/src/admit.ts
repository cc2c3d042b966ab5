import type { Identity } from "@uws/auth";
import { UwsError } from "@uws/core";
import type { Service } from "./service.ts";

/**
 * Refuses what the caller's token is not good for, if it is a token by which the caller logged in.
 * @param changes whether the request would change anything
 * @param service path of the service that it is for; undefined = the server itself
 * @throws UwsError "forbidden"
 */
export function refuseBeyondScope({ scope }: Identity, changes: boolean, service: string | undefined): void {
  if (scope === undefined) return;
  const { token, readOnly, services } = scope;
  if (readOnly && changes) throw new UwsError("forbidden", `The token ${token} is good for reading only.`);
  if (services === undefined || (service !== undefined && services.has(service))) return;
  throw new UwsError("forbidden", `The token ${token} is good for ${[...services].join(", ")} only.`);
}

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
