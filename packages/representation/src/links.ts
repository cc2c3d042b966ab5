/** What a job's representation needs to know and the job itself does not. */
export interface JobLinks {
  /** Absolute URL of the job, no slash at its end. */
  readonly url: string;
  /** When the job is predicted to complete (UWS 1.1, section 2.1.6); undefined when nobody knows. */
  readonly quote?: Date | undefined;
  /** Where the web page shows the same; for people. */
  readonly webPage?: string | undefined;
}

/** A lone surrogate has no UTF-8, and encodeURIComponent throws at it. */
const segment = (text: string) => encodeURIComponent(text.toWellFormed());

/**
 * The URL of each parameter of a job, in their order. Those that share a name are told apart by OCCURRENCE, counted from 1.
 * @param job absolute URL of the job, no slash at its end
 */
export function parameterUrls(job: string, parameters: readonly { readonly name: string }[]): string[] {
  const repeated = new Set<string>();
  const seen = new Set<string>();
  for (const { name } of parameters) (seen.has(name) ? repeated : seen).add(name);
  const counted = new Map<string, number>();
  return parameters.map(({ name }) => {
    const url = `${job}/parameters/${segment(name)}`;
    if (!repeated.has(name)) return url;
    const occurrence = (counted.get(name) ?? 0) + 1;
    counted.set(name, occurrence);
    return `${url}?OCCURRENCE=${occurrence}`;
  });
}

/** Also of a result that is elsewhere: this resource redirects to it, so that rights are checked in one place. */
export function resultUrl(job: string, id: string): string {
  return `${job}/results/${segment(id)}`;
}

export function jobUrl(list: string, id: string): string {
  return `${list}/${segment(id)}`;
}
