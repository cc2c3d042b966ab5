import type { UwsClient } from "@uws/client";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Action } from "./allowed-actions.ts";
import { JobActions } from "./job-actions.tsx";
import type { JobRow } from "./job-columns.tsx";

/** What the actions of a row need of the page: columns are made once, for all pages. */
export interface RowContext {
  readonly client: UwsClient;
  readonly onDone: (action: Action) => void;
  readonly onRefused: (message: string | undefined) => void;
}

export const Rows = createContext<RowContext | undefined>(undefined);

export function RowActions({ job }: { readonly job: JobRow }) {
  const context = useContext(Rows);
  if (context === undefined) return null;
  return <JobActions {...context} id={job.jobId} runId={job.runId} phase={job.phase} />;
}
