import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { ServerCredentials } from "@grpc/grpc-js";
import { ConfigError, type GrpcConfig } from "@uws/config";

type TlsConfig = NonNullable<GrpcConfig["tls"]>;

/**
 * The gateway's side of TLS, from files. `reload` reads them again: connections that are made from then on see the
 * new ones, those that are open go on. grpc-js's own `createSsl` can neither reload nor ask for a client certificate
 * without requiring it.
 */
export class TlsCredentials extends ServerCredentials {
  readonly #config: TlsConfig;

  /** @throws ConfigError that names the setting and the file */
  constructor(config: TlsConfig) {
    const requestCert = config.clientCa !== undefined;
    super({ requestCert, rejectUnauthorized: clientCertificateRequired(config) }, readFiles(config));
    this.#config = config;
  }

  /** @throws ConfigError when the files cannot be used; then the old ones stay */
  reload(): void {
    this.updateSecureContextOptions(readFiles(this.#config));
  }

  override _equals(other: ServerCredentials): boolean {
    return other === this;
  }
}

/** Mutual TLS: nobody connects without a certificate of the client authorities. */
export function clientCertificateRequired({ clientCa, requireClientCertificate }: TlsConfig): boolean {
  return clientCa !== undefined && (requireClientCertificate ?? true);
}

function readFiles({ certificate, key, clientCa }: TlsConfig): SecureContextOptions {
  const cert = read("certificate", certificate);
  const privateKey = read("key", key);
  const leaf = parse("certificate", certificate, () => new X509Certificate(cert));
  const parsedKey = parse("key", key, () => createPrivateKey(privateKey));
  if (!leaf.checkPrivateKey(parsedKey)) {
    throw new ConfigError([`grpc.tls.key: ${key} is not the key of the certificate in ${certificate}`]);
  }
  const context: SecureContextOptions = { cert: [cert], key: [privateKey] };
  if (clientCa !== undefined) {
    const ca = read("clientCa", clientCa);
    parse("clientCa", clientCa, () => new X509Certificate(ca));
    context.ca = ca;
  }
  parse("certificate", certificate, () => createSecureContext(context));
  return context;
}

function read(setting: keyof TlsConfig, file: string): Buffer {
  return parse(setting, file, () => readFileSync(file), "cannot be read");
}

function parse<T>(setting: keyof TlsConfig, file: string, work: () => T, problem = "is not usable PEM"): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`grpc.tls.${setting}: ${file} ${problem}: ${reason}`]);
  }
}
