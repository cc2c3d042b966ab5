import { type Rule, shown, without } from "../rule.ts";

/** What the one .proto file and the services beside it promise. */
export const services: readonly Rule[] = [
  {
    id: "service-alone",
    rule: "A worker needs a gRPC library and the .proto file, and nothing else.",
    tests: [shown("tests/rules/layout.test.ts", "a worker needs a gRPC library and the .proto file, and nothing else")],
    mutation: [
      without(
        "packages/worker/src/worker.ts",
        'import { hostname } from "node:os";',
        'import "nats";\nimport { hostname } from "node:os";',
      ),
    ],
  },
  {
    id: "service-health",
    rule: "The standard health service is there.",
    tests: [
      shown("apps/gateway/src/standard-services.test.ts", "the standard health service says that the gateway serves"),
    ],
    mutation: [without("apps/gateway/src/gateway.ts", "health.addToServer(server);")],
  },
  {
    id: "service-reflection",
    rule: "Server reflection is there.",
    tests: [shown("apps/gateway/src/standard-services.test.ts", "reflection lists the worker service")],
    mutation: [without("apps/gateway/src/gateway.ts", "new ReflectionService(packageDefinition).addToServer(server);")],
  },
  {
    id: "service-download",
    rule: "DownloadParameter gives what the client uploaded, from an offset on.",
    tests: [
      shown(
        "apps/gateway/src/download-parameter.test.ts",
        "an uploaded parameter is read, whole and from an offset on",
      ),
    ],
    mutation: [
      without("apps/gateway/src/download-parameter.ts", "blob.stream(Math.min(offset, blob.size))", "blob.stream(0)"),
    ],
  },
];
