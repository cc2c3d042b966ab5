import type { ParameterDescription } from "@uws/client";
import { FileInput } from "./file-input.tsx";
import { type Entry, emptyText } from "./form-values.ts";
import { TextInput } from "./text-input.tsx";
import { valueHint } from "./value-hint.ts";

interface FieldProps {
  readonly parameter: ParameterDescription;
  readonly entries: readonly Entry[];
  readonly errors: readonly string[];
  readonly onChange: (entries: readonly Entry[]) => void;
}

/** What an input is told of its field. */
export interface InputProps {
  readonly parameter: ParameterDescription;
  readonly id: string;
  readonly describedBy: string;
  readonly invalid: boolean;
  /** What is read out where the label belongs to the first of several. */
  readonly label: string | undefined;
}

/** A parameter of the job: label, input, what it means, and what is wrong with it. */
export function Field({ parameter, entries, errors, onChange }: FieldProps) {
  const { name, title, description, required, multiple, unit } = parameter;
  const id = `parameter-${name}`;
  const hint = valueHint(parameter);
  const set = (index: number, entry: Entry) => onChange(entries.with(index, entry));
  const invalid = errors.length > 0;
  return (
    <div class={`field${invalid ? " invalid" : ""}`} data-field={name}>
      <p class="label">
        <label for={id}>{title ?? name}</label>
        {title !== undefined && <code>{name}</code>}
        {unit !== undefined && <span class="unit">in {unit}</span>}
        {required && <span class="required">required</span>}
      </p>
      {entries.map((entry, index) => {
        const input: InputProps = {
          parameter,
          id: index === 0 ? id : `${id}-${index}`,
          describedBy: `${id}-hint ${id}-error`,
          invalid,
          label: index === 0 ? undefined : `${title ?? name}, value ${index + 1}`,
        };
        return (
          <div class="value" key={index}>
            {parameter.file ? (
              <FileInput {...input} entry={entry} onChange={(next) => set(index, next)} />
            ) : (
              <TextInput
                {...input}
                text={entry.kind === "text" ? entry.text : ""}
                onChange={(text) => set(index, { kind: "text", text })}
              />
            )}
            {entries.length > 1 && (
              <button
                type="button"
                class="small"
                aria-label={`Remove value ${index + 1} of ${title ?? name}`}
                onClick={() => onChange(entries.toSpliced(index, 1))}
              >
                Remove
              </button>
            )}
          </div>
        );
      })}
      {multiple && (
        <p>
          <button type="button" class="small" onClick={() => onChange([...entries, emptyText])}>
            Add a value
          </button>
        </p>
      )}
      <p class="error" id={`${id}-error`} role={invalid ? "alert" : undefined}>
        {errors.join("; ")}
      </p>
      <p class="hint" id={`${id}-hint`}>
        {description}
        {description !== undefined && hint !== "" && <br />}
        {hint !== "" && <span class="form">{hint}</span>}
      </p>
    </div>
  );
}
