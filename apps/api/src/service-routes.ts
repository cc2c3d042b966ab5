import type { Exchange } from "./exchange.ts";
import type { Method, Operation, Resource } from "./resource.ts";
import { destruction } from "./resources/destruction.ts";
import { error } from "./resources/error.ts";
import { events } from "./resources/events.ts";
import { executionDuration } from "./resources/execution-duration.ts";
import { job } from "./resources/job.ts";
import { jobList } from "./resources/job-list.ts";
import { owner } from "./resources/owner.ts";
import { parameter } from "./resources/parameter.ts";
import { parameters } from "./resources/parameters.ts";
import { phase } from "./resources/phase.ts";
import { quote } from "./resources/quote.ts";
import { result } from "./resources/result.ts";
import { results } from "./resources/results.ts";
import type { PathParameters, Route } from "./route.ts";
import type { Service } from "./service.ts";

/** Everything that a UWS service has (UWS 1.1, section 2.2). */
const resources: readonly Resource[] = [
  jobList,
  job,
  phase,
  executionDuration,
  destruction,
  quote,
  owner,
  error,
  parameters,
  parameter,
  results,
  result,
  events,
];

/** The routes of one service. */
export function serviceRoutes(service: Service): Route[] {
  return resources.map(({ path, methods }) => ({
    path: service.listPath + path,
    methods: Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method as Method, atService(service, operation)]),
    ),
  }));
}

function atService(service: Service, { handle, describe }: Operation) {
  return {
    detail: { ...describe(service), tags: [service.path] },
    handle: async (exchange: Exchange, { id, name }: PathParameters) => {
      exchange.jobId = id ?? undefined;
      const caller = await exchange.api.authenticator.authenticate(exchange.request);
      const listUrl = exchange.origin + service.listPath;
      return await handle({ ...exchange, service, caller, listUrl, path: { id: id ?? "", name: name ?? "" } });
    },
  };
}
