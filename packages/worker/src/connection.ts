import { credentials, Metadata } from "@grpc/grpc-js";
import { WorkerService, type WorkerServiceClient } from "@uws/protocol";

/** PEM. Without `ca` the system's authorities count; `cert` and `key` are for mutual TLS. */
export interface TlsOptions {
  readonly ca?: string | Uint8Array;
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
}

export interface ConnectionOptions {
  /** host:port of the gateway. */
  readonly address: string;
  /** Bearer token, sent with every call. */
  readonly token?: string | undefined;
  readonly tls?: TlsOptions | undefined;
}

const maxMessageBytes = 64 * 1024 * 1024;

/** The gRPC channel to the gateway, and what every call on it carries. */
export class Connection {
  readonly address: string;
  readonly client: WorkerServiceClient;
  readonly #token: string | undefined;

  constructor(options: ConnectionOptions) {
    this.address = options.address;
    this.#token = options.token;
    this.client = new WorkerService(options.address, channelCredentials(options.tls), {
      // A gateway that vanished without a word (power, network) is noticed after 15 s at most.
      "grpc.keepalive_time_ms": 10_000,
      "grpc.keepalive_timeout_ms": 5_000,
      "grpc.keepalive_permit_without_calls": 1,
      // gRPC's own reconnection would wait up to two minutes, longer than any lease.
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 5_000,
      "grpc.max_send_message_length": maxMessageBytes,
      "grpc.max_receive_message_length": maxMessageBytes,
      // Two workers in one process do not share a connection, nor its fate.
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  metadata(): Metadata {
    // A call made while the gateway restarts waits for it instead of failing with UNAVAILABLE.
    const metadata = new Metadata({ waitForReady: true });
    if (this.#token !== undefined) metadata.set("authorization", `Bearer ${this.#token}`);
    return metadata;
  }

  close(): void {
    this.client.close();
  }
}

function channelCredentials(tls: TlsOptions | undefined) {
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert));
}

function pem(value: string | Uint8Array | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value);
}
