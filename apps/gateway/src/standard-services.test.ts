import { afterAll, beforeAll, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { credentials, type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { openFileBlobs } from "@uws/blobs";
import { openDispatch } from "@uws/dispatch";
import { openStore } from "@uws/store";
import pino from "pino";
import { type Gateway, startGateway } from "./gateway.ts";

const timing = {
  lease: 20_000,
  heartbeat: 5000,
  silence: 11_000,
  accept: 5000,
  cancelGrace: 5000,
  sweep: 1000,
  redispatch: 10_000,
  backoff: 500,
  backoffMax: 60_000,
  orphan: 86_400_000,
  orphanLook: 3_600_000,
  leave: 0,
  shutdown: 1000,
};
const log = pino({ level: "silent" });
// These services are there with or without a database.
const store = openStore({ url: "postgres://nobody@127.0.0.1:1/none" });
const dispatch = openDispatch({ url: "nats://127.0.0.1:1", prefix: "none", log, pick: async () => [] });
let gateway: Gateway;

beforeAll(async () => {
  const config = { host: "127.0.0.1", grpcPort: 0, timing, grpc: { allowPlainText: false, tokenCheck: 5000 } };
  gateway = await startGateway({ config, store, dispatch, blobs: openFileBlobs("/nonexistent"), log });
});
afterAll(async () => {
  await gateway.stop();
  await dispatch.close();
  await store.close();
});

/** A client of a service that stands in a package's own .proto file. */
function client(packageName: string, file: string, service: string) {
  const folder = dirname(Bun.resolveSync(`${packageName}/package.json`, import.meta.dir));
  const loaded = loadPackageDefinition(loadSync(join(folder, file), { enums: String }));
  let found: unknown = loaded;
  for (const name of service.split(".")) found = (found as GrpcObject)[name];
  return new (found as ServiceClientConstructor)(gateway.address, credentials.createInsecure());
}

test("the standard health service says that the gateway serves", async () => {
  const health = client("grpc-health-check", "proto/health/v1/health.proto", "grpc.health.v1.Health");
  const { promise, resolve, reject } = Promise.withResolvers<{ status: string }>();
  health.check?.({ service: "uws.worker.v1.WorkerService" }, (error: Error | null, answer: { status: string }) =>
    error ? reject(error) : resolve(answer),
  );
  expect(await promise).toMatchObject({ status: "SERVING" });
  health.close();
});

test("reflection lists the worker service", async () => {
  const reflection = client(
    "@grpc/reflection",
    "build/proto/grpc/reflection/v1/reflection.proto",
    "grpc.reflection.v1.ServerReflection",
  );
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const call = reflection.serverReflectionInfo?.();
  call?.on("data", resolve);
  call?.on("error", reject);
  call?.write({ listServices: "" });
  expect(JSON.stringify(await promise)).toContain("uws.worker.v1.WorkerService");
  call?.end();
  reflection.close();
});
