import { anonymous, type Identity } from "@uws/auth";
import { admit, refuseBeyondScope } from "./admit.ts";
import { refuseCrossSite } from "./cross-site.ts";
import type { Exchange } from "./exchange.ts";
import { type OperationObject, refusals } from "./openapi/operation.ts";
import type { Method, Operation, Resource } from "./resource.ts";
import { availability } from "./resources/availability.ts";
import { batch } from "./resources/batch.ts";
import { batchAbort, batchArchive, batchDelete } from "./resources/batch-change.ts";
import { capabilities } from "./resources/capabilities.ts";
import { claim } from "./resources/claim.ts";
import { description } from "./resources/description.ts";
import { destruction } from "./resources/destruction.ts";
import { error } from "./resources/error.ts";
import { events } from "./resources/events.ts";
import { executionDuration } from "./resources/execution-duration.ts";
import { grant, grants } from "./resources/grants.ts";
import { job } from "./resources/job.ts";
import { jobList } from "./resources/job-list.ts";
import { owner } from "./resources/owner.ts";
import { parameter } from "./resources/parameter.ts";
import { parameters } from "./resources/parameters.ts";
import { phase } from "./resources/phase.ts";
import { quote } from "./resources/quote.ts";
import { result } from "./resources/result.ts";
import { results } from "./resources/results.ts";
import { statistics } from "./resources/statistics.ts";
import { sync } from "./resources/sync.ts";
import { syncJob } from "./resources/sync-job.ts";
import { typeDescription } from "./resources/type-description.ts";
import type { PathParameters, Route } from "./route.ts";
import type { Service } from "./service.ts";
import { attemptReader } from "./workers/attempt-token.ts";

/** Below the job list: everything that a UWS service has (UWS 1.1, section 2.2). */
const jobResources: readonly Resource[] = [
  jobList,
  batch,
  batchAbort,
  batchDelete,
  batchArchive,
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
  grants,
  grant,
];

/** Beside it, below the service. Their names cannot be the job list's: `packages/config` refuses that. */
const serviceResources: readonly Resource[] = [
  sync,
  syncJob,
  capabilities,
  availability,
  description,
  typeDescription,
  claim,
  statistics,
];

/** The routes of one service. */
export function serviceRoutes(service: Service): Route[] {
  const { basePath, listPath } = service;
  return [
    ...jobResources.map((resource) => routeOf(service, listPath, resource)),
    ...serviceResources.map((resource) => routeOf(service, basePath, resource)),
  ];
}

function routeOf(service: Service, base: string, { path, methods, open }: Resource): Route {
  return {
    path: base + path,
    methods: Object.fromEntries(
      Object.entries(methods).map(([name, it]) => {
        const method = name as Method;
        return [
          method,
          atService(service, it, { open: it.open ?? open ?? false, changes: method !== "GET" || it.unsafe === true }),
        ];
      }),
    ),
  };
}

/** @param changes whether the operation changes anything */
function atService(
  service: Service,
  { handle, describe, unsafe }: Operation,
  { open, changes }: { readonly open: boolean | "login"; readonly changes: boolean },
) {
  return {
    unsafe,
    detail: { ...describedTo(describe(service), service, open), tags: [service.path] },
    handle: async (exchange: Exchange, { id, name }: PathParameters) => {
      exchange.jobId = id ?? undefined;
      const worker = changes || open === true ? undefined : await attemptReader(exchange, id ?? "");
      const caller = worker ?? (await callerOf(exchange, open));
      exchange.owner = worker === undefined ? caller.owner : undefined;
      // Who holds the job was let in when it was given to it.
      if (!open && worker === undefined) {
        admit(service, caller);
        refuseBeyondScope(caller, changes, service.path);
      }
      if (changes && caller.owner !== undefined) refuseCrossSite(exchange.request.headers, exchange.origin);
      const serviceUrl = exchange.origin + service.basePath;
      const listUrl = exchange.origin + service.listPath;
      const path = { id: id ?? "", name: name ?? "" };
      return await handle({ ...exchange, service, caller, changes, serviceUrl, listUrl, path });
    },
  };
}

/** With what comes from logging in, which every operation has alike. */
function describedTo(operation: OperationObject, { access }: Service, open: boolean | "login"): OperationObject {
  if (open === true) return { security: [], ...operation };
  const responses = { ...operation.responses, ...refusals(401) };
  if (open === "login" || access.anonymous) return { ...operation, responses };
  return { security: [{ basic: [] }, { user: [] }], ...operation, responses: { ...responses, ...refusals(403) } };
}

async function callerOf({ api, request }: Exchange, open: boolean | "login"): Promise<Identity> {
  const skipped = open === true || (open === "login" && !request.headers.has("authorization"));
  return skipped ? anonymous : await api.authenticate(request);
}
