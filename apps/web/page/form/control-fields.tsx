import type { Limited, ServiceDescription } from "@uws/client";
import { formatDuration } from "../common/format.ts";
import { TimeField } from "../common/time-field.tsx";
import type { FormValues } from "./form-values.ts";

interface ControlFieldsProps {
  readonly description: ServiceDescription;
  readonly values: FormValues;
  readonly errors: (name: string) => readonly string[];
  readonly onChange: (values: FormValues) => void;
}

/** What every job has: run id, and how long it may run and is kept. */
export function ControlFields({ description, values, errors, onChange }: ControlFieldsProps) {
  const { executionDuration, destruction, priority } = description;
  const set = (name: "runId" | "executionDuration" | "destruction" | "priority") => (event: Event) =>
    onChange({ ...values, [name]: (event.target as HTMLInputElement).value });
  return (
    <fieldset class="control">
      <legend>The job</legend>
      <ControlField
        name="RUNID"
        label="Run id"
        errors={errors("RUNID")}
        hint="A name of yours, by which jobs are found again."
      >
        {(attributes) => (
          <input type="text" {...attributes} value={values.runId} maxLength={255} onInput={set("runId")} />
        )}
      </ControlField>
      <ControlField
        name="EXECUTIONDURATION"
        label="Execution duration"
        unit="in seconds"
        errors={errors("EXECUTIONDURATION")}
        hint={`How long it may run${limitsHint(executionDuration, "unlimited")}.`}
      >
        {(attributes) => (
          <input
            type="text"
            inputMode="numeric"
            class="number"
            {...attributes}
            placeholder={executionDuration === undefined ? "" : String(executionDuration.default)}
            value={values.executionDuration}
            onInput={set("executionDuration")}
          />
        )}
      </ControlField>
      <ControlField
        name="DESTRUCTION"
        label="Destruction"
        unit="in UTC"
        errors={errors("DESTRUCTION")}
        hint={`When it and its results go, counted from its creation${limitsHint(destruction, "never")}.`}
      >
        {(attributes) => <TimeField {...attributes} value={values.destruction} onInput={set("destruction")} />}
      </ControlField>
      {priority !== undefined && (
        <ControlField
          name="PRIORITY"
          label="Priority"
          errors={errors("PRIORITY")}
          hint={`The higher comes first: ${priority.default} unless told otherwise, at most ${priority.max}.`}
        >
          {(attributes) => (
            <input
              type="text"
              inputMode="numeric"
              class="number"
              {...attributes}
              placeholder={String(priority.default)}
              value={values.priority}
              onInput={set("priority")}
            />
          )}
        </ControlField>
      )}
    </fieldset>
  );
}

function limitsHint(limited: Limited | undefined, none: string): string {
  if (limited === undefined) return "";
  const shown = (seconds: number) => (seconds === 0 ? none : formatDuration(seconds));
  const most = limited.max === 0 ? "" : `, at most ${shown(limited.max)}`;
  return `: ${shown(limited.default)} unless told otherwise${most}`;
}

interface ControlFieldProps {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly errors: readonly string[];
  readonly hint: string;
  readonly children: (attributes: object) => preact.JSX.Element;
}

function ControlField({ name, label, unit, errors, hint, children }: ControlFieldProps) {
  const id = `control-${name}`;
  const invalid = errors.length > 0;
  return (
    <div class={`field${invalid ? " invalid" : ""}`} data-field={name}>
      <p class="label">
        <label for={id}>{label}</label>
        {unit !== undefined && <span class="unit">{unit}</span>}
      </p>
      {children({ id, "aria-describedby": `${id}-hint ${id}-error`, "aria-invalid": invalid })}
      <p class="error" id={`${id}-error`} role={invalid ? "alert" : undefined}>
        {errors.join("; ")}
      </p>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
