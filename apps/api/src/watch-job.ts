import type { ServiceExchange } from "./exchange.ts";
import type { Watch } from "./waiters.ts";

/**
 * Watches the job that the request is about, on the caller's account: the owner's or, where callers are anonymous, their
 * address's. Behind a proxy that is not trusted all who are anonymous have one address.
 * @param everything whether progress, results and log lines count as changes, too
 * @returns undefined when there are as many watches as there may be, in all or of this caller
 */
export function watchJob({ api, caller, address, path }: ServiceExchange, everything: boolean): Watch | undefined {
  const account = caller.owner === undefined ? `address ${address}` : `owner ${caller.owner}`;
  return api.waiters.watch(path.id, account, everything);
}
