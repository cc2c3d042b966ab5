/**
 * A link below a job, by the address under which the page knows the job: the server may know itself by another one.
 * @param job absolute URL, no slash at its end
 */
export function urlBelow(job: string, link: string): string {
  const id = job.slice(job.lastIndexOf("/"));
  const at = link.indexOf(`${id}/`);
  return at < 0 ? link : job + link.slice(at + id.length);
}
