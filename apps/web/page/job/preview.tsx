import type { RemoteResult } from "@uws/client";
import { useEffect, useState } from "preact/hooks";
import { formatSize } from "../common/format.ts";
import { ask } from "../shell/server.ts";
import { beginningOf, type PreviewKind, previewBytes } from "./preview-kind.ts";

interface PreviewProps {
  readonly result: RemoteResult;
  readonly url: string;
  readonly kind: Exclude<PreviewKind, undefined>;
}

/** What a result looks like. */
export function Preview({ result, url, kind }: PreviewProps) {
  return kind === "picture" ? <Picture result={result} url={url} /> : <Beginning result={result} url={url} />;
}

function Picture({ result, url }: Omit<PreviewProps, "kind">) {
  const [failed, setFailed] = useState(false);
  if (failed) return <p class="hint">This picture cannot be shown here. Download it to see it.</p>;
  return <img class="preview" src={url} alt={`Preview of ${result.id}`} onError={() => setFailed(true)} />;
}

function Beginning({ result, url }: Omit<PreviewProps, "kind">) {
  const [shown, setShown] = useState<{ readonly text: string; readonly more: boolean } | { readonly failed: true }>();
  useEffect(() => {
    const leaving = new AbortController();
    readBeginning(url, leaving.signal).then(
      ([text, more]) => setShown({ text, more }),
      () => {
        if (!leaving.signal.aborted) setShown({ failed: true });
      },
    );
    return () => leaving.abort();
  }, [url]);
  if (shown === undefined) return <p class="hint">Loading …</p>;
  if ("failed" in shown) return <p class="hint">This result cannot be shown here. Download it to see it.</p>;
  const of = result.size === undefined ? "" : ` of ${formatSize(result.size)}`;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scrolls" tabIndex={0} aria-label={`Beginning of ${result.id}`}>
        <pre>{shown.text}</pre>
      </section>
      {shown.more && (
        <p class="hint">
          The first {formatSize(previewBytes)}
          {of}.
        </p>
      )}
    </>
  );
}

async function readBeginning(url: string, signal: AbortSignal): Promise<[string, boolean]> {
  // One byte more than is shown tells whether there is more.
  const response = await ask(new Request(url, { headers: { range: `bytes=0-${previewBytes}` }, signal }));
  // Of an empty result there is no first byte.
  if (response.status === 416) return ["", false];
  if (!response.ok || response.body === null) throw new Error(`${response.status}`);
  return await beginningOf(response.body);
}
