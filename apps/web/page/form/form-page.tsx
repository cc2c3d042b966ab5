import type { RemoteService, ServiceDescription, ServiceDescriptions } from "@uws/client";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Refusal } from "../common/refusal.tsx";
import { urlBelow } from "../common/url-below.ts";
import { useDescriptions } from "../common/use-descriptions.ts";
import { useTitle } from "../common/use-title.ts";
import { clientOf } from "../shell/server.ts";
import { useService } from "../shell/services-context.ts";
import { emptyForm, type FormValues, fromJob } from "./form-values.ts";
import { JobForm } from "./job-form.tsx";

interface FormPageProps {
  readonly list: string;
  /** `type` chooses a job type, `from` names a job whose parameters are taken over. */
  readonly query: URLSearchParams;
}

/** A form for a new job. */
export function FormPage({ list, query }: FormPageProps) {
  const service = useService(list);
  useTitle(`New job – ${service?.path ?? list}`);
  const { descriptions, error } = useDescriptions(list);
  const start = useStart(list, descriptions, query);
  if (service === undefined) return null;
  const failed = error ?? start?.error;
  if (failed !== undefined) return <Refusal error={failed} />;
  if (descriptions === undefined || start === undefined) return <p role="status">Loading …</p>;
  return <Chosen service={service} list={list} descriptions={descriptions} start={start} />;
}

/** With what a form begins. */
interface Start {
  readonly type: string | undefined;
  readonly values: FormValues;
  readonly error?: unknown;
}

function useStart(
  list: string,
  descriptions: ServiceDescriptions | undefined,
  query: URLSearchParams,
): Start | undefined {
  const [start, setStart] = useState<Start>();
  const from = query.get("from") ?? undefined;
  const wanted = query.get("type") ?? undefined;
  useEffect(() => {
    if (descriptions === undefined) return;
    if (from === undefined) return setStart({ type: wanted, values: emptyForm });
    const handle = clientOf(list).job(from);
    handle.get().then(
      (job) => {
        const description = descriptions.types.find(({ name }) => name === job.type) ?? descriptions.types[0];
        const urlOf = (link: string) => urlBelow(handle.url, link);
        const values =
          description === undefined ? emptyForm : fromJob(job, description, urlOf, descriptions.typeParameter);
        setStart({ type: job.type, values });
      },
      (error: unknown) => setStart({ type: undefined, values: emptyForm, error }),
    );
  }, [list, descriptions, from, wanted]);
  return start;
}

interface ChosenProps {
  readonly service: RemoteService;
  readonly list: string;
  readonly descriptions: ServiceDescriptions;
  readonly start: Start;
}

/** The form of one of the job types. What is filled in stays when another one is chosen. */
function Chosen({ service, list, descriptions, start }: ChosenProps) {
  const { types, typeParameter } = descriptions;
  const known = types.some(({ name }) => name === start.type);
  const [type, setType] = useState(known ? start.type : types[0]?.name);
  const client = useMemo(() => clientOf(list), [list]);
  const description: ServiceDescription | undefined = types.find(({ name }) => name === type);
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>New job: {description?.title ?? service.title}</h1>
      </div>
      {types.length > 1 && (
        <p class="choose">
          <label>
            Job type{" "}
            <select value={type} onChange={(event) => setType((event.target as HTMLSelectElement).value)}>
              {types.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title === undefined ? name : `${title} (${name})`}
                </option>
              ))}
            </select>
          </label>
        </p>
      )}
      {description !== undefined && (
        <JobForm
          list={list}
          client={client}
          description={description}
          type={typeParameter === undefined ? {} : { [typeParameter]: description.name }}
          start={start.values}
        />
      )}
    </>
  );
}
