import { UwsError } from "@uws/core";
import { errorAnswer } from "../error-answer.ts";
import { acceptOf, type ServiceExchange } from "../exchange.ts";

/** Lets a 401 say that a bearer token is needed (RFC 9110, section 15.5.2), and not how users log in. */
export function bearerChallenged(
  handle: (exchange: ServiceExchange) => Promise<Response>,
): (exchange: ServiceExchange) => Promise<Response> {
  return async (exchange) => {
    try {
      return await handle(exchange);
    } catch (error) {
      if (!(error instanceof UwsError) || error.code !== "unauthenticated") throw error;
      const answer = errorAnswer(error, acceptOf(exchange), exchange.requestId);
      answer.headers.set("www-authenticate", `Bearer realm="${exchange.api.config.auth.realm}"`);
      return answer;
    }
  };
}
