import { delay } from "./delay.ts";
import { UwsClientError } from "./errors.ts";

/** Times that a request is sent, with waits of 0.5, 1, 2 and 4 s between them. */
const attempts = 5;

/** Sends a request that may be repeated, again where no answer comes or one that says "not now". */
export async function untilAnswered<Answer>(
  send: () => Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt === attempts || !(error instanceof UwsClientError && error.transient)) throw error;
      await delay(500 * 2 ** (attempt - 1), signal);
    }
  }
}
