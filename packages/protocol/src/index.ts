/**
 * The worker protocol: `proto/uws/worker/v1/worker.proto`, loaded, with its types.
 *
 * Whoever sends builds the permissive types (`Event`), whoever receives reads the full ones (`Event__Output`): every
 * field present, 64-bit integers as numbers, enums by name.
 */
import { join } from "node:path";
import { type GrpcObject, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import type { ProtoGrpcType } from "./generated/worker.ts";

export type { Assign, Assign__Output } from "./generated/uws/worker/v1/Assign.ts";
export type { Cancel, Cancel__Output } from "./generated/uws/worker/v1/Cancel.ts";
export type { Chunk, Chunk__Output } from "./generated/uws/worker/v1/Chunk.ts";
export type { Complete__Output } from "./generated/uws/worker/v1/Complete.ts";
export type { Event, Event__Output } from "./generated/uws/worker/v1/Event.ts";
export type { Fail, Fail__Output } from "./generated/uws/worker/v1/Fail.ts";
export type { HeldAttempt__Output } from "./generated/uws/worker/v1/HeldAttempt.ts";
export type { HeldVerdict } from "./generated/uws/worker/v1/HeldVerdict.ts";
export type { Hello, Hello__Output } from "./generated/uws/worker/v1/Hello.ts";
export type { Parameter, Parameter__Output } from "./generated/uws/worker/v1/Parameter.ts";
export type { ParameterRef__Output } from "./generated/uws/worker/v1/ParameterRef.ts";
export type { Release, Release__Output } from "./generated/uws/worker/v1/Release.ts";
export type { Result__Output } from "./generated/uws/worker/v1/Result.ts";
export type { ResultChunk, ResultChunk__Output } from "./generated/uws/worker/v1/ResultChunk.ts";
export type { ServerMessage, ServerMessage__Output } from "./generated/uws/worker/v1/ServerMessage.ts";
export type { StoredResult, StoredResult__Output } from "./generated/uws/worker/v1/StoredResult.ts";
export type { Welcome, Welcome__Output } from "./generated/uws/worker/v1/Welcome.ts";
export type { WorkerMessage, WorkerMessage__Output } from "./generated/uws/worker/v1/WorkerMessage.ts";
export type {
  WorkerServiceClient,
  WorkerServiceHandlers,
} from "./generated/uws/worker/v1/WorkerService.ts";

/** The newest version of the protocol that this build speaks. */
export const protocolVersion = 1;

const protoRoot = join(import.meta.dirname, "../../../proto");

/** The descriptors of the protocol, for the server, its reflection service and the clients. */
export const packageDefinition: PackageDefinition = loadSync("uws/worker/v1/worker.proto", {
  includeDirs: [protoRoot],
  longs: Number,
  enums: String,
  defaults: true,
  arrays: true,
  objects: true,
  oneofs: true,
});

const loaded = loadPackageDefinition(packageDefinition) as GrpcObject as unknown as ProtoGrpcType;

/** The gRPC service and its client constructor. */
export const WorkerService = loaded.uws.worker.v1.WorkerService;
