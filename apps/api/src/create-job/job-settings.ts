import { type InvalidParameter, limits, UwsError } from "@uws/core";
import type { JobDescription, Limited } from "@uws/description";
import { isXmlText, parseDestruction, parseExecutionDuration, parsePhaseAction } from "@uws/representation";
import type { ControlName, ControlParameters } from "../control-parameters.ts";
import { invalidControl } from "./invalid-control.ts";

/** What a client asks of a new job by control parameters, within what its description allows. */
export interface JobSettings {
  readonly runId: string | undefined;
  readonly run: boolean;
  /** Seconds; 0 = unlimited. */
  readonly executionDuration: number;
  /** A time, or seconds from now; undefined = never. */
  readonly destruction: Date | number | undefined;
}

/**
 * Reads the control parameters of a job that is to be created.
 * @param problems gets each that is wrong
 * @param now milliseconds since 1970
 */
export function readSettings(
  control: ControlParameters,
  description: JobDescription,
  problems: InvalidParameter[],
  now = Date.now(),
): JobSettings {
  const read = <Value>(name: ControlName, parse: (text: string) => Value, otherwise: Value): Value => {
    const text = control[name];
    if (text === undefined) return otherwise;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof UwsError)) throw error;
      problems.push(invalidControl(name, text, error));
      return otherwise;
    }
  };
  const { executionDuration, destruction } = description;
  return {
    runId: read("RUNID", parseRunId, undefined),
    run: read("PHASE", parseFirstPhase, false),
    executionDuration: read(
      "EXECUTIONDURATION",
      (text) => withinLimit(parseExecutionDuration(text), executionDuration),
      executionDuration.default,
    ),
    destruction: read<Date | number | undefined>(
      "DESTRUCTION",
      (text) => {
        const time = parseDestruction(text);
        const latest = latestDestruction(destruction);
        return latest !== undefined && time.getTime() > now + latest * 1000 ? latest : time;
      },
      destruction.default === 0 ? undefined : destruction.default,
    ),
  };
}

/** The duration that a job gets when it asks for one; 0 = unlimited. */
export function withinLimit(asked: number, { max }: Limited): number {
  if (max === 0) return asked;
  return asked === 0 ? max : Math.min(asked, max);
}

/** Seconds from now to the latest destruction time; undefined = there is none. */
export function latestDestruction({ max }: Limited): number | undefined {
  return max === 0 ? undefined : max;
}

/** It stands in XML as it is. */
export function parseRunId(text: string): string {
  if (!isXmlText(text)) throw new UwsError("invalid", "RUNID: must be text without control characters.");
  if (text.length <= limits.runIdLength) return text;
  throw new UwsError("invalid", `RUNID is ${text.length} characters long; allowed: ${limits.runIdLength}`);
}

/** A new job can be told to run, and nothing else (UWS 1.1, section 2.2.3.1). */
function parseFirstPhase(text: string): boolean {
  if (parsePhaseAction(text) === "RUN") return true;
  throw new UwsError("invalid", `PHASE=${text}: not allowed when a job is created; allowed: RUN`);
}
