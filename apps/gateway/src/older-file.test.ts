import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClientDuplexStream,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { pauseType } from "@uws/store";
import { Mailbox } from "@uws/worker/testing";
import { openSetting, type Setting } from "./protocol-setting.ts";

/** The protocol as it might have been once: of what there is now, no more than a worker needs. Its numbers are for ever. */
const olderFile = `
syntax = "proto3";
package uws.worker.v1;
service WorkerService { rpc Work(stream WorkerMessage) returns (stream ServerMessage); }
message WorkerMessage {
  oneof message { Hello hello = 1; Credit credit = 2; Accept accept = 3; Event event = 4; Complete complete = 5; }
}
message Hello { uint32 protocol_version = 1; string instance_id = 3; repeated string job_types = 5; }
message Credit { uint32 total_slots = 2; }
message Accept { string attempt_token = 1; }
message Event { string attempt_token = 1; uint64 sequence = 2; oneof event { LogLine log = 4; } }
message LogLine { string message = 2; }
message Complete { string attempt_token = 1; uint64 last_sequence = 2; }
message ServerMessage { oneof message { Welcome welcome = 1; Assign assign = 2; EventAck event_ack = 3; Ended ended = 8; } }
message Welcome { uint32 protocol_version = 1; }
message Assign { string attempt_token = 1; string job_id = 2; string job_type = 5; }
message EventAck { string attempt_token = 1; uint64 sequence = 2; }
message Ended { string attempt_token = 1; }
`;

interface OlderMessage {
  readonly message?: string;
  readonly welcome?: { readonly protocolVersion: number };
  readonly assign?: { readonly attemptToken: string; readonly jobId: string; readonly jobType: string };
  readonly eventAck?: { readonly sequence: number };
  readonly ended?: { readonly attemptToken: string };
}

let setting: Setting;
let folder: string;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
  folder = await mkdtemp(join(tmpdir(), "uws-older-"));
});
afterAll(async () => {
  await setting.close();
  await rm(folder, { recursive: true });
});

test("a worker whose .proto file lacks what came later runs a job", async () => {
  const file = join(folder, "older.proto");
  await writeFile(file, olderFile);
  let found: unknown = loadPackageDefinition(loadSync(file, { longs: Number, oneofs: true }));
  for (const name of ["uws", "worker", "v1", "WorkerService"]) found = (found as GrpcObject)[name];
  const client = new (found as ServiceClientConstructor)(setting.gateway.address, credentials.createInsecure());
  const stream: ClientDuplexStream<object, OlderMessage> = client.work?.();
  const received = new Mailbox<OlderMessage>("a message");
  stream.on("data", (message: OlderMessage) => received.put(message));
  stream.on("error", () => {});

  const type = setting.newType();
  stream.write({ hello: { protocolVersion: 1, instanceId: "older", jobTypes: [type] } });
  expect((await received.take(({ welcome }) => welcome !== undefined)).welcome).toEqual({ protocolVersion: 1 });
  // Of this kind it knows nothing: it sees a message without content.
  await pauseType(setting.house.store, type, true);
  await received.take(({ message }) => message === undefined);
  await pauseType(setting.house.store, type, false);
  await received.take(({ message }) => message === undefined);

  stream.write({ credit: { totalSlots: 1 } });
  const id = await setting.house.submit(type, { owner: "ada", parameters: [{ name: "A", value: "1" }] });
  const { assign } = await received.take((message) => message.assign !== undefined);
  expect([assign?.jobId, assign?.jobType]).toEqual([id, type]);
  const attemptToken = assign?.attemptToken;
  stream.write({ accept: { attemptToken } });
  stream.write({ event: { attemptToken, sequence: 1, log: { message: "from long ago" } } });
  await received.take(({ eventAck }) => eventAck?.sequence === 1);
  stream.write({ complete: { attemptToken, lastSequence: 1 } });
  await received.take(({ ended }) => ended?.attemptToken === attemptToken);
  expect((await setting.job(id))?.phase).toBe("COMPLETED");
  stream.cancel();
  client.close();
});
