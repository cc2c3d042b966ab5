import { limits } from "@uws/core";
import { formatTime } from "@uws/representation";
import { serviceStatistics } from "@uws/store";
import { jsonAnswer } from "../answers.ts";
import type { ServiceExchange } from "../exchange.ts";
import { ok, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { typesOf } from "../types-of-service.ts";

/** How busy the service is, and how long its jobs take (ours). It counts the jobs of all owners, and names none. */
export const statistics: Resource = {
  path: "/statistics",
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Show statistics",
        description: `Of each job type: how many jobs wait, run and are HELD; how many ended in the last hour and day, but for those that were archived or removed since; seconds that the latest ${limits.statisticsSample} took and waited. Counted up to ${limits.statisticsCount} jobs of a type. At most a second old.`,
        responses: { ...ok("The statistics", { "application/json": { schema } }), ...refusals(403) },
      }),
    },
  },
};

async function get({ api, service }: ServiceExchange): Promise<Response> {
  return jsonAnswer(
    await api.statistics.get(service.path, async () => ({
      service: service.path,
      time: formatTime(new Date()),
      types: await serviceStatistics(api.store, service.path, typesOf(service)),
    })),
  );
}

const count = { type: "integer", minimum: 0 } as const;
const closed = (properties: Readonly<Record<string, object>>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const ends = closed({ completed: count, failed: count, aborted: count });
const quantiles = (description: string) => {
  const seconds = { type: "number", minimum: 0 } as const;
  return { ...closed({ median: seconds, p90: seconds }), type: ["object", "null"], description };
};

const schema = closed({
  service: { type: "string" },
  time: { type: "string", format: "date-time" },
  types: {
    type: "array",
    items: closed({
      type: { type: "string" },
      paused: { type: "boolean", description: "None of its jobs is given to a worker now" },
      queued: { ...count, description: "Wait for a worker" },
      running: { ...count, description: "With workers" },
      held: { ...count, description: "Wait for their clients to run them again" },
      lastHour: ends,
      lastDay: ends,
      duration: quantiles("Seconds from a worker's accept to the end; null where none completed within a day"),
      wait: quantiles("Seconds from RUN to that accept"),
    }),
  },
});
