import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "./load-config.ts";

const folder = mkdtempSync(join(tmpdir(), "uws-config-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (text: string) => {
  const path = join(folder, `${crypto.randomUUID()}.yaml`);
  writeFileSync(path, text);
  return { UWS_CONFIG: path };
};
const minimal = "services: [{ path: simulate, descriptions: [simulate.yaml] }]\n";

test("defaults stand where nothing is said", () => {
  expect(loadConfig(file(minimal), folder)).toMatchObject({
    host: "127.0.0.1",
    httpPort: 8080,
    grpcPort: 50_051,
    dataDir: join(folder, ".uws"),
    timing: { lease: 20_000, heartbeat: 5000, accept: 5000 },
    services: [{ path: "simulate", jobList: "async", descriptions: [join(folder, "simulate.yaml")] }],
  });
});

test("the environment wins over the file", () => {
  const environment = {
    ...file(`httpPort: 1\ntiming: { lease: 60000, sweep: 5 }\n${minimal}`),
    UWS_HTTP_PORT: "0",
    UWS_LEASE_MS: "30000",
  };
  expect(loadConfig(environment, folder)).toMatchObject({ httpPort: 0, timing: { lease: 30_000, sweep: 5 } });
});

test("every error is named, with the variable or the setting that is wrong", () => {
  const environment = {
    ...file("colour: red\nservices: [{ path: /a/, descriptions: [] }]\n"),
    UWS_HTTP_PORT: "80000",
    UWS_DATABASE_URL: "mysql://x",
    UWS_PUBLIC_URL: "ftp://x",
    UWS_HTP_PORT: "1",
  };
  expect(() => loadConfig(environment, folder)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /UWS_HTP_PORT: no such variable[\s\S]*UWS_HTTP_PORT: [\s\S]*UWS_DATABASE_URL: must be a postgres[\s\S]*UWS_PUBLIC_URL: must be an absolute[\s\S]*services\.0\.path: must be path[\s\S]*colour[\s\S]*services\.0\.descriptions: must name/,
      ),
    }),
  );
});

test("what workers and clients are told by the environment does not keep a server from starting", () => {
  const others = { UWS_TOKEN: "t", UWS_GATEWAY: "x", UWS_URL: "http://x", UWS_USER: "u", UWS_PASSWORD: "p" };
  const same = file(minimal);
  expect(loadConfig({ ...same, ...others }, folder)).toEqual(loadConfig(same, folder));
});

test("a service knows where the file names its descriptions", () => {
  const { UWS_CONFIG: path } = file("services:\n  - path: a\n    descriptions:\n      - a.yaml\n      - b.yaml\n");
  expect(loadConfig({ UWS_CONFIG: path }, folder).services[0]?.places).toEqual({
    descriptions: [`${path}:4: services.0.descriptions.0`, `${path}:5: services.0.descriptions.1`],
    // It is not said: the service is the nearest thing.
    typeParameter: `${path}:2: services.0.typeParameter`,
  });
});

test("an error in the file says in which line it is", () => {
  const text = "httpPort: 1\nservices:\n  - path: a\n    descriptions: [a.yaml]\n    jobList: sync\n    color: red\n";
  const { UWS_CONFIG } = file(text);
  expect(() => loadConfig({ UWS_CONFIG }, folder)).toThrow(`${UWS_CONFIG}:5: services.0.jobList: must not be any of`);
  expect(() => loadConfig({ UWS_CONFIG }, folder)).toThrow(`${UWS_CONFIG}:6: services.0: Unrecognized key: "color"`);
  expect(() => loadConfig(file("a: 1\na: 2\n"), folder)).toThrow("Map keys must be unique at line 2, column 1");
});

test("times that would take jobs from healthy workers are refused", () => {
  expect(() => loadConfig({ ...file(minimal), UWS_LEASE_MS: "100" }, folder)).toThrow("heartbeat < silence < lease");
});

test("a job list cannot have the name of something else that a service has", () => {
  for (const name of ["sync", "capabilities", "availability", "description"]) {
    const text = `services: [{ path: a, jobList: ${name}, descriptions: [a.yaml] }]\n`;
    expect(() => loadConfig(file(text), folder)).toThrow("services.0.jobList: must not be any of: sync, capabilities");
  }
});

test("redirectLast is a number that LAST takes, or absent", () => {
  const redirectLast = (text: string) => {
    const service = `services: [{ path: a, descriptions: [a.yaml]${text} }]\n`;
    return loadConfig(file(service), folder).services[0]?.redirectLast;
  };
  expect(redirectLast("")).toBeUndefined();
  expect(redirectLast(", redirectLast: 100")).toBe(100);
  for (const wrong of ["0", "-1", "1.5", "all", "2147483648"]) {
    expect(() => redirectLast(`, redirectLast: ${wrong}`)).toThrow("services.0.redirectLast: ");
  }
});

test("a service has types, a parameter that names them, and those who may use it", () => {
  const service = (text: string, auth = "") =>
    loadConfig(file(`${auth}services: [{ path: a, descriptions: [a.yaml, b.yaml]${text} }]\n`), folder).services[0];
  expect(service("")).toMatchObject({
    typeParameter: "JOBTYPE",
    descriptions: [join(folder, "a.yaml"), join(folder, "b.yaml")],
  });
  expect(service(", typeParameter: LANG")?.typeParameter).toBe("LANG");
  for (const wrong of ["phase", "a b", "1a", "Upload"]) {
    expect(() => service(`, typeParameter: ${wrong}`)).toThrow("services.0.typeParameter: must ");
  }
  const users = ", access: { users: [ada] }";
  expect(service(users, "auth: { basic: true }\n")?.access).toEqual({ users: ["ada"] });
  expect(() => service(users)).toThrow("services.0.access.users: needs auth.basic");
  expect(() => service(", access: { anonymous: false }")).toThrow("services.0.access.anonymous: would let nobody in");
  expect(() => service(", access: { anonymous: true }", "auth: { basic: true, anonymous: false }\n")).toThrow(
    "services.0.access.anonymous: needs auth.anonymous",
  );
});

test("a file that is missing or not YAML is named", () => {
  expect(() => loadConfig({ UWS_CONFIG: "none.yaml" }, folder)).toThrow("none.yaml: cannot be read");
  expect(() => loadConfig(file("a: [1"), folder)).toThrow(".yaml:1: ");
  expect(() => loadConfig(file("- 1"), folder)).toThrow("must be a mapping");
});

test("the gateway's certificates are found beside the file, or in the working directory when the environment names them", () => {
  const grpc = "grpc: { tls: { certificate: a.pem, key: keys/a.key, clientCa: /etc/ca.pem } }\n";
  const { UWS_CONFIG } = file(grpc + minimal);
  const environment = { UWS_CONFIG, UWS_GRPC_KEY: "other.key", UWS_GRPC_REQUIRE_CLIENT_CERTIFICATE: "false" };
  expect(loadConfig(environment, "/work-dir").grpc).toEqual({
    tls: {
      certificate: join(folder, "a.pem"),
      key: "/work-dir/other.key",
      clientCa: "/etc/ca.pem",
      requireClientCertificate: false,
    },
    allowPlainText: false,
    tokenCheck: 5000,
  });
});

test("half of a TLS setting is refused", () => {
  expect(() => loadConfig({ ...file(minimal), UWS_GRPC_CERTIFICATE: "a.pem" }, folder)).toThrow(
    "grpc.tls.key: must name a file",
  );
  const required = "grpc: { tls: { certificate: a, key: b, requireClientCertificate: true } }\n";
  expect(() => loadConfig(file(required + minimal), folder)).toThrow(
    "grpc.tls.requireClientCertificate: needs clientCa",
  );
  expect(() => loadConfig({ ...file(minimal), UWS_GRPC_REQUIRE_TOKEN: "maybe" }, folder)).toThrow(
    "UWS_GRPC_REQUIRE_TOKEN: must be true or false",
  );
});

test("trusted proxies are addresses and ranges, in the file or with commas between them", () => {
  const trusted = [
    { address: "10.0.0.0", prefix: 8, family: "ipv4" },
    { address: "::1", prefix: 128, family: "ipv6" },
  ];
  expect(loadConfig({ ...file(minimal), UWS_TRUSTED_PROXIES: "10.0.0.0/8, ::1" }, folder).proxies).toEqual({
    trusted,
    headers: "x-forwarded",
  } as never);
  const inFile = file(`proxies: { trusted: [10.0.0.0/8, "::1"], headers: forwarded }\n${minimal}`);
  expect(loadConfig(inFile, folder).proxies).toEqual({ trusted, headers: "forwarded" } as never);
  for (const wrong of ["10.0.0.0/33", "10.0.0", "proxy.example", "::/129", "10.0.0.0/", "10.0.0.0/a", ""]) {
    expect(() => loadConfig({ ...file(minimal), UWS_TRUSTED_PROXIES: wrong }, folder)).toThrow(
      /(UWS_TRUSTED_PROXIES|proxies.trusted.0): must be addresses or ranges/,
    );
  }
});

test("docs/configuration.md names every variable", () => {
  const documentation = readFileSync(join(import.meta.dirname, "../../../docs/configuration.md"), "utf8");
  let message = "";
  try {
    loadConfig({ ...file(minimal), UWS_NO_SUCH: "1" }, folder);
  } catch (error) {
    message = String(error);
  }
  const known = message.match(/UWS_\w+/g) ?? [];
  expect(known.length).toBeGreaterThan(30);
  const missing = known.filter((name) => name !== "UWS_NO_SUCH" && !documentation.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});

test("job types that workers announce need no file; operators need a way to log in", () => {
  const announced = "announced: hold\nservices: [{ path: a, types: [cone, free] }]\n";
  expect(loadConfig(file(announced), folder)).toMatchObject({
    announced: "hold",
    services: [{ descriptions: [], types: ["cone", "free"] }],
  });
  expect(loadConfig(file(minimal), folder)).toMatchObject({ announced: "ignore", auth: { operators: [] } });
  expect(() => loadConfig(file("services: [{ path: a }]\n"), folder)).toThrow(
    "services.0.descriptions: must name at least one description file, unless there are types",
  );
  expect(() => loadConfig(file("services: [{ path: a, types: [A] }]\n"), folder)).toThrow("the name of a job type");
  const operators = { ...file(minimal), UWS_AUTH_OPERATORS: "olga,otto" };
  expect(() => loadConfig(operators, folder)).toThrow("UWS_AUTH_OPERATORS: needs basic");
  const { auth } = loadConfig({ ...operators, UWS_AUTH_BASIC: "true" }, folder);
  expect(auth.operators).toEqual(["olga", "otto"]);
  expect(() => loadConfig(file("services: [{ path: descriptions, types: [a] }]\n"), folder)).toThrow("must not begin");
});
