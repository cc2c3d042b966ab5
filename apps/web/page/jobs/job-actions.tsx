import type { RemotePhase, UwsClient } from "@uws/client";
import { useState } from "preact/hooks";
import { ConfirmDialog, type Question } from "../common/dialog.tsx";
import { shortId } from "../common/format.ts";
import { textOf } from "../common/refusal-text.ts";
import { type Action, allowedActions } from "./allowed-actions.ts";

interface JobActionsProps {
  readonly client: UwsClient;
  readonly id: string;
  readonly runId: string | undefined;
  readonly phase: RemotePhase;
  /** Called when something was done. */
  readonly onDone: (action: Action) => void;
  /** Told of a refusal of what needs no confirmation; undefined = none. */
  readonly onRefused: (message: string | undefined) => void;
}

const labels: Readonly<Record<Action, string>> = { run: "Run", abort: "Abort", archive: "Archive", delete: "Delete" };

const consequences: Readonly<Record<Exclude<Action, "run">, string>> = {
  abort: "It stops, and cannot be taken up again. The results that there are stay.",
  archive: "Its results are removed for good; what is known about the job stays.",
  delete: "The job and its results are removed for good.",
};

/** Buttons for what the job's phase allows. All but "Run" ask first, since nothing of it can be undone. */
export function JobActions({ client, id, runId, phase, onDone, onRefused }: JobActionsProps) {
  const [question, setQuestion] = useState<Question>();
  const job = client.job(id);
  const name = runId === undefined || runId === "" ? shortId(id) : `${runId} (${shortId(id)})`;

  const start = (action: Action) => {
    onRefused(undefined);
    if (action === "run") {
      job.run().then(
        () => onDone("run"),
        (error: unknown) => onRefused(textOf(error)),
      );
      return;
    }
    setQuestion({
      title: `${labels[action]} the job ${name}?`,
      text: <p>{consequences[action]}</p>,
      action: `${labels[action]} the job`,
      confirm: async () => {
        await job[action]();
        onDone(action);
      },
    });
  };
  return (
    <span class="actions">
      {allowedActions(phase).map((action) => (
        <button
          key={action}
          type="button"
          class="small"
          onClick={() => start(action)}
          aria-label={`${labels[action]} ${name}`}
        >
          {labels[action]}
        </button>
      ))}
      {question !== undefined && <ConfirmDialog question={question} close={() => setQuestion(undefined)} />}
    </span>
  );
}
