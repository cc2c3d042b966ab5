import type { JobEvent } from "./job-events.ts";

/**
 * Events as `text/event-stream` (HTML standard, section 9.2).
 * @param events undefined stands for a comment, which only shows that the stream lives
 */
export async function* eventStream(events: AsyncIterable<JobEvent | undefined>): AsyncGenerator<string, void, void> {
  // Milliseconds after which a browser connects again.
  yield "retry: 1000\n\n";
  for await (const event of events) {
    yield event === undefined
      ? ": \n\n"
      : `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
  }
}
