import { formatSize } from "../common/format.ts";
import type { InputProps } from "./field.tsx";
import { type Entry, emptyText } from "./form-values.ts";
import { mediaTypeOf } from "./media-type-of.ts";

interface FileInputProps extends InputProps {
  readonly entry: Entry;
  readonly onChange: (entry: Entry) => void;
}

/** A file, or the same as text. */
export function FileInput({ entry, onChange, ...input }: FileInputProps) {
  const { parameter, id, describedBy, invalid, label } = input;
  const allowed = parameter.upload?.mediaTypes ?? [];
  const choose = (event: Event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    onChange(file === undefined ? emptyText : { kind: "file", file, mediaType: mediaTypeOf(file, allowed) });
  };
  const attributes = { "aria-describedby": describedBy, "aria-invalid": invalid };
  if (entry.kind !== "text") {
    return (
      <div class="file">
        <FileFacts entry={entry} parameter={parameter} onChange={onChange} />
        <button type="button" id={id} class="small" {...attributes} onClick={() => onChange(emptyText)}>
          {entry.kind === "copy" ? "Choose another" : "Take it away"}
        </button>
      </div>
    );
  }
  return (
    <div class="file">
      <input type="file" id={id} aria-label={label} {...attributes} onChange={choose} />
      <label class="or">
        or as text
        <textarea
          rows={1}
          name={parameter.name}
          value={entry.text}
          spellcheck={false}
          onInput={(event) => onChange({ kind: "text", text: (event.target as HTMLTextAreaElement).value })}
        />
      </label>
    </div>
  );
}

interface FileFactsProps extends Pick<FileInputProps, "parameter" | "onChange"> {
  readonly entry: Exclude<Entry, { kind: "text" }>;
}

function FileFacts({ entry, parameter, onChange }: FileFactsProps) {
  if (entry.kind === "copy") {
    return (
      <span>
        The file of the other job{entry.size === undefined ? "" : `, ${formatSize(entry.size)}`}, {entry.mediaType}
      </span>
    );
  }
  const { file, mediaType } = entry;
  const { maxBytes, mediaTypes = [] } = parameter.upload ?? {};
  const choices = [...new Set([mediaType, ...mediaTypes])];
  return (
    <span>
      <strong>{file.name}</strong>, {formatSize(file.size)}, sent as{" "}
      <select
        aria-label={`Media type of ${file.name}`}
        value={mediaType}
        onChange={(event) => onChange({ ...entry, mediaType: (event.target as HTMLSelectElement).value })}
      >
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
      {maxBytes !== undefined && file.size > maxBytes && (
        <span class="bad"> larger than the {formatSize(maxBytes)} that are allowed</span>
      )}
    </span>
  );
}
