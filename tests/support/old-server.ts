/**
 * A server that has nothing of ours: UWS 1.0 as its schema and its servers of old have it. XML only, with prefixes of its own
 * choice, no WAIT, no filters, no events, no description; times without a Z, redirects to relative URLs, and a web page
 * with status 200 wherever it does not know better. A job goes on by a phase each time that somebody looks at it.
 */
export interface OldServer {
  /** Of the job list. */
  readonly url: string;
  /** What was POSTed to the job list, in order. */
  readonly created: readonly (readonly [name: string, value: string | File])[][];
  /** All requests, as `GET /path?query`. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

interface OldJob {
  phases: string[];
  readonly runId: string;
}

export interface OldResult {
  readonly id: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const header = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- of old -->\n';
const namespaces =
  'xmlns:old="http://www.ivoa.net/xml/UWS/v1.0" xmlns:l="http://www.w3.org/1999/xlink" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const nil = (name: string) => `<old:${name} i:nil="true"/>`;

/**
 * Starts one.
 * @param results of every job; it ends in ERROR when its parameter FAIL is given, with that as its message
 */
export function startOldServer(results: readonly OldResult[] = []): OldServer {
  const jobs = new Map<string, OldJob>();
  const created: [name: string, value: string | File][][] = [];
  const requests: string[] = [];

  const xml = (text: string) => new Response(header + text, { headers: { "content-type": "text/xml" } });
  const seeOther = (location: string) => new Response(null, { status: 303, headers: { location } });
  const page = () =>
    new Response("<html><body>Welcome<br></body></html>", { headers: { "content-type": "text/html" } });

  function jobText(id: string, { phases, runId }: OldJob): string {
    const phase = phases[0] ?? "";
    const failed =
      phase === "ERROR"
        ? `<old:errorSummary type="fatal" hasDetail="false"><old:message>${escaped(runId)}</old:message></old:errorSummary>`
        : "";
    const shown = phase === "COMPLETED" ? results : [];
    const links = shown.map((result, index) => `<old:result id="${escaped(result.id)}" l:href="../files/${index}"/>`);
    return `<old:job ${namespaces}><old:jobId>${id}</old:jobId>${nil("ownerId")}<old:phase>${phase}</old:phase>${nil("quote")}
      ${nil("startTime")}${nil("endTime")}<old:executionDuration>0</old:executionDuration>
      <old:destruction>2031-01-01T00:00:00</old:destruction><old:parameters/>
      <old:results>${links.join("")}</old:results>${failed}</old:job>`;
  }

  async function create(request: Request): Promise<Response> {
    const form = await request.formData();
    created.push([...form.entries()]);
    const id = `j${created.length}`;
    const fails = form.get("FAIL");
    const way = ["QUEUED", "EXECUTING", fails === null ? "COMPLETED" : "ERROR"];
    jobs.set(id, { phases: form.get("PHASE") === "RUN" ? way : ["PENDING"], runId: String(fails ?? "") });
    return seeOther(`jobs/${id}`);
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const { method } = request;
    const [, id = "", child = ""] = /^\/old\/jobs\/(\w+)(?:\/(\w+))?$/.exec(pathname) ?? [];
    const file = results[Number(/^\/old\/files\/(\d+)$/.exec(pathname)?.[1])];
    if (file !== undefined) return new Response(file.text, { headers: { ...file.headers } });
    if (pathname === "/old/jobs" && method === "POST") return await create(request);
    if (pathname === "/old/jobs") {
      const references = [...jobs].map(
        ([id, { phases }]) =>
          `<old:jobref id="${id}" l:href="jobs/${id}"><old:phase>${phases[0]}</old:phase></old:jobref>`,
      );
      return xml(`<old:jobs ${namespaces}>${references.join("")}</old:jobs>`);
    }
    const job = jobs.get(id);
    if (id !== "" && job === undefined) return new Response("<html>no such job</html>", { status: 404 });
    if (job === undefined) return page();
    if (method === "DELETE") {
      jobs.delete(id);
      return seeOther("../jobs");
    }
    if (child === "phase" && method === "POST") {
      const phase = (await request.formData()).get("PHASE");
      job.phases = phase === "RUN" ? ["QUEUED", "EXECUTING", "COMPLETED"] : ["ABORTED"];
      return seeOther(`../${id}`);
    }
    if (child === "results") {
      const shown = job.phases[0] === "COMPLETED" ? results : [];
      const links = shown.map(
        (result, index) => `<old:result id="${escaped(result.id)}" l:href="../../files/${index}"/>`,
      );
      return xml(`<old:results ${namespaces}>${links.join("")}</old:results>`);
    }
    if (child !== "") return new Response("<html>no such thing</html>", { status: 404 });
    const text = jobText(id, job);
    if (job.phases.length > 1) job.phases.shift();
    return xml(text);
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      requests.push(`${request.method} ${pathname}${search}`);
      return answer(request);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/old/jobs`,
    created,
    requests,
    stop: () => server.stop(true),
  };
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
