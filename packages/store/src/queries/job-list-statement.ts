import type { Phase } from "@uws/core";

/** What of a job list is wanted. All that are given must hold. */
export interface JobListFilter {
  readonly service: string;
  /** Jobs of this owner; null = anonymous jobs; undefined = none. */
  readonly owner: string | null | undefined;
  /** And those of others that this user may look at; only those of one owner where there is `of`. */
  readonly granted?: { readonly to: string; readonly of?: string } | undefined;
  /** Jobs in any of these phases; empty = in all but ARCHIVED (UWS 1.1, section 2.2.2.1). */
  readonly phases: readonly Phase[];
  /** Created later than that. */
  readonly after?: Date | undefined;
  /** Created earlier than that. */
  readonly before?: Date | undefined;
  readonly runId?: string | undefined;
  /** The job type. */
  readonly type?: string | undefined;
  /** For each of these, the job has a parameter of that name, in any case, with that very value. */
  readonly parameters?: readonly ParameterFilter[] | undefined;
  /** The newest so many. */
  readonly last?: number | undefined;
}

export interface ParameterFilter {
  readonly name: string;
  readonly value: string;
}

/** Behind which job a list goes on. */
export interface ListPosition {
  readonly time: Date;
  readonly id: string;
  /** How many more jobs LAST leaves; undefined = all. */
  readonly remaining?: number | undefined;
}

/** How much one statement reads. */
export interface Portion {
  /** Jobs that it gives at most. */
  readonly jobs: number;
  /** Rows that it looks at for them at most, where no index knows which fit. */
  readonly rows: number;
}

/** SQL and the values of its $1, $2 … */
export interface Statement {
  readonly text: string;
  readonly values: (string | number | Date)[];
}

/**
 * The statement that reads a portion of a job list, newest first. It walks along one index: jobs_list_of_run with a run
 * id, jobs_list_of_phase with phases (one walk for each, merged), jobs_list otherwise; and, for jobs of others, along
 * job_grants_list. What the index does not know is looked up in the rows, of which a statement looks at no more than `rows`; the last of these is given even where it does
 * not fit, so that the next portion begins behind it.
 *
 * `owner is null` is to PostgreSQL no constant that an order could do without, though `owner = …` is, so that the order of the
 * anonymous begins with the owner.
 */
export function jobListStatement(
  filter: JobListFilter,
  from: ListPosition | undefined,
  portion: Portion,
): Statement & { readonly looks: boolean } {
  const values: Statement["values"] = [];
  const value = (given: string | number | Date) => `$${values.push(given)}`;

  const service = value(filter.service);
  const range = (time: string, id: string) => [
    ...(filter.after === undefined ? [] : [`${time} > ${value(filter.after)}`]),
    ...(filter.before === undefined ? [] : [`${time} < ${value(filter.before)}`]),
    ...(from === undefined ? [] : [`(${time}, ${id}) < (${value(from.time)}, ${value(from.id)})`]),
  ];
  const ofPhases =
    filter.phases.length === 0 ? ["phase <> 'ARCHIVED'"] : filter.phases.map((phase) => `phase = ${value(phase)}`);
  const looked = [
    ...(filter.runId === undefined ? [] : [`(${ofPhases.join(" or ")})`]),
    ...(filter.type === undefined ? [] : [`type = ${value(filter.type)}`]),
    ...(filter.parameters ?? []).map(
      (parameter) => `exists (
        select from jsonb_array_elements(parameters) as given
        where lower(given ->> 'name') = lower(${value(parameter.name)}) and given ->> 'value' = ${value(parameter.value)})`,
    ),
  ];
  const looks = looked.length > 0;
  const walks = filter.runId === undefined ? ofPhases : [`run_id = ${value(filter.runId)}`];
  const columns = `id, phase, run_id, owner, creation_time, type${looks ? `, ${looked.join(" and ")} as fits` : ""}`;
  const newestFirst = `order by ${filter.owner === null ? "owner, " : ""}creation_time desc, id desc`;
  const most = value(looks ? portion.rows : portion.jobs);
  const walkAlong = (tables: string, conditions: readonly string[], order: string) =>
    `(select ${columns} from ${tables} where ${conditions.join(" and ")} ${order} limit ${most})`;
  const own = () => {
    const mine = filter.owner === null ? "owner is null" : `owner = ${value(filter.owner ?? "")}`;
    const within = [`service = ${service}`, mine, ...range("creation_time", "id")];
    return walks.map((walked) => walkAlong("jobs", [...within, walked], newestFirst));
  };
  const granted = ({ to, of }: NonNullable<JobListFilter["granted"]>) =>
    walkAlong(
      "job_grants join jobs on jobs.id = job_id",
      [
        ...[`grantee = ${value(to)}`, `job_service = ${service}`, ...range("job_creation_time", "job_id")],
        ...[`(${walks.join(" or ")})`, ...(of === undefined ? [] : [`owner = ${value(of)}`])],
      ],
      "order by job_creation_time desc, job_id desc",
    );
  const walk = [
    ...(filter.owner === undefined ? [] : own()),
    ...(filter.granted === undefined ? [] : [granted(filter.granted)]),
  ].join(" union all ");

  const given = `id, phase, run_id as "runId", owner, creation_time as "creationTime", type`;
  const listed = `from (${walk}) as walked ${newestFirst} limit ${most}`;
  if (!looks) return { text: `select ${given} ${listed}`, values, looks };
  const text = `
    select ${given}, fits, row
    from (select *, row_number() over (${newestFirst}) as row from (select * ${listed}) as listed) as numbered
    where fits or row = ${most}
    ${newestFirst}
    limit ${value(portion.jobs)}`;
  return { text, values, looks };
}
