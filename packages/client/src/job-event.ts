import { isRemotePhase, type RemotePhase, type RemoteProgress } from "./remote-job.ts";

/** What happens to a job, as `X/events` tells it. Its data are JSON; what this client does not know is `other`. */
export type JobEvent =
  | { readonly type: "phase"; readonly phase: RemotePhase; readonly id?: string | undefined }
  | ({ readonly type: "progress"; readonly id?: string | undefined } & RemoteProgress)
  | { readonly type: "other"; readonly name: string; readonly data: unknown; readonly id?: string | undefined };

/** Gives an event its type. */
export function jobEvent(name: string, text: string, id: string | undefined): JobEvent {
  const data = parseJson(text);
  if (typeof data === "object" && data !== null) {
    if (name === "phase" && "phase" in data && typeof data.phase === "string" && isRemotePhase(data.phase)) {
      return { type: "phase", phase: data.phase, id };
    }
    if (name === "progress" && "fraction" in data && typeof data.fraction === "number") {
      const message = "message" in data && typeof data.message === "string" ? data.message : "";
      return { type: "progress", fraction: data.fraction, message, id };
    }
  }
  return { type: "other", name, data, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
