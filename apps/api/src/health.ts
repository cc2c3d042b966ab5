import { phasesOf } from "@uws/store";
import { jsonAnswer, textAnswer } from "./answers.ts";
import type { Api } from "./dependencies.ts";

/** Milliseconds that a check may take. */
const patience = 2000;

/** The process lives, whatever else does. */
export function live(): Response {
  return textAnswer("ok");
}

/** What was found when it was looked whether requests can be served. */
export interface Readiness {
  readonly ready: boolean;
  /** By name; all must hold. */
  readonly required: Readonly<Record<string, boolean>>;
  /** Told but not required: without NATS jobs are accepted and wait. */
  readonly nats: boolean;
}

/** Whether requests can be served: the database answers and has the schema, and whatever else the process wants to be true. */
export async function readiness(api: Api): Promise<Readiness> {
  const [database, others] = await Promise.all([databaseAnswers(api), otherChecks(api)]);
  const required = { database, ...others };
  const isReady = !api.leaving.aborted && Object.values(required).every((holds) => holds);
  return { ready: isReady, required, nats: api.dispatch.connected() };
}

export async function ready(api: Api): Promise<Response> {
  const { ready: isReady, required, nats } = await readiness(api);
  const waiting = api.waiters.size;
  return jsonAnswer({ ready: isReady, checks: { ...required, nats }, waiting }, isReady ? 200 : 503);
}

async function databaseAnswers({ store, log }: Api): Promise<boolean> {
  // A question about no job at all: it fails without the schema, and costs nothing with it.
  return await within(
    phasesOf(store, []).then(
      () => true,
      (error) => {
        log.debug({ err: error }, "the database does not answer");
        return false;
      },
    ),
    false,
  );
}

async function otherChecks({ ready: check, log }: Api): Promise<Record<string, boolean>> {
  if (check === undefined) return {};
  return await within(
    check().catch((error) => {
      log.warn({ err: error }, "a readiness check failed");
      return { process: false };
    }),
    { process: false },
  );
}

async function within<Value>(answer: Promise<Value>, otherwise: Value): Promise<Value> {
  const late = Promise.withResolvers<Value>();
  const timer = setTimeout(() => late.resolve(otherwise), patience);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
