import { limits, UwsError } from "@uws/core";
import { type Access, grantJob, listGrants, revokeGrant, type StoredJob } from "@uws/store";
import { jsonAnswer } from "../answers.ts";
import { jsonReader } from "../body/json-reader.ts";
import { findJob, refuseOthers, type ServiceExchange, shorten } from "../exchange.ts";
import { jobIdParameter, nameParameter, ok, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

const accessSchema = {
  enum: ["read", "write"],
  description: "read = look at the job and its results; write = change, start and abort it as well",
};
const requestSchema = {
  type: "object",
  properties: { access: accessSchema },
  required: ["access"],
  additionalProperties: false,
};
const grantSchema = { type: "object", properties: { user: { type: "string" }, access: accessSchema } };
const listSchema = {
  type: "object",
  properties: { grants: { type: "array", items: { ...grantSchema, required: ["user", "access"] } } },
  required: ["grants"],
};

const readRequest = jsonReader<{ readonly access: Access }>(requestSchema);

/** Who may do what with a job, beside its owner (ours; JSON). */
export const grants: Resource = {
  path: "/:id/grants",
  methods: {
    GET: {
      async handle(exchange) {
        const job = await findJob(exchange);
        refuseOthers(exchange, job);
        return await listed(exchange, job);
      },
      describe: () => ({
        summary: "List who may look at the job or change it, beside its owner",
        parameters: [jobIdParameter],
        responses: { ...ok("Them, by name", content(listSchema)), ...refusals(403, 404) },
      }),
    },
  },
};

/** What one user may do with it. */
export const grant: Resource = {
  path: "/:id/grants/:name",
  methods: {
    PUT: {
      handle: put,
      describe: () => ({
        summary: "Let a user look at the job, or change it",
        description: "To destroy it, to archive it and to grant it stays the owner's.",
        parameters: [jobIdParameter, nameParameter("The user")],
        requestBody: { required: true, content: content(requestSchema) },
        responses: { ...ok("Who may now", content(listSchema)), ...refusals(400, 403, 404, 409, 413, 415) },
      }),
    },
    DELETE: {
      handle: remove,
      describe: () => ({
        summary: "Take back what a user may do; users may give back what was granted to them",
        parameters: [jobIdParameter, nameParameter("The user")],
        responses: { "204": { description: "Done" }, ...refusals(403, 404) },
      }),
    },
  },
};

async function put(exchange: ServiceExchange): Promise<Response> {
  const { api, request, caller, path } = exchange;
  const job = await findJob(exchange);
  refuseOthers(exchange, job);
  if (job.owner === undefined) {
    throw new UwsError("forbidden", "This job has no owner: whoever knows its address may do everything with it.");
  }
  if (!/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(path.name) || path.name === job.owner) {
    throw new UwsError("invalid", `${shorten(path.name)}: must be the name of another user.`);
  }
  const { access } = await readRequest(request);
  const outcome = await grantJob(api.store, job.id, path.name, access, limits.jobGrants);
  if (outcome === "gone") throw new UwsError("not_found", `There is no job ${shorten(path.id)} here.`);
  if (outcome === "full") {
    throw new UwsError("conflict", `${limits.jobGrants} users may use this job, which is as many as may be.`);
  }
  api.log.info({ jobId: job.id, owner: caller.owner, grantee: path.name, access }, "a job was granted");
  return await listed(exchange, job);
}

async function remove(exchange: ServiceExchange): Promise<Response> {
  const { api, caller, path } = exchange;
  // To give back is no change of the job.
  const job = await findJob({ ...exchange, changes: false });
  if (caller.owner !== path.name) refuseOthers(exchange, job);
  if (!(await revokeGrant(api.store, job.id, path.name))) {
    throw new UwsError("not_found", `Nothing was granted to ${shorten(path.name)}.`);
  }
  api.log.info({ jobId: job.id, owner: caller.owner, grantee: path.name }, "a grant was taken back");
  return new Response(null, { status: 204 });
}

async function listed({ api }: ServiceExchange, job: StoredJob): Promise<Response> {
  const found = await listGrants(api.store, job.id);
  return jsonAnswer({ grants: found.map(({ grantee, access }) => ({ user: grantee, access })) });
}

function content(schema: object) {
  return { "application/json": { schema } };
}
