import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { type JobContext, JobFailure } from "@uws/worker";
import type { Command, Output, Stream } from "./command.ts";
import { openOutput, read } from "./open-output.ts";

/** An output as it was found: where it is, and the result that it becomes. */
interface Found {
  readonly id: string;
  readonly folder: string;
  readonly path: string;
}

/** Where a command's outputs are. */
export interface OutputPlaces {
  readonly work: string;
  /** Folder with what was kept of stdout and stderr, under these names. */
  readonly streams: string;
}

/**
 * Stores what a command left as the results of its job, one after the other.
 * @throws JobFailure when something is missing, too large, or not a file of the command's own
 */
export async function collectOutputs(command: Command, places: OutputPlaces, job: JobContext): Promise<void> {
  const ids = new Set<string>();
  for (const output of command.outputs) {
    const files = await find(output, places);
    if (files.length === 0 && !output.optional) throw new JobFailure(`the command made no ${nameOf(output)}`);
    for (const file of files) {
      if (ids.has(file.id)) throw new JobFailure(`two outputs would become the result ${file.id}`);
      ids.add(file.id);
      await store(output, file, job);
    }
  }
}

/** Streams that are to be kept. */
export function keptStreams({ outputs }: Command): ReadonlyMap<Stream, Output> {
  return new Map(outputs.flatMap((output) => (output.kind === "stream" ? [[output.stream, output] as const] : [])));
}

async function store({ mediaType, maxBytes, optional, kind }: Output, found: Found, job: JobContext): Promise<void> {
  const opened = await openOutput(found.folder, found.path);
  if (opened === undefined) {
    if (optional) return;
    throw new JobFailure(`the command made no ${found.path}`);
  }
  const { handle, size } = opened;
  try {
    if (size > maxBytes) throw new JobFailure(`${found.path} has ${size} bytes; at most ${maxBytes} may be`);
    // A stream is always there; where it need not be, an empty one is none.
    if (kind === "stream" && optional && size === 0) return;
    await job.result(found.id, () => read(handle), mediaType);
  } finally {
    await handle.close();
  }
}

async function find(output: Output, { work, streams }: OutputPlaces): Promise<Found[]> {
  if (output.kind === "stream") return [{ id: output.id, folder: streams, path: output.stream }];
  if (output.kind === "path") {
    // Opened later; here it only counts.
    return [{ id: output.id, folder: work, path: output.path }];
  }
  const paths = await matches(work, output.glob.split("/"), output.maxFiles);
  return paths.map((path, index) => ({ id: idOf(output.id, path, index), folder: work, path }));
}

/**
 * Paths that a glob matches, in the order of their names. Links are not followed, and stand among them where they match, to be
 * refused.
 */
async function matches(
  work: string,
  [pattern = "", ...rest]: readonly string[],
  max: number,
  path = "",
): Promise<string[]> {
  const expression = new RegExp(
    `^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}$`,
    "u",
  );
  const entries = await readdir(join(work, path), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    // What begins with a dot is hidden from * and ? in every shell.
    if (!expression.test(entry.name) || entry.name.startsWith(".")) continue;
    const here = path === "" ? entry.name : `${path}/${entry.name}`;
    if (rest.length === 0) found.push(here);
    else if (entry.isDirectory()) found.push(...(await matches(work, rest, max, here)));
    if (found.length > max)
      throw new JobFailure(`the command made more than ${max} files ${[path, pattern].join("/")}`);
  }
  return found;
}

function idOf(template: string, path: string, index: number): string {
  const file = basename(path);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(file)) {
    throw new JobFailure(`the output ${JSON.stringify(file)} is refused: its name may have A-Z a-z 0-9 . _ - only`);
  }
  const id = template
    .replaceAll("{name}", basename(file, extname(file)))
    .replaceAll("{file}", file)
    .replaceAll("{n}", String(index + 1));
  if (id.length > 128) throw new JobFailure(`the output ${file} is refused: its name is too long for a result`);
  return id;
}

function nameOf(output: Output): string {
  return output.kind === "glob" ? `file ${output.glob}` : output.kind === "path" ? output.path : output.stream;
}
