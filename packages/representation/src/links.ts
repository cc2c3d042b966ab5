/** What a job's representation needs to know and the job itself does not. */
export interface JobLinks {
  /** Absolute URL of the job, no slash at its end. */
  readonly url: string;
  /** When the job is predicted to complete (UWS 1.1, section 2.1.5); undefined when nobody knows. */
  readonly quote?: Date | undefined;
}

/** A lone surrogate has no UTF-8, and encodeURIComponent throws at it. */
const segment = (text: string) => encodeURIComponent(text.toWellFormed());

export function parameterUrl(job: string, name: string): string {
  return `${job}/parameters/${segment(name)}`;
}

/** Also of a result that is elsewhere: this resource redirects to it, so that rights are checked in one place. */
export function resultUrl(job: string, id: string): string {
  return `${job}/results/${segment(id)}`;
}

export function jobUrl(list: string, id: string): string {
  return `${list}/${segment(id)}`;
}
