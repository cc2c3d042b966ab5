import type { ManyAction, UwsClient } from "@uws/client";
import { useState } from "preact/hooks";
import { ConfirmDialog, type Question } from "../common/dialog.tsx";

interface ManyActionsProps {
  readonly client: UwsClient;
  /** Of the jobs that are chosen. */
  readonly ids: readonly string[];
  readonly onDone: (message: string) => void;
}

const labels: Readonly<Record<ManyAction, string>> = { abort: "Abort", archive: "Archive", delete: "Delete" };
const participles: Readonly<Record<ManyAction, string>> = {
  abort: "aborted",
  archive: "archived",
  delete: "deleted",
};

/** What can be done to several jobs by one request. */
export function ManyActions({ client, ids, onDone }: ManyActionsProps) {
  const [question, setQuestion] = useState<Question>();
  const jobs = ids.length === 1 ? "1 job" : `${ids.length} jobs`;
  const ask = (action: ManyAction) =>
    setQuestion({
      title: `${labels[action]} ${jobs}?`,
      text: <p>This cannot be undone. Jobs whose phase does not allow it stay as they are.</p>,
      action: `${labels[action]} ${jobs}`,
      confirm: async () => {
        let done = 0;
        const refused: string[] = [];
        for await (const changed of client.changeMany(action, { ids })) {
          done += changed.jobs.length;
          refused.push(...changed.refused.map(({ detail }) => detail));
        }
        const said = `${done} ${participles[action]}`;
        onDone(
          refused.length === 0 ? `${said}.` : `${said}, ${refused.length} not: ${[...new Set(refused)].join(" ")}`,
        );
      },
    });
  return (
    <p class="many">
      <span>{jobs} chosen</span>
      {(Object.keys(labels) as ManyAction[]).map((action) => (
        <button key={action} type="button" class="small" onClick={() => ask(action)}>
          {labels[action]}
        </button>
      ))}
      {question !== undefined && <ConfirmDialog question={question} close={() => setQuestion(undefined)} />}
    </p>
  );
}
