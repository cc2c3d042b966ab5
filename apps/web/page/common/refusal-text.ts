import { UwsClientError } from "@uws/client";

/** What went wrong, and what a person can do about it. */
export interface RefusalText {
  readonly title: string;
  readonly detail: string;
  /** Whether logging in would help. */
  readonly logIn: boolean;
}

/** An error, told to a person. */
export function refusalText(error: unknown, identity: string | undefined): RefusalText {
  if (!(error instanceof UwsClientError)) {
    return { title: "Something went wrong in this page", detail: textOf(error), logIn: false };
  }
  const detail = detailOf(error);
  switch (error.status) {
    case undefined:
      return { title: "The server does not answer", detail: "Is it running, and are you online?", logIn: false };
    case 401:
      return {
        title: "You are not logged in",
        detail: "This server shows jobs to those who log in, with a name and a password from its operator.",
        logIn: true,
      };
    case 403:
      return identity === undefined
        ? { title: "Not allowed", detail: `${detail} It may help to log in, if this server has users.`, logIn: true }
        : { title: "Not allowed", detail: `You are logged in as ${identity}. ${detail}`, logIn: false };
    case 404:
      return { title: "Not there", detail, logIn: false };
    default:
      return {
        title: error.status >= 500 ? "The server has a problem" : "The server refused",
        detail,
        logIn: false,
      };
  }
}

/** What the server said, without the address. */
export function detailOf(error: UwsClientError): string {
  const said = error.message.slice(`${error.method} ${error.url}: ${error.status} `.length);
  return said.trim() || error.message;
}

/** Any error in one line. */
export function textOf(error: unknown): string {
  if (error instanceof UwsClientError) {
    return error.status === undefined ? "The server does not answer." : detailOf(error);
  }
  return error instanceof Error ? error.message : String(error);
}
