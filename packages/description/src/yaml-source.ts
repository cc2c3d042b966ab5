import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";

/** What a YAML text says, and where it says it. */
export interface YamlSource {
  readonly value: unknown;
  /** The line, from 1, of what stands at a path; of the nearest thing around it where nothing does. */
  lineOf(path: readonly string[]): number;
}

/** A text that is no YAML. */
export class YamlError extends Error {
  /** From 1. */
  readonly line: number;

  constructor(message: string, line: number, cause: unknown) {
    super(message, { cause });
    this.name = "YamlError";
    this.line = line;
  }
}

/**
 * Reads YAML 1.2, of which JSON is a part.
 * @throws YamlError with a message of one line that ends with the place
 */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  const [error] = document.errors;
  if (error !== undefined) {
    const message = (error.message.split("\n")[0] ?? "").replace(/:$/, "");
    throw new YamlError(message, error.linePos?.[0].line ?? 1, error);
  }
  return {
    value: document.toJS(),
    lineOf: (path) => lines.linePos(offsetOf(document, path)).line || 1,
  };
}

function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const name of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(name)] as Node | undefined;
      if (item === undefined) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}
