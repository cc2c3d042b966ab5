interface Flight<Value> {
  /** Resolves when it has landed, however. Never rejects. */
  readonly over: Promise<void>;
  /** The one that starts then, for those who asked meanwhile. */
  next: Promise<Value> | undefined;
}

/**
 * Questions that many ask at the same moment, asked once: thousands who wait for one job and are woken together read it
 * together.
 *
 * Nobody gets an answer that is older than their question. Who comes while a question is being answered waits for the next
 * one, which is asked as soon as that answer is there: of one key, one is being answered and one is to come, at most.
 */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, Flight<Value>>();

  /** @param ask what the key stands for: of those who ask together, one's is called */
  read(key: string, ask: () => Promise<Value>): Promise<Value> {
    const flight = this.#flights.get(key);
    if (flight === undefined) return this.#start(key, ask);
    flight.next ??= flight.over.then(() => this.#start(key, ask));
    return flight.next;
  }

  #start(key: string, ask: () => Promise<Value>): Promise<Value> {
    const value = ask();
    const land = () => {
      if (flight.next === undefined) this.#flights.delete(key);
    };
    const flight: Flight<Value> = { over: value.then(land, land), next: undefined };
    this.#flights.set(key, flight);
    return value;
  }
}
