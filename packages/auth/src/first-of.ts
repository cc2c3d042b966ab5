import { UwsError } from "@uws/core";
import { type Authenticator, anonymous, type Identity } from "./authenticator.ts";

/**
 * Asks one authenticator after the other who sends a request.
 * @param anonymousToo whether a request without credentials is let in
 * @returns a function that throws UwsError "unauthenticated" where nobody knows
 */
export function firstOf(
  authenticators: readonly Authenticator[],
  anonymousToo: boolean,
): (request: Request) => Promise<Identity> {
  return async (request) => {
    for (const authenticator of authenticators) {
      const identity = await authenticator.authenticate(request);
      if (identity !== undefined) return identity;
    }
    // Who claims to be somebody must not be taken for nobody.
    if (request.headers.has("authorization")) {
      throw new UwsError("unauthenticated", "These credentials are not of a kind that is taken here.");
    }
    if (anonymousToo) return anonymous;
    throw new UwsError("unauthenticated", "Credentials are needed.");
  };
}
