import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Site, startSite } from "../support/site.ts";
import { curl, run, runWell } from "../support/tools/index.ts";
import { type Answers, expectDocumented } from "./documented-commands.ts";

/** curl, which knows nothing of UWS. */

let site: Site;
beforeAll(async () => {
  site = await startSite();
  site.worker("simulate");
  site.worker("crossmatch");
});
afterAll(() => site.stop());

const at = (path: string) => `${site.running.url}/${path}`;
const ask = async (...args: readonly string[]) => await runWell(await curl(), ["-sSf", ...args]);

/** What README.md's calls of curl are answered with, by what is told by their arguments. */
const answers: Answers = [
  [/-w %\{redirect_url\} .*\/crossmatch\/async$/, /^http:\S+\/crossmatch\/async\/[0-9a-f-]{36}$/],
  [/^-N \S+\/events$/, /^event: phase\n(.*\n)*data: .*"COMPLETED"/m],
  [/^\S+\/crossmatch\/async\/[0-9a-f-]{36}$/, /<uws:phase>COMPLETED<\/uws:phase>/],
  [/\/results\/csv$/, /^input_row,name,ra,dec,hip,.*\r\n1,Pleiades,56.75,24.12,/],
  [/^-fL .*\/crossmatch\/sync$/, /<VOTABLE .*<TD>Pleiades<\/TD>/s],
];

test("every curl of README.md does what it says there", async () => {
  await expectDocumented("README.md", site.running.url, answers);
});

// shows: events-stream
test("curl -N shows the events of a job until it has ended", async () => {
  // The log tells of the row that has no position.
  const table = "name,ra,dec\nnowhere,x,y\nSirius,101.2872,-16.7161\n";
  const job = await site.client("crossmatch").create({ TABLE: table }, { run: true });
  const events = (await ask("-N", `${job.url}/events`)).trim().split(/\n\n+/);
  const named = events.map((event) => /^event: (\w+)$/m.exec(event)?.[1]);
  expect(named).toEqual(expect.arrayContaining(["phase", "progress", "result", "log"]));
  expect(named.at(-1)).toBe("end");
  expect(events.filter((_, index) => named[index] === "phase").at(-1)).toContain('"COMPLETED"');
});

test("curl gets the bytes of a result by POST and by GET", async () => {
  const posted = await ask("-L", "-d", "DURATION=0.3", "-d", "RESULT_BYTES=2000", at("simulate/sync"));
  expect(posted).toHaveLength(2000);
  expect(await ask("-L", at("simulate/sync?DURATION=0&RESULT_BYTES=100"))).toHaveLength(100);
});

test("curl gets the error of a job that fails", async () => {
  const failing = ["-d", "OUTCOME=fatal", "-d", "DURATION=0"];
  const { out } = await run(await curl(), ["-sSL", "-w", " %{http_code}", ...failing, at("simulate/sync")]);
  expect(out).toMatch(/\S.* 422$/s);
});

test("curl creates, changes, runs, aborts and deletes a job, following each redirect", async () => {
  const job = await ask("-o", "/dev/null", "-w", "%{redirect_url}", "-d", "DURATION=600", at("simulate/async"));
  const tell = (path: string, ...data: readonly string[]) =>
    ask("-L", ...data.flatMap((each) => ["-d", each]), `${job}${path}`);
  expect(await tell("/parameters", "DURATION=500", "FREE=a b")).toContain(
    '<uws:parameter id="FREE">a b</uws:parameter>',
  );
  expect(await tell("/executionduration", "EXECUTIONDURATION=99")).toContain("<uws:executionDuration>99<");
  expect(await tell("/destruction", "DESTRUCTION=2100-01-01T00:00:00Z")).toContain("<uws:destruction>");
  expect(await tell("/phase", "PHASE=RUN")).toMatch(/<uws:phase>(QUEUED|EXECUTING)</);
  expect(await tell("/phase", "PHASE=ABORT")).toContain("<uws:phase>ABORTED<");
  // Without -L: told to follow, curl would delete the list as well.
  const deleted = await ask("-X", "DELETE", "-w", "%{http_code} %{redirect_url}", job);
  expect(deleted).toBe(`303 ${at("simulate/async")}`);
  const gone = await run(await curl(), ["-s", "-o", "/dev/null", "-w", "%{http_code}", job]);
  expect(gone.out).toBe("404");
});
