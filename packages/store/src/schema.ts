import { phases } from "@uws/core";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

/**
 * What PostgreSQL holds. Phase, lease and attempt token stand in one row, so that each change of phase is one
 * compare-and-set on that row and nothing can be half done.
 *
 * Times have millisecond precision: the value in the database is the value on the wire.
 */
const time = (name: string) => timestamp(name, { precision: 3, withTimezone: true });
const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

export const phaseEnum = pgEnum("phase", phases);

export const jobs = pgTable(
  "jobs",
  {
    id: uuid("id").primaryKey(),
    service: text("service").notNull(),
    type: text("type").notNull(),
    /** The exact description under which the job was created. */
    description: text("description")
      .notNull()
      .references(() => descriptions.digest),
    phase: phaseEnum("phase").notNull(),
    /** Null: anonymous. */
    owner: text("owner"),
    runId: text("run_id"),
    priority: smallint("priority").notNull().default(0),
    creationTime: time("creation_time").notNull(),
    startTime: time("start_time"),
    endTime: time("end_time"),
    destruction: time("destruction"),
    /** Seconds that one attempt may take; 0 = unlimited. */
    executionDuration: integer("execution_duration").notNull(),
    /** [{name, value} | {name, upload: {key, mediaType, filename, size}}] in the client's order. */
    parameters: jsonb("parameters").notNull(),
    traceContext: jsonb("trace_context"),

    // ---- waiting for a worker
    queuedAt: time("queued_at"),
    /** Not before this time (backoff between attempts). */
    availableAt: time("available_at"),
    /** When it was handed to the message queue, by which it has its place there; null = not yet. */
    dispatchedAt: time("dispatched_at"),
    /** When that was last repeated, in case that the message was lost. */
    rungAt: time("rung_at"),
    /** How often it was handed to the message queue: part of the message id. */
    dispatches: integer("dispatches").notNull().default(0),

    // ---- the attempt that holds it
    /** Number of the attempt that runs or ran last; 0 before the first. */
    attempt: integer("attempt").notNull().default(0),
    /** Platform failures so far (lost leases), and retries a worker asked for; each spends one of maxAttempts. */
    failures: integer("failures").notNull().default(0),
    maxAttempts: integer("max_attempts").notNull(),
    /** Set when a gateway claims the job for a worker, null again when the attempt is over. */
    attemptToken: text("attempt_token"),
    /** Claimed but not yet accepted: the worker has until then. */
    acceptBy: time("accept_by"),
    leaseUntil: time("lease_until"),
    /** When the worker was last heard of. */
    heardAt: time("heard_at"),
    /** When the execution duration of this attempt is exceeded. */
    deadline: time("deadline"),
    worker: text("worker"),
    /** Sequence number of the last event of this attempt that is stored. */
    eventSequence: bigint("event_sequence", { mode: "number" }).notNull().default(0),
    logLines: integer("log_lines").notNull().default(0),
    progressFraction: doublePrecision("progress_fraction"),
    progressMessage: text("progress_message"),
    progressCounters: jsonb("progress_counters"),
    checkpoint: bytea("checkpoint"),

    errorType: text("error_type"),
    errorMessage: text("error_message"),
    errorDetail: text("error_detail"),
  },
  (table) => [
    // The list that a caller sees, newest first; the same by phase (ARCHIVED too) and by run id.
    index("jobs_list")
      .on(table.service, table.owner, table.creationTime.desc().nullsFirst(), table.id.desc().nullsFirst())
      .where(sql`phase <> 'ARCHIVED'`),
    index("jobs_list_of_phase").on(
      table.service,
      table.owner,
      table.phase,
      table.creationTime.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index("jobs_list_of_run")
      .on(table.service, table.owner, table.runId, table.creationTime.desc().nullsFirst(), table.id.desc().nullsFirst())
      .where(sql`run_id is not null`),
    // What counts towards an owner's quota.
    index("jobs_active")
      .on(table.service, table.owner)
      .where(sql`phase in ('QUEUED', 'EXECUTING', 'UNKNOWN', 'SUSPENDED')`),
    // What is to be handed to the message queue, in order; and what was handed over and not claimed.
    index("jobs_to_dispatch")
      .on(table.type, table.priority.desc().nullsFirst(), table.queuedAt, table.id)
      .where(sql`phase in ('QUEUED', 'SUSPENDED') and dispatched_at is null and attempt_token is null`),
    // The same by owner, so that each gets a turn: dispatchJobs jumps from owner to owner.
    index("jobs_to_dispatch_of_owner")
      .on(table.type, sql`(-priority)`, sql`coalesce(owner, '')`, table.queuedAt, table.id)
      .where(sql`phase in ('QUEUED', 'SUSPENDED') and dispatched_at is null and attempt_token is null`),
    index("jobs_dispatched")
      .on(table.type, table.dispatchedAt)
      .where(sql`phase in ('QUEUED', 'SUSPENDED') and dispatched_at is not null and attempt_token is null`),
    // What a worker holds. The times that each heartbeat moves are not in it, so that heartbeats stay cheap (HOT).
    index("jobs_held").on(table.type).where(sql`attempt_token is not null`),
    index("jobs_destruction").on(table.destruction).where(sql`destruction is not null`),
    // How the jobs of a type ended, latest first: for quotes, and for statistics, which tell services apart.
    index("jobs_ended")
      .on(table.type, table.phase, table.endTime.desc().nullsFirst(), table.service)
      .where(sql`phase in ('COMPLETED', 'ERROR', 'ABORTED')`),
    // Few wait for their clients to run them again.
    index("jobs_on_hold").on(table.type, table.service).where(sql`phase = 'HELD'`),
  ],
);

/** What owners let others do with single jobs. */
export const jobGrants = pgTable(
  "job_grants",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    /** The user who may. */
    grantee: text("grantee").notNull(),
    /** Whether the grantee may change the job, not only look at it. */
    write: boolean("write").notNull(),
    /** The job's own, which never change: a list walks along them. */
    jobService: text("job_service").notNull(),
    jobCreationTime: time("job_creation_time").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.grantee] }),
    index("job_grants_list").on(table.grantee, table.jobService, table.jobCreationTime.desc(), table.jobId.desc()),
  ],
);

/** Every attempt that a worker accepted, and how it ended. */
export const attempts = pgTable(
  "attempts",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    worker: text("worker").notNull(),
    startTime: time("start_time").notNull(),
    endTime: time("end_time"),
    /** completed, failed, lost, released, retried, aborted, expired; null = running. */
    outcome: text("outcome"),
    message: text("message"),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.number] })],
);

/** Log lines, by attempt and the worker's sequence number, which makes a repeated event harmless. */
export const logLines = pgTable(
  "log_lines",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    attempt: integer("attempt").notNull(),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    time: time("time").notNull(),
    level: text("level").notNull(),
    message: text("message").notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.attempt, table.sequence] })],
);

export const results = pgTable(
  "results",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    id: text("id").notNull(),
    attempt: integer("attempt").notNull(),
    mediaType: text("media_type").notNull(),
    size: bigint("size", { mode: "number" }),
    /** In the blob store, or … */
    blobKey: text("blob_key"),
    sha256: text("sha256"),
    /** … elsewhere. */
    reference: text("reference"),
    creationTime: time("creation_time").notNull(),
    /** The order in which they were stored. */
    ordinal: bigint("ordinal", { mode: "number" }).generatedAlwaysAsIdentity(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.id] })],
);

/** Job descriptions by the SHA-256 of their canonical form. Never changed, never removed while a job points at one. */
export const descriptions = pgTable("descriptions", {
  digest: text("digest").primaryKey(),
  type: text("type").notNull(),
  version: text("version").notNull(),
  /** JSON as its author wrote it: jsonb would lose the order in which parameters are shown. */
  document: text("document").notNull(),
  creationTime: time("creation_time").notNull(),
});

/**
 * What the versions of job types mean: one meaning each, for ever. Whoever comes first settles it, and who comes with another
 * meaning under the same version is refused.
 */
export const descriptionVersions = pgTable(
  "description_versions",
  {
    type: text("type").notNull(),
    version: text("version").notNull(),
    /** SHA-256 of what its descriptions promise, without texts for people. */
    meaning: text("meaning").notNull(),
  },
  (table) => [primaryKey({ columns: [table.type, table.version] })],
);

/** Descriptions that workers announced, by the digest of the document, and what has become of them. */
export const announcedDescriptions = pgTable(
  "announced_descriptions",
  {
    digest: text("digest").primaryKey(),
    type: text("type").notNull(),
    version: text("version").notNull(),
    meaning: text("meaning").notNull(),
    /** JSON as its author wrote it. */
    document: text("document").notNull(),
    /** held, accepted, rejected. */
    state: text("state").notNull(),
    /** The worker that announced it first. */
    worker: text("worker").notNull(),
    /** The name of the token that it showed; null = none was needed. */
    token: text("token"),
    creationTime: time("creation_time").notNull(),
    /** When it got its state; of several accepted ones of a type, the latest is served. */
    decisionTime: time("decision_time"),
    /** The operator; null = the configuration said so. */
    decidedBy: text("decided_by"),
  },
  (table) => [
    index("announced_descriptions_accepted")
      .on(table.type, table.decisionTime.desc().nullsFirst())
      .where(sql`state = 'accepted'`),
  ],
);

/** What holds for all jobs of a type at the moment. A type without a row is not paused and has no limits. */
export const jobTypes = pgTable("job_types", {
  type: text("type").primaryKey(),
  /** An operator's wish: no job of the type is given to a worker, and RUN makes it HELD. */
  paused: boolean("paused").notNull().default(false),
  /** Jobs that may be with workers, or on their way to them, at once; null = any number. */
  concurrency: integer("concurrency"),
  /** Those of one owner. */
  ownerConcurrency: integer("owner_concurrency"),
});

/** Blobs (or, with a trailing slash, all blobs below a prefix) that no row needs any more; the keeper removes them. */
export const garbage = pgTable("garbage", {
  id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
  key: text("key").notNull(),
});

/** People who may log in with a password (HTTP Basic). */
export const users = pgTable("users", {
  name: text("name").primaryKey(),
  /** argon2id, in the PHC string format. */
  password: text("password").notNull(),
  creationTime: time("creation_time").notNull(),
});

/** Tokens by which programs log in as a user: of each, only a hash is kept. They go with their user. */
export const userTokens = pgTable(
  "user_tokens",
  {
    owner: text("owner")
      .notNull()
      .references(() => users.name, { onDelete: "cascade" }),
    /** Names the token to its owner. */
    name: text("name").notNull(),
    /** SHA-256 of the token, hexadecimal. Tokens are random, so that no slow hash is needed. */
    hash: text("hash").notNull().unique(),
    /** Whether its bearer may only look. */
    readOnly: boolean("read_only").notNull(),
    /** Paths of the services for which it is good; null = all. */
    services: text("services").array(),
    creationTime: time("creation_time").notNull(),
    /** Null = for ever. */
    expiry: time("expiry"),
  },
  (table) => [primaryKey({ columns: [table.owner, table.name] })],
);

/** Which job a request with an Idempotency-Key has made, so that its repetition makes no other. Kept for a day. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    service: text("service").notNull(),
    /** Empty: anonymous. */
    owner: text("owner").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of what the request says. */
    request: text("request").notNull(),
    jobId: uuid("job_id").notNull(),
    creationTime: time("creation_time").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.service, table.owner, table.key] }),
    index("idempotency_keys_age").on(table.creationTime),
  ],
);

/** What workers show to be let in: bearer tokens, of which only a hash is kept. */
export const workerTokens = pgTable("worker_tokens", {
  /** Names the token to the operator. */
  name: text("name").primaryKey(),
  /** SHA-256 of the token, hexadecimal. Tokens are random, so that no slow hash is needed. */
  hash: text("hash").notNull().unique(),
  /** Job types that its bearer may run; null = all. */
  types: text("types").array(),
  creationTime: time("creation_time").notNull(),
  /** Null = for ever. */
  expiry: time("expiry"),
});
