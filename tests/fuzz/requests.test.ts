import { afterAll, beforeAll, expect } from "bun:test";
import fc from "fast-check";
import { type ApiFixture, apiFixture } from "../../apps/api/src/testing.ts";
import { type Answer, Checker, utf8 } from "./answers.ts";
import { fuzz } from "./fuzz.ts";
import { exchangeRaw } from "./raw-http.ts";
import { anyText, prototypeName } from "./texts.ts";

/*
 * Requests of which every byte is ours: whatever they say, the server answers what they can understand, and the next one as well.
 */

let api: ApiFixture;
let checker: Checker;
/** A job with a result, an upload, and an error's absence. */
let done: string;
let pending: string;
const resultText = "ra,dec\n1,2\n3,4\n";

beforeAll(async () => {
  api = await apiFixture();
  checker = await Checker.of(api.api.url);
  done = await api.create(api.frees, { PHASE: "RUN", a: "]]>\u0001<&", b: "2" });
  const attempt = await api.start(done);
  await api.addResult(attempt, "result", resultText);
  await api.addResult(attempt, "page", "<script>alert(1)</script>", "text/html");
  await api.complete(attempt);
  pending = await api.create(api.cones, { RADIUS: "1", RUNID: '<&">' });
});
afterAll(() => api?.close());

interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Bytes as they are, one for each character below U+0100; others as UTF-8. */
function textOf({ method, target, headers, body = "" }: RawRequest): Uint8Array {
  const host = headers.some(([name]) => name.toLowerCase() === "host") ? "" : "Host: x.example\r\n";
  const length = body === "" && method !== "POST" ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${host}${length}${lines}\r\n${body}`);
}

async function ask(request: RawRequest): Promise<Answer | undefined> {
  api.logged.length = 0;
  const { answers } = await exchangeRaw(api.api.url, [textOf(request)], { methods: [request.method] });
  const [answer] = answers;
  try {
    if (answer !== undefined) checker.expectSound(answer);
    expect(api.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  } catch (cause) {
    // Paths are made when the jobs are there: the counterexample does not show them.
    throw new Error(`${request.method} ${request.target}: ${(cause as Error).message}`, { cause });
  }
  return answer;
}

/** An answer there must be: nothing is wrong with the request as HTTP. */
async function mustAnswer(request: RawRequest): Promise<Answer> {
  const answer = await ask(request);
  if (answer === undefined) throw new Error("closed without an answer");
  return answer;
}

const pathOf = (url: string) => new URL(url).pathname;

/** What may stand in a header (RFC 9110, section 5.5). */
const headerValue = anyText.map((text) =>
  text
    .toWellFormed()
    .replace(/(?!\t)\p{Cc}/gu, "")
    .trim()
    .slice(0, 2000),
);

/** The URLs that are there, by what they are. */
const known = fc.constantFrom(
  () => pathOf(api.frees),
  () => pathOf(api.cones),
  () => pathOf(done),
  () => pathOf(pending),
  () => `${pathOf(done)}/phase`,
  () => `${pathOf(done)}/executionduration`,
  () => `${pathOf(done)}/destruction`,
  () => `${pathOf(done)}/quote`,
  () => `${pathOf(done)}/owner`,
  () => `${pathOf(done)}/error`,
  () => `${pathOf(done)}/parameters`,
  () => `${pathOf(done)}/parameters/a`,
  () => `${pathOf(done)}/results`,
  () => `${pathOf(done)}/results/result`,
  () => `${pathOf(done)}/results/page`,
  () => "/",
  () => "/healthz",
  () => "/readyz",
  () => "/swagger",
  () => "/swagger/json",
  () => "/swagger/swagger-ui.css",
);

const accept = fc.oneof(
  headerValue,
  fc
    .array(
      fc.tuple(
        fc.constantFrom(
          "*/*",
          "*",
          "text/*",
          "application/*",
          "text/xml",
          "application/xml",
          "application/json",
          "application/problem+json",
          "text/html",
          "application/xhtml+xml",
          "text/plain",
          "application/x-votable+xml",
          "TEXT/XML",
          "/",
          "text/",
          "a/b/c",
          "",
        ),
        fc.constantFrom(
          "",
          ";q=0",
          ";q=1",
          "; q=.2",
          ";q=0.5;q=0.1",
          ";q=-1",
          ";q=1e9",
          ";q=NaN",
          ";charset=utf-8",
          ";;",
          ';a="b,c"',
        ),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.map((part) => part.join("")).join(",")),
  fc.integer({ min: 1, max: 400 }).map((times) => Array(times).fill("a/b;q=0.1").join(", ")),
);

fuzz("any Accept gets a representation", 250, () =>
  fc.asyncProperty(known, accept, async (path, value) => {
    const answer = await mustAnswer({ method: "GET", target: path(), headers: [["Accept", value]] });
    expect([200, 303, 404]).toContain(answer.status);
    const type = answer.headers.get("content-type") ?? "";
    if (!type.startsWith("application/json")) return;
    const json = JSON.parse(utf8(answer.body)) as unknown;
    if (path() === pathOf(done) || path() === pathOf(pending)) checker.expectIs(json, "Job");
    if (path() === pathOf(api.frees) || path() === pathOf(api.cones)) checker.expectIs(json, "JobList");
  }),
);

/** A piece of a path, as it may be written on the wire. */
const segment = fc.oneof(
  { weight: 2, arbitrary: prototypeName },
  fc.constantFrom(
    "",
    ".",
    "..",
    "...",
    "%2e",
    "%2E%2e",
    "%2F",
    "%2f..%2f",
    "%5c",
    "%00",
    "%0d%0a",
    "%",
    "%zz",
    "%e2%82",
    "%ff",
    "%ed%a0%80",
    "%25",
    "%C0%AF",
    ";a=b",
    "*",
    ":id",
    "{id}",
    "[",
    "|",
    "\\",
    "^",
    "`",
    "a:b@c",
    "//",
    "phase",
    "results",
    "parameters",
    "events",
    "async",
    "00000000-0000-0000-0000-000000000000",
    "0198f0f0-0000-7000-8000-000000000000",
    "é",
    "🂡",
  ),
  anyText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 3000)),
  // As it is: only what would end the request line is left out.
  anyText.map((text) =>
    text
      .toWellFormed()
      .replace(/[\p{Cc} #?]/gu, "")
      .slice(0, 500),
  ),
);

const anyPath = fc
  .tuple(
    fc.constantFrom(
      () => "",
      () => pathOf(api.frees),
      () => pathOf(api.cones),
      () => pathOf(done),
      () => `${pathOf(done)}/results`,
      () => `${pathOf(done)}/parameters`,
      () => "/swagger",
      () => "/cone",
    ),
    fc.array(segment, { minLength: 1, maxLength: 4 }),
  )
  .map(
    ([start, segments]) =>
      () =>
        `${start()}/${segments.join("/")}`,
  );

const method = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("GET", "HEAD", "POST", "DELETE", "PUT") },
  { weight: 1, arbitrary: fc.constantFrom("OPTIONS", "PATCH", "TRACE", "PROPFIND", "QUERY", "M-SEARCH") },
);

fuzz("any path, with any method", 350, () =>
  fc.asyncProperty(anyPath, method, accept, async (path, verb, value) => {
    const target = path();
    // The jobs that the other tests need.
    fc.pre(!(verb !== "GET" && verb !== "HEAD" && /\/(?:\.\.?|%2e)/i.test(target)));
    fc.pre(!/events/.test(target));
    const answer = await ask({ method: verb, target, headers: [["Accept", value]] });
    // Bun closes on a request line that is not HTTP.
    if (answer === undefined) return;
    expect(answer.status).toBeLessThan(500);
  }),
);

fuzz("any method at what is there", 120, () =>
  fc.asyncProperty(
    fc.oneof(
      known,
      fc.constantFrom(() => `${pathOf(done)}/events`),
    ),
    fc.oneof(method, fc.stringMatching(/^[A-Z]{1,12}$/), fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/)),
    async (path, verb) => {
      fc.pre(verb !== "DELETE" && verb !== "POST");
      const answer = await ask({ method: verb, target: path(), headers: [] });
      if (answer === undefined) return;
      expect([200, 303, 400, 403, 404, 405, 501, 505]).toContain(answer.status);
      if (answer.status === 405) expect(answer.headers.get("allow")).toMatch(/GET/);
      if (verb === "HEAD") expect(answer.body.length).toBe(0);
    },
  ),
);

const host = fc.oneof(
  headerValue,
  fc.constantFrom(
    "",
    "[",
    "[::1]",
    "[::1]:80",
    "[::1",
    "a b",
    "x:99999",
    "x:-1",
    "x:",
    ":80",
    "x.example:8080",
    "<script>",
    '"',
    "x/y",
    "x?y",
    "x#y",
    "x\\y",
    "u:p@x",
    "%",
    "%00",
    "xn--a",
    "é.example",
    "127.1",
    "0x7f.1",
    "..",
    "a".repeat(300),
    "1".repeat(30),
    "999.999.999.999",
  ),
);

fuzz("any Host, Forwarded and X-Forwarded-*", 200, () =>
  fc.asyncProperty(
    known,
    host,
    fc.array(
      fc.tuple(
        fc.constantFrom("Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Prefix"),
        fc.oneof(host, fc.constantFrom("for=1.2.3.4;host=evil.example;proto=https", 'host="', "javascript", ",,,")),
      ),
      { maxLength: 3 },
    ),
    async (path, name, forwarded) => {
      const answer = await mustAnswer({ method: "GET", target: path(), headers: [["Host", name], ...forwarded] });
      expect([200, 303, 400, 404]).toContain(answer.status);
      const links = [...utf8(answer.body).matchAll(/xlink:href="([^"]*)"/g)].map(([, link]) => link ?? "");
      for (const link of links) expect(() => new URL(link)).not.toThrow();
    },
  ),
);

fuzz("other headers with anything in them", 250, () =>
  fc.asyncProperty(
    known,
    fc.constantFrom("GET", "HEAD", "POST"),
    fc.array(
      fc.tuple(
        fc.constantFrom(
          "Range",
          "If-Range",
          "If-None-Match",
          "If-Modified-Since",
          "If-Match",
          "If-Unmodified-Since",
          "Content-Type",
          "Content-Encoding",
          "Authorization",
          "Cookie",
          "Origin",
          "Accept-Encoding",
          "Accept-Charset",
          "Accept-Language",
          "Cache-Control",
          "X-Request-Id",
          "Traceparent",
          "Tracestate",
          "Last-Event-ID",
          "Idempotency-Key",
          "Upgrade",
          "Via",
          "Referer",
          "User-Agent",
        ),
        fc.oneof(
          headerValue,
          fc.constantFrom(
            "bytes=0-0",
            "bytes=-1",
            "bytes=9-3",
            "bytes=0-0,2-3",
            `bytes=0-${"9".repeat(400)}`,
            `bytes=${"9".repeat(400)}-`,
            '"x"',
            "W/",
            "*",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Sun, 99 Foo 99999 99:99:99 GMT",
            "application/json",
            "multipart/form-data",
            "multipart/form-data; boundary=b",
            "application/x-www-form-urlencoded; charset=utf-7",
            "application/json; charset=ebcdic",
            "text/xml",
            "Basic ",
            "Basic !!!",
            "Basic OjpAOg==",
            "Bearer",
            "Bearer \u00e9",
            "gzip",
            "websocket",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "-1",
            "1e400",
          ),
        ),
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom("", "x", "{}", "a=b", "--b--\r\n"),
    async (path, verb, headers, body) => {
      const target = path();
      const answer = await mustAnswer({ method: verb, target, headers, ...(verb === "POST" ? { body } : {}) });
      expect(answer.status).toBeLessThan(500);
      if (verb !== "GET" || !target.startsWith(`${pathOf(done)}/results/`)) return;
      expect([200, 206, 304, 401, 416]).toContain(answer.status);
      // However it came about: never a page of ours.
      if (answer.status === 200 || answer.status === 206) {
        expect(answer.headers.get("content-security-policy")).toMatch(/^sandbox/);
        expect(answer.headers.get("content-disposition")).toMatch(/^inline; filename="/);
      }
      if (answer.status === 206) {
        expect(answer.headers.get("content-range")).toMatch(/^bytes \d+-\d+\/\d+$/);
      }
    },
  ),
);

fuzz("a range is that range", 80, () =>
  fc.asyncProperty(fc.option(fc.nat(20)), fc.option(fc.nat(20)), async (first, last) => {
    const headers = [["Range", `bytes=${first ?? ""}-${last ?? ""}`]] as const;
    const answer = await mustAnswer({ method: "GET", target: `${pathOf(done)}/results/result`, headers });
    const all = Buffer.from(resultText);
    const size = all.length;
    // As RFC 9110, section 14.1.2 has it.
    const nonsense = first === null ? last === null : last !== null && last < first;
    const start = first ?? size - Math.min(last ?? 0, size);
    const end = first === null || last === null ? size : Math.min(last + 1, size);
    if (start >= size && first !== null) return expect(answer.status).toBe(416);
    if (nonsense) return expect(answer.status).toBe(200);
    if (start >= size) return expect(answer.status).toBe(416);
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${size}`);
    expect(utf8(answer.body)).toBe(all.toString("utf8", start, end));
  }),
);

fuzz("URLs and headers of any length", 30, () =>
  fc.asyncProperty(
    known,
    fc.integer({ min: 1, max: 100_000 }),
    fc.constantFrom("query", "path", "header", "headers"),
    async (path, length, where) => {
      const long = "a".repeat(length);
      const target = where === "query" ? `${path()}?${long}` : where === "path" ? `${path()}/${long}` : path();
      const headers =
        where === "header"
          ? ([["X-Long", long]] as const)
          : where === "headers"
            ? Array.from({ length: Math.ceil(length / 100) }, (_, index) => [`X-${index}`, "y"] as const)
            : [];
      const answer = await mustAnswer({ method: "GET", target, headers });
      expect([200, 303, 400, 404, 405, 414, 431]).toContain(answer.status);
      expect((await api.request(`${api.api.url}/healthz`)).status).toBe(200);
    },
  ),
);

fuzz("Expect", 20, () =>
  fc.asyncProperty(fc.oneof(headerValue, fc.constant("100-continue")), async (value) => {
    const answer = await mustAnswer({
      method: "POST",
      target: pathOf(api.frees),
      headers: [
        ["Expect", value],
        ["Content-Type", "application/x-www-form-urlencoded"],
      ],
      body: "a=b",
    });
    expect([303, 417]).toContain(answer.status);
  }),
);

fuzz("bytes that need not be HTTP", 150, () =>
  fc.asyncProperty(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      anyText.map((text) => Buffer.from(text)),
      fc
        .tuple(
          fc.constantFrom("GET", "get", "", " ", "POST", "PRI"),
          fc.constantFrom("/", "*", "", "x.example:80", "http://x.example/", "//", "/ /", "/\0", "/#a", "?"),
          fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http/1.1", "", "HTTP/1.1 x"),
          fc.array(
            fc.constantFrom(
              "Host: x",
              "Host: x\r\nHost: y",
              "Content-Length: 5",
              "Content-Length: -1",
              "Content-Length: 1, 2",
              "Content-Length: 1\r\nContent-Length: 2",
              "Content-Length: 99999999999999999999999",
              "Transfer-Encoding: chunked",
              "Transfer-Encoding: gzip, chunked",
              "Transfer-Encoding: nonsense",
              "Transfer-Encoding: chunked\r\nContent-Length: 3",
              "X\0: y",
              "X : y",
              " folded",
              "nocolon",
              ": empty",
              "X: \0",
              "X: \x01",
            ),
            { maxLength: 4 },
          ),
          fc.constantFrom("", "hello", "5\r\nhello\r\n0\r\n\r\n", "zz\r\n", "ffffffffffffffff\r\n", "-1\r\n", "0\r\n"),
        )
        .map(([verb, target, version, headers, body]) =>
          Buffer.from(`${verb} ${target} ${version}\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n${body}`),
        ),
    ),
    async (bytes) => {
      api.logged.length = 0;
      // We end our half, so that a server that waits for more knows that there is none.
      const { answers } = await exchangeRaw(api.api.url, [bytes], { leave: "end" });
      for (const answer of answers) expect(answer.status).toBeLessThan(506);
      for (const answer of answers) if (answer.status >= 500) expect([501, 505]).toContain(answer.status);
      expect((await api.request(`${api.api.url}/healthz`)).status).toBe(200);
      expect(api.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    },
  ),
);

/*
 * Bun 1.4.5 closes a connection over which a request comes while the one before is not answered; HTTP allows it, and clients
 * ask again (RFC 9112, section 9.3.2). What is answered must be answered in order.
 */
fuzz("requests in a row over one connection are answered in their order, as far as they are", 40, () =>
  fc.asyncProperty(fc.array(fc.tuple(known, fc.boolean()), { minLength: 1, maxLength: 20 }), async (asked) => {
    const requests = asked.map(([path, head], index) => ({
      method: head ? "HEAD" : "GET",
      target: path(),
      headers: [["X-Request-Id", `r${index}`]] as const,
    }));
    api.logged.length = 0;
    const { answers } = await exchangeRaw(api.api.url, [Buffer.concat(requests.map(textOf))], {
      expected: requests.length,
      methods: requests.map((request) => request.method),
    });
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    expect(ids).toEqual(requests.slice(0, answers.length).map((_, index) => `r${index}`));
    for (const answer of answers) checker.expectSound(answer);
    expect(api.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect((await api.request(`${api.api.url}/healthz`)).status).toBe(200);
  }),
);
