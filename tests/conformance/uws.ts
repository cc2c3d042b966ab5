import { expect } from "bun:test";
import { until } from "@uws/testing";
import { XMLParser } from "fast-xml-parser";

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An element of an XML document: what a test looks for. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

type Ordered = Record<string, unknown>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: { enabled: true, maxTotalExpansions: 1_000_000 },
  htmlEntities: true,
  ignoreDeclaration: true,
});

/** A job list over plain HTTP: no client library stands between the test and the wire. */
export class Uws {
  /** Absolute URL of the job list. */
  readonly list: string;

  constructor(list: string) {
    this.list = list;
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return await this.send(url, { headers });
  }

  /** Redirects are not followed: they are part of what is tested. */
  async send(url: string, init: RequestInit = {}): Promise<Answer> {
    const answer = await fetch(url, { redirect: "manual", ...init });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  async post(
    url: string,
    fields: URLSearchParams | Record<string, string> | undefined,
    headers: Record<string, string> = {},
  ) {
    const body = fields instanceof URLSearchParams ? fields : new URLSearchParams(fields);
    return await this.send(url, { method: "POST", body, headers });
  }

  /** Creates a job. @returns its URL */
  async create(
    fields: URLSearchParams | Record<string, string> = {},
    control: Record<string, string> = {},
  ): Promise<string> {
    const body = new URLSearchParams(fields);
    for (const [name, value] of Object.entries(control)) body.append(name, value);
    const answer = await this.post(this.list, body);
    expect([answer.status, answer.text]).toEqual([303, answer.text]);
    return answer.headers.get("location") ?? "";
  }

  /** Creates a job that runs. */
  async run(fields: URLSearchParams | Record<string, string>, control: Record<string, string> = {}): Promise<string> {
    return await this.create(fields, { ...control, PHASE: "RUN" });
  }

  async phase(job: string): Promise<string> {
    return (await this.get(`${job}/phase`)).text;
  }

  async reach(job: string, ...phases: readonly string[]): Promise<void> {
    await until(async () => phases.includes(await this.phase(job)) || undefined, `${phases} of ${job}`);
  }

  /** A job that has run to its end. */
  async ended(fields: URLSearchParams | Record<string, string>): Promise<string> {
    const job = await this.run(fields);
    await this.reach(job, "COMPLETED", "ERROR", "ABORTED");
    return job;
  }

  /** The document at a URL: its root element. */
  async xml(url: string, headers: Record<string, string> = {}): Promise<Element> {
    const { status, text } = await this.get(url, headers);
    expect([status, text]).toEqual([200, text]);
    return parse(text);
  }

  /** Ids of the jobs in the list, in its order. */
  async ids(query = ""): Promise<string[]> {
    return (await this.xml(this.list + query)).children.map(({ attributes }) => attributes.id ?? "");
  }

  /** Runs something and tells whether the number of jobs is the same afterwards. */
  async leavesNoJob(work: () => Promise<void>): Promise<void> {
    const before = await this.ids();
    await work();
    expect(await this.ids()).toEqual(before);
  }
}

/** Id of a job, from its URL. */
export const idOf = (job: string) => job.split("/").at(-1) ?? "";

/** Reads an XML document. White space between elements is dropped, text is kept as it is. */
export function parse(text: string): Element {
  const [root] = (parser.parse(text) as Ordered[]).flatMap((node) => toElement(node) ?? []);
  if (root === undefined) throw new Error(`no XML document:\n${text}`);
  return root;
}

function toElement(node: Ordered): Element | undefined {
  const name = Object.keys(node).find((key) => key !== ":@" && key !== "#text");
  if (name === undefined) return undefined;
  const inside = node[name] as Ordered[];
  return {
    name,
    attributes: (node[":@"] ?? {}) as Record<string, string>,
    children: inside.flatMap((child) => toElement(child) ?? []),
    text: inside.map((child) => String(child["#text"] ?? "")).join(""),
  };
}

/** A child element by its name. */
export function child(element: Element, name: string): Element {
  const found = element.children.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name} in ${element.children.map((each) => each.name)}`);
  return found;
}
