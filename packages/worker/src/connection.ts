import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { type ChannelCredentials, type ChannelOptions, connectivityState, credentials, Metadata } from "@grpc/grpc-js";
import { WorkerService, type WorkerServiceClient } from "@uws/protocol";
import { type GatewayAddress, isAddress, isLoopback } from "./gateway-address.ts";

/** PEM. Without `ca` the system's authorities count; `cert` and `key` are for mutual TLS. */
export interface TlsOptions {
  readonly ca?: string | Uint8Array;
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
}

export interface ConnectionOptions {
  readonly address: GatewayAddress;
  /** Bearer token, sent with every call. */
  readonly token?: string | undefined;
  /** Undefined = plain text. */
  readonly tls?: TlsOptions | undefined;
}

const maxMessageBytes = 64 * 1024 * 1024;

/** The gRPC channel to the gateway, and what every call on it carries. */
export class Connection {
  readonly address: string;
  readonly client: WorkerServiceClient;
  readonly #token: string | undefined;

  /** @throws TypeError when the token would travel in plain text over a network, or cannot be sent at all */
  constructor({ address, token, tls }: ConnectionOptions) {
    if (token !== undefined) checkToken(token, address, tls !== undefined);
    this.address = address.target;
    this.#token = token;
    this.client = new WorkerService(address.target, channelCredentials(address, tls), {
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
      ...channelOptions(address, tls !== undefined),
    });
  }

  /** @param waitForReady false: the call fails at once, and with the reason, when there is no connection */
  metadata({ waitForReady = true } = {}): Metadata {
    // A call made while the gateway restarts waits for it instead of failing with UNAVAILABLE.
    const metadata = new Metadata({ waitForReady });
    if (this.#token !== undefined) metadata.set("authorization", `Bearer ${this.#token}`);
    return metadata;
  }

  /** There is a connection; whether the gateway takes our calls is another matter. */
  get isReady(): boolean {
    return this.client.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  close(): void {
    this.client.close();
  }
}

function checkToken(token: string, { host, target }: GatewayAddress, encrypted: boolean): void {
  if (!/^[!-~]+$/.test(token)) throw new TypeError("the token (UWS_TOKEN) must be printable ASCII without spaces");
  if (!encrypted && !isLoopback(host)) {
    throw new TypeError(
      `the token is not sent to ${target} in plain text: say https://${target} (UWS_GATEWAY), or give no token`,
    );
  }
}

function channelCredentials({ host }: GatewayAddress, tls: TlsOptions | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const verify = isAddress(host)
    ? { checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate) }
    : {};
  try {
    return credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert), verify);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`the certificates (UWS_CA, UWS_CERTIFICATE, UWS_KEY) cannot be used: ${reason}`);
  }
}

/** What depends on where the gateway is. */
function channelOptions({ host }: GatewayAddress, encrypted: boolean): ChannelOptions {
  return {
    // A proxy of the environment would carry what is meant for this machine, a token among it, elsewhere.
    ...(isLoopback(host) ? { "grpc.enable_http_proxy": 0 } : {}),
    // grpc-js asks for the host by SNI, where addresses are not allowed (RFC 6066, section 3): a name that is nobody's
    // is sent, and the certificate is held against the address.
    ...(encrypted && isAddress(host) ? { "grpc.ssl_target_name_override": "address.invalid" } : {}),
  };
}

function pem(value: string | Uint8Array | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value);
}
