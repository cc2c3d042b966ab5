import { afterAll, beforeAll, expect } from "bun:test";
import { readJob } from "@uws/client";
import { limits, type Phase, phases } from "@uws/core";
import fc from "fast-check";
import { type ApiFixture, apiFixture } from "../../apps/api/src/testing.ts";
import { type Answer, answerOf, Checker, utf8 } from "./answers.ts";
import { formOf, type Pairs } from "./encode.ts";
import { fuzz } from "./fuzz.ts";
import { anyText } from "./texts.ts";

/*
 * The values of UWS's own parameters: what is one does what it says, and anything else is refused by the parameter's name. What
 * is one is said here again, in another way than the server says it.
 */

let api: ApiFixture;
let checker: Checker;

/** Jobs of the list, oldest first, made to be from these times. */
const times = [
  "0002-01-01T00:00:00.000Z",
  "1999-12-31T23:59:59.999Z",
  "2015-10-26T09:15:35.123Z",
  "2015-10-26T09:15:35.124Z",
  "2016-02-29T00:00:00.000Z",
  "2024-06-30T12:00:00.000Z",
];
const listed: { readonly id: string; readonly time: number; readonly phase: Phase }[] = [];
/** Has ended: WAIT returns at once. */
let ended: string;
let cone: string;

beforeAll(async () => {
  api = await apiFixture();
  checker = await Checker.of(api.api.url);
  for (const [index, time] of times.entries()) {
    const url = await api.create(api.frees, index % 2 === 0 ? {} : { PHASE: "RUN" });
    const id = url.split("/").at(-1) ?? "";
    await api.store.sql`update jobs set creation_time = ${new Date(time)} where id = ${id}`;
    listed.push({ id, time: Date.parse(time), phase: index % 2 === 0 ? "PENDING" : "QUEUED" });
  }
  cone = await api.create(api.cones, { RADIUS: "1" });
  ended = await api.create(api.cones, { RADIUS: "1" });
  await api.post(`${ended}/phase`, new URLSearchParams({ PHASE: "ABORT" }));
});
afterAll(() => api?.close());

async function get(url: string, pairs: Pairs): Promise<Answer> {
  const query = formOf(pairs);
  // What no URL of a server can be.
  fc.pre(query.length < 8000);
  const answer = await answerOf(await api.request(`${url}?${query}`));
  checker.expectSound(answer);
  return answer;
}

async function post(url: string, pairs: Pairs): Promise<Answer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await answerOf(await api.post(url, formOf(pairs), headers));
  checker.expectSound(answer);
  return answer;
}

function expectRefused(answer: Answer, name: string): void {
  // As it was sent, or as the standard writes it.
  expect([answer.status, utf8(answer.body).toUpperCase()]).toEqual([400, expect.stringContaining(name)]);
}

/** A name in any case (UWS 1.1, section 3). */
const inAnyCase = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((flags) =>
      [...name].map((letter, index) => (flags[index] ? letter.toLowerCase() : letter.toUpperCase())).join(""),
    );

const two = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 31 }).map((value) => String(value).padStart(2, "0")) },
  { weight: 1, arbitrary: fc.constantFrom("1", "61", "99", "-1", "000", "٠١", "") },
);

/** What is a time, or nearly so. */
const nearTime = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...times) },
  {
    weight: 8,
    arbitrary: fc
      .record({
        year: fc.oneof(
          fc.constantFrom(
            "0000",
            "0001",
            "1582",
            "1900",
            "2000",
            "2015",
            "2016",
            "9999",
            "10000",
            "-001",
            "+2015",
            "15",
          ),
          fc.integer({ min: 1000, max: 3000 }).map(String),
        ),
        separator: fc.constantFrom("-", "-", "-", "-", "", "/"),
        month: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: 1, max: 12 }).map((value) => String(value).padStart(2, "0")) },
          { weight: 1, arbitrary: two },
        ),
        day: two,
        between: fc.constantFrom("T", "T", "T", " ", " ", "t", "", "_"),
        hour: two,
        minute: two,
        second: fc.oneof(two, fc.constant(null)),
        fraction: fc.oneof(fc.constant(""), fc.constant("."), fc.stringMatching(/^\.\d{1,8}$/)),
        zone: fc.constantFrom("", "", "Z", "Z", "z", "+00:00", "-01:00", "+0100", " UTC"),
        form: fc.constantFrom("year", "date", "time", "time", "time"),
      })
      .map(({ year, separator, month, day, between, hour, minute, second, fraction, zone, form }) => {
        if (form === "year") return `${year}${zone}`;
        const date = `${year}${separator}${month}${separator}${day}`;
        const clock = second === null ? `${hour}:${minute}` : `${hour}:${minute}:${second}${fraction}`;
        return form === "date" ? `${date}${zone}` : `${date}${between}${clock}${zone}`;
      }),
  },
  { weight: 2, arbitrary: anyText },
);

/**
 * What a text means as a time, by the calendar and not by `Date.parse`: milliseconds since 1970, undefined where it is none.
 * @param short whether a bare year and a compact date will do
 */
function meaning(text: string, short: boolean): number | undefined {
  const plain = text.endsWith("Z") ? text.slice(0, -1) : text;
  if (short && /^[0-9]{4}$/.test(plain)) return ofCalendar(plain, "01", "01", "00", "00", "00", "0");
  const compact = /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(plain);
  if (compact !== null)
    return short ? ofCalendar(compact[1], compact[2], compact[3], "00", "00", "00", "0") : undefined;
  const [date, clock, ...more] = plain.split(/[T ]/);
  if (more.length > 0) return undefined;
  const day = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(date ?? "");
  const hour = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?$/.exec(clock ?? "00:00");
  if (day === null || hour === null) return undefined;
  return ofCalendar(day[1], day[2], day[3], hour[1], hour[2], hour[3] ?? "00", hour[4] ?? "0");
}

function ofCalendar(...fields: readonly (string | undefined)[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.slice(0, 6).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > (days[month - 1] ?? 0)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  let daysBefore = 0;
  // Days from 1 January of year 1 (proleptic Gregorian), 719162 of which lie before 1970.
  const past = year - 1;
  daysBefore += past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  for (let index = 0; index < month - 1; index++) daysBefore += days[index] ?? 0;
  const milliseconds = Number((fields[6] ?? "0").padEnd(3, "0").slice(0, 3));
  return ((daysBefore + day - 1 - 719_162) * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + milliseconds;
}

/** Whole numbers, and what is nearly one. */
const nearNumber = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 10 }).map(String) },
  { weight: 2, arbitrary: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "+1",
      "-0",
      "00",
      "007",
      "1.0",
      "1.",
      ".5",
      "1e3",
      "0x10",
      " 1",
      "1 ",
      "1\n",
      "",
      "-",
      "+",
      "٣",
      "1_000",
      "1,000",
      "Infinity",
      "NaN",
      "2147483647",
      "2147483648",
      "4294967296",
      "9007199254740993",
    ),
  },
  { weight: 2, arbitrary: anyText },
);

/** What it means as xs:integer. */
const integerOf = (text: string) => (/^[+-]?[0-9]+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : undefined);

/** The ids of a list, in their order. */
function idsOf(answer: Answer): string[] {
  return [...utf8(answer.body).matchAll(/<uws:jobref id="([^"]+)"/g)].map(([, id]) => id ?? "");
}

fuzz("AFTER", 250, () =>
  fc.asyncProperty(inAnyCase("AFTER"), nearTime, async (name, text) => {
    const answer = await get(api.frees, [[name, text]]);
    const after = meaning(text, true);
    if (after === undefined) return expectRefused(answer, "AFTER");
    expect(answer.status).toBe(200);
    const expected = listed.filter(({ time }) => time > after).map(({ id }) => id);
    expect(idsOf(answer)).toEqual(expected.reverse());
  }),
);

fuzz("LAST, PHASE and AFTER together", 150, () =>
  fc.asyncProperty(
    fc.array(fc.tuple(inAnyCase("LAST"), nearNumber), { maxLength: 1 }),
    fc.array(
      fc.tuple(inAnyCase("PHASE"), fc.oneof(fc.constantFrom<string>("PENDING", "QUEUED"), fc.constantFrom(...phases))),
      {
        maxLength: 3,
      },
    ),
    fc.array(fc.tuple(inAnyCase("AFTER"), fc.constantFrom(...times)), { maxLength: 1 }),
    async (lasts, wanted, afters) => {
      const answer = await get(api.frees, [...lasts, ...wanted, ...afters]);
      const last = lasts[0] === undefined ? BigInt(listed.length) : integerOf(lasts[0][1]);
      if (last === undefined || last < 1n) return expectRefused(answer, "LAST");
      expect(answer.status).toBe(200);
      const asked = wanted.map(([, phase]) => phase);
      const after = afters[0] === undefined ? Number.NEGATIVE_INFINITY : Date.parse(afters[0][1]);
      const expected = listed
        .filter(({ time, phase }) => time > after && (asked.length === 0 || asked.includes(phase)))
        .map(({ id }) => id)
        .reverse();
      expect(idsOf(answer)).toEqual(expected.slice(0, Number(last < 100n ? last : 100n)));
    },
  ),
);

fuzz("PHASE of a list", 60, () =>
  fc.asyncProperty(anyText, async (phase) => {
    fc.pre(!(phases as readonly string[]).includes(phase));
    expectRefused(await get(api.frees, [["PHASE", phase]]), "PHASE");
  }),
);

fuzz("WAIT and PHASE of a job that has ended", 150, () =>
  fc.asyncProperty(
    inAnyCase("WAIT"),
    nearNumber,
    fc.array(fc.tuple(inAnyCase("PHASE"), fc.oneof(fc.constantFrom<string>(...phases), anyText)), { maxLength: 1 }),
    async (name, text, others) => {
      const answer = await get(ended, [[name, text], ...others]);
      const seconds = integerOf(text);
      if (seconds === undefined || seconds < -1n) return expectRefused(answer, "WAIT");
      const phase = others[0]?.[1];
      if (phase !== undefined && !(phases as readonly string[]).includes(phase)) return expectRefused(answer, "PHASE");
      expect(answer.status).toBe(200);
    },
  ),
);

fuzz("EXECUTIONDURATION, within what the service allows", 150, () =>
  fc.asyncProperty(inAnyCase("EXECUTIONDURATION"), nearNumber, fc.boolean(), async (name, text, atCreation) => {
    const answer = atCreation
      ? await post(api.cones, [
          ["RADIUS", "1"],
          [name, text],
        ])
      : await post(`${cone}/executionduration`, [[name, text]]);
    const seconds = integerOf(text);
    if (seconds === undefined || seconds < 0n || seconds > BigInt(limits.executionDuration)) {
      return expectRefused(answer, "EXECUTIONDURATION");
    }
    expect(answer.status).toBe(303);
    const job = answer.headers.get("location") ?? "";
    const shown = utf8((await answerOf(await api.request(`${job}/executionduration`))).body);
    expect(shown).toBe(String(seconds === 0n || seconds > 600n ? 600 : seconds));
  }),
);

fuzz("DESTRUCTION, of a service without limits and of one with", 150, () =>
  fc.asyncProperty(
    inAnyCase("DESTRUCTION"),
    nearTime,
    fc.boolean(),
    fc.boolean(),
    async (name, text, limited, later) => {
      const list = limited ? api.cones : api.frees;
      const before = Date.now();
      const answer = later
        ? await post(`${limited ? cone : await oneFree()}/destruction`, [[name, text]])
        : await post(list, [
            ["RUNID", "destruction"],
            [name, text],
          ]);
      const time = /^00/.test(text) ? undefined : meaning(text, false);
      if (time === undefined) return expectRefused(answer, "DESTRUCTION");
      expect(answer.status).toBe(303);
      const job = answer.headers.get("location") ?? "";
      const shown = utf8((await answerOf(await api.request(`${job}/destruction`))).body);
      // Two hours from now, by the database's clock, which is this machine's.
      const latest = before + 7_200_000;
      if (!limited || time < latest - 60_000) return expect(shown).toBe(new Date(time).toISOString());
      expect(Math.abs(Date.parse(shown) - latest)).toBeLessThan(60_000);
    },
  ),
);

/** A job of the list without limits that its tests do not look at. */
let free: string | undefined;
async function oneFree(): Promise<string> {
  if (free === undefined) {
    free = await api.create(api.frees);
    await api.store.sql`update jobs set creation_time = '0001-01-01' where id = ${free.split("/").at(-1) ?? ""}`;
  }
  return free;
}

const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

fuzz("RUNID", 120, () =>
  fc.asyncProperty(inAnyCase("RUNID"), anyText, async (name, text) => {
    fc.pre(text.isWellFormed());
    const answer = await post(api.cones, [
      ["RADIUS", "1"],
      [name, text],
    ]);
    if (notXml.test(text) || text.length > limits.runIdLength) return expectRefused(answer, "RUNID");
    expect(answer.status).toBe(303);
    const url = answer.headers.get("location") ?? "";
    const xml = await answerOf(await api.request(url));
    checker.expectSound(xml);
    expect(readJob(utf8(xml.body), url).runId ?? "").toBe(text);
    const json = (await (await api.request(url, { headers: { accept: "application/json" } })).json()) as {
      runId: string;
    };
    expect(json.runId).toBe(text);
  }),
);

fuzz("PHASE that is asked of a job, or ACTION", 100, () =>
  fc.asyncProperty(
    fc.constantFrom("PHASE", "ACTION"),
    fc.oneof(anyText, fc.constantFrom("run", "RUN ", "DELETE", "delete")),
    fc.constantFrom("", "/phase"),
    async (name, text, child) => {
      fc.pre(!(name === "PHASE" && ["RUN", "ABORT", "ARCHIVE"].includes(text)));
      fc.pre(!(name === "ACTION" && text === "DELETE" && child === ""));
      expectRefused(await post(cone + child, [[name, text]]), name);
    },
  ),
);
