import { UwsClientError } from "./errors.ts";
import { invalidParametersOf } from "./invalid-parameter.ts";
import type { Multipart } from "./multipart.ts";
import { isObject, type JsonObject, parseJson, textIn } from "./read-json.ts";

/** The part of fetch that is needed; so `app.handle` of a server in the same process will do. */
export type Fetch = (request: Request) => Promise<Response>;

export interface TransportOptions {
  readonly fetch?: Fetch | undefined;
  /** Sent with every request to the server of the job list, for instance Authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * In which form documents are asked for. Default "xml", which every UWS server has (UWS 1.1, section 2.2); with "json",
   * one that has none answers in XML, which is read as well.
   */
  readonly format?: "xml" | "json" | undefined;
}

/** What of a request this client sets itself. */
export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly accept?: string;
  /** Of the last event seen, when a stream of events is opened again. */
  readonly lastEventId?: string | undefined;
  readonly body?: URLSearchParams | FormData | Multipart | Json;
  /** Win over those that go with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A body that is sent as JSON (RFC 8259). */
export interface Json {
  readonly json: unknown;
}

/** Node demands to be told that the answer comes after the request (Fetch standard, section 5.3). */
type StreamingRequestInit = RequestInit & { readonly duplex?: "half" };

/** An answer and where it came from in the end. */
export interface Answer {
  readonly response: Response;
  /** The URL after all redirects. */
  readonly url: string;
}

const acceptOf = {
  xml: "text/xml, application/xml;q=0.9, */*;q=0.1",
  json: "application/json, text/xml;q=0.9, application/xml;q=0.8, */*;q=0.1",
} as const;

/** HTTP as UWS uses it: an action is a POST, its answer a 303 to what there is to see then. */
export class Transport {
  readonly #fetch: Fetch;
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #accept: string;

  /** @param home any URL of the server that the headers are for */
  constructor(home: string, { fetch: given, headers = {}, format = "xml" }: TransportOptions) {
    this.#fetch = given ?? ((request) => fetch(request));
    this.#origin = new URL(home).origin;
    this.#headers = headers;
    this.#accept = acceptOf[format];
  }

  /**
   * Sends a request and follows its redirects. Browsers show nothing of a redirect that is not followed, so following is
   * left to fetch; one that does not follow is helped.
   * @throws UwsClientError unless the answer is 2xx
   */
  async send(url: string, options: RequestOptions = {}): Promise<Answer> {
    return this.#send(url, options, 5);
  }

  async #send(url: string, options: RequestOptions, redirects: number): Promise<Answer> {
    const { method = "GET", accept = this.#accept, signal } = options;
    const response = await this.#answer(this.#request(url, options), signal);
    const location = response.status === 303 ? response.headers.get("location") : null;
    if (location !== null && redirects > 0) {
      await response.body?.cancel();
      return this.#send(new URL(location, url).href, { accept, signal }, redirects - 1);
    }
    const redirected = response.redirected && response.url !== "";
    const end = redirected ? response.url : url;
    if (!response.ok) throw await refusal(response, redirected ? "GET" : method, end);
    return { response, url: end };
  }

  #request(url: string, options: RequestOptions): Request {
    const { method = "GET", accept = this.#accept, lastEventId, body, headers = {}, signal } = options;
    // A result may link to another host, whose business our token is not.
    const all = new Headers(new URL(url).origin === this.#origin ? this.#headers : {});
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    all.set("accept", accept);
    if (lastEventId !== undefined) all.set("last-event-id", lastEventId);
    const init: StreamingRequestInit = {
      method,
      headers: all,
      ...(signal === undefined ? {} : { signal }),
      ...bodyInit(body, all),
    };
    return new Request(url, init);
  }

  async #answer(request: Request, signal: AbortSignal | undefined): Promise<Response> {
    try {
      return await this.#fetch(request);
    } catch (cause) {
      // Whoever aborts knows why, and is told by the reason given.
      signal?.throwIfAborted();
      const { method, url } = request;
      throw new UwsClientError(`${method} ${url}: no answer: ${messageOf(cause)}`, { method, url, cause });
    }
  }
}

/** @param headers are told what the body is, where it does not say so itself */
function bodyInit(body: RequestOptions["body"], headers: Headers): StreamingRequestInit {
  if (body === undefined) return {};
  if ("stream" in body) {
    headers.set("content-type", body.contentType);
    return { body: body.stream, duplex: "half" };
  }
  if (!("json" in body)) return { body };
  headers.set("content-type", "application/json");
  return { body: JSON.stringify(body.json) };
}

async function refusal(response: Response, method: string, url: string): Promise<UwsClientError> {
  const { status } = response;
  const body = await response.text().catch(() => "");
  const json = response.headers.get("content-type")?.includes("json") === true;
  const problem = json ? parseJson(body) : undefined;
  const { detail, code, parameters } = readProblem(isObject(problem) ? problem : {});
  const reason = (json ? detail : body.split("\n")[0])?.slice(0, 500) || response.statusText;
  return new UwsClientError(`${method} ${url}: ${status} ${reason}`, { method, url, status, body, code, parameters });
}

/** RFC 9457, with the `code` of bun-uws. */
function readProblem(problem: JsonObject) {
  return {
    detail: textIn(problem, "detail") ?? textIn(problem, "title"),
    code: textIn(problem, "code"),
    parameters: invalidParametersOf(problem),
  };
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
