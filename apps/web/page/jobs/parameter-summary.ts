import type { SummarizedParameter } from "@uws/client";
import { formatSize } from "../common/format.ts";

/** Characters of one name, one value, and of the whole. */
const nameLength = 30;
const valueLength = 24;
const wholeLength = 120;

/** The parameters of a job in one line: `RADIUS=0.5 FIND=best TABLE (file, 1.2 kB) …`. */
export function parameterSummary(parameters: readonly SummarizedParameter[], count: number): string {
  const shown: string[] = [];
  let length = 0;
  for (const parameter of parameters) {
    const text = one(parameter);
    if (length + text.length > wholeLength && shown.length > 0) break;
    shown.push(text);
    length += text.length + 1;
  }
  const left = count - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join(" ");
}

function one({ name: whole, value, cut, size }: SummarizedParameter): string {
  const name = whole.length > nameLength ? `${whole.slice(0, nameLength).toWellFormed()}…` : whole;
  if (value === undefined) return `${name} (file${size === undefined ? "" : `, ${formatSize(size)}`})`;
  const line = value.replace(/\s+/g, " ").trim();
  const long = cut || line.length > valueLength;
  return `${name}=${long ? `${line.slice(0, valueLength).toWellFormed()}…` : line}`;
}
