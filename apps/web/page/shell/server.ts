import { UwsClient } from "@uws/client";
import { heardFrom } from "./identity.ts";

/** Absolute address of the page, a slash at its end: the document's `base`, which does not move with the history. */
export const pageUrl = new URL("./", document.baseURI).href;

/** Absolute address of the server: what its links say may be another one, where a proxy stands in front that it does not know. */
export const serverUrl = new URL("../", pageUrl).href;

/** Asks the server, and listens to whom it takes us for. The browser holds the credentials and sends them along. */
export async function ask(request: Request): Promise<Response> {
  // So that it is the page which says that one has to log in, and not a dialog of the browser.
  request.headers.set("x-requested-with", "XMLHttpRequest");
  const response = await fetch(request);
  heardFrom(response.headers);
  return response;
}

/** A client of a job list. */
export function clientOf(list: string): UwsClient {
  return new UwsClient(new URL(list, serverUrl), { format: "json", fetch: ask });
}
