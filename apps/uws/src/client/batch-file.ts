import { stat } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import type { Parameters, ParameterValue } from "@uws/client";
import { CsvError, parse } from "csv-parse/sync";
import { CommandError, usageError } from "./command-error.ts";

/** The parameters of one job of many. */
export interface BatchRecord {
  /** In the file, from 1 on. */
  readonly line: number;
  readonly parameters: Parameters;
}

/** Bytes of such a file. */
const longestFile = 64 * 1024 * 1024;

/** Jobs of one. */
const mostRecords = 100_000;

/**
 * Reads a file of parameters: JSON lines, of which each is an object, or CSV (RFC 4180) whose first line has the names. In CSV a
 * name may stand over several columns, and an empty cell is a parameter that is not given.
 * @param path `-` is stdin
 * @throws CommandError that names the line
 */
export async function readBatchFile(path: string): Promise<BatchRecord[]> {
  const text = (await read(path)).replace(/^\uFEFF/, "");
  const records = /^\s*\{/.test(text) ? jsonRecords(path, text) : csvRecords(path, text);
  if (records.length === 0) throw usageError(`${path} has no jobs.`);
  if (records.length > mostRecords) {
    throw usageError(`${path} has ${records.length} jobs; at most ${mostRecords} are allowed.`);
  }
  return records;
}

async function read(path: string): Promise<string> {
  if (path === "-") return await textOf(process.stdin);
  const found = await stat(path).catch((cause: Error) => {
    throw usageError(`${path} cannot be read: ${cause.message}`);
  });
  if (!found.isFile()) throw usageError(`${path} is no file.`);
  if (found.size > longestFile) throw new CommandError(`${path} has more than ${longestFile} bytes.`);
  return await Bun.file(path).text();
}

function jsonRecords(path: string, text: string): BatchRecord[] {
  return text.split("\n").flatMap((json, index) => {
    if (json.trim() === "") return [];
    const line = index + 1;
    const value = parseJson(json);
    if (!isObject(value)) throw usageError(`${path}:${line}: must be a JSON object on one line.`);
    const parameters: Record<string, ParameterValue | readonly ParameterValue[]> = {};
    for (const [name, given] of Object.entries(value)) {
      if (given === null) continue;
      if (![given].flat().every(isScalar)) {
        throw usageError(`${path}:${line}: ${name} must be a text, a number, true or false, or an array of such.`);
      }
      parameters[name] = given as ParameterValue | readonly ParameterValue[];
    }
    return [{ line, parameters }];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is ParameterValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function csvRecords(path: string, text: string): BatchRecord[] {
  const [head, ...rows] = csvRows(path, text);
  const names = head?.record ?? [];
  if (names.some((name) => name.trim() === "")) throw usageError(`${path}:1: must name each column.`);
  return rows.map(({ record, info }) => {
    const parameters: Record<string, string[]> = {};
    for (const [column, value] of record.entries()) {
      const name = names[column]?.trim() ?? "";
      if (value !== "")
        parameters[name] = [...(Object.hasOwn(parameters, name) ? (parameters[name] ?? []) : []), value];
    }
    return { line: info.lines, parameters };
  });
}

function csvRows(path: string, text: string): readonly CsvRow[] {
  try {
    return parse(text, { info: true, skip_empty_lines: true }) as unknown as readonly CsvRow[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw usageError(`${path}: ${cause.message}`);
  }
}
