import { type JobContext, JobFailure, type UploadedFile } from "@uws/worker";

export interface CrossmatchParameters {
  readonly table: UploadedFile | string;
  /** Degrees. */
  readonly radius: number;
  readonly find: "all" | "best";
  readonly ra: string | undefined;
  readonly dec: string | undefined;
  readonly maxMatches: number | undefined;
  readonly maxRec: number;
}

const DEFAULT_RADIUS = 0.1;
const DEFAULT_MAXREC = 1_000_000;
/** 16 bytes each, and a result of about 1 GB. */
const LARGEST_MAXREC = 5_000_000;

/**
 * Reads the parameters of a job. The server has validated them against description.yaml; what is checked here is
 * what would hurt if a server of another description called us: absent, not a number, unbounded.
 */
export function readParameters(parameters: JobContext["parameters"]): CrossmatchParameters {
  const table = parameters.file("TABLE") ?? parameters.get("TABLE");
  if (table === undefined) throw new JobFailure("The parameter TABLE is missing.");
  const radius = numberOf(parameters, "RADIUS", 180) ?? DEFAULT_RADIUS;
  const find = (parameters.get("FIND") ?? "all").toLowerCase();
  if (find !== "all" && find !== "best")
    throw new JobFailure(`The parameter FIND is "${find}"; it may be all or best.`);
  return {
    table,
    radius,
    find,
    ra: parameters.get("RA"),
    dec: parameters.get("DEC"),
    maxMatches: numberOf(parameters, "MAXMATCHES", LARGEST_MAXREC),
    maxRec: numberOf(parameters, "MAXREC", LARGEST_MAXREC) ?? DEFAULT_MAXREC,
  };
}

function numberOf(parameters: JobContext["parameters"], name: string, most: number): number | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value > 0 && value <= most))
    throw new JobFailure(`The parameter ${name} is "${text}"; it must be a number above 0 and at most ${most}.`);
  return value;
}
