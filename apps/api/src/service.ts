import type { Config } from "@uws/config";
import type { DescriptionFile, JobDescription } from "@uws/description";
import type { Keep, Quota } from "@uws/store";

/** Who may use a service, of those whom the server lets in. */
export interface Access {
  /** Whether requests without credentials may. */
  readonly anonymous: boolean;
  /** Names of those who may; undefined = everybody who has logged in. */
  readonly users: ReadonlySet<string> | undefined;
}

/** A UWS endpoint: one job list, one or more job types. */
export interface Service {
  /** As configured, e.g. `api/batch`; jobs are stored under it. */
  readonly path: string;
  /** Path of the service in URLs, with a slash before and none after. */
  readonly basePath: string;
  /** Path of its job list in URLs, with a slash before and none after. */
  readonly listPath: string;
  /** Its job types as they are now, in the order of the configuration; a job keeps the description it was created under. */
  readonly types: readonly JobDescription[];
  /** Where the fields of those stand that are from files, for who finds one wrong. */
  readonly places: Places;
  /** The parameter that names the type of a new job; needed where there are several. */
  readonly typeParameter: string;
  readonly access: Access;
  /** To how many jobs a client is sent that has destroyed one; undefined = to all. */
  readonly redirectLast: number | undefined;
  /** In which form its jobs tell why they failed. */
  readonly errors: "text" | "votable";
  /** How many active jobs one owner may have; undefined = any number. */
  readonly quota: Quota | undefined;
  /** How long jobs are kept that have been archived; undefined where jobs are removed at their destruction time. */
  readonly keepArchived: Keep;
}

export type Places = ReadonlyMap<JobDescription, DescriptionFile["placeOf"]>;

/** A service as it is configured, with the descriptions that its files hold. */
export function serviceOf(
  configured: Config["services"][number],
  types: readonly JobDescription[],
  places: Places,
): Service {
  const { path, jobList, typeParameter, redirectLast, errors, quota, archive, access } = configured;
  const paths = { path, basePath: `/${path}`, listPath: `/${path}/${jobList}`, places };
  const keepArchived = archive === undefined ? undefined : (archive.keep ?? null);
  return { ...paths, types, typeParameter, redirectLast, errors, quota, keepArchived, access: accessOf(access) };
}

/** What the service does, for a person. */
export function titleOf({ types }: Pick<Service, "types">): string {
  return types.map(({ title }) => title).join(", ");
}

function accessOf(access: Config["services"][number]["access"]): Access {
  const users = access?.users === undefined ? undefined : new Set(access.users);
  return { anonymous: access?.anonymous ?? users === undefined, users };
}
