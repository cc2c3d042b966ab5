import { UwsError } from "@uws/core";
import { getJob } from "@uws/store";
import { jsonAnswer } from "../answers.ts";
import { jsonReader } from "../body/json-reader.ts";
import { type ServiceExchange, shorten } from "../exchange.ts";
import { attemptOf } from "./attempt-token.ts";
import { bearerChallenged } from "./bearer-challenged.ts";
import { type JobUpdate, storeUpdate } from "./store-update.ts";
import { updateSchema } from "./update-operation.ts";

const readUpdate = jsonReader<JobUpdate>(updateSchema);

/** Answers what a worker without gRPC reports of the job that it has claimed. */
export const updateFromRequest = bearerChallenged(async (exchange: ServiceExchange): Promise<Response> => {
  const { api, service, path, request, requestId } = exchange;
  const attempt = attemptOf(request, path.id);
  const update = await readUpdate(request);
  checkEnd(update);
  if ((await getJob(api.store, service.path, path.id)) === undefined) {
    throw new UwsError("not_found", `There is no job ${shorten(path.id)} here.`);
  }
  const { phase, sequence } = await storeUpdate(api, attempt, update);
  if (phase !== "EXECUTING") api.log.info({ requestId, jobId: path.id, phase }, "a worker ended its attempt by HTTP");
  return jsonAnswer({ jobId: path.id, phase, sequence, lease: api.config.timing.lease / 1000 });
});

/** What the schema does not say. */
function checkEnd({ phase, error, release }: JobUpdate): void {
  if (phase !== undefined && release !== undefined) {
    throw new UwsError("invalid", "release: must not be combined with a phase");
  }
  if ((phase === "ERROR") !== (error !== undefined)) {
    throw new UwsError("invalid", "error: must be given with the phase ERROR, and with no other");
  }
}
