import { hasEnded, type JobHandle, type RemoteJob } from "@uws/client";
import { useState } from "preact/hooks";
import { formatTime, readFieldTime } from "../common/format.ts";
import { textOf } from "../common/refusal-text.ts";
import { TimeField } from "../common/time-field.tsx";

interface RunTimeLimitsProps {
  readonly job: RemoteJob;
  readonly handle: JobHandle;
  readonly onDone: () => void;
}

/** Changes how long the job may run and is kept. The server may give less than was asked for: the page shows what it gave. */
export function RunTimeLimits({ job, handle, onDone }: RunTimeLimitsProps) {
  const [open, setOpen] = useState(false);
  if (job.phase === "ARCHIVED") return null;
  return (
    <>
      <button type="button" class="small" aria-expanded={open} onClick={() => setOpen(!open)}>
        Change limits
      </button>
      {open && (
        <LimitsForm
          job={job}
          handle={handle}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        />
      )}
    </>
  );
}

function LimitsForm({ job, handle, onDone }: RunTimeLimitsProps) {
  const ended = hasEnded(job);
  const before = {
    duration: String(job.executionDuration),
    destruction: job.destruction === undefined ? "" : formatTime(job.destruction),
  };
  const [typed, setTyped] = useState(before);
  const [error, setError] = useState<string>();
  const save = async () => {
    const duration = typed.duration.trim();
    if (!/^\d+$/.test(duration)) throw new Error("Execution duration: must be whole seconds; 0 = unlimited");
    await handle.update({
      executionDuration: duration === before.duration ? undefined : Number(duration),
      destruction: typed.destruction === before.destruction ? undefined : readFieldTime(typed.destruction),
    });
  };
  const set = (name: keyof typeof typed) => (event: Event) =>
    setTyped({ ...typed, [name]: (event.target as HTMLInputElement).value });
  return (
    <form
      class="limits"
      onSubmit={(event) => {
        event.preventDefault();
        setError(undefined);
        save().then(onDone, (reason: unknown) => setError(textOf(reason)));
      }}
    >
      {!ended && (
        <label>
          Execution duration, seconds
          <input type="text" inputMode="numeric" value={typed.duration} onInput={set("duration")} />
        </label>
      )}
      <label for="destruction">
        Destruction, UTC
        <TimeField id="destruction" value={typed.destruction} onInput={set("destruction")} />
      </label>
      <button type="submit">Save</button>
      {error !== undefined && (
        <p class="bad" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
