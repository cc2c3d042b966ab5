import { UwsError } from "@uws/core";
import { streamText } from "../answers.ts";
import { eventStream } from "../events/event-stream.ts";
import { jobEvents } from "../events/job-events.ts";
import { parsePosition } from "../events/log-position.ts";
import { findJob, type ServiceExchange } from "../exchange.ts";
import { jobIdParameter, ok, refusals, schemaRef } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { watchJob } from "../watch-job.ts";

/** OpenAPI 3.1 knows no streams: the schema of one event stands beside that of the text. */
const eachEvent = { "x-event": schemaRef("JobEvent") };

/** What happens to a job, as it happens (ours): server-sent events `phase`, `progress`, `log`, `result`, `end`. */
export const events: Resource = {
  path: "/:id/events",
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Follow a job",
        description:
          "First the state as it is, then each change, until the phase is terminal: see the schema JobEvent. `Last-Event-ID` goes on in the log where a stream broke.",
        parameters: [
          jobIdParameter,
          {
            name: "Last-Event-ID",
            in: "header",
            description: "Id of the last event that was received",
            schema: { type: "string" },
          },
        ],
        responses: {
          ...ok("Server-sent events", { "text/event-stream": { schema: { type: "string", ...eachEvent } } }),
          ...refusals(403, 404),
        },
      }),
    },
  },
};

async function get(exchange: ServiceExchange): Promise<Response> {
  const { request } = exchange;
  const watch = watchJob(exchange, true);
  if (watch === undefined) throw new UwsError("unavailable", "Too many clients are waiting; try again later.");
  // The client is gone when the request says so, or when nobody reads the answer any more.
  const left = new AbortController();
  const leave = () => left.abort();
  const close = () => {
    watch.close();
    request.signal.removeEventListener("abort", leave);
  };
  request.signal.addEventListener("abort", leave);
  try {
    const job = await findJob(exchange);
    const after = parsePosition(request.headers.get("last-event-id"));
    const text = eventStream(jobEvents(exchange, watch, job, after, left.signal));
    const body = streamText(closing(text, close), () => {
      leave();
      close();
    });
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        // nginx holds back what it proxies unless told not to.
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    close();
    throw error;
  }
}

async function* closing(
  text: AsyncGenerator<string, void, void>,
  close: () => void,
): AsyncGenerator<string, void, void> {
  try {
    yield* text;
  } finally {
    close();
  }
}
