import { isIP } from "node:net";
import { limits } from "@uws/core";
import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);
const milliseconds = z.coerce.number().int().positive().max(86_400_000);

/** How long things take. All in milliseconds. */
export const timing = z
  .strictObject({
    /** Without a heartbeat for this long, a job is given to another worker. */
    lease: milliseconds.default(20_000),
    /** How often a worker is asked to send heartbeats. */
    heartbeat: milliseconds.default(5000),
    /** A worker that was not heard of for this long makes its jobs UNKNOWN. */
    silence: milliseconds.default(11_000),
    /** How long a worker has to accept an assignment. */
    accept: milliseconds.default(5000),
    /** How long a cancelled job's process may take to tidy up. */
    cancelGrace: milliseconds.default(5000),
    /** How often the keeper looks at what time has done. */
    sweep: milliseconds.default(1000),
    /** After this long, a job that was published and not claimed is rung again. */
    redispatch: milliseconds.default(10_000),
    /** First wait before a job that lost its worker runs again; doubles each time. */
    backoff: milliseconds.default(500),
    backoffMax: milliseconds.default(60_000),
    /** A stored file that no row needs is removed when it is so old: older than any request takes that brings files. */
    orphan: z.coerce.number().int().min(1000).max(31_536_000_000).default(86_400_000),
    /** How long the keeper rests after it has looked at all stored files. */
    orphanLook: z.coerce.number().int().min(100).max(31_536_000_000).default(3_600_000),
    /** How long an api that stops serves on, not ready any more, so that balancers turn to others first. */
    leave: z.coerce.number().int().min(0).max(600_000).default(0),
    /** How long a process that stops waits for what is in flight. */
    shutdown: milliseconds.default(10_000),
  })
  .refine((given) => given.heartbeat < given.silence && given.silence < given.lease, {
    message: "heartbeat < silence < lease must hold, or healthy workers would lose their jobs",
  });

export type Timing = z.infer<typeof timing>;

const waiters = z.coerce.number().int().min(1).max(1_000_000);

/** Clients that wait for a change of a job: long polls (WAIT) and event streams. Times in milliseconds. */
const waiting = z.strictObject({
  /** How long a WAIT request blocks at most. HTTP connections that are silent for more than 255 s are cut. */
  longest: milliseconds.max(250_000).default(limits.waitSeconds * 1000),
  /** How often their jobs are looked at, since the news of a change may be lost. */
  look: milliseconds.default(1000),
  /** Silence after which an event stream gives a sign of life: proxies cut what is silent for a minute. */
  eventHeartbeat: milliseconds.max(250_000).default(15_000),
  /** How many of them there may be at once in one process. Further waits are answered at once, further streams refused. */
  clients: waiters.default(limits.waiters),
  /** Those of one owner or, where they are anonymous, of one address. */
  clientsPerCaller: waiters.default(limits.waitersPerCaller),
});

const file = z.string("must name a file").min(1, "must name a file");
/** Environment variables are texts. */
const flag = z.preprocess(
  (given) => (given === "true" ? true : given === "false" ? false : given),
  z.boolean("must be true or false"),
);

/** The worker protocol's server: who is let in, and how the connection is protected. */
const grpc = z.strictObject({
  /** Address to listen on; absent = `host`. */
  host: z.string().min(1).optional(),
  /** Absent = plain text. Files are PEM, relative to the configuration file. */
  tls: z
    .strictObject({
      /** The server's certificate, followed by the intermediate ones. */
      certificate: file,
      /** Its private key, not encrypted. */
      key: file,
      /** Authorities whose client certificates are valid (mutual TLS). */
      clientCa: file.optional(),
      /** Whether a worker must show a client certificate; absent = when there is a clientCa. */
      requireClientCertificate: flag.optional(),
    })
    .refine((given) => given.clientCa !== undefined || given.requireClientCertificate !== true, {
      path: ["requireClientCertificate"],
      message: "needs clientCa: the authorities whose client certificates are valid",
    })
    .optional(),
  /** Whether workers must show a token; absent = except in plain text on a loopback address. */
  requireToken: flag.optional(),
  /** Plain text on an address that is not loopback: something else must protect the connection. */
  allowPlainText: flag.default(false),
  /** Milliseconds after which open sessions learn that their token was removed or has expired. */
  tokenCheck: milliseconds.default(5000),
});

export type GrpcConfig = z.infer<typeof grpc>;

/** Environment variables are texts. */
const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((given) => (typeof given === "string" ? given.split(",") : given), z.array(item).max(100));

/** Who is let in by HTTP. */
const auth = z
  .strictObject({
    /** Whether requests without credentials are let in; their jobs have no owner. */
    anonymous: flag.default(true),
    /** HTTP Basic, with the users of the database. Something else must encrypt the connection. */
    basic: flag.default(false),
    /** What clients are shown when they are asked for credentials. */
    realm: z
      .string()
      .regex(/^[\x20-\x7e]{1,100}$/, "must be 1 to 100 visible ASCII characters")
      .refine((text) => !/["\\]/.test(text), "must not hold quotes and backslashes")
      .default("bun-uws"),
    /** Names of users who decide on what workers announce. */
    operators: list(z.string().min(1).max(255)).default([]),
  })
  .refine((given) => given.operators.length === 0 || given.basic, {
    path: ["operators"],
    message: "needs basic: nobody can log in",
  })
  .refine((given) => given.anonymous || given.basic, "lets nobody in: anonymous or basic must be true");

const addressRange = z.string().transform((text, context) => {
  const [address = "", bits] = text.trim().split("/");
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  if (family === 0 || !/^\d{1,3}$/.test(bits ?? "0") || prefix > longest) {
    context.addIssue(`must be addresses or ranges such as 10.0.0.0/8; ${JSON.stringify(text.slice(0, 60))} is none`);
    return z.NEVER;
  }
  return { address, prefix, family: family === 4 ? ("ipv4" as const) : ("ipv6" as const) };
});

/** Proxies in front of this server. */
const proxies = z.strictObject({
  /** Where they connect from: what they say of their clients is believed. */
  trusted: list(addressRange).default([]),
  /** The headers in which they say it: `Forwarded` (RFC 7239), or X-Forwarded-For, -Host and -Proto. They must set or remove these. */
  headers: z.enum(["x-forwarded", "forwarded"]).default("x-forwarded"),
});

export type ProxiesConfig = z.infer<typeof proxies>;

/** What the server itself has beside its services. */
const reserved: readonly string[] = [
  "swagger",
  "healthz",
  "readyz",
  "login",
  "schemas",
  "descriptions",
  "tokens",
  "ui",
];
/** What a service has beside its job list. */
const besideJobList: readonly string[] = ["sync", "capabilities", "availability", "description", "claim", "statistics"];
/** Parameters that have a meaning in every service. */
const taken: readonly string[] = [
  ...["RUNID", "PHASE", "EXECUTIONDURATION", "DESTRUCTION", "ACTION", "WAIT"],
  ...["PRIORITY", "UPLOAD", "PARAMETERS"],
];

const service = z.strictObject({
  /** Path of the service: one or more segments, e.g. `crossmatch` or `api/batch`. */
  path: z
    .string()
    .regex(/^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/, "must be path segments of letters, digits and -._~")
    .refine(
      (path) => !reserved.includes(path.split("/")[0] ?? ""),
      `must not begin with any of: ${reserved.join(", ")}`,
    ),
  /** Path of its job list below the service. */
  jobList: z
    .string()
    .regex(/^[A-Za-z0-9._~-]+$/, "must be one path segment")
    .refine((name) => !besideJobList.includes(name), `must not be any of: ${besideJobList.join(", ")}`)
    .default("async"),
  /** Files that describe its job types, relative to the configuration file. */
  descriptions: z.array(z.string().min(1)).max(100).default([]),
  /** Names of job types whose descriptions workers announce; of one that a file describes as well, the file counts. */
  types: z
    .array(z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "must be the name of a job type"))
    .max(100)
    .default([]),
  /** Where there are several, the parameter by which a client says which one it wants; in any case. */
  typeParameter: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_.:-]{0,199}$/, "must be a name of letters, digits and _.:-")
    .refine((name) => !taken.includes(name.toUpperCase()), `must not be any of: ${taken.join(", ")}`)
    .default("JOBTYPE"),
  /** Who has destroyed a job is sent to the newest so many; absent = to the whole list, which may be huge. */
  redirectLast: z.int().min(1).max(2_147_483_647).optional(),
  /** In which form a job tells why it failed: VOTable is what clients of TAP read (DALI 1.1, section 5.4). */
  errors: z.enum(["text", "votable"]).default("text"),
  /** How many jobs of one owner may wait or run at once; absent = any number. Those without an owner count together. */
  quota: z
    .strictObject({
      /** QUEUED, EXECUTING, SUSPENDED and UNKNOWN ones. */
      active: z.int().min(1).max(1_000_000),
      /** What is above it becomes HELD until the client tells it to run again, or is refused. */
      over: z.enum(["hold", "refuse"]).default("hold"),
    })
    .optional(),
  /** Who may use it, of those whom `auth` lets in; absent = all of them. */
  access: z
    .strictObject({
      /** Whether requests without credentials are let in; absent = unless `users` are named. */
      anonymous: z.boolean("must be true or false").optional(),
      /** Names of those who may; absent = everybody who logs in. */
      users: z.array(z.string().min(1).max(255)).min(1, "must name at least one user").max(10_000).optional(),
    })
    .optional(),
  /** Present: at its destruction time a job is archived, which removes its files, instead of removed. */
  archive: z
    .strictObject({
      /** Seconds for which archived jobs are kept; absent = for ever. */
      keep: z.int().positive().max(2_147_483_647).optional(),
    })
    .optional(),
});

/** A service as it is configured, and where the file says so: `file:line: field`, for those who find it wrong later. */
export type ServiceConfig = z.infer<typeof service> & {
  readonly places: { readonly descriptions: readonly string[]; readonly typeParameter: string };
};

/** The whole configuration, as the file has it. */
export const config = z
  .strictObject({
    /** Address to listen on. */
    host: z.string().min(1).default("127.0.0.1"),
    /** 0 = a free one. */
    httpPort: port.default(8080),
    grpcPort: port.default(50_051),
    /** postgres://…; absent = an embedded server in the data directory. */
    databaseUrl: z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL")
      .optional(),
    /** nats://…; absent = an embedded server in the data directory. */
    natsUrl: z
      .string()
      .regex(/^nats:\/\//, "must be a nats:// URL")
      .optional(),
    /** First token of NATS subjects; two installations that share a NATS need different ones. */
    natsPrefix: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/, "must be letters, digits, _ and -")
      .default("uws"),
    /** Results, uploads, and the embedded servers' data. */
    dataDir: z.string().min(1).default(".uws"),
    /** What clients call this server, when it is not what they connect to (a proxy stands in front). */
    publicUrl: z
      .url({ protocol: /^https?$/, error: "must be an absolute http or https URL" })
      .transform((url) => url.replace(/\/+$/, ""))
      .optional(),
    logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    /** Connections to PostgreSQL that one process opens at most. */
    databaseConnections: z.coerce.number().int().min(1).max(1000).default(10),
    /** Bytes of one upload. */
    uploadBytes: z.coerce.number().int().positive().default(limits.uploadBytes),
    /** What becomes of job descriptions that workers announce: nothing, they are used, or they wait for an operator. */
    announced: z.enum(["ignore", "accept", "hold"]).default("ignore"),
    proxies: proxies.prefault({}),
    auth: auth.prefault({}),
    grpc: grpc.prefault({}),
    waiting: waiting.prefault({}),
    timing: timing.prefault({}),
    services: z
      .array(service)
      .min(1, "must name at least one service")
      .refine((list) => new Set(list.map(({ path }) => path)).size === list.length, "must have different paths"),
  })
  .superRefine(({ auth, services }, context) => {
    for (const [index, { access, descriptions, types }] of services.entries()) {
      if (descriptions.length + types.length === 0) {
        const message = "must name at least one description file, unless there are types";
        context.addIssue({ code: "custom", path: ["services", index, "descriptions"], message });
      }
      if (access === undefined) continue;
      const refuse = (setting: "anonymous" | "users", message: string) =>
        context.addIssue({ code: "custom", path: ["services", index, "access", setting], message });
      const { anonymous, users } = access;
      if (anonymous === true && !auth.anonymous)
        refuse("anonymous", "needs auth.anonymous, which lets nobody in without credentials");
      if (users !== undefined && !auth.basic) refuse("users", "needs auth.basic: nobody can log in");
      if (anonymous === false && !auth.basic) refuse("anonymous", "would let nobody in: it needs auth.basic");
    }
  });

/** The configuration, checked. Paths are absolute. */
export type Config = Omit<z.infer<typeof config>, "services"> & { readonly services: readonly ServiceConfig[] };
