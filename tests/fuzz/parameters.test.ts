import { afterAll, beforeAll, expect } from "bun:test";
import { readJob } from "@uws/client";
import { limits } from "@uws/core";
import fc from "fast-check";
import { type ApiFixture, apiFixture } from "../../apps/api/src/testing.ts";
import { answerOf, Checker, utf8 } from "./answers.ts";
import { formOf, multipartOf, type Pairs } from "./encode.ts";
import { fuzz } from "./fuzz.ts";
import { anyBytes, anyName, anyPairs, anyText } from "./texts.ts";

/*
 * What a client gives a job is refused by name, or comes back exactly: every character, repetitions, and the order.
 */

let api: ApiFixture;
let checker: Checker;
beforeAll(async () => {
  api = await apiFixture();
  checker = await Checker.of(api.api.url);
});
afterAll(() => api?.close());

/** Names that are not the job's; they have tests of their own. */
const control = /^(?:RUNID|PHASE|EXECUTIONDURATION|DESTRUCTION|ACTION)$/;
const isControl = (name: string) => control.test(name.replace(/[a-z]/g, (letter) => letter.toUpperCase()));

const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** What may be a name: what every representation can show, and no URL takes for a folder. */
function isName(name: string): boolean {
  return (
    name !== "" && name !== "." && name !== ".." && name.length <= limits.parameterNameLength && !notXml.test(name)
  );
}

function isStorable([name, value]: readonly [string, string]): boolean {
  return isName(name) && value.isWellFormed() && !value.includes("\0");
}

const jobPairs = anyPairs.map((pairs) => pairs.filter(([name]) => !isControl(name)));

/** Sends a request that creates a job, and checks what became of it. */
async function expectKept(request: Promise<Response>, pairs: Pairs): Promise<void> {
  const before = await api.countJobs();
  const answer = await answerOf(await request);
  checker.expectSound(answer);
  if (!pairs.every(isStorable)) {
    expect(answer.status).toBe(400);
    expect(await api.countJobs()).toBe(before);
    return;
  }
  if (answer.status !== 303) throw new Error(`${answer.status} ${utf8(answer.body)}`);
  await expectShown(answer.headers.get("location") ?? "", pairs);
}

/** Reads a job in every way. */
async function expectShown(url: string, pairs: Pairs): Promise<void> {
  const json = await answerOf(await api.request(url, { headers: { accept: "application/json" } }));
  checker.expectSound(json);
  const job = JSON.parse(utf8(json.body)) as { parameters: { name: string; value: string }[] };
  checker.expectIs(job, "Job");
  expect(job.parameters.map(({ name, value }) => [name, value])).toEqual(pairs.map(([name, value]) => [name, value]));

  const xml = await answerOf(await api.request(url));
  checker.expectSound(xml);
  const read = readJob(utf8(xml.body), url).parameters;
  expect(read.map(({ name }) => name)).toEqual(pairs.map(([name]) => name));
  for (const [index, [, value]] of pairs.entries()) {
    const parameter = read[index];
    expect(parameter?.byReference).toBe(notXml.test(value));
    const shown = parameter?.byReference ? utf8(await bytesAt(parameter.value)) : parameter?.value;
    expect(shown).toBe(value);
  }
  for (const shownAs of ["text/html", "application/xhtml+xml"]) {
    checker.expectSound(await answerOf(await api.request(url, { headers: { accept: shownAs } })));
  }
  checker.expectSound(await answerOf(await api.request(`${url}/parameters`)));
  for (const name of new Set(pairs.map(([each]) => each))) {
    const values = pairs.filter(([each]) => each === name).map(([, value]) => value);
    const body = await bytesAt(`${url}/parameters/${encodeURIComponent(name)}`);
    expect(utf8(body)).toBe(values.join("\n"));
  }
}

async function bytesAt(url: string): Promise<Uint8Array> {
  const answer = await answerOf(await api.request(url));
  checker.expectSound(answer);
  expect(answer.status).toBe(200);
  return answer.body;
}

/** As a decoder that takes anything reads it: half a surrogate pair is three bytes of no meaning. */
const decoded = (pairs: Pairs): Pairs => pairs.map(([name, value]) => [loose(name), loose(value)] as const);
const loose = (text: string) =>
  [...text].map((character) => (character.isWellFormed() ? character : "\ufffd\ufffd\ufffd")).join("");

fuzz("a form", 150, () =>
  fc.asyncProperty(jobPairs, async (pairs) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await expectKept(api.post(api.frees, formOf(pairs), headers), decoded(pairs));
  }),
);

fuzz("a query", 60, () =>
  fc.asyncProperty(jobPairs, async (pairs) => {
    const query = formOf(pairs);
    fc.pre(query.length < 8000);
    await expectKept(api.post(`${api.frees}?${query}`), decoded(pairs));
  }),
);

fuzz("some in the query, others in the body", 40, () =>
  fc.asyncProperty(jobPairs, jobPairs, async (first, then) => {
    const query = formOf(first);
    fc.pre(query.length < 8000);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await expectKept(api.post(`${api.frees}?${query}`, formOf(then), headers), decoded([...first, ...then]));
  }),
);

fuzz("multipart", 150, () =>
  fc.asyncProperty(jobPairs, async (pairs) => {
    const sent = pairs
      .map(([name, value]) => [name.toWellFormed().replaceAll("%", ""), value.toWellFormed()] as const)
      .filter(([name]) => !isControl(name));
    const boundary = crypto.randomUUID();
    const body = multipartOf(
      sent.map(([name, content]) => ({ name, content })),
      boundary,
    );
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    await expectKept(api.post(api.frees, body, headers), sent);
  }),
);

/** A JSON value, as its text. */
const jsonText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: anyText.map((text) => JSON.stringify(text)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("1e400", "-1e400", "0.10", "-0", "1E5", "12345678901234567890", "0.1e-999", "7"),
  },
  { weight: 1, arbitrary: fc.constantFrom("true", "false") },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }).filter((text) => /^[{]/.test(text)) },
);

/** What the text of a JSON value is as a parameter: text itself, and everything else as it was written, without spaces. */
function asParameter(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

const member = fc.tuple(
  anyName.filter((name) => name !== "parameters" && !isControl(name)),
  fc.oneof(
    jsonText.map((text) => ({ text, values: [asParameter(text)] })),
    fc.array(fc.oneof(jsonText, fc.constant("null")), { maxLength: 4 }).map((texts) => ({
      text: `[${texts.join(", ")}]`,
      values: texts.filter((text) => text !== "null").map(asParameter),
    })),
    fc.constant({ text: "null", values: [] as string[] }),
  ),
);

fuzz("JSON", 150, () =>
  fc.asyncProperty(
    fc.uniqueArray(member, {
      maxLength: 8,
      // Objects sort names that are numbers, and there is no telling which of two members of a name is meant.
      selector: ([name]) => name.toWellFormed(),
    }),
    fc.boolean(),
    async (members, nested) => {
      fc.pre(members.every(([name]) => !/^\d+$/.test(name)));
      const inside = `{${members.map(([name, { text }]) => `${JSON.stringify(name)}: ${text}`).join(", ")}}`;
      const body = nested ? `{"parameters": ${inside}}` : inside;
      const pairs = members.flatMap(([name, { values }]) => values.map((value) => [name, value] as const));
      // A name that is given without a value is not given.
      await expectKept(api.post(api.frees, body, { "content-type": "application/json" }), pairs);
    },
  ),
);

fuzz("any text that says that it is JSON", 100, () =>
  fc.asyncProperty(
    fc.oneof(
      anyText,
      fc.json(),
      fc
        .tuple(fc.constantFrom("[", '{"a":', '{"parameters":'), fc.integer({ min: 1, max: 100_000 }))
        .map(([unit, times]) => unit.repeat(times)),
      fc.integer({ min: 1, max: 200_000 }).map((depth) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`),
      fc.integer({ min: 1, max: 100_000 }).map((depth) => `{"a":${'{"b":'.repeat(depth)}1${"}".repeat(depth)}}`),
      fc.constantFrom('{"a":1,"a":2}', '{"__proto__":{"polluted":1}}', '{"parameters":{"__proto__":{"polluted":"1"}}}'),
    ),
    async (text) => {
      const answer = await answerOf(await api.post(api.frees, text, { "content-type": "application/json" }));
      checker.expectSound(answer);
      expect([303, 400, 413]).toContain(answer.status);
      expect({}).not.toHaveProperty("polluted");
      if (answer.status !== 303) return;
      const job = answer.headers.get("location") ?? "";
      checker.expectSound(await answerOf(await api.request(job)));
      const json = await answerOf(await api.request(job, { headers: { accept: "application/json" } }));
      checker.expectIs(JSON.parse(utf8(json.body)), "Job");
    },
  ),
);

fuzz("files and fields, each at its URL", 60, () =>
  fc.asyncProperty(
    // A file is given once; names are matched without regard to case.
    fc.uniqueArray(
      fc.record({
        name: anyName
          .map((name) =>
            name
              .toWellFormed()
              .replaceAll("%", "")
              .replace(/^(?:param:)+/i, ""),
          )
          .filter((name) => !isControl(name)),
        content: anyBytes,
        filename: fc.oneof(
          fc.constant("t.csv"),
          anyText.map((text) => `x${text.toWellFormed()}`),
        ),
        mediaType: fc.constantFrom("text/csv", "text/html", "application/octet-stream", "text/plain", "a/b; c=d"),
      }),
      { maxLength: 5, selector: ({ name }) => name.toLowerCase() },
    ),
    async (files) => {
      const boundary = crypto.randomUUID();
      const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
      const stored = await api.storedFiles();
      const answer = await answerOf(await api.post(api.frees, multipartOf(files, boundary), headers));
      checker.expectSound(answer);
      if (!files.every(({ name }) => isName(name))) {
        expect(answer.status).toBe(400);
        expect(await api.storedFiles()).toEqual(stored);
        return;
      }
      if (answer.status !== 303) throw new Error(`${answer.status} ${utf8(answer.body)}`);
      const url = answer.headers.get("location") ?? "";
      const xml = await answerOf(await api.request(url));
      checker.expectSound(xml);
      const read = readJob(utf8(xml.body), url).parameters;
      expect(read.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
      const json = await api.request(`${url}/parameters`, { headers: { accept: "application/json" } });
      const inJson = (await json.json()) as { href: string }[];
      for (const [index, { content }] of files.entries()) {
        expect(read[index]?.byReference).toBe(true);
        expect(Buffer.from(await bytesAt(read[index]?.value ?? ""))).toEqual(Buffer.from(content));
        expect(inJson[index]?.href).toBe(read[index]?.value ?? "");
      }
    },
  ),
);

fuzz("one parameter by PUT", 60, () =>
  fc.asyncProperty(anyName, anyText, async (name, value) => {
    fc.pre(name.isWellFormed() && value.isWellFormed() && name !== "." && name !== ".." && name !== "");
    // No URL of a server can be longer.
    fc.pre(encodeURIComponent(name).length < 8000);
    const job = await api.create(api.frees, { other: "1" });
    const answer = await answerOf(
      await api.request(`${job}/parameters/${encodeURIComponent(name)}`, { method: "PUT", body: value }),
    );
    checker.expectSound(answer);
    const before = [["other", "1"]] as const;
    if (!isStorable([name, value])) {
      expect([400, 404]).toContain(answer.status);
      return await expectShown(job, before);
    }
    if (answer.status !== 303) throw new Error(`${answer.status} ${utf8(answer.body)}`);
    const kept = before.filter(([each]) => each !== name.toLowerCase());
    await expectShown(job, [...kept, [name, value]]);
    // Once more, in another case: it takes the place of the first, whatever the alphabet.
    const other = name.toUpperCase().toLowerCase() === name.toLowerCase() ? name.toUpperCase() : name;
    await api.request(`${job}/parameters/${encodeURIComponent(other)}`, { method: "PUT", body: "again" });
    await expectShown(job, [...kept.filter(([each]) => each !== other.toLowerCase()), [other, "again"]]);
  }),
);

fuzz("very many", 4, () =>
  fc.asyncProperty(
    fc.integer({ min: limits.parameters - 2, max: limits.parameters + 2 }),
    anyName,
    async (count, name) => {
      fc.pre(isName(name) && !isControl(name));
      const pairs = Array.from({ length: count }, (_, index) => [name, `${index}`] as const);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const answer = api.post(api.frees, formOf(pairs), headers);
      if (count <= limits.parameters) return await expectKept(answer, pairs);
      expect((await answer).status).toBe(413);
    },
  ),
);
