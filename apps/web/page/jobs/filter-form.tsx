import { type RemotePhase, type RemoteService, remotePhases } from "@uws/client";
import { useEffect, useState } from "preact/hooks";
import { TimeField } from "../common/time-field.tsx";
import { isFiltered, noFilter, type TableFilter } from "./table-filter.ts";

interface FilterFormProps {
  readonly service: RemoteService;
  readonly filter: TableFilter;
  /** Names of parameters, to choose from. */
  readonly parameters: readonly string[];
  readonly onChange: (filter: TableFilter) => void;
}

/** What the server can filter by. Phases and types work at once, what is typed with Enter or the button. */
export function FilterForm({ service, filter, parameters, onChange }: FilterFormProps) {
  const [typed, setTyped] = useState(filter);
  useEffect(() => setTyped(filter), [filter]);
  const [open] = useState(() => isWide() || isFiltered(filter));
  const field = (name: Exclude<keyof TableFilter, "phases">) => ({
    value: typed[name],
    onInput: (event: Event) => setTyped({ ...typed, [name]: (event.target as HTMLInputElement).value }),
  });
  const toggle = (phase: RemotePhase) => {
    const phases = typed.phases.includes(phase)
      ? typed.phases.filter((each) => each !== phase)
      : [...typed.phases, phase];
    onChange({ ...typed, phases });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    onChange(typed);
  };
  return (
    <details class="filter" open={open}>
      <summary>Filter</summary>
      <form onSubmit={submit} aria-label="Filter">
        <fieldset class="phases">
          <legend>Phase</legend>
          {remotePhases.map((phase) => (
            <label key={phase} class="chip">
              <input type="checkbox" checked={typed.phases.includes(phase)} onChange={() => toggle(phase)} />
              {phase}
            </label>
          ))}
        </fieldset>
        <label>
          Run id
          <input type="text" {...field("runId")} />
        </label>
        {service.types.length > 1 && (
          <label>
            Job type
            <select
              value={typed.type}
              onChange={(event) => onChange({ ...typed, type: (event.target as HTMLSelectElement).value })}
            >
              <option value="">all</option>
              {service.types.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        <label for="created-after">
          Created after
          <TimeField id="created-after" {...field("after")} />
        </label>
        <label for="created-before">
          Created before
          <TimeField id="created-before" {...field("before")} />
        </label>
        <label>
          Parameter
          <input type="text" list="parameter-names" {...field("parameterName")} />
          <datalist id="parameter-names">
            {parameters.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <label>
          has the value
          <input type="text" {...field("parameterValue")} />
        </label>
        <span class="buttons">
          <button type="submit">Filter</button>
          {isFiltered(filter) && (
            <button type="button" onClick={() => onChange(noFilter)}>
              Show all
            </button>
          )}
        </span>
      </form>
    </details>
  );
}

/** A narrow window has little room, which is the jobs'. */
const isWide = () => window.matchMedia("(min-width: 761px)").matches;
