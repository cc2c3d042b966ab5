import { type Job, UwsError } from "@uws/core";
import type { ResultDescription } from "@uws/description";
import { resultUrl } from "@uws/representation";
import type { StoredJob } from "@uws/store";
import { seeOther } from "./answers.ts";
import { problemAnswer } from "./error-answer.ts";
import { acceptOf, type ServiceExchange, thisJobUrl } from "./exchange.ts";

/** Seconds after which a client that did not get its result may ask again. */
const again = 1;

/**
 * What a client that waits for a job gets in the end (DALI 1.1, sections 2.2 and 5.2): a redirect to the result, or why there is
 * none. A job that failed is no failure of this server, and the same request would fail again: 422. One that was lost with its
 * workers is: 500. One that needs longer than anybody waits goes on: 503, and the client may ask again.
 * @throws UwsError "forbidden" when the job waits for its client; "not_found" when its results are gone
 */
export async function syncOutcome(exchange: ServiceExchange, job: StoredJob): Promise<Response> {
  const url = thisJobUrl(exchange);
  switch (job.phase) {
    case "COMPLETED":
      return aboutJob(seeOther(await mainResultUrl(exchange, job)), url);
    case "ERROR":
      return failed(exchange, job);
    case "ABORTED":
      return unprocessable(exchange, "aborted", 422, `The job was aborted before it was complete. It is at ${url}`);
    case "ARCHIVED":
      throw new UwsError("not_found", "The job is ARCHIVED: its results are gone.");
    case "PENDING":
      throw new UwsError("forbidden", `The job is PENDING: nobody has started it. It is at ${url}`);
    case "HELD":
      throw new UwsError(
        "forbidden",
        `The job is HELD: it may not run now, because of a quota or a pause. Run it again later at ${url}/phase`,
      );
    default:
      return stillRunning(exchange, job);
  }
}

/**
 * The result for which a client asks that asks for one: of those that the description declares the first that is there, else the
 * one named `result` (UWS 1.1, section 5), else the first. Where there is none, the empty list says so.
 */
async function mainResultUrl(exchange: ServiceExchange, job: StoredJob): Promise<string> {
  const url = thisJobUrl(exchange);
  const description = await exchange.api.descriptions.of(job);
  const id = mainResult(description.results, job.results);
  return id === undefined ? `${url}/results` : resultUrl(url, id);
}

export function mainResult(
  declared: readonly Pick<ResultDescription, "id">[],
  results: readonly { readonly id: string }[],
): string | undefined {
  const ids = results.map(({ id }) => id);
  return [...declared.map(({ id }) => id), "result"].find((id) => ids.includes(id)) ?? ids[0];
}

function failed(exchange: ServiceExchange, { error }: Job): Response {
  const { type = "fatal", message = "The job failed.", detail } = error ?? {};
  const text = detail === undefined ? message : `${message}\n\n${detail}`;
  return unprocessable(exchange, "failed", type === "transient" ? 500 : 422, text);
}

function stillRunning(exchange: ServiceExchange, { phase }: Job): Response {
  const url = thisJobUrl(exchange);
  const detail = `The job is ${phase}, and goes on. Ask again here for its result, or see ${url}`;
  const answer = unprocessable(exchange, "unavailable", 503, detail);
  answer.headers.set("retry-after", String(again));
  return answer;
}

const titles = { 422: "Unprocessable Content", 500: "Internal Server Error", 503: "Service Unavailable" } as const;

function unprocessable(exchange: ServiceExchange, code: string, status: keyof typeof titles, detail: string): Response {
  const { requestId } = exchange;
  const shown = { type: "about:blank", title: titles[status], status, detail, code, requestId } as const;
  return aboutJob(problemAnswer(shown, acceptOf(exchange)), thisJobUrl(exchange));
}

/** Where the job itself is (RFC 8631, section 4.4). */
export function aboutJob(answer: Response, jobUrl: string): Response {
  answer.headers.set("link", `<${jobUrl}>; rel="status"`);
  return answer;
}
