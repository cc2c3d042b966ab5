import { UwsError } from "@uws/core";
import { refuseBeyondScope } from "./admit.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Finds out which operator sends a request: one of the users whom `auth.operators` names. An address is no proof: behind a
 * proxy everybody comes from loopback.
 * @param changes whether the request would change anything
 * @throws UwsError "unauthenticated" where logging in may help, else "forbidden"
 */
export async function operatorOf(exchange: Exchange, changes: boolean): Promise<string> {
  const { api, request } = exchange;
  const { auth } = api.config;
  if (auth.operators.length === 0) {
    throw new UwsError("forbidden", "This server has no operators who decide by HTTP (auth.operators).");
  }
  const caller = await api.authenticate(request);
  const { owner } = caller;
  exchange.owner = owner;
  if (owner === undefined) throw new UwsError("unauthenticated", "This is for operators: credentials are needed.");
  if (!auth.operators.includes(owner)) {
    throw new UwsError("forbidden", `You are logged in as ${owner}, who is no operator.`);
  }
  refuseBeyondScope(caller, changes, undefined);
  return owner;
}
