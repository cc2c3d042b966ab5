import type { UwsClient } from "@uws/client";
import { ask } from "../shell/server.ts";
import type { Filled } from "./form-values.ts";

export interface SendOptions {
  readonly run: boolean;
  /** The type's name under its parameter, where the service has several. */
  readonly type: Readonly<Record<string, string>>;
  /** The same request twice is one job. */
  readonly key: string;
  readonly signal: AbortSignal;
}

/**
 * Creates the job that a form describes. Files of other jobs are fetched first, to be sent again.
 * @returns its id
 */
export async function sendForm(
  client: UwsClient,
  filled: Filled,
  { run, type, key, signal }: SendOptions,
): Promise<string> {
  const files: Record<string, Blob[]> = {};
  for (const { name, entry } of filled.files) {
    const file = entry.kind === "file" ? withType(entry.file, entry.mediaType) : await copyOf(name, entry, signal);
    files[name] = [...(files[name] ?? []), file];
  }
  const job = await client.create(
    { ...type, ...filled.parameters },
    { ...filled.control, run, files, signal, idempotencyKey: key },
  );
  return decodeURIComponent(job.url.slice(job.url.lastIndexOf("/") + 1));
}

function withType(file: File, type: string): File {
  return file.type === type ? file : new File([file], file.name, { type });
}

async function copyOf(
  name: string,
  { url, mediaType }: { readonly url: string; readonly mediaType: string },
  signal: AbortSignal,
) {
  const response = await ask(new Request(url, { signal }));
  if (!response.ok)
    throw new Error(`${name}: the file of the other job is not to be had (${response.status}). Choose a file.`);
  return new File([await response.blob()], name, { type: mediaType });
}

/** A key for one request. `randomUUID` is only there on secure pages. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
