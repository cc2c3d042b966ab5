import { afterAll, beforeAll, expect } from "bun:test";
import { readdir, rm } from "node:fs/promises";
import { readJob } from "@uws/client";
import { until } from "@uws/testing";
import fc from "fast-check";
import { type ApiFixture, apiFixture } from "../../apps/api/src/testing.ts";
import { type Answer, answerOf, Checker, utf8 } from "./answers.ts";
import { fuzz } from "./fuzz.ts";
import { cutAt, exchangeRaw } from "./raw-http.ts";
import { anyBytes, anyText } from "./texts.ts";

/*
 * A multipart body is read exactly, however it is framed and in whatever pieces it comes. One that is broken is refused, and
 * nothing of it stays.
 */

let api: ApiFixture;
let checker: Checker;
beforeAll(async () => {
  api = await apiFixture();
  checker = await Checker.of(api.api.url);
});
afterAll(() => api?.close());

interface Part {
  readonly name: string;
  readonly content: Uint8Array;
  readonly isFile: boolean;
}

interface Framing {
  readonly boundary: string;
  readonly quoted: boolean;
  readonly preamble: string;
  readonly epilogue: string;
  readonly chunked: boolean;
  /** How headers of parts are written. */
  readonly style: "usual" | "type first" | "odd case" | "folded" | "more headers";
}

const encoder = new TextEncoder();

const boundary = fc.oneof(
  fc.stringMatching(/^[0-9A-Za-z'()+_,./:=?-]{1,70}$/),
  fc.stringMatching(/^[0-9A-Za-z'()+_,./:=? -]{0,60}[0-9A-Za-z]$/),
  fc.constantFrom(
    "<<<---STILTS-boundary--->>>",
    "----WebKitFormBoundary7MA4YWxkTrZu0gW",
    "-",
    "--",
    "---------------------------735323031399963166993862150",
    "=_Part_1_2.3",
  ),
);

const outside = fc.oneof(
  fc.constantFrom("", "\r\n", "\r\n\r\n", "This is a multi-part message.\r\n", "--\r\n", "-"),
  fc.string({ maxLength: 30 }),
);

const framing: fc.Arbitrary<Framing> = fc.record({
  boundary,
  quoted: fc.boolean(),
  preamble: outside,
  epilogue: outside,
  chunked: fc.boolean(),
  style: fc.constantFrom("usual", "type first", "odd case", "folded", "more headers"),
});

const parts: fc.Arbitrary<Part[]> = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/),
    content: fc.oneof(
      anyBytes,
      fc.integer({ min: 1, max: 200_000 }).map((size) => new Uint8Array(size).fill(45)),
    ),
    isFile: fc.boolean(),
  }),
  { maxLength: 5, selector: ({ name }) => name.toLowerCase() },
);

/** Text that is a value as it is: what cannot be one has its own test. */
function asField(part: Part): Part {
  if (part.isFile) return part;
  const text = new TextDecoder().decode(part.content).replaceAll("\0", "");
  return { ...part, content: encoder.encode(text) };
}

function headersOf({ name, isFile }: Part, style: Framing["style"]): string {
  const file = isFile ? '; filename="f.bin"' : "";
  const type = isFile ? "Content-Type: application/octet-stream\r\n" : "";
  switch (style) {
    case "usual":
      return `Content-Disposition: form-data; name="${name}"${file}\r\n${type}`;
    case "type first":
      return `${type}Content-Disposition: form-data; name="${name}"${file}\r\n`;
    case "odd case":
      return `CONTENT-disposition:form-data;name=${name}${file}\r\n${type}`;
    case "folded":
      return `Content-Disposition: form-data;\r\n name="${name}"${file}\r\n${type}`;
    case "more headers":
      return `X-A: b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${type}Content-Transfer-Encoding: binary\r\nX-C:\r\n`;
  }
}

function bodyOf(given: readonly Part[], { boundary, preamble, epilogue, style }: Framing): Uint8Array {
  const before = preamble === "" || preamble.endsWith("\r\n") ? preamble : `${preamble}\r\n`;
  return Buffer.concat([
    encoder.encode(before),
    ...given.flatMap((part) => [
      encoder.encode(`--${boundary}\r\n${headersOf(part, style)}\r\n`),
      part.content,
      encoder.encode("\r\n"),
    ]),
    encoder.encode(`--${boundary}--${epilogue === "" ? "" : `\r\n${epilogue}`}`),
  ]);
}

function contentTypeOf({ boundary, quoted }: Pick<Framing, "boundary" | "quoted">): string {
  const token = /^[0-9A-Za-z'+_.-]+$/.test(boundary);
  return `multipart/form-data; boundary=${quoted || !token ? `"${boundary}"` : boundary}`;
}

/** A whole request, in pieces that are cut at some places. */
function requestOf(
  body: Uint8Array,
  contentType: string,
  { chunked, cuts, length = body.length }: { chunked: boolean; cuts: readonly number[]; length?: number },
): Uint8Array[] {
  const path = new URL(api.frees).pathname;
  const head = `POST ${path} HTTP/1.1\r\nHost: x.example\r\nContent-Type: ${contentType}\r\n`;
  const pieces = cutAt(body, cuts);
  if (!chunked) return [encoder.encode(`${head}Content-Length: ${length}\r\n\r\n`), ...pieces];
  const chunks = pieces
    .filter((piece) => piece.length > 0)
    .flatMap((piece) => [encoder.encode(`${piece.length.toString(16)}\r\n`), piece, encoder.encode("\r\n")]);
  return [encoder.encode(`${head}Transfer-Encoding: chunked\r\n\r\n`), ...chunks, encoder.encode("0\r\n\r\n")];
}

/** The one answer, if the server gave one before it closed. */
async function ask(chunks: readonly Uint8Array[], leave: "wait" | "cut" | "end" = "wait"): Promise<Answer | undefined> {
  const { answers } = await exchangeRaw(api.api.url, chunks, { leave });
  const [answer] = answers;
  if (answer !== undefined) checker.expectSound(answer);
  return answer;
}

/** There are as many files as jobs have uploads. */
async function storageIsTidy(): Promise<boolean> {
  const [row] = await api.store.sql<{ uploads: number }[]>`
    select count(*)::int as uploads from jobs, jsonb_path_query(parameters::jsonb, '$[*].upload')`;
  const entries = await readdir(api.blobFolder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length === row?.uploads;
}

/** Nothing has broken, and nothing was left behind. The next run begins with nothing. */
async function expectTidy(): Promise<void> {
  await until(storageIsTidy, "storage without what nobody needs", 3000);
  await api.store.sql`delete from jobs`;
  await rm(api.blobFolder, { recursive: true, force: true });
  const wrong = api.logged.filter(({ level }) => Number(level) >= 50);
  expect(wrong).toEqual([]);
  expect((await api.request(`${api.api.url}/healthz`)).status).toBe(200);
}

/** The job has exactly these parameters. */
async function expectKept(location: string, given: readonly Part[]): Promise<void> {
  const url = location.replace("http://x.example", api.api.url);
  const xml = await answerOf(await api.request(url));
  const { parameters } = readJob(utf8(xml.body), url);
  expect(parameters.map(({ name }) => name)).toEqual(given.map(({ name }) => name));
  for (const { name, content } of given) {
    const answer = await api.request(`${url}/parameters/${name}`);
    expect(Buffer.from(await answer.bytes()).equals(Buffer.from(content))).toBe(true);
  }
}

const cuts = fc.oneof(fc.array(fc.nat(300_000), { maxLength: 6 }), fc.array(fc.nat(400), { maxLength: 40 }));

/** Parts that hold the boundary by chance are another body. */
const holdsBoundary = ({ content }: Part, boundary: string) => Buffer.from(content).includes(`--${boundary}`);

fuzz("a body is read exactly, however it is framed and cut", 120, () =>
  fc.asyncProperty(parts, framing, cuts, async (given, how, places) => {
    const sent = given.map(asField);
    fc.pre(!sent.some((part) => holdsBoundary(part, how.boundary)));
    fc.pre(!how.preamble.includes(how.boundary) && !how.epilogue.includes(how.boundary));
    const chunks = requestOf(bodyOf(sent, how), contentTypeOf(how), { chunked: how.chunked, cuts: places });
    const answer = await ask(chunks);
    if (answer?.status !== 303) throw new Error(`${answer?.status} ${answer && utf8(answer.body)}`);
    await expectKept(answer.headers.get("location") ?? "", sent);
    await expectTidy();
  }),
);

type Damage = (body: Uint8Array) => Uint8Array;

const damage: fc.Arbitrary<Damage> = fc.oneof(
  // Broken off.
  fc.nat().map((at) => (body: Uint8Array) => body.subarray(0, at % (body.length + 1))),
  // A hole in it.
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 30 })).map(([at, length]) => (body: Uint8Array) => {
    const start = at % (body.length + 1);
    return Buffer.concat([body.subarray(0, start), body.subarray(start + length)]);
  }),
  // Something in it that does not belong there.
  fc
    .tuple(
      fc.nat(),
      fc.oneof(
        anyBytes,
        fc.constantFrom("--", "\r\n", "\r", "\n", '"', ":").map((text) => encoder.encode(text)),
      ),
    )
    .map(([at, bytes]) => (body: Uint8Array) => {
      const start = at % (body.length + 1);
      return Buffer.concat([body.subarray(0, start), bytes, body.subarray(start)]);
    }),
  // One byte is another.
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (body: Uint8Array) => {
    const copy = Uint8Array.from(body);
    if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  }),
);

fuzz("a damaged body is refused or understood, and leaves nothing behind", 150, () =>
  fc.asyncProperty(
    parts,
    framing,
    fc.array(damage, { minLength: 1, maxLength: 3 }),
    cuts,
    async (given, how, damages, places) => {
      const body = damages.reduce<Uint8Array>((damaged, each) => each(damaged), bodyOf(given, how));
      const answer = await ask(requestOf(body, contentTypeOf(how), { chunked: how.chunked, cuts: places }));
      expect([303, 400, 413]).toContain(answer?.status ?? 0);
      if (answer?.status === 303) {
        const url = (answer.headers.get("location") ?? "").replace("http://x.example", api.api.url);
        checker.expectSound(await answerOf(await api.request(url)));
      }
      await expectTidy();
    },
  ),
);

fuzz("a request that breaks off leaves nothing behind", 80, () =>
  fc.asyncProperty(
    parts,
    framing,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom("cut", "end"),
    async (given, how, fraction, leave) => {
      const whole = Buffer.concat(
        requestOf(bodyOf(given, how), contentTypeOf(how), { chunked: how.chunked, cuts: [10, 100] }),
      );
      const before = await api.countJobs();
      // Without its last chunk, or without its last byte, it is not whole.
      const most = whole.length - (how.chunked ? "0\r\n\r\n".length : 1);
      await ask([whole.subarray(0, Math.floor(most * fraction))], leave as "cut" | "end");
      expect(await api.countJobs()).toBe(before);
      await expectTidy();
    },
  ),
);

fuzz("a wrong Content-Length", 40, () =>
  fc.asyncProperty(parts, framing, fc.integer({ min: -50, max: 50 }), async (given, how, difference) => {
    const body = bodyOf(given, how);
    const length = Math.max(0, body.length + difference);
    const answer = await ask(requestOf(body, contentTypeOf(how), { chunked: false, cuts: [], length }), "end");
    // The end of a body that is said to be shorter may be an epilogue.
    if (answer !== undefined) expect([303, 400]).toContain(answer.status);
    await expectTidy();
  }),
);

/** Bodies with a fault of a kind that no random damage hits. */
const odd: fc.Arbitrary<{ contentType: string; body: string; parts: number }> = fc
  .record({
    name: fc.constantFrom("a", "", "__proto__", "param:", "x".repeat(300), "a\u0001"),
    filename: fc.option(
      fc.oneof(
        fc.constantFrom("", "..", "/", "C:\\x", "x".repeat(5000)),
        anyText.map((text) => text.replace(/["\r\n]/g, "")),
      ),
    ),
    disposition: fc.constantFrom(
      "form-data",
      "FORM-DATA",
      "attachment",
      "file",
      "",
      "form-data; name*=utf-8''%e2%82%ac",
      "form-data; name*=garbage''%zz",
      "form-data; name=a; name=b",
      'form-data; name="unclosed',
    ),
    type: fc.constantFrom(
      undefined,
      "text/plain",
      "text/plain; charset=utf-16le",
      "text/plain; charset=base64",
      "text/plain; charset=nonsense",
      "text/plain; charset=__proto__",
      "TEXT/PLAIN",
      "garbage",
      "",
      ";;;",
      "multipart/mixed; boundary=inner",
      "a/b\u0001c",
    ),
    extra: fc.constantFrom(
      "",
      "no colon\r\n",
      ": no name\r\n",
      " folded\r\n",
      `X: ${"y".repeat(20_000)}\r\n`,
      "X: y\r\n".repeat(60),
      "Content-Transfer-Encoding: base64\r\n",
      "Content-Disposition: form-data; name=other\r\n",
      "__proto__: x\r\n",
    ),
    content: fc.constantFrom("", "v", "\r\n", "--inner\r\n\r\nx\r\n--inner--", "\u0000", "é", "\ud800"),
    count: fc.constantFrom(0, 1, 2, 3),
    end: fc.constantFrom("--b--\r\n", "--b--", "--b", "--b\r\n", "", "--b\r\n--b--\r\n", "--b--\r\n--b\r\n"),
    contentType: fc.constantFrom(
      "multipart/form-data; boundary=b",
      "multipart/form-data; BOUNDARY=b",
      'multipart/form-data; charset=utf-8; boundary="b"',
      "multipart/form-data",
      "multipart/form-data; boundary",
      "multipart/form-data; boundary=",
      'multipart/form-data; boundary=""',
      "multipart/form-data; boundary=c",
      `multipart/form-data; boundary=${"b".repeat(3000)}`,
      'multipart/form-data; boundary="b',
      "multipart/form-data; boundary*=utf-8''b",
      "multipart/form-data;;;boundary=b",
    ),
  })
  .map(({ name, filename, disposition, type, extra, content, count, end, contentType }) => {
    const nothing = filename === "" && content === "";
    const file = filename === null ? "" : `; filename="${filename}"`;
    const head = `Content-Disposition: ${disposition}; name="${name}"${file}\r\n${extra}${type === undefined ? "" : `Content-Type: ${type}\r\n`}`;
    return {
      contentType,
      parts: nothing ? 0 : count,
      body: `${`--b\r\n${head}\r\n${content}\r\n`.repeat(count)}${end}`,
    };
  });

fuzz("parts with odd headers, boundaries and ends", 200, () =>
  fc.asyncProperty(odd, async ({ contentType, body, parts: sent }) => {
    const answer = await ask(requestOf(encoder.encode(body), contentType, { chunked: false, cuts: [] }));
    expect([303, 400, 413]).toContain(answer?.status ?? 0);
    if (answer?.status === 303) {
      const url = (answer.headers.get("location") ?? "").replace("http://x.example", api.api.url);
      checker.expectSound(await answerOf(await api.request(url)));
      const json = await answerOf(await api.request(url, { headers: { accept: "application/json" } }));
      const job = JSON.parse(utf8(json.body)) as { parameters: { name: string; href?: string }[] };
      checker.expectIs(job, "Job");
      // Each part is there, or the request is refused; but a browser's file field in which no file was chosen is nothing.
      expect(job.parameters.length).toBe(sent);
      for (const { href } of job.parameters) {
        if (href !== undefined) checker.expectSound(await answerOf(await api.request(href)));
      }
    }
    await expectTidy();
  }),
);
