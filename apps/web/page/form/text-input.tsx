import type { InputProps } from "./field.tsx";

interface TextInputProps extends InputProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Characters up to which a text gets one line. */
const shortest = 250;

/** The input that suits the type: what is typed is text in any case, and the server judges it. */
export function TextInput({ parameter, id, describedBy, invalid, label, text, onChange }: TextInputProps) {
  const { type, options, required, xtype, maxLength, example } = parameter;
  const common = {
    id,
    name: parameter.name,
    "aria-describedby": describedBy,
    "aria-invalid": invalid,
    "aria-required": required,
    "aria-label": label,
    onInput: (event: Event) => onChange((event.target as HTMLInputElement).value),
  };
  const choices = options.length > 0 ? options : type === "boolean" ? ["true", "false"] : [];
  if (choices.length > 0) {
    // What was taken over from elsewhere and is no choice is not lost.
    const shown = text === "" || choices.includes(text) ? choices : [...choices, text];
    return (
      <select {...common} value={text}>
        <option value="">{parameter.default === undefined ? "" : `${parameter.default} (default)`}</option>
        {shown.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  const placeholder = parameter.default ?? example[0] ?? "";
  const numeric = type === "number" || type === "integer";
  const short = numeric || xtype !== undefined || (maxLength ?? Number.POSITIVE_INFINITY) <= shortest;
  if (short && !text.includes("\n")) {
    return (
      <input
        {...common}
        type="text"
        value={text}
        placeholder={placeholder}
        inputMode={numeric ? "decimal" : undefined}
        class={numeric ? "number" : undefined}
        autocomplete="off"
      />
    );
  }
  return <textarea {...common} rows={1} value={text} placeholder={placeholder} autocomplete="off" spellcheck={false} />;
}
