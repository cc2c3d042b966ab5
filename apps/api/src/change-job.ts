import { type Job, limits, type Parameter, UwsError } from "@uws/core";
import { parseDestruction, parseExecutionDuration, parsePhaseAction } from "@uws/representation";
import { setDestruction, setExecutionDuration, setParameters } from "@uws/store";
import { type Field, tooManyFields } from "./body/field.ts";
import { readFields } from "./body/read-fields.ts";
import { Uploads } from "./body/uploads.ts";
import { type ControlName, type ControlParameters, splitControl } from "./control-parameters.ts";
import { checkParameters } from "./create-job/check-parameters.ts";
import { latestDestruction, withinLimit } from "./create-job/job-settings.ts";
import { findJob, type ServiceExchange, shorten } from "./exchange.ts";
import { abort, destroy, refused, run } from "./move-job.ts";

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
  const { api } = exchange;
  const job = await findJob(exchange);
  const uploads = withParameters ? new Uploads(api.blobs, job.id, api.config.uploadBytes) : undefined;
  try {
    return await apply(exchange, job, await readFields(exchange, uploads), allowed, withParameters);
  } catch (error) {
    await uploads?.discardAll();
    throw error;
  }
}

async function apply(
  exchange: ServiceExchange,
  job: Job,
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
  const changes = readChanges(exchange, job, control);
  if (control.ACTION !== undefined) {
    await destroy(exchange, job);
    return "destroyed";
  }
  const changed = parameters.length > 0 ? await changeParameters(exchange, job, parameters) : job;
  for (const change of changes) await change(changed);
  return "changed";
}

type Change = (job: Job) => Promise<void>;

/** What the control parameters ask, in an order that makes sense: to start a job comes last. */
function readChanges(exchange: ServiceExchange, job: Job, control: ControlParameters): Change[] {
  if (control.ACTION !== undefined && control.ACTION !== "DELETE") {
    throw new UwsError("invalid", `ACTION=${control.ACTION.slice(0, 60)}: not allowed; allowed: DELETE`);
  }
  const changes: Change[] = [];
  if (control.EXECUTIONDURATION !== undefined) changes.push(executionDuration(exchange, control.EXECUTIONDURATION));
  if (control.DESTRUCTION !== undefined) changes.push(destruction(exchange, control.DESTRUCTION));
  if (control.PHASE !== undefined) changes.push(phase(exchange, job, control.PHASE));
  return changes;
}

function executionDuration({ api, service }: ServiceExchange, text: string): Change {
  const seconds = withinLimit(parseExecutionDuration(text), service.description.executionDuration);
  return async (job) => {
    if (!(await setExecutionDuration(api.store, job.id, seconds))) throw refused(job, "given another duration");
    api.dispatch.news.tell([{ id: job.id }]);
  };
}

function destruction({ api, service }: ServiceExchange, text: string): Change {
  const time = parseDestruction(text);
  return async (job) => {
    const latest = latestDestruction(service.description.destruction);
    if (!(await setDestruction(api.store, job.id, time, latest))) throw refused(job, "given another destruction time");
    api.dispatch.news.tell([{ id: job.id }]);
  };
}

function phase(exchange: ServiceExchange, job: Job, text: string): Change {
  const action = parsePhaseAction(text);
  if (action === "ARCHIVE") throw refused(job, "archived: this service does not archive");
  return action === "RUN" ? (changed) => run(exchange, changed) : (changed) => abort(exchange, changed);
}

/**
 * Sets parameters of a PENDING job; those of the same name, in any case, are replaced (UWS 1.1, section 2.2.3.6).
 * @returns the job as it is then
 */
export async function changeParameters(
  { api, service }: ServiceExchange,
  job: Job,
  parameters: readonly Parameter[],
): Promise<Job> {
  const replaced = new Set(parameters.map(({ name }) => name.toLowerCase()));
  const merged = [...job.parameters.filter(({ name }) => !replaced.has(name.toLowerCase())), ...parameters];
  if (merged.length > limits.parameters) throw tooManyFields();
  if (job.phase !== "PENDING") throw refused(job, "given other parameters");
  const problems = checkParameters(service.description, merged, { complete: false });
  if (problems.length > 0) throw new UwsError("invalid", problems.join("\n"));
  if (!(await setParameters(api.store, job.id, parameters))) throw refused(job, "given other parameters");
  api.dispatch.news.tell([{ id: job.id }]);
  return { ...job, parameters: merged };
}
