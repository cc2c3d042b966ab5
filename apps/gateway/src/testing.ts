import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BlobStore, openFileBlobs } from "@uws/blobs";
import type { Config } from "@uws/config";
import { limits } from "@uws/core";
import { type Dispatch, openDispatch } from "@uws/dispatch";
import { type Keeper, startKeeper } from "@uws/keeper";
import {
  addWorkerToken,
  createJob,
  dispatchJobs,
  hashToken,
  migrate,
  type NewJob,
  newJobId,
  newWorkerToken,
  openStore,
  type Store,
  saveDescription,
} from "@uws/store";
import { natsUrl, testDatabase } from "@uws/testing";
import pino from "pino";
import type { GatewayDependencies } from "./dependencies.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const defaults = {
  lease: 1500,
  heartbeat: 200,
  silence: 700,
  accept: 1000,
  cancelGrace: 500,
  sweep: 50,
  redispatch: 500,
  backoff: 10,
  backoffMax: 100,
  orphan: 86_400_000,
  orphanLook: 3_600_000,
  leave: 0,
  shutdown: 500,
};

/** What gateways of a test file share: a database, a message queue, a keeper, and everything that was logged. */
export interface House {
  readonly store: Store;
  readonly dispatch: Dispatch;
  readonly blobs: BlobStore;
  /** Of its subjects and its stream. */
  readonly prefix: string;
  readonly timing: Config["timing"];
  /** All lines of all gateways, at the most talkative level. */
  readonly logged: string[];
  /** Starts a gateway on a free port; it stops with the house. */
  gateway(
    grpc?: Partial<Config["grpc"]>,
    more?: { host?: string; announced?: Config["announced"] } & Partial<
      Pick<GatewayDependencies, "ownToken" | "blobs">
    >,
  ): Promise<Gateway>;
  /** Adds a token. */
  token(options?: { name?: string; types?: string[]; lifetime?: number }): Promise<string>;
  /** Creates a job that is to run. */
  submit(type: string, changes?: Partial<NewJob>): Promise<string>;
  /** Files of results, partial ones included. */
  storedFiles(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param changes to the durations, for a test in which nothing may run out however slow the machine is */
export async function openTestHouse(changes: Partial<typeof defaults> = {}): Promise<House> {
  const timing = { ...defaults, ...changes };
  const database = await testDatabase();
  await migrate(database.url);
  const store = openStore({ url: database.url });
  const folder = await mkdtemp(join(tmpdir(), "uws-gateway-"));
  const logged: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void logged.push(line) });
  const prefix = `t${crypto.randomUUID().slice(0, 8)}`;
  const dispatch = openDispatch({
    url: await natsUrl(),
    prefix,
    log,
    pick: (types) => dispatchJobs(store, types, limits.dispatchWindow),
  });
  const house = { store, dispatch, blobs: openFileBlobs(folder), log };
  const config = { host: "127.0.0.1", grpcPort: 0, timing };
  const grpc = { allowPlainText: false, tokenCheck: 100 };
  const keeper: Keeper = startKeeper({ ...house, config: { timing, services: [] } });
  await saveDescription(store, { digest: "d", type: "any", version: "1.0.0", document: {} });
  const gateways: Gateway[] = [];
  return {
    store,
    dispatch,
    blobs: house.blobs,
    prefix,
    timing,
    logged,
    async gateway(changes = {}, { host = "127.0.0.1", ownToken, blobs = house.blobs, announced = "ignore" } = {}) {
      const own = { ...config, host, announced, grpc: { ...grpc, ...changes } };
      const dependencies = { ...house, blobs, config: own, ownToken };
      const gateway = await startGateway(dependencies);
      gateways.push(gateway);
      return gateway;
    },
    async token({ name = crypto.randomUUID(), types, lifetime } = {}) {
      const token = newWorkerToken();
      await addWorkerToken(store, { name, hash: hashToken(token), types, lifetime }, 1000);
      return token;
    },
    async submit(type, changes = {}) {
      const id = newJobId();
      await createJob(store, {
        id,
        service: "any",
        type,
        description: "d",
        owner: undefined,
        runId: undefined,
        parameters: [],
        executionDuration: 0,
        destruction: 86_400,
        maxAttempts: 3,
        run: true,
        ...changes,
      });
      dispatch.doorbell.ring(type);
      return id;
    },
    storedFiles: () => readdir(folder, { recursive: true }),
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await keeper.stop();
      await dispatch.close();
      await store.close();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}
