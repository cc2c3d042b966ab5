import { UwsError } from "@uws/core";
import { type AnnouncedDescription, decideDescription, getAnnounced, listAnnounced } from "@uws/store";
import { jsonAnswer } from "./answers.ts";
import { refuseCrossSite } from "./cross-site.ts";
import { type Exchange, shorten } from "./exchange.ts";
import { ok, type ParameterObject, refusals } from "./openapi/operation.ts";
import { operatorOf } from "./operator.ts";
import type { PathParameters, Route, RouteDetail } from "./route.ts";

/** Where operators see the descriptions that workers announced, and decide on them (ours; JSON). */
export const announcedRoutes: readonly Route[] = [
  {
    path: "/descriptions",
    methods: { GET: { handle: list, detail: detailOf("List the descriptions that workers announced", listSchema()) } },
  },
  {
    path: "/descriptions/:digest",
    methods: {
      GET: { handle: show, detail: detailOf("Show one, as it was announced", { type: "object" }, 404) },
    },
  },
  ...(["approve", "reject"] as const).map((decision) => ({
    path: `/descriptions/:digest/${decision}`,
    methods: {
      POST: {
        handle: (exchange: Exchange, path: PathParameters) => decide(exchange, path, decision),
        detail: detailOf(`${decision === "approve" ? "Accept" : "Reject"} one`, itemSchema(), 404, 409),
      },
    },
  })),
];

async function list(exchange: Exchange): Promise<Response> {
  await operatorOf(exchange, false);
  return jsonAnswer({ descriptions: (await listAnnounced(exchange.api.store)).map(json) });
}

async function show(exchange: Exchange, { digest }: PathParameters): Promise<Response> {
  await operatorOf(exchange, false);
  const document = await getAnnounced(exchange.api.store, digest ?? "");
  if (document === undefined) throw unknown(digest);
  return jsonAnswer(document);
}

async function decide(exchange: Exchange, { digest }: PathParameters, decision: "approve" | "reject") {
  const operator = await operatorOf(exchange, true);
  refuseCrossSite(exchange.request.headers, exchange.origin);
  const { store, log, lookAtTypes } = exchange.api;
  const state = decision === "approve" ? "accepted" : "rejected";
  const outcome = await decideDescription(store, digest ?? "", state, operator);
  if (outcome === "unknown") throw unknown(digest);
  if (outcome === "changed") {
    throw new UwsError("conflict", "Its version means something else already: the worker has to change the version.");
  }
  log.info({ digest, state, operator }, "an announced description was decided on");
  await lookAtTypes();
  const decided = (await listAnnounced(store)).find((each) => each.digest === digest);
  if (decided === undefined) throw unknown(digest);
  return jsonAnswer(json(decided));
}

function unknown(digest: string | null | undefined): UwsError {
  return new UwsError("not_found", `Nobody announced a description ${shorten(digest ?? "")}.`);
}

function json({ creationTime, decisionTime, ...rest }: AnnouncedDescription): object {
  return { ...rest, creationTime: creationTime.toISOString(), decisionTime: decisionTime?.toISOString() ?? null };
}

function itemSchema() {
  const text = { type: "string" };
  const textOrNull = { type: ["string", "null"] };
  const properties = {
    ...{ digest: text, type: text, version: text, state: { enum: ["held", "accepted", "rejected"] }, worker: text },
    ...{ token: textOrNull, creationTime: text, decisionTime: textOrNull, decidedBy: textOrNull },
  };
  return { type: "object", properties, required: Object.keys(properties) };
}

function listSchema() {
  return { type: "object", properties: { descriptions: { type: "array", items: itemSchema() } } };
}

function detailOf(summary: string, schema: object, ...statuses: readonly (404 | 409)[]): RouteDetail {
  const digest: ParameterObject = {
    ...{ name: "digest", in: "path", required: true, schema: { type: "string" } },
    description: "SHA-256 of the canonical JSON of the description",
  };
  return {
    summary,
    description: "For operators (auth.operators).",
    tags: ["server"],
    ...(statuses.length > 0 ? { parameters: [digest] } : {}),
    responses: { ...ok("Done", { "application/json": { schema } }), ...refusals(401, 403, ...statuses) },
  };
}
