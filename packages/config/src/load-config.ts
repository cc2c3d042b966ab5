import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readYaml, YamlError, type YamlSource } from "@uws/description";
import type { z } from "zod";
import { type Config, config, type GrpcConfig } from "./config.ts";

/** Everything that is wrong with a configuration, a line each. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.name = "ConfigError";
  }
}

/** Environment variables, and the settings that they set. They win over the file. */
const variables: Readonly<Record<string, readonly string[]>> = {
  UWS_HOST: ["host"],
  UWS_HTTP_PORT: ["httpPort"],
  UWS_GRPC_PORT: ["grpcPort"],
  UWS_DATABASE_URL: ["databaseUrl"],
  UWS_DATABASE_CONNECTIONS: ["databaseConnections"],
  UWS_NATS_URL: ["natsUrl"],
  UWS_NATS_PREFIX: ["natsPrefix"],
  UWS_DATA_DIR: ["dataDir"],
  UWS_PUBLIC_URL: ["publicUrl"],
  UWS_TRUSTED_PROXIES: ["proxies", "trusted"],
  UWS_PROXY_HEADERS: ["proxies", "headers"],
  UWS_LOG_LEVEL: ["logLevel"],
  UWS_UPLOAD_BYTES: ["uploadBytes"],
  UWS_AUTH_ANONYMOUS: ["auth", "anonymous"],
  UWS_AUTH_BASIC: ["auth", "basic"],
  UWS_AUTH_REALM: ["auth", "realm"],
  UWS_AUTH_OPERATORS: ["auth", "operators"],
  UWS_ANNOUNCED: ["announced"],
  UWS_GRPC_HOST: ["grpc", "host"],
  UWS_GRPC_CERTIFICATE: ["grpc", "tls", "certificate"],
  UWS_GRPC_KEY: ["grpc", "tls", "key"],
  UWS_GRPC_CLIENT_CA: ["grpc", "tls", "clientCa"],
  UWS_GRPC_REQUIRE_CLIENT_CERTIFICATE: ["grpc", "tls", "requireClientCertificate"],
  UWS_GRPC_REQUIRE_TOKEN: ["grpc", "requireToken"],
  UWS_GRPC_ALLOW_PLAIN_TEXT: ["grpc", "allowPlainText"],
  UWS_TOKEN_CHECK_MS: ["grpc", "tokenCheck"],
  UWS_WAIT_MS: ["waiting", "longest"],
  UWS_WAIT_LOOK_MS: ["waiting", "look"],
  UWS_WAIT_CLIENTS: ["waiting", "clients"],
  UWS_WAIT_CLIENTS_PER_CALLER: ["waiting", "clientsPerCaller"],
  UWS_EVENT_HEARTBEAT_MS: ["waiting", "eventHeartbeat"],
  UWS_LEASE_MS: ["timing", "lease"],
  UWS_HEARTBEAT_MS: ["timing", "heartbeat"],
  UWS_SILENCE_MS: ["timing", "silence"],
  UWS_ACCEPT_MS: ["timing", "accept"],
  UWS_SWEEP_MS: ["timing", "sweep"],
  UWS_REDISPATCH_MS: ["timing", "redispatch"],
  UWS_BACKOFF_MS: ["timing", "backoff"],
  UWS_ORPHAN_MS: ["timing", "orphan"],
  UWS_ORPHAN_LOOK_MS: ["timing", "orphanLook"],
  UWS_LEAVE_MS: ["timing", "leave"],
  UWS_SHUTDOWN_MS: ["timing", "shutdown"],
};

/** Read by other parts of the house: workers, the embedded servers, the command line as a client, the tests. */
const elsewhere = [
  "UWS_CONFIG",
  "UWS_GATEWAY",
  "UWS_TOKEN",
  "UWS_CA",
  "UWS_CERTIFICATE",
  "UWS_KEY",
  "UWS_SLOTS",
  "UWS_EXAMPLE_PYTHON",
  "UWS_NATS_SERVER",
  "UWS_URL",
  "UWS_USER",
  "UWS_PASSWORD",
];

/** Variables that name a file, relative to the working directory; in the configuration file, paths are relative to it. */
const fileVariables: readonly string[] = ["UWS_GRPC_CERTIFICATE", "UWS_GRPC_KEY", "UWS_GRPC_CLIENT_CA"];

type Tree = { [key: string]: unknown };

/**
 * Reads the configuration: the file named by UWS_CONFIG (`uws.yaml` in the folder by default), then the environment.
 * @param folder against which relative paths of the environment are resolved
 * @throws ConfigError that names everything that is wrong
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>, folder: string): Config {
  const file = resolve(folder, environment.UWS_CONFIG ?? "uws.yaml");
  const { settings, lineOf } = readSettings(file);
  const problems: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !name.startsWith("UWS_") || name.startsWith("UWS_TEST_")) continue;
    const path = variables[name];
    if (path !== undefined) {
      set(settings, path, fileVariables.includes(name) && value !== "" ? resolve(folder, value) : value);
    } else if (!elsewhere.includes(name)) {
      problems.push(`${name}: no such variable; there are ${Object.keys(variables).join(", ")}`);
    }
  }

  const checked = config.safeParse(settings);
  if (!checked.success) {
    for (const issue of checked.error.issues) {
      const path = issue.path.map(String);
      const variable = Object.entries(variables).find(([, target]) => target.join(".") === path.join("."))?.[0];
      if (variable !== undefined && environment[variable] !== undefined) {
        problems.push(`${variable}: ${issue.message}`);
        continue;
      }
      const field = path.length === 0 ? "" : `${path.join(".")}: `;
      problems.push(`${file}:${lineOf([...path, ...unknownKey(issue)])}: ${field}${issue.message}`);
    }
  }
  if (!checked.success || problems.length > 0) throw new ConfigError(problems);

  return {
    ...checked.data,
    dataDir: resolve(folder, checked.data.dataDir),
    grpc: withPathsBelow(dirname(file), checked.data.grpc),
    services: checked.data.services.map((service, index) => {
      const placeOf = (...field: string[]) => {
        const path = ["services", String(index), ...field];
        return `${file}:${lineOf(path)}: ${path.join(".")}`;
      };
      return {
        ...service,
        descriptions: service.descriptions.map((path) => resolve(dirname(file), path)),
        places: {
          descriptions: service.descriptions.map((_path, each) => placeOf("descriptions", String(each))),
          typeParameter: placeOf("typeParameter"),
        },
      };
    }),
  };
}

function withPathsBelow(folder: string, grpc: GrpcConfig): GrpcConfig {
  if (grpc.tls === undefined) return grpc;
  const { certificate, key, clientCa } = grpc.tls;
  const files = { certificate: resolve(folder, certificate), key: resolve(folder, key) };
  const ca = clientCa === undefined ? {} : { clientCa: resolve(folder, clientCa) };
  return { ...grpc, tls: { ...grpc.tls, ...files, ...ca } };
}

/** A setting that does not exist is wrong itself, not the mapping in which it stands. */
function unknownKey(issue: z.core.$ZodIssue): string[] {
  return issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
}

function readSettings(file: string): { readonly settings: Tree; readonly lineOf: YamlSource["lineOf"] } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new ConfigError([`${file}: cannot be read (UWS_CONFIG names the configuration file)`]);
  }
  try {
    const { value, lineOf } = readYaml(text);
    const settings = value ?? {};
    if (typeof settings === "object" && !Array.isArray(settings)) return { settings: settings as Tree, lineOf };
  } catch (error) {
    const line = error instanceof YamlError ? error.line : 1;
    throw new ConfigError([`${file}:${line}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  throw new ConfigError([`${file}:1: must be a mapping of settings`]);
}

function set(tree: Tree, path: readonly string[], value: string): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const branch = tree[first];
  const next = typeof branch === "object" && branch !== null ? { ...(branch as Tree) } : {};
  set(next, rest, value);
  tree[first] = next;
}
