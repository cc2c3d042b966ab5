import { UwsClient } from "@uws/client";
import type { Command } from "commander";
import { askSecret } from "../read-password.ts";
import { usageError } from "./command-error.ts";

/** Where `run up` serves unless it is told otherwise. */
const defaultUrl = "http://127.0.0.1:8080";

export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly user?: string;
}

/** A server, and who asks it. */
export interface Connection {
  /** Of a server or of a job list; no credentials in it. */
  readonly url: URL;
  /** A client for a job list, which sends credentials only where they belong. */
  readonly client: (jobList: string) => UwsClient;
  /** What goes with requests to the server of a URL. */
  readonly headersFor: (url: string) => Readonly<Record<string, string>>;
}

export function connectionOptions(command: Command): Command {
  return command
    .option("--url <url>", `a server, or one of its job lists (UWS_URL; otherwise ${defaultUrl})`)
    .option("--token <token>", "a bearer token; everybody on this machine can see it here, so rather use UWS_TOKEN")
    .option("--user <name>", "log in by HTTP Basic (UWS_USER; the password is UWS_PASSWORD, or asked for)");
}

/**
 * Finds out where to ask, and as whom.
 * @throws CommandError when the URL is none
 */
export async function connect(options: ConnectionOptions, environment = process.env): Promise<Connection> {
  const given = options.url || environment.UWS_URL || defaultUrl;
  const { url, login } = withoutLogin(given);
  const authorization = login ?? (await authorizationOf(options, environment));
  // What the environment holds, or a URL, is for the server that is named, not for whatever URL somebody sent by mail.
  const typed = options.token !== undefined || options.user !== undefined;
  const everywhere = login === undefined && (typed || !namesServer(options, environment));
  const headersFor = (target: string) =>
    authorization !== undefined && (everywhere || new URL(target).origin === url.origin) ? { authorization } : {};
  return {
    url,
    headersFor,
    client: (jobList) => new UwsClient(jobList, { headers: headersFor(jobList) }),
  };
}

function namesServer({ url }: ConnectionOptions, { UWS_URL }: NodeJS.ProcessEnv): boolean {
  return url !== undefined || (UWS_URL !== undefined && UWS_URL !== "");
}

/** @throws CommandError when it is no URL of the web */
export function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw usageError(`${JSON.stringify(text)} is no URL of a server: http://… or https://…`);
}

/** Credentials in a URL would show up in messages and logs. */
function withoutLogin(text: string) {
  const url = parseUrl(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "") return { url, login: undefined };
  return { url, login: basic(decodeURIComponent(username), decodeURIComponent(password)) };
}

async function authorizationOf(
  options: ConnectionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (options.token !== undefined) return bearer(options.token);
  const user = options.user ?? environment.UWS_USER;
  if (user !== undefined && user !== "") {
    return basic(user, environment.UWS_PASSWORD ?? (await askPassword(user)));
  }
  const token = environment.UWS_TOKEN;
  // A worker's token has the same variable, and is no client's business.
  return token === undefined || token === "" || token.startsWith("uwsw_") ? undefined : bearer(token);
}

async function askPassword(user: string): Promise<string> {
  // Stdin may be a file that is to be uploaded.
  if (!process.stdin.isTTY) throw usageError(`Set UWS_PASSWORD: there is no terminal to ask ${user}'s password at.`);
  return await askSecret(`Password of ${user}: `);
}

function bearer(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw usageError("The token has characters that no token has.");
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`, "utf8").toString("base64")}`;
}
