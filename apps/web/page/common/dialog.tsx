import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { textOf } from "./refusal-text.ts";

export interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** What the button says that does it. */
  readonly action: string;
  /** Does it; what it throws is shown, and the question stays. */
  readonly confirm: () => Promise<void>;
}

interface ConfirmDialogProps {
  readonly question: Question;
  readonly close: () => void;
}

/** Asks before something is done that cannot be undone. Escape, or the other button, leaves everything as it is. */
export function ConfirmDialog({ question, close }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<{ readonly busy: boolean; readonly error?: string }>({ busy: false });
  useEffect(() => dialog.current?.showModal(), []);
  const leave = () => dialog.current?.close();
  const confirm = () => {
    setState({ busy: true });
    // Closed by itself, it gives the focus back to where it was.
    question.confirm().then(leave, (error: unknown) => setState({ busy: false, error: textOf(error) }));
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="question">
      <h2 id="question">{question.title}</h2>
      <div>{question.text}</div>
      {state.error !== undefined && (
        <p class="bad" role="alert">
          {state.error}
        </p>
      )}
      <p class="buttons">
        <button type="button" class="danger" disabled={state.busy} onClick={confirm}>
          {question.action}
        </button>
        <button type="button" onClick={leave}>
          Leave it
        </button>
      </p>
    </dialog>
  );
}
