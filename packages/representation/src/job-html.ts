import type { Job, JobReference } from "@uws/core";
import { html, type Markup } from "./html.ts";
import { type JobLinks, jobUrl, parameterUrls, resultUrl } from "./links.ts";
import { formatTime } from "./time.ts";

/** Pages for a person who opens a job's URL in a browser, without JavaScript. They only show: acting on jobs is the web page's, to which they link. */

const style = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
  td { overflow-wrap: anywhere; } pre { margin: 0; white-space: pre-wrap; font: inherit; }
  .phase { font-weight: 600; } .COMPLETED { color: #2a8a3e; } .ERROR, .ABORTED { color: #c8372d; }
  progress { width: 12rem; }`;

const none = html`–`;
const time = (value: Date | undefined) =>
  value === undefined ? none : html`<time datetime="${formatTime(value)}">${formatTime(value)}</time>`;
const text = (value: string | undefined) => (value === undefined ? none : html`${value}`);
const link = (url: string, label: string) => html`<a href="${url}">${label}</a>`;
const row = (name: string, value: Markup) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`;
const phaseOf = ({ phase }: Pick<Job, "phase">) => html`<span class="phase ${phase}">${phase}</span>`;

function pageStart(title: string): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
`.text;
}

const pageEnd = "</body>\n</html>\n";

/** A job as a page: what the XML holds, readable. */
export function jobHtml(job: Job, { url, quote, webPage }: JobLinks): string {
  const body = html`<h1>Job ${job.id}</h1>
<p>${link(url.replace(/\/[^/]*$/, ""), "All jobs")}${webPageLink(webPage)}</p>
<table>
${row("Phase", phaseOf(job))}${row("Job type", html`${job.type} ${job.typeVersion}`)}${row("Run id", text(job.runId))}${row(
  "Owner",
  text(job.owner),
)}${progressRow(job)}${row("Created", time(job.creationTime))}${row("Started", time(job.startTime))}${row(
  "Ended",
  time(job.endTime),
)}${row("Predicted end", time(quote))}${row(
  "Execution duration",
  job.executionDuration === 0 ? html`unlimited` : html`at most ${job.executionDuration} s`,
)}${row("Destruction", time(job.destruction))}</table>
${errorSection(job, url)}
<h2>Results</h2>
${resultsTable(job, url)}
<h2>Parameters</h2>
${parametersTable(job, url)}
`;
  return pageStart(`Job ${job.id} – ${job.phase}`) + body.text + pageEnd;
}

function webPageLink(url: string | undefined): Markup | readonly Markup[] {
  return url === undefined ? [] : html` · ${link(url, "Live, and to act on it")}`;
}

function progressRow({ progress }: Job): Markup | readonly Markup[] {
  if (progress === undefined) return [];
  const percent = `${Math.round(progress.fraction * 100)} %`;
  return row(
    "Progress",
    html`<progress value="${progress.fraction}" max="1">${percent}</progress> ${percent} ${progress.message}`,
  );
}

function errorSection({ error }: Job, url: string): Markup | readonly Markup[] {
  if (error === undefined) return [];
  const more = error.detail === undefined ? [] : html`<p>${link(`${url}/error`, "More about this error")}</p>`;
  return html`<h2>Error (${error.type})</h2>
<pre>${error.message}</pre>${more}`;
}

function resultsTable({ results }: Job, url: string): Markup {
  if (results.length === 0) return html`<p>None yet.</p>`;
  const rows = results.map(
    ({ id, mediaType, size }) =>
      html`<tr><td>${link(resultUrl(url, id), id)}</td><td>${mediaType}</td><td>${size === undefined ? none : html`${size} bytes`}</td></tr>
`,
  );
  return html`<table>
<tr><th scope="col">Result</th><th scope="col">Media type</th><th scope="col">Size</th></tr>
${rows}</table>`;
}

function parametersTable({ parameters }: Job, url: string): Markup {
  if (parameters.length === 0) return html`<p>None.</p>`;
  const urls = parameterUrls(url, parameters);
  const rows = parameters.map((parameter, index) =>
    row(
      parameter.name,
      "value" in parameter
        ? html`<pre>${parameter.value}</pre>`
        : html`${link(urls[index] ?? url, parameter.upload.filename || "uploaded file")}, ${parameter.upload.mediaType}, ${parameter.upload.size} bytes`,
    ),
  );
  return html`<table>
${rows}</table>`;
}

/**
 * A job list as a page, in pieces as `jobListXml`.
 * @param webPage where the web page shows the same
 */
export async function* jobListHtml(
  jobs: AsyncIterable<readonly JobReference[]>,
  listUrl: string,
  webPage?: string,
): AsyncGenerator<string, void, undefined> {
  yield pageStart("Jobs");
  yield html`<h1>Jobs</h1>
${webPage === undefined ? [] : html`<p>${link(webPage, "Create, filter and follow jobs")}</p>`}
<table>
<tr><th scope="col">Created</th><th scope="col">Phase</th><th scope="col">Run id</th><th scope="col">Type</th><th scope="col">Owner</th></tr>
`.text;
  for await (const batch of jobs) {
    yield batch
      .map(
        (job) =>
          html`<tr><td>${link(jobUrl(listUrl, job.id), formatTime(job.creationTime))}</td><td>${phaseOf(job)}</td><td>${text(job.runId)}</td><td>${job.type}</td><td>${text(job.owner)}</td></tr>
`.text,
      )
      .join("");
  }
  yield `</table>\n${pageEnd}`;
}
