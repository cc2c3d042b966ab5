import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BlobStore, newBlobKey, openFileBlobs } from "@uws/blobs";
import { type Config, loadConfig } from "@uws/config";
import { type Dispatch, openDispatch } from "@uws/dispatch";
import {
  type AttemptRef,
  acceptAttempts,
  addResult,
  claimJobs,
  completeAttempts,
  dispatchJobs,
  migrate,
  newAttemptToken,
  openStore,
  recordEvents,
  type Store,
} from "@uws/store";
import { natsUrl, testDatabase, until } from "@uws/testing";
import { type Logger, pino } from "pino";
import { type RunningApi, startApi } from "./start-api.ts";

/** A job type that knows exactly what it takes. */
const cone = `
name: cone
version: 1.0.0
title: Cone search
estimate: 30
parameters:
  type: object
  required: [RADIUS]
  additionalProperties: false
  properties:
    RADIUS: { type: number, exclusiveMinimum: 0, maximum: 5, description: Degrees }
    BAND: { type: array, items: { type: string, enum: [V, B, R] } }
    LABEL: { type: string, maxLength: 100 }
    TABLE: { type: string, x-file: { mediaTypes: [text/csv], maxBytes: 100000000 } }
    NOTE: { type: string, maxLength: 100, x-file: { maxBytes: 10000 } }
results: [{ id: result, mediaType: text/csv, description: What was found }]
executionDuration: { default: 60, max: 600 }
destruction: { default: 3600, max: 7200 }
examples: [{ title: Small, parameters: { RADIUS: 0.1 } }]
`;

/** A job type that takes anything, with neither limits nor an estimate. */
const free = `
name: free
version: 1.0.0
title: Anything & <everything>
parameters: { type: object, additionalProperties: true, properties: {} }
executionDuration: { default: 0, max: 0 }
destruction: { default: 0, max: 0 }
`;

export interface ApiFixture {
  readonly api: RunningApi;
  readonly config: Config;
  readonly store: Store;
  readonly dispatch: Dispatch;
  readonly blobs: BlobStore;
  /** What was logged, parsed. */
  readonly logged: Record<string, unknown>[];
  /** Job lists. */
  readonly cones: string;
  readonly frees: string;
  /** fetch that follows no redirects. */
  request(url: string, init?: RequestInit): Promise<Response>;
  post(url: string, body?: RequestInit["body"], headers?: Record<string, string>): Promise<Response>;
  /** Creates a job and gives its URL. */
  create(list: string, fields?: Record<string, string>): Promise<string>;
  /** The worker's part: takes a QUEUED job to EXECUTING. */
  start(jobUrl: string): Promise<AttemptRef>;
  progress(attempt: AttemptRef, sequence: number, fraction: number, ...log: readonly string[]): Promise<void>;
  addResult(attempt: AttemptRef, id: string, content: string, mediaType?: string): Promise<void>;
  complete(attempt: AttemptRef): Promise<void>;
  countJobs(): Promise<number>;
  /** Files in the blob store. */
  storedFiles(): Promise<string[]>;
  /** Where the blob store keeps them. */
  readonly blobFolder: string;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly natsUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Other services than cone and free as they are. */
  readonly services?: (configured: Config["services"]) => Config["services"];
  /** Puts something between the API and its store. */
  readonly wrapStore?: (store: Store) => Store;
}

/** A real API over real PostgreSQL and NATS, with a database, a folder and subjects of its own. */
export async function apiFixture(options: FixtureOptions = {}): Promise<ApiFixture> {
  const folder = await mkdtemp(join(tmpdir(), "uws-api-"));
  await Bun.write(join(folder, "cone.yaml"), cone);
  await Bun.write(join(folder, "free.yaml"), free);
  await Bun.write(
    join(folder, "uws.yaml"),
    "services:\n  - { path: cone, descriptions: [cone.yaml] }\n  - { path: api/batch, jobList: jobs, descriptions: [free.yaml] }\n",
  );
  const database = await testDatabase();
  await migrate(database.url);
  const environment = { UWS_HTTP_PORT: "0", UWS_SHUTDOWN_MS: "5000", ...options.environment };
  const loaded = loadConfig(environment, folder);
  const config = { ...loaded, services: options.services?.(loaded.services) ?? loaded.services };
  const logged: Record<string, unknown>[] = [];
  const log: Logger = pino({ level: "debug" }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const store = openStore({ url: database.url, connections: 5 });
  const dispatch = openDispatch({
    url: options.natsUrl ?? (await natsUrl()),
    prefix: `api-${crypto.randomUUID()}`,
    log,
    pick: (types) => dispatchJobs(store, types, 256),
  });
  if (options.natsUrl === undefined) await until(() => dispatch.connected(), "NATS");
  const blobs = openFileBlobs(join(folder, "blobs"));
  const api = await startApi({ config, store: options.wrapStore?.(store) ?? store, dispatch, blobs, log });

  const request: ApiFixture["request"] = (url, init) => fetch(url, { redirect: "manual", ...init });
  const post: ApiFixture["post"] = (url, body, headers) =>
    request(url, {
      method: "POST",
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    });
  return {
    api,
    config,
    store,
    dispatch,
    blobs,
    logged,
    cones: `${api.url}/cone/async`,
    frees: `${api.url}/api/batch/jobs`,
    request,
    post,
    async create(list, fields = {}) {
      const answer = await post(list, new URLSearchParams(fields));
      const location = answer.headers.get("location");
      if (answer.status !== 303 || location === null) throw new Error(`${answer.status} ${await answer.text()}`);
      return location;
    },
    async start(jobUrl) {
      const job = jobUrl.split("/").at(-1) ?? "";
      const attempt = { job, token: newAttemptToken(job) };
      await claimJobs(store, [{ id: job, token: attempt.token, worker: "w1" }], 5000);
      await acceptAttempts(store, [attempt], 60_000);
      dispatch.news.tell([{ id: job, phase: "EXECUTING" }]);
      return attempt;
    },
    async progress(attempt, sequence, fraction, ...log) {
      const lines = log.map((message, index) => ({ sequence: sequence + index, level: "info" as const, message }));
      const progress = { fraction, message: `${fraction * 100} %`, counters: {} };
      const last = sequence + Math.max(0, log.length - 1);
      await recordEvents(store, [{ ...attempt, sequence: last, progress, log: lines, checkpoint: null }]);
      dispatch.news.tell([{ id: attempt.job }]);
    },
    async addResult(attempt, id, content, mediaType = "text/csv") {
      const source = (async function* () {
        yield new TextEncoder().encode(content);
      })();
      const { key, size, sha256 } = await blobs.put(newBlobKey(attempt.job), source, 1e9);
      await addResult(store, attempt, { id, mediaType, size, location: { key, sha256 } }, 0);
      dispatch.news.tell([{ id: attempt.job }]);
    },
    async complete(attempt) {
      await completeAttempts(store, [attempt]);
      dispatch.news.tell([{ id: attempt.job, phase: "COMPLETED" }]);
    },
    async countJobs() {
      const [row] = await store.sql<{ count: number }[]>`select count(*)::int as count from jobs`;
      return row?.count ?? 0;
    },
    blobFolder: join(folder, "blobs"),
    async storedFiles() {
      const names = await readdir(join(folder, "blobs"), { recursive: true }).catch(() => []);
      return names.sort();
    },
    async close() {
      await api.stop();
      await dispatch.close();
      await store.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
