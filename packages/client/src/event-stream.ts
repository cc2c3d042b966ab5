/** One event of a `text/event-stream` (HTML standard, section 9.2). */
export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Characters of one event; a server that never ends one must not fill the memory. */
const longestEvent = 1024 * 1024;

/**
 * Reads events until the stream ends, or is silent.
 * @param silence milliseconds without a byte after which the connection counts as lost
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  silence: number,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let event = new EventFields();
  for await (const line of readLines(body, silence)) {
    if (line !== "") {
      event.add(line);
      continue;
    }
    const complete = event.complete();
    event = new EventFields();
    if (complete !== undefined) yield complete;
  }
}

class EventFields {
  #type = "message";
  #id: string | undefined;
  readonly #data: string[] = [];

  add(line: string): void {
    const [, field, value = ""] = /^([^:]*)(?::\s?(.*))?$/s.exec(line) ?? [];
    if (field === "event") this.#type = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id") this.#id = value;
  }

  complete(): ServerSentEvent | undefined {
    if (this.#data.length === 0) return undefined;
    return { type: this.#type, data: this.#data.join("\n"), id: this.#id };
  }
}

async function* readLines(body: ReadableStream<Uint8Array>, silence: number): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      // A network that has gone away does not say so; a reader that is cancelled reads the end.
      const lost = setTimeout(() => void reader.cancel().catch(() => {}), silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(lost));
      if (done) return;
      // A CR at the end may be the first half of CRLF: it waits for what follows.
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      if (rest.length > longestEvent) throw new Error(`a line of the event stream is longer than ${longestEvent}`);
      yield* lines;
    }
  } finally {
    // Also when the reader of events leaves early: the server learns of it.
    await reader.cancel().catch(() => {});
  }
}
