import { useState } from "preact/hooks";

/** Copies a text; where the browser does not let it (a page that is not secure), the text is there to be selected. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState("");
  const copy = () => {
    if (navigator.clipboard === undefined) return setSaid("Select the text and copy it");
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied"),
      () => setSaid("Select the text and copy it"),
    );
  };
  return (
    <span>
      <button type="button" class="small" onClick={copy}>
        {label}
      </button>{" "}
      <span role="status" class="hint">
        {said}
      </span>
    </span>
  );
}
