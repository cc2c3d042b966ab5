import { childUrl } from "./child-url.ts";
import { readAnswer, type Signalled } from "./job-handle.ts";
import { isObject, type JsonObject, objectsIn, parseJson, textIn, timeIn } from "./read-json.ts";
import { Transport, type TransportOptions } from "./transport.ts";

/** A description of a job type that a worker has brought along (ours), and what operators made of it. */
export interface AnnouncedDescription {
  /** SHA-256 of its canonical JSON, by which it is named. */
  readonly digest: string;
  readonly type: string;
  readonly version: string;
  /** `held`, `accepted` or `rejected`. */
  readonly state: string;
  /** Who announced it. */
  readonly worker: string;
  /** Name of the token that the worker showed. */
  readonly token: string | undefined;
  readonly creationTime: Date | undefined;
  readonly decisionTime: Date | undefined;
  readonly decidedBy: string | undefined;
}

type Options = TransportOptions & Signalled;

/**
 * What workers have announced to a server of ours, for its operators.
 * @param server absolute URL
 * @throws UwsClientError when the caller is no operator
 */
export async function listAnnounced(server: string | URL, options: Options = {}): Promise<AnnouncedDescription[]> {
  return await ask("GET", server, [], options, (document) => {
    const list = parseJson(document);
    if (!isObject(list) || !Array.isArray(list.descriptions)) throw new Error("no list of descriptions");
    return objectsIn(list, "descriptions").map(announcedOf);
  });
}

/** One of them as the worker wrote it: a job description. */
export async function getAnnounced(
  server: string | URL,
  digest: string,
  options: Options = {},
): Promise<Readonly<Record<string, unknown>>> {
  return await ask("GET", server, [digest], options, objectOf);
}

/**
 * Accepts one of them, so that services may have jobs of it, or rejects it.
 * @throws UwsClientError with the code `conflict` when its version means something else already
 */
export async function decideAnnounced(
  server: string | URL,
  digest: string,
  decision: "approve" | "reject",
  options: Options = {},
): Promise<AnnouncedDescription> {
  return await ask("POST", server, [digest, decision], options, (document) => announcedOf(objectOf(document)));
}

async function ask<Value>(
  method: "GET" | "POST",
  server: string | URL,
  path: readonly string[],
  { signal, ...options }: Options,
  read: (document: string) => Value,
): Promise<Value> {
  const url = childUrl(new URL(server).href, "descriptions", ...path);
  const answer = await new Transport(url, options).send(url, { method, accept: "application/json", signal });
  return await readAnswer(answer, read);
}

function objectOf(document: string): JsonObject {
  const object = parseJson(document);
  if (!isObject(object)) throw new Error("no JSON object");
  return object;
}

function announcedOf(announced: JsonObject): AnnouncedDescription {
  const text = (name: string) => textIn(announced, name) ?? "";
  return {
    digest: text("digest"),
    type: text("type"),
    version: text("version"),
    state: text("state"),
    worker: text("worker"),
    token: textIn(announced, "token"),
    creationTime: timeIn(announced, "creationTime"),
    decisionTime: timeIn(announced, "decisionTime"),
    decidedBy: textIn(announced, "decidedBy"),
  };
}
