import type { JobHandle, RemoteJob } from "@uws/client";
import { useState } from "preact/hooks";
import { textOf } from "../common/refusal-text.ts";

/** Characters of a detail that are shown. */
const lengthShown = 20_000;

/** Why the job failed, and more where there is more. */
export function ErrorSection({ job, handle }: { readonly job: RemoteJob; readonly handle: JobHandle }) {
  const [detail, setDetail] = useState<string>();
  const { errorSummary: error } = job;
  if (error === undefined) return null;
  const ask = () =>
    handle.error().then(
      (text) => setDetail(text?.slice(0, lengthShown) ?? ""),
      (reason: unknown) => setDetail(textOf(reason)),
    );
  return (
    <section class="notice bad" aria-labelledby="error">
      <h2 id="error">Error ({error.type})</h2>
      <p class="text">{error.message}</p>
      {error.hasDetail && detail === undefined && (
        <button type="button" class="small" onClick={() => void ask()}>
          Show the detail
        </button>
      )}
      {detail !== undefined && <pre>{detail}</pre>}
    </section>
  );
}
