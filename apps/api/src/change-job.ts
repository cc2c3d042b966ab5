import { limits, type Parameter, type Phase, UwsError } from "@uws/core";
import { canonicalName, invalidParameters, type JobDescription } from "@uws/description";
import { type PhaseAction, parseDestruction, parseExecutionDuration, parsePhaseAction } from "@uws/representation";
import { type JobChange, type StoredJob, changeJob as storeChange } from "@uws/store";
import { type Field, tooManyFields } from "./body/field.ts";
import { readFields } from "./body/read-fields.ts";
import { uploadsFor } from "./body/uploads.ts";
import { type ControlName, type ControlParameters, splitControl } from "./control-parameters.ts";
import { checkParameters } from "./create-job/check-parameters.ts";
import { latestDestruction, parseRunId, withinLimit } from "./create-job/job-settings.ts";
import { namesType, refuseOtherType } from "./create-job/job-type.ts";
import { findJob, refuseOthers, type ServiceExchange, shorten } from "./exchange.ts";
import { abort, archive, destroy, overQuota, refused } from "./move-job.ts";

/** What a POST to a job, or to one of its children, comes to. */
export type Changed = "changed" | "destroyed";

/**
 * Does what the fields of a request ask of a job: control parameters (UWS 1.1, section 2.2.3), and parameters while it is
 * PENDING. Everything is checked before anything is done.
 * @param allowed control parameters that this resource takes; others are refused
 * @param withParameters whether this resource takes parameters of the job, too
 */
export async function changeJob(
  exchange: ServiceExchange,
  allowed: readonly ControlName[],
  withParameters: boolean,
): Promise<Changed> {
  const job = await findJob(exchange);
  const description = await exchange.api.descriptions.of(job);
  const uploads = withParameters ? uploadsFor(exchange, job.id, [description]) : undefined;
  try {
    return await apply(exchange, job, description, await readFields(exchange, uploads), allowed, withParameters);
  } catch (error) {
    await uploads?.discardAll();
    throw error;
  }
}

async function apply(
  exchange: ServiceExchange,
  job: StoredJob,
  description: JobDescription,
  fields: readonly Field[],
  allowed: readonly ControlName[],
  withParameters: boolean,
): Promise<Changed> {
  const { control, parameters } = splitControl(fields);
  for (const name of Object.keys(control) as ControlName[]) {
    if (!allowed.includes(name)) throw new UwsError("invalid", `${name}: not allowed here.`);
  }
  if (!withParameters && parameters[0] !== undefined) {
    throw new UwsError("invalid", `${shorten(parameters[0].name)}: not allowed here; allowed: ${allowed.join(", ")}`);
  }
  if (control.ACTION !== undefined && control.ACTION !== "DELETE") {
    throw new UwsError("invalid", `ACTION=${control.ACTION.slice(0, 60)}: not allowed; allowed: DELETE`);
  }
  const settings = readSettings(description, control);
  const action = control.PHASE === undefined ? undefined : parsePhaseAction(control.PHASE);
  // To end a job for good is its owner's alone.
  if (control.ACTION !== undefined || action === "ARCHIVE") refuseOthers(exchange, job);
  if (control.ACTION !== undefined) {
    await destroy(exchange, job);
    return "destroyed";
  }
  await change(exchange, job, description, { ...settings, ...(parameters.length > 0 ? { parameters } : {}) }, action);
  return "changed";
}

type Settings = Omit<JobChange, "run">;

/** What the control parameters set, within what the job's description allows. */
function readSettings({ executionDuration, destruction }: JobDescription, control: ControlParameters): Settings {
  const { RUNID: runId, EXECUTIONDURATION: duration, DESTRUCTION: time } = control;
  return {
    ...(runId === undefined ? {} : { runId: parseRunId(runId) }),
    ...(duration === undefined
      ? {}
      : { executionDuration: withinLimit(parseExecutionDuration(duration), executionDuration) }),
    ...(time === undefined
      ? {}
      : { destruction: { time: parseDestruction(time), maxSeconds: latestDestruction(destruction) } }),
  };
}

/**
 * Changes a job as its client wishes: all at once, but for what ends it, which comes last.
 * @throws UwsError "forbidden" where the phase or the quota does not allow it, and "invalid" where a value is wrong
 */
export async function change(
  exchange: ServiceExchange,
  job: StoredJob,
  description: JobDescription,
  settings: Settings,
  action: PhaseAction | undefined,
): Promise<void> {
  checkResult(exchange, job, description, settings.parameters ?? [], action === "RUN");
  const wanted = action === "RUN" ? { ...settings, run: { quota: exchange.service.quota } } : settings;
  if (Object.keys(wanted).length > 0) announce(exchange, job, await store(exchange, job, wanted));
  if (action === "ABORT") await abort(exchange, job);
  if (action === "ARCHIVE") await archive(exchange, job);
}

/** The job with other parameters must be one that could have been created with them, and RUN needs them all. */
function checkResult(
  { service }: ServiceExchange,
  job: StoredJob,
  description: JobDescription,
  parameters: readonly Parameter[],
  run: boolean,
): void {
  if (parameters.length === 0 && !run) return;
  // Those of the same name, in any case, are replaced (UWS 1.1, section 2.2.3.6).
  const replaced = new Set(parameters.map(({ name }) => name.toLowerCase()));
  const kept = job.parameters.filter(({ name }) => !replaced.has(name.toLowerCase()));
  const merged = [...kept, ...parameters];
  if (merged.length > limits.parameters) throw tooManyFields();
  if (parameters.length > 0 && job.phase !== "PENDING") throw refused(job, "given other parameters");
  refuseOtherType(service, job.type, parameters);
  const own = [...kept.filter((each) => !namedType(job, description, each)), ...parameters].filter(
    ({ name }) => !namesType(service, name),
  );
  const problems = checkParameters(description, own, { complete: run });
  if (problems.length > 0) throw invalidParameters(problems);
}

/** Whether a parameter was the service's type parameter when the job was created, whatever that is called now. */
function namedType({ type }: StoredJob, description: JobDescription, parameter: Parameter): boolean {
  if (canonicalName(description, parameter.name) !== undefined) return false;
  return "value" in parameter && parameter.value.toLowerCase() === type;
}

/** @returns the phase that the job has then */
async function store({ api, service }: ServiceExchange, job: StoredJob, wanted: JobChange): Promise<Phase> {
  const changed = await storeChange(api.store, job.id, wanted);
  switch (changed.outcome) {
    case "changed":
      return changed.phase;
    case "over_quota":
      throw overQuota(service);
    case "refused":
      throw refused(job, participles(wanted).join(" and "));
  }
}

function participles({ runId, parameters, executionDuration, destruction, run }: JobChange): string[] {
  return [
    ...(runId === undefined ? [] : ["given another run id"]),
    ...(parameters === undefined ? [] : ["given other parameters"]),
    ...(executionDuration === undefined ? [] : ["given another duration"]),
    ...(destruction === undefined ? [] : ["given another destruction time"]),
    ...(run === undefined ? [] : ["started"]),
  ];
}

function announce({ api }: ServiceExchange, job: StoredJob, phase: Phase): void {
  const moved = phase !== job.phase;
  if (moved && phase === "QUEUED") api.dispatch.doorbell.ring(job.type);
  api.dispatch.news.tell([moved ? { id: job.id, phase } : { id: job.id }]);
}
