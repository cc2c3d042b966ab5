import type { Random } from "./random.ts";

/** How HTTP is spoken to a site whose apis fail: each request goes to one of them, and may have no answer. */
export class Clients {
  requests = 0;
  /** Requests without a useful answer: none at all, or 5xx. */
  failed = 0;
  readonly #apis: readonly string[];
  readonly #random: Random;

  constructor(apis: readonly string[], random: Random) {
    this.#apis = apis;
    this.#random = random;
  }

  /** @returns undefined where there was no answer, or one that only says that the server has a problem */
  async request(path: string, init: RequestInit): Promise<Response | undefined> {
    this.requests += 1;
    try {
      const answer = await fetch(this.#random.pick(this.#apis) + path, {
        ...init,
        redirect: "manual",
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status < 500) return answer;
      await answer.body?.cancel();
    } catch {
      // No answer, or half of one.
    }
    this.failed += 1;
    // The house is on fire; clients that ask again at once only fan it.
    await Bun.sleep(100);
    return undefined;
  }

  /**
   * Creates a job that is to run. It is asked for again, under one Idempotency-Key, until the answer comes.
   * @returns its id; undefined when it was given up
   * @throws when the request is refused
   */
  async create(
    service: string,
    parameters: Readonly<Record<string, string>>,
    givenUp: () => boolean,
  ): Promise<string | undefined> {
    const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
    const body = JSON.stringify({ ...parameters, phase: "RUN" });
    while (!givenUp()) {
      const answer = await this.request(`/${service}/async`, { method: "POST", body, headers });
      const id = answer?.headers.get("location")?.split("/").at(-1);
      if (answer?.status === 303 && id !== undefined) return id;
      if (answer !== undefined) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
    }
    return undefined;
  }

  /**
   * Asks for the job's abortion or removal, until there is an answer.
   * @returns whether the server has said that this very request did it; without that, an earlier one may have
   */
  async end(service: string, id: string, how: "abort" | "delete"): Promise<boolean> {
    const body = new URLSearchParams({ PHASE: "ABORT" });
    for (let tries = 0; tries < 50; tries += 1) {
      const answer =
        how === "delete"
          ? await this.request(`/${service}/async/${id}`, { method: "DELETE" })
          : await this.request(`/${service}/async/${id}/phase`, { method: "POST", body });
      // 403: it has ended; 404: an earlier try has removed it.
      if (answer !== undefined) return answer.status === 303 || (how === "delete" && answer.status === 404);
    }
    return false;
  }
}
