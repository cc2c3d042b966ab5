import { phasesOf } from "@uws/store";
import { jsonAnswer, textAnswer } from "./answers.ts";
import type { Api } from "./dependencies.ts";

/** Milliseconds that a check may take. */
const patience = 2000;

/** The process lives, whatever else does. */
export function live(): Response {
  return textAnswer("ok");
}

/**
 * Whether requests can be served: the database answers and has the schema, and whatever else the process wants to be true. NATS
 * is told but not required: without it jobs are accepted and wait.
 */
export async function ready(api: Api): Promise<Response> {
  const [database, others] = await Promise.all([databaseAnswers(api), otherChecks(api)]);
  const required = { database, ...others };
  const isReady = !api.stopping.aborted && Object.values(required).every((holds) => holds);
  const checks = { ...required, nats: api.dispatch.connected() };
  return jsonAnswer({ ready: isReady, checks }, isReady ? 200 : 503);
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
