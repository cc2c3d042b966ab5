import { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { limits, UwsError } from "@uws/core";
import { listen } from "@uws/grpc-listener";
import { packageDefinition, WorkerService } from "@uws/protocol";
import { HealthImplementation } from "grpc-health-check";
import { Announcements } from "./announcements.ts";
import { AttemptWriter } from "./attempt-writer.ts";
import { Authentication } from "./authentication.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { downloadParameterHandler } from "./download-parameter.ts";
import { protectionOf } from "./protection.ts";
import { Pullers } from "./pullers.ts";
import { reloadOnHangup } from "./reload-on-hangup.ts";
import { ResultStore } from "./result-store.ts";
import { Sessions } from "./sessions.ts";
import { TypeWatch } from "./type-watch.ts";
import { uploadResultHandler } from "./upload-result.ts";
import { workHandler } from "./work.ts";
import { WorkerTokens } from "./worker-tokens.ts";

/** A gateway that listens. */
export interface Gateway {
  /** host:port; the real port when the configured one is 0. */
  readonly address: string;
  readonly port: number;
  /** What a worker on this machine connects to (UWS_GATEWAY): `https://` where TLS is spoken; loopback for all addresses. */
  readonly url: string;
  /** Whether workers must show a token. */
  readonly requireToken: boolean;
  /** Takes no new jobs, stores what workers have reported, and asks them to connect elsewhere. Leases go on. */
  stop(): Promise<void>;
}

/**
 * Starts the worker protocol's server.
 * @throws ConfigError when its protection is not what the configuration promises
 */
export async function startGateway(dependencies: GatewayDependencies): Promise<Gateway> {
  const { config, store, dispatch, blobs, log, ownToken } = dependencies;
  const protection = protectionOf(config);
  const sessions = new Sessions();
  const pullers = new Pullers(dependencies, sessions);
  const types = new TypeWatch(store, config.timing.sweep, log, (type, paused) => {
    log.info({ type, paused }, "job type");
    sessions.paused(type, paused);
    if (!paused) dispatch.doorbell.ring(type);
  });
  const writer = new AttemptWriter(dependencies, types);
  const results = new ResultStore(store, blobs, dispatch.news);
  const announcements = new Announcements(store, config.announced ?? "ignore");
  const health = new HealthImplementation({ "": "SERVING", "uws.worker.v1.WorkerService": "SERVING" });

  const tokens = protection.requireToken
    ? new WorkerTokens(store, config.grpc.tokenCheck, log, ownToken, (bearer) => {
        log.warn({ token: bearer.name }, "a worker's token was removed or has expired");
        sessions.expel(bearer);
      })
    : undefined;
  const authentication = new Authentication(tokens);

  const server = new Server({
    interceptors: authentication.interceptors,
    "grpc.max_receive_message_length": limits.messageBytes,
    "grpc.max_send_message_length": limits.messageBytes * 4,
    // A frozen worker, or one whose network is gone, is noticed by these.
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 5000,
    "grpc.keepalive_permit_without_calls": 1,
  });
  server.addService(WorkerService.service, {
    Work: workHandler(dependencies, authentication, sessions, types, writer, results, announcements, () =>
      pullers.changed(),
    ),
    UploadResult: uploadResultHandler(authentication, store, writer, results, log),
    DownloadParameter: downloadParameterHandler(authentication, store, writer, blobs, log),
  });
  health.addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  dispatch.news.onCancel((cancel) => sessions.cancel(cancel));

  const host = protection.host.includes(":") ? `[${protection.host}]` : protection.host;
  const listener = await listen(server, protection.host, config.grpcPort, protection.credentials).catch((error) => {
    tokens?.stop();
    types.stop();
    throw new Error(`The gateway cannot listen on ${host}:${config.grpcPort}: ${error.message}`, { cause: error });
  });
  const { port } = listener;
  const address = `${host}:${port}`;
  const stopReloading = protection.tls === undefined ? undefined : reloadOnHangup(protection.tls, log);
  log[protection.weak ? "warn" : "info"]({ address }, `gateway listens, ${protection.description}`);

  return {
    address,
    port,
    url: `${protection.tls === undefined ? "" : "https://"}${nearest[host] ?? host}:${port}`,
    requireToken: protection.requireToken,
    async stop() {
      stopReloading?.();
      tokens?.stop();
      types.stop();
      health.setStatus("", "NOT_SERVING");
      await pullers.stop();
      sessions.drain(config.timing.shutdown);
      await writer.settled();
      sessions.closeAll(new UwsError("unavailable", "The gateway stops; connect again."));
      await writer.settled();
      listener.stop();
      server.forceShutdown();
    },
  };
}

/** Where a gateway that listens on all addresses is found from this machine. */
const nearest: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" };
