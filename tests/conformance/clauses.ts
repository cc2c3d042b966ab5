/** One thing that the contract promises. */
export interface Clause {
  /** Named by the test that shows it. */
  readonly id: string;
  /** Standard and section, or "ours". */
  readonly source: string;
  /** In our own words. */
  readonly text: string;
}

const clauses: Clause[] = [];

/** Adds the clauses of one section. */
function section(source: string, texts: Readonly<Record<string, string>>): void {
  for (const [id, text] of Object.entries(texts)) clauses.push({ id, source, text });
}

section("UWS 1.1, 2.1 Job list", {
  "list-document": "The job list is a uws:jobs document of version 1.1, served as XML.",
  "list-reference":
    "Each job in it is a uws:jobref with its id, an absolute link to it, and its phase, owner and creation time, in this order.",
  "list-run-id": "A jobref shows the run id of a job that has one, and no run id otherwise.",
  "list-archived": "Archived jobs are in the list only when PHASE asks for them.",
  "list-streams":
    "A list is sent as it is read: its length costs no memory, and a client that does not read no connection.",
  "list-broken": "A list that cannot be read to its end breaks off, so that nobody takes a part for the whole.",
  "list-filters": "Beyond the standard, RUNID, TYPE, OWNER, BEFORE and PARAM.name filter it as well.",
});

section("UWS 1.1, 2.2.2 Job list: filters", {
  "filter-phase": "PHASE leaves the jobs in that phase.",
  "filter-phases": "PHASE may be repeated; the list is the union.",
  "filter-after": "AFTER leaves the jobs created later than a time, strictly, to the millisecond.",
  "filter-after-forms": "AFTER takes ISO 8601 dates and times in UTC, in several precisions.",
  "filter-after-zone": "AFTER refuses zone offsets.",
  "filter-last": "LAST leaves the newest so many.",
  "filter-order": "A list is ordered by creation time, newest first.",
  "filter-and": "PHASE, AFTER and LAST combine as AND.",
  "filter-case": "The names of filters are matched without regard to case.",
  "filter-wrong": "A filter with a wrong value is refused with 400 and a message that names it.",
});

section("UWS 1.1, 2.1 Job", {
  "job-document": "A job is a uws:job document of version 1.1, served as XML.",
  "job-order": "Its elements stand in the order of the schema.",
  "job-nil": "Owner, quote, start, end and destruction are always there, as xsi:nil where unknown.",
  "job-absent": "A run id or an error summary that does not exist is left out.",
  "job-empty-lists": "parameters and results are there even when empty.",
  "job-prefixes": "The prefixes uws, xlink and xsi are declared on the root and used literally.",
  "job-id": "Job ids are URL-safe and begin with a hexadecimal digit.",
  "job-unknown": "An unknown job, and each of its children, is 404.",
  "job-times": "Times are UTC with three digits of milliseconds and a Z, the same in every representation.",
  "job-info": "jobInfo holds elements of a namespace of the server's own.",
});

section("UWS 1.1, 2.1 Execution phase", {
  "phase-text": "X/phase is the bare phase as text/plain.",
  "phase-pending": "A new job is PENDING until it is told to run.",
  "phase-queued": "A job that runs waits QUEUED for a worker.",
  "queue-order": "Jobs of one priority start in the order in which they were told to run, however long they wait.",
  "phase-executing": "A job on which a worker works is EXECUTING and has a start time.",
  "phase-completed": "A job that went well is COMPLETED and has an end time.",
  "phase-error": "A job that failed is in ERROR, with an error summary, and its document is still answered with 200.",
  "phase-aborted": "A job that was aborted is ABORTED, has an end time, and keeps the results that it had.",
  "phase-held": "A job that is told to run while its owner is over quota is HELD, until it is told again.",
  "phase-suspended": "A job that its worker gave back with a checkpoint is SUSPENDED until it is resumed.",
  "phase-unknown": "A job whose worker is silent is UNKNOWN, and EXECUTING again once the worker is heard.",
  "phase-archived": "An archived job is ARCHIVED: its results are gone, what is known about it stays.",
});

section("UWS 1.1, 2.1 Execution duration", {
  "duration-text": "X/executionduration is the number of seconds as text/plain; 0 is unlimited.",
  "duration-set": "The client may ask for another duration; the answer redirects to the job.",
  "duration-clamped": "A duration beyond the service's limit becomes that limit, and the client can read it.",
  "duration-wrong": "Garbage, negative and too large durations are refused with 400 and change nothing.",
  "duration-enforced": "A job that exceeds its duration is ABORTED by the server, and keeps the results that it had.",
});

section("UWS 1.1, 2.1 Destruction time", {
  "destruction-text": "X/destruction is an ISO 8601 time as text/plain.",
  "destruction-set": "The client may ask for another destruction time; the answer redirects to the job.",
  "destruction-clamped": "A time beyond the service's limit becomes that limit, and the client can read it.",
  "destruction-wrong": "What is no ISO 8601 time in UTC is refused with 400 and changes nothing.",
  "destruction-destroys": "At its destruction time a job is gone, and so are its results.",
  "destruction-archives": "On a service that archives, the job is ARCHIVED at its destruction time instead.",
});

section("UWS 1.1, 2.1 Quote", {
  "quote-text": "X/quote is the predicted time of completion as text/plain; nothing, with 200, where it is unknown.",
  "quote-future": "A quote is never in the past of the moment at which it is given.",
});

section("UWS 1.1, 2.1 Error", {
  "error-summary": "The error summary has a type, transient or fatal, and a message.",
  "error-detail": "hasDetail tells that X/error holds more than the message.",
  "error-votable": "A service may be told to serve X/error as VOTable, for clients of TAP.",
  "error-none": "X/error of a job without error is 404.",
});

section("UWS 1.1, 2.1 Owner and run id", {
  "owner-anonymous": "The owner of an anonymous client's job is nil, and X/owner is empty.",
  "owner-named": "The owner of a job is who created it, and X/owner says so.",
  "owner-restricted": "A job of somebody else is 403 with every child, and is in nobody else's list.",
  "run-id": "The run id is the client's, and is given back as it was sent.",
  "run-id-post": "POST of RUNID to X or X/parameters replaces it while the job is PENDING; later it is 403.",
});

section("UWS 1.1, 2.1 Parameters", {
  "parameters-element": "X/parameters is the uws:parameters element, without a version attribute.",
  "parameters-echo": "Values come back exactly: markup, white space, line ends and all of Unicode.",
  "parameters-case": "Names are matched without regard to case, and echoed as they were sent.",
  "parameters-repeated": "Repeated parameters are kept, in order.",
  "parameters-one": "X/parameters/NAME is the bare value.",
  "parameters-by-reference": "What XML cannot hold, and files, are byReference: a URL at which the same bytes are.",
  "parameters-post": "POST to X or X/parameters sets parameters while the job is PENDING.",
  "parameters-put": "PUT to X/parameters/NAME sets one of them.",
  "parameters-late": "Once the job is not PENDING, changes are refused with 403 and change nothing.",
  "parameters-unknown":
    "New ones are taken where the job type allows unknown ones, and refused with 400 where it does not.",
});

section("UWS 1.1, 2.1 Results", {
  "results-element": "X/results is the uws:results element, without a version attribute.",
  "results-reference": "A result has a unique id, an absolute link, a media type and a size.",
  "results-bytes": "The link gives the bytes, with their type and length.",
  "results-headers": "They carry ETag, Last-Modified and Content-Disposition.",
  "results-elsewhere": "A result that is kept elsewhere is a redirect to there.",
  "results-head": "HEAD gives the same headers without the bytes.",
  "results-early": "Results appear while the job runs.",
  "results-unknown": "A result that does not exist is 404.",
  "results-conditional": "If-None-Match with the ETag is answered with 304.",
  "results-range": "A range of bytes is answered with 206 and those bytes, one outside with 416.",
  "results-passive": "No result is active content: nosniff, and a policy that sandboxes it.",
});

section("UWS 1.1, 2.2.1 Waiting for a change", {
  "wait-change": "WAIT=n is answered as soon as the phase changes.",
  "wait-over": "WAIT=n is answered after n seconds if nothing changes.",
  "wait-zero": "WAIT=0 is answered at once.",
  "wait-forever": "WAIT=-1 waits for as long as the server allows.",
  "wait-phase": "With PHASE=p it waits only while the job is in p, and is answered at once otherwise.",
  "wait-terminal": "It does not wait for a job that has ended.",
  "wait-wrong": "A wrong WAIT or PHASE is refused with 400.",
  "wait-job-only": "Only the job itself waits; its children are answered at once.",
  "wait-limit": "Who waits too often is answered at once.",
  "wait-free": "Who waits costs memory only: no connection to the database, and no query of one's own.",
  "wait-left": "A client that leaves is forgotten.",
  "wait-without-news": "While NATS is down, changes are noticed within two seconds all the same.",
});

section("UWS 1.1, 2.2.3 Creating a job", {
  "create-redirect":
    "POST to the list is answered with 303 and the absolute URL of the job, on the host that the client used.",
  "create-proxy": "Behind a trusted proxy, that is the host that the client asked of the proxy.",
  "create-public-url": "Where a public URL is configured, all URLs begin with it.",
  "create-form": "Parameters come as a form,",
  "create-multipart": "as multipart/form-data,",
  "create-json": "or as JSON, alike.",
  "create-empty": "A request that says nothing creates a job, too.",
  "create-control": "RUNID, EXECUTIONDURATION and DESTRUCTION are taken from the body or the query.",
  "create-run": "PHASE=RUN in the body or the query starts the job at once.",
  "create-incomplete": "A missing parameter is refused only when the job is to run.",
  "create-wrong": "A wrong value is refused with 400 that names the parameter and what is allowed; no job is left.",
  "create-upload": "A part of a multipart body that is a file is stored as it is, chunked and with a preamble as well.",
  "create-idempotent": "Idempotency-Key: the same key and request give the same job, another request under it 409.",
  "create-over-quota": "Over quota, a service that does not hold jobs refuses them with 403.",
  "create-too-large": "What is too large is refused with 413, as soon as that is known, and nothing of it is kept.",
  "create-streams": "Uploads stream to storage: memory does not grow with them.",
  "create-broken": "A client that breaks off in the middle leaves nothing.",
});

section("UWS 1.1, 2.2.3 Starting and aborting a job", {
  "run-redirect": "PHASE=RUN at X/phase is answered with 303 to the job, which is queued.",
  "run-again": "RUN of a job that runs or has ended is refused with 403.",
  "abort-redirect": "PHASE=ABORT at X/phase is answered with 303 to the job, which is ABORTED then.",
  "abort-at-job": "PHASE=ABORT may be posted to the job itself.",
  "abort-query": "Control parameters may come in the query, with an empty body.",
  "abort-ended": "ABORT of a job that has ended is refused with 403.",
  "phase-wrong": "Any other PHASE is refused with 400 and changes nothing.",
  "archive-ended": "PHASE=ARCHIVE archives a job that has ended, and is refused with 403 before.",
});

section("UWS 1.1, 2.2.3 Deleting a job", {
  "delete-redirect": "DELETE is answered with 303 to the list as the client knows it; the job is gone.",
  "delete-action": "POST of ACTION=DELETE to the job does the same.",
  "delete-only": "No other POST deletes.",
  "delete-running": "A running job is stopped and gone at once.",
  "delete-last": "Where lists are huge, the service may send who deletes to the newest so many.",
});

section("UWS 1.1, 5 Synchronous requests; DALI 1.1, 2.2", {
  "sync-result": "A request to sync runs a job and redirects to its main result.",
  "sync-query": "Its parameters come in a form or in the query.",
  "sync-error": "A job that fails is answered with its error.",
  "sync-wrong": "Wrong parameters are refused with 400, and no job is left.",
  "sync-late": "If the wait is over first, the answer is 503 with Retry-After and the URL of the job, which goes on.",
  "sync-head": "HEAD would run a job, and is 405.",
});

section("VOSI 1.1", {
  "vosi-capabilities":
    "{service}/capabilities lists the interfaces with absolute URLs and the parameters of the job type.",
  "vosi-availability": "{service}/availability tells whether the service can be used.",
  "description-forms": "{service}/description is the job description as JSON, YAML or VOTable.",
});

section("HTTP (RFC 9110) and representations", {
  "http-method": "A wrong method is 405 with Allow.",
  "http-nothing": "An unknown URL is 404.",
  "http-accept-xml": "The default is XML: for no Accept, */*, text/plain, and what Java's clients send.",
  "http-accept-application": "application/xml only where it is asked for and text/xml is not.",
  "http-accept-json": "JSON where it is preferred.",
  "http-accept-html": "HTML for a browser.",
  "http-errors": "Errors are text/plain, and problem+json (RFC 9457) where JSON was asked for.",
  "http-failure": "An internal failure is 500 with a request id, under which it was logged, and says no more.",
  "http-content-type": "A stray Content-Type on a GET is ignored.",
  "http-head": "HEAD answers as GET does, without the body.",
  "http-paths": "Services may sit at any path, several in one server, each with a list of its own.",
});

section("ours", {
  "events-stream":
    "X/events tells phases, progress, results and log lines as server-sent events, and ends with the job.",
  versions:
    "A version of a job type means one thing: another meaning under it is refused, and the answer says what has changed.",
  "description-opus": "{service}/description is a job definition of OPUS where Accept or RESPONSEFORMAT say so.",
  announced: "A job type that a worker announces is served when an operator, or the configuration, has accepted it.",
  operators: "Only operators see and decide on what workers announce.",
  "json-pages": "JSON lists are paged by cursor.",
  "basic-wrong": "A wrong password is 401, and never an anonymous client.",
});

/** All of them, in the order of the standard. */
export const allClauses: readonly Clause[] = clauses;
