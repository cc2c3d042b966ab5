import type { Unknown } from "./form-values.ts";

interface UnknownFieldsProps {
  readonly unknown: readonly Unknown[];
  readonly onChange: (unknown: readonly Unknown[]) => void;
}

/** Parameters that the description does not name, where it allows them. */
export function UnknownFields({ unknown, onChange }: UnknownFieldsProps) {
  const set = (index: number, change: Partial<Unknown>) =>
    onChange(unknown.map((each, at) => (at === index ? { ...each, ...change } : each)));
  return (
    <fieldset>
      <legend>More parameters</legend>
      <p class="hint">This job type takes parameters that its description does not name.</p>
      {unknown.map(({ name, value }, index) => (
        <div class="value" key={index}>
          <input
            type="text"
            aria-label="Name of the parameter"
            placeholder="name"
            value={name}
            onInput={(event) => set(index, { name: (event.target as HTMLInputElement).value })}
          />
          <textarea
            rows={1}
            aria-label={`Value of ${name || "the parameter"}`}
            placeholder="value"
            value={value}
            onInput={(event) => set(index, { value: (event.target as HTMLTextAreaElement).value })}
          />
          <button
            type="button"
            class="small"
            aria-label={`Remove ${name || "the parameter"}`}
            onClick={() => onChange(unknown.toSpliced(index, 1))}
          >
            Remove
          </button>
        </div>
      ))}
      <p>
        <button type="button" class="small" onClick={() => onChange([...unknown, { name: "", value: "" }])}>
          Add a parameter
        </button>
      </p>
    </fieldset>
  );
}
