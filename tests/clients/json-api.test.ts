import { afterAll, beforeAll, test } from "bun:test";
import { type Site, startSite } from "../support/site.ts";
import { type Answers, expectDocumented } from "./documented-commands.ts";

let site: Site;
beforeAll(async () => {
  // Without gRPC workers: a shell does the work. Leases are those of production, since a shell may be slow.
  site = await startSite({ timing: { lease: 20_000, heartbeat: 5000, silence: 11_000 } });
});
afterAll(() => site.stop());

const id = "[0-9a-f-]{36}";

/** What the calls of docs/json-api.md are answered with. */
const answers: Answers = [
  [/\/async\/nothing$/, /^\{"type":"about:blank","title":"Not Found","status":404,.*"code":"not_found","requestId":"/],
  [/night 7", "parameters"/, new RegExp(`^http:\\S+/simulate/async/${id}$`)],
  [/\?WAIT=1&PHASE=QUEUED$/, /"runId":"night 7".*"phase":"QUEUED"/],
  [/\?RUNID=night%207&limit=10$/, /^\{"jobs":\[\{"jobId":"[^}]*"runId":"night 7"[^}]*\}\],"next":null\}/],
  [
    /\?SUMMARY=true&limit=10$/,
    /"summary":\{"startTime":.*"parameters":\[\{"name":"DURATION","value":"0.5","cut":false\}/,
  ],
  [/-d \{"parameters": \{"DURATION": 60\}\}/, new RegExp(`^http:\\S+/simulate/async/${id}$`)],
  [/-d \{"DURATION": 5\}/, /"phase":"PENDING".*"parameters":\[\{"name":"DURATION","value":"5"\}\]/],
  [/-d \{"phase": "ABORT"\}/, /"phase":"ABORTED"/],
  [/-X DELETE/, /^$/],
  [/"STEPS": "many"/, /"errors":\[.*\{"parameter":"DURATION","value":"-1","rule":"must be >= 0","message":"/],
  [/"DURATION": -1/, /"status":400,"detail":"jobs\[1\]: DURATION=\\"-1\\" must be >= 0"/],
  [/\/batch$/, /^\{"jobs":\[(\{"jobId":"[^}]*"phase":"QUEUED"\},){2}\{"jobId":"[^}]*"phase":"PENDING"\}\]\}/],
  [
    /"dryRun": true\} .*\/abort$/,
    new RegExp(`^{"action":"abort","dryRun":true,"jobs":\\[("${id}",){2}"${id}"\\],"refused":\\[\\],"next":null}`),
  ],
  [/\/batch\/abort$/, new RegExp(`^{"action":"abort","dryRun":false,"jobs":\\["${id}"\\]`)],
  [/\/batch\/delete$/, new RegExp(`^{"action":"delete","dryRun":false,"jobs":\\["${id}"\\]`)],
  [
    /"max": 1\} .*\/claim$/,
    /^\{"jobs":\[\{"jobId":".*"runId":"night 7".*"name":"DURATION","value":"0.5".*\],"lease":20,"heartbeat":5\}/,
  ],
  [/\/claim$/, /^\{"jobs":\[\{"jobId":".*"runId":"survey".*"name":"DURATION","value":"1"/],
  [/"fraction": 0.5/, /"phase":"EXECUTING","sequence":4,"lease":20\}/],
  [/-d \{\} /, /"phase":"EXECUTING","sequence":4,"lease":20\}/],
  [/"phase": "COMPLETED"/, /"phase":"COMPLETED","sequence":4/],
  [/too late/, /"status":409,.*"code":"fenced"/],
  [/"reason": "lunch"/, /"phase":"SUSPENDED","sequence":1/],
  [
    /\/statistics$/,
    /^\{"service":"simulate","time":".*"types":\[\{"type":"simulate","paused":false,"queued":2,"running":0,"held":0,"lastHour":\{"completed":1,/,
  ],
  [new RegExp(`/simulate/async/${id}$`), /^\{"jobId":".*"runId":"night 7".*"phase":"QUEUED"/],
];

test("every curl of docs/json-api.md does what it says there", async () => {
  await expectDocumented("docs/json-api.md", site.running.url, answers);
});
