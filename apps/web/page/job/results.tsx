import type { RemoteJob, RemoteResult } from "@uws/client";
import { useState } from "preact/hooks";
import { formatSize } from "../common/format.ts";
import { urlBelow } from "../common/url-below.ts";
import { Preview } from "./preview.tsx";
import { previewKind } from "./preview-kind.ts";

/** Rows at first, and more with each wish. */
const rowsAtOnce = 50;
/** Bytes of a picture that is shown unasked. */
const smallPicture = 2_000_000;

/** The results that there are: they appear while the job runs. */
export function Results({ job, url }: { readonly job: RemoteJob; readonly url: string }) {
  const [rows, setRows] = useState(rowsAtOnce);
  const { results } = job;
  // The first picture is what most people want to see.
  const first = results.find(
    ({ mediaType, size }) => previewKind(mediaType, size) === "picture" && (size ?? 0) < smallPicture,
  );
  return (
    <section aria-labelledby="results">
      <h2 id="results">Results</h2>
      {results.length === 0 ? (
        <p class="hint">{job.phase === "ARCHIVED" ? "Removed, since the job is archived." : "None yet."}</p>
      ) : (
        <ul class="results">
          {results.slice(0, rows).map((result) => (
            <ResultItem key={result.id} result={result} url={urlBelow(url, result.href)} opened={result === first} />
          ))}
        </ul>
      )}
      {results.length > rows && (
        <button type="button" onClick={() => setRows(rows + rowsAtOnce)}>
          {results.length - rows} more
        </button>
      )}
    </section>
  );
}

interface ResultItemProps {
  readonly result: RemoteResult;
  readonly url: string;
  readonly opened: boolean;
}

function ResultItem({ result, url, opened }: ResultItemProps) {
  const { id, mediaType, size } = result;
  const kind = previewKind(mediaType, size);
  const [wanted, setWanted] = useState<boolean>();
  const open = wanted ?? opened;
  return (
    <li data-result={id}>
      <div class="line">
        <strong>{id}</strong>
        <span class="hint">
          {[mediaType, size === undefined ? undefined : formatSize(size)].filter(Boolean).join(", ")}
        </span>
        <span class="actions">
          {kind !== undefined && (
            <button
              type="button"
              class="small"
              aria-expanded={open}
              aria-label={`Preview of ${id}`}
              onClick={() => setWanted(!open)}
            >
              {open ? "Hide" : "Preview"}
            </button>
          )}
          <a class="button small" href={url} download aria-label={`Download ${id}`}>
            Download
          </a>
        </span>
      </div>
      {open && kind !== undefined && <Preview result={result} url={url} kind={kind} />}
    </li>
  );
}
