import type { RemoteJob } from "@uws/client";

/**
 * A command that creates and runs the same job, in a POSIX shell. Uploaded parameters are fetched from the job first.
 * @param list absolute URL of the job list
 * @param urlOf where an uploaded parameter is to be had, by the link that the job has
 * @param user who has to log in, where somebody has
 */
export function curlCommand(
  job: RemoteJob,
  list: string,
  urlOf: (link: string) => string,
  user: string | undefined,
): string {
  const login = user === undefined ? "" : ` -u ${quoted(user)}`;
  const files = new Map<string, string>();
  const downloads: string[] = [];
  for (const { name, value, byReference } of job.parameters) {
    if (!byReference) continue;
    const file = fileName(name, files.size, [...files.values()]);
    files.set(value, file);
    downloads.push(`curl -sf${login} -o ${quoted(file)} ${quoted(urlOf(value))}`);
  }
  const multipart = files.size > 0;
  const field = (name: string, value: string) =>
    multipart ? `--form-string ${quoted(`${name}=${value}`)}` : `--data-urlencode ${quoted(`${name}=${value}`)}`;
  const fields = job.parameters.map(({ name, value, byReference, mediaType }) =>
    byReference
      ? `-F ${quoted(`${name}=@${files.get(value)}${mediaType === undefined ? "" : `;type=${mediaType}`}`)}`
      : field(name, value),
  );
  if (job.runId !== undefined && job.runId !== "") fields.push(field("RUNID", job.runId));
  fields.push(field("PHASE", "RUN"));
  const create = [`curl -sf${login} -o /dev/null -w '%{redirect_url}\\n'`, ...fields, quoted(list)].join(" \\\n  ");
  return [...downloads, create].join("\n");
}

/** A name that needs no care in `-F`, and is another one for each. */
function fileName(parameter: string, index: number, taken: readonly string[]): string {
  const name = parameter.replace(/[^\w.-]/g, "_").replace(/^[.-]/, "_");
  return taken.includes(name) ? `${name}.${index + 1}` : name;
}

/** For a shell: nothing in single quotes has a meaning but the quote. */
function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
