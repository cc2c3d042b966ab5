import type { ServiceDescription, UwsClient } from "@uws/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { Paragraphs } from "../common/paragraphs.tsx";
import { pathOf } from "../shell/place.ts";
import { navigate } from "../shell/router.tsx";
import { ControlFields } from "./control-fields.tsx";
import { Field } from "./field.tsx";
import { errorsOf, type FormErrors, formErrors, hasErrors, noErrors } from "./field-errors.ts";
import { entriesOf, type FormValues, filledIn, fromExample, groupsOf, withEntries } from "./form-values.ts";
import { newKey, sendForm } from "./send-form.ts";
import { UnknownFields } from "./unknown-fields.tsx";

interface JobFormProps {
  readonly list: string;
  readonly client: UwsClient;
  readonly description: ServiceDescription;
  /** The parameter that names the type, where the service has several. */
  readonly type: Readonly<Record<string, string>>;
  readonly start: FormValues;
}

const control = ["RUNID", "EXECUTIONDURATION", "DESTRUCTION", "PRIORITY"];

/** The form itself. The server judges what is in it; what it refuses is shown where it stands, and stays. */
export function JobForm({ list, client, description, type, start }: JobFormProps) {
  const [values, setValues] = useState(start);
  const [errors, setErrors] = useState<FormErrors>(noErrors);
  const [sending, setSending] = useState<AbortController>();
  const form = useRef<HTMLFormElement>(null);
  useFocusOnError(form.current, errors);

  const send = (run: boolean) => {
    const names = [...control, ...description.parameters.map(({ name }) => name)];
    const leaving = new AbortController();
    setErrors(noErrors);
    setSending(leaving);
    create(run, leaving.signal)
      .then(
        (id) => navigate(pathOf({ page: "job", list, id })),
        (error: unknown) => {
          if (!leaving.signal.aborted) setErrors(formErrors(error, names));
        },
      )
      .finally(() => setSending(undefined));
  };
  const create = async (run: boolean, signal: AbortSignal) =>
    await sendForm(client, filledIn(values, description), { run, type, key: newKey(), signal });

  return (
    <form
      ref={form}
      class="job"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send(true);
      }}
    >
      {description.description !== undefined && <Paragraphs text={description.description} class="about" />}
      <Examples
        description={description}
        onChoose={(example) => setValues(fromExample(values, example, description))}
      />
      {errors.others.length > 0 && (
        <div class="notice bad" role="alert" tabIndex={-1}>
          {errors.others.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )}
      {groupsOf(description).map((group) => (
        <fieldset key={group.title ?? ""}>
          <legend>{group.title ?? "Parameters"}</legend>
          {group.description !== "" && <p class="hint">{group.description}</p>}
          {group.parameters.map((parameter) => (
            <Field
              key={parameter.name}
              parameter={parameter}
              entries={entriesOf(values, parameter.name)}
              errors={errorsOf(errors, parameter.name)}
              onChange={(entries) => setValues((before) => withEntries(before, parameter.name, entries))}
            />
          ))}
        </fieldset>
      ))}
      {description.open && (
        <UnknownFields
          unknown={values.unknown}
          onChange={(unknown) => setValues((before) => ({ ...before, unknown }))}
        />
      )}
      <ControlFields
        description={description}
        values={values}
        errors={(name) => errorsOf(errors, name)}
        onChange={setValues}
      />
      <div class="submit">
        <button type="submit" class="primary" disabled={sending !== undefined}>
          Create and run
        </button>
        <button type="button" disabled={sending !== undefined} onClick={() => send(false)}>
          Create
        </button>
        {sending !== undefined && (
          <>
            <span role="status">Sending …</span>
            <button type="button" onClick={() => sending.abort(new Error("stopped"))}>
              Stop
            </button>
          </>
        )}
        {hasErrors(errors) && <span class="bad">Not created: see above.</span>}
      </div>
    </form>
  );
}

interface ExamplesProps {
  readonly description: ServiceDescription;
  readonly onChoose: (example: ServiceDescription["examples"][number]) => void;
}

function Examples({ description: { examples }, onChoose }: ExamplesProps) {
  if (examples.length === 0) return null;
  return (
    <p class="examples">
      <span>Fill in an example:</span>
      {examples.map((example) => (
        <button key={example.title} type="button" class="small" onClick={() => onChoose(example)}>
          {example.title}
        </button>
      ))}
    </p>
  );
}

/** Whoever was refused goes on where it was. */
function useFocusOnError(form: HTMLFormElement | null, errors: FormErrors): void {
  useEffect(() => {
    if (form === null || !hasErrors(errors)) return;
    form.querySelector<HTMLElement>('[aria-invalid="true"], .notice.bad')?.focus();
  }, [form, errors]);
}
