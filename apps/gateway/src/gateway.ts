import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { limits, UwsError } from "@uws/core";
import { packageDefinition, WorkerService } from "@uws/protocol";
import { HealthImplementation } from "grpc-health-check";
import { AttemptWriter } from "./attempt-writer.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { downloadParameterHandler } from "./download-parameter.ts";
import { Pullers } from "./pullers.ts";
import { ResultStore } from "./result-store.ts";
import { Sessions } from "./sessions.ts";
import { uploadResultHandler } from "./upload-result.ts";
import { workHandler } from "./work.ts";

/** A gateway that listens. */
export interface Gateway {
  /** host:port; the real port when the configured one is 0. */
  readonly address: string;
  readonly port: number;
  /** Takes no new jobs, stores what workers have reported, and asks them to connect elsewhere. Leases go on. */
  stop(): Promise<void>;
}

/** Starts the worker protocol's server. */
export async function startGateway(dependencies: GatewayDependencies): Promise<Gateway> {
  const { config, store, dispatch, blobs, log } = dependencies;
  const sessions = new Sessions();
  const pullers = new Pullers(dependencies, sessions);
  const writer = new AttemptWriter(dependencies);
  const results = new ResultStore(store, blobs, dispatch.news);
  const health = new HealthImplementation({ "": "SERVING", "uws.worker.v1.WorkerService": "SERVING" });

  const server = new Server({
    "grpc.max_receive_message_length": limits.messageBytes,
    "grpc.max_send_message_length": limits.messageBytes * 4,
    // A frozen worker, or one whose network is gone, is noticed by these.
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 5000,
    "grpc.keepalive_permit_without_calls": 1,
  });
  server.addService(WorkerService.service, {
    Work: workHandler(dependencies, sessions, writer, results, () => pullers.changed()),
    UploadResult: uploadResultHandler(store, writer, results, log),
    DownloadParameter: downloadParameterHandler(store, writer, blobs, log),
  });
  health.addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  dispatch.news.onCancel((cancel) => sessions.cancel(cancel));

  const port = await listen(server, config.host, config.grpcPort);
  const address = `${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  log.info({ address }, "gateway listens, in plain text and without authentication");

  return {
    address,
    port,
    async stop() {
      health.setStatus("", "NOT_SERVING");
      await pullers.stop();
      sessions.drain(config.timing.shutdown);
      await writer.settled();
      sessions.closeAll(new UwsError("unavailable", "The gateway stops; connect again."));
      await writer.settled();
      server.forceShutdown();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new Error(`The gateway cannot listen on ${address}: ${error.message}`, { cause: error }));
      else resolve(bound);
    });
  });
}
