import { UwsError } from "@uws/core";
import { errorFormat, internalProblem, type Problem, problem } from "@uws/representation";

/** An error as the client wants it: text for UWS clients, RFC 9457 where JSON was asked for. */
export function errorAnswer(error: unknown, accept: string | undefined, requestId: string): Response {
  const shown = error instanceof UwsError ? problem(error, requestId) : internalProblem(requestId);
  const answer = problemAnswer(shown, accept);
  if (shown.status === 503) answer.headers.set("retry-after", "1");
  return answer;
}

/** The resource is there, the method is not (RFC 9110, section 15.5.6). */
export function methodNotAllowed(
  method: string,
  allowed: readonly string[],
  accept: string | undefined,
  requestId: string,
): Response {
  const allow = allowed.join(", ");
  const answer = problemAnswer(
    {
      type: "about:blank",
      title: "Method Not Allowed",
      status: 405,
      detail: `${method} is not allowed here; allowed: ${allow}`,
      code: "invalid",
      requestId,
    },
    accept,
  );
  answer.headers.set("allow", allow);
  return answer;
}

/** @param shown `code` may be one that no UwsError has */
export function problemAnswer(
  shown: Omit<Problem, "code"> & { readonly code: string },
  accept: string | undefined,
): Response {
  const format = errorFormat(accept);
  return new Response(format === "text/plain" ? shown.detail : JSON.stringify(shown), {
    status: shown.status,
    headers: { "content-type": format === "text/plain" ? "text/plain; charset=utf-8" : format },
  });
}
