import type { RemoteJob } from "@uws/client";
import { useState } from "preact/hooks";
import { formatSize } from "../common/format.ts";
import { urlBelow } from "../common/url-below.ts";

/** Rows, and characters of a value, that are shown. */
const rowsShown = 100;
const lengthShown = 2000;

/** The parameters as the client sent them. */
export function Parameters({ job, url }: { readonly job: RemoteJob; readonly url: string }) {
  const { parameters } = job;
  return (
    <section aria-labelledby="parameters">
      <h2 id="parameters">Parameters</h2>
      {parameters.length === 0 && <p class="hint">None.</p>}
      <dl class="parameters">
        {parameters.slice(0, rowsShown).map((parameter, index) => (
          // Names repeat, and their order stays.
          <div key={index}>
            <dt>{parameter.name}</dt>
            <dd>
              {parameter.byReference ? (
                <>
                  <a href={urlBelow(url, parameter.value)} download={parameter.name}>
                    uploaded file
                  </a>{" "}
                  <span class="hint">
                    {[parameter.mediaType, parameter.size === undefined ? undefined : formatSize(parameter.size)]
                      .filter(Boolean)
                      .join(", ")}
                  </span>
                </>
              ) : (
                <Value text={parameter.value} />
              )}
            </dd>
          </div>
        ))}
      </dl>
      {parameters.length > rowsShown && (
        <p class="hint">
          and {parameters.length - rowsShown} more: <a href={`${url}/parameters`}>all of them</a>
        </p>
      )}
    </section>
  );
}

function Value({ text }: { readonly text: string }) {
  const [whole, setWhole] = useState(false);
  const long = text.length > lengthShown;
  return (
    <>
      <span class="text">{long && !whole ? `${text.slice(0, lengthShown).toWellFormed()}…` : text}</span>
      {long && (
        <button type="button" class="small" onClick={() => setWhole(!whole)}>
          {whole ? "Less" : `All ${text.length} characters`}
        </button>
      )}
    </>
  );
}
