import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ProxiesConfig } from "@uws/config";
import { clientOf } from "./client-of.ts";
import { type ApiFixture, apiFixture } from "./testing.ts";

const trusted: ProxiesConfig["trusted"] = [
  { address: "10.0.0.0", prefix: 8, family: "ipv4" },
  { address: "fd00::", prefix: 8, family: "ipv6" },
];

/** Address, protocol and host that are found, as one text. */
function found(kind: ProxiesConfig["headers"], peer: string, headers: Record<string, string>): string {
  const { address, protocol, host } = clientOf({ trusted, headers: kind })(new Headers(headers), peer);
  return `${address} ${protocol}://${host}`;
}

const said = { "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", "x-forwarded-host": "jobs.example" };
const standard = { forwarded: 'for=192.0.2.1;proto=https;host="jobs.example:8443"' };
const host = { host: "inside" };

describe("what is known of a client", () => {
  test("comes from the connection where the peer is not trusted", () => {
    expect(found("x-forwarded", "192.0.2.9", { ...host, ...said, ...standard })).toBe("192.0.2.9 http://inside");
    expect(found("forwarded", "192.0.2.9", { ...host, ...said, ...standard })).toBe("192.0.2.9 http://inside");
    expect(found("forwarded", "unknown", { ...host, ...standard })).toBe("unknown http://inside");
  });

  test("comes from the headers that are configured where it is, and from those only", () => {
    expect(found("x-forwarded", "10.1.2.3", { ...host, ...said, ...standard })).toBe("192.0.2.1 https://jobs.example");
    expect(found("forwarded", "10.1.2.3", { ...host, ...said, ...standard })).toBe(
      "192.0.2.1 https://jobs.example:8443",
    );
    expect(found("forwarded", "10.1.2.3", { ...host, ...said })).toBe("10.1.2.3 http://inside");
    expect(found("x-forwarded", "::ffff:10.1.2.3", { ...host, ...said })).toBe("192.0.2.1 https://jobs.example");
    expect(found("x-forwarded", "fd12::1", { ...host, ...said })).toBe("192.0.2.1 https://jobs.example");
  });

  test("what a proxy does not say stays as it is", () => {
    expect(found("x-forwarded", "10.1.2.3", { ...host, "x-forwarded-proto": "https" })).toBe("10.1.2.3 https://inside");
    expect(found("x-forwarded", "10.1.2.3", { ...host, "x-forwarded-for": "192.0.2.1" })).toBe(
      "192.0.2.1 http://inside",
    );
    expect(found("forwarded", "10.1.2.3", { ...host, forwarded: "for=_hidden;proto=https" })).toBe(
      "10.1.2.3 https://inside",
    );
  });

  test("a row of proxies is followed back for as long as they are trusted; what is before was written by anybody", () => {
    expect(
      found("x-forwarded", "10.0.0.2", {
        ...host,
        "x-forwarded-for": "1.1.1.1, 192.0.2.1, 10.0.0.1",
        "x-forwarded-host": "evil.example, jobs.example, middle",
        "x-forwarded-proto": "http, https, http",
      }),
    ).toBe("192.0.2.1 https://jobs.example");
    expect(
      found("forwarded", "10.0.0.2", {
        ...host,
        forwarded: 'for=1.1.1.1;host=evil.example, for="192.0.2.1:999";host=jobs.example;proto=https, for=10.0.0.1',
      }),
    ).toBe("192.0.2.1 https://jobs.example");
    // The last proxy replaces the host and the protocol, and adds to the addresses.
    expect(
      found("x-forwarded", "10.0.0.2", {
        ...host,
        "x-forwarded-for": "1.1.1.1, 192.0.2.1",
        "x-forwarded-host": "jobs.example",
        "x-forwarded-proto": "https",
      }),
    ).toBe("192.0.2.1 https://jobs.example");
  });

  test("addresses come in brackets and with ports", () => {
    for (const [node, address] of [
      ["192.0.2.1:80", "192.0.2.1"],
      ["[2001:db8::1]:80", "2001:db8::1"],
      ["[2001:db8::1]", "2001:db8::1"],
      ["2001:db8::1", "2001:db8::1"],
      ["nonsense", "10.1.2.3"],
      ["", "10.1.2.3"],
    ] as const) {
      expect(found("x-forwarded", "10.1.2.3", { ...host, "x-forwarded-for": node })).toBe(`${address} http://inside`);
    }
  });

  test("nonsense says nothing", () => {
    for (const forwarded of ["for=;x", '"', ",,,", "for=a;for=b", "\\"]) {
      expect(found("forwarded", "10.1.2.3", { ...host, forwarded })).toBe("10.1.2.3 http://inside");
    }
  });
});

describe("behind a proxy", () => {
  let it: ApiFixture;
  let proxy: Bun.Server<undefined>;
  beforeAll(async () => {
    it = await apiFixture({ environment: { UWS_TRUSTED_PROXIES: "127.0.0.1" } });
    proxy = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        const { pathname, search } = new URL(request.url);
        const headers = new Headers(request.headers);
        headers.set("x-forwarded-for", "192.0.2.1");
        headers.set("x-forwarded-proto", "https");
        headers.set("x-forwarded-host", "jobs.example");
        return fetch(`${it.api.url}${pathname}${search}`, {
          method: request.method,
          headers,
          body: request.body,
          redirect: "manual",
        });
      },
    });
  });
  afterAll(async () => {
    await proxy.stop(true);
    await it.close();
  });

  // shows: create-proxy
  test("that is trusted, URLs are those by which the client knows the server", async () => {
    const created = await it.post(`http://127.0.0.1:${proxy.port}/cone/async`, new URLSearchParams({ RADIUS: "1" }));
    const location = created.headers.get("location") ?? "";
    expect([created.status, location]).toEqual([
      303,
      expect.stringMatching(/^https:\/\/jobs\.example\/cone\/async\/./),
    ]);
    const list = await it.request(`http://127.0.0.1:${proxy.port}/cone/async`);
    expect(await list.text()).toContain(`xlink:href="${location}"`);
    const { pathname } = new URL(location);
    const own = await it.request(it.api.url + pathname);
    expect(own.status).toBe(200);
  });

  test("that is trusted, a host that no URL can have is not taken", async () => {
    const answer = await it.post(it.cones, "", { "x-forwarded-host": "a b<script>" });
    expect(answer.headers.get("location")).toStartWith(it.api.url);
  });

  test("that is not trusted, nothing that it says counts", async () => {
    const plain = await apiFixture();
    const answer = await plain.post(plain.cones, "", { "x-forwarded-host": "evil.example", forwarded: "host=evil" });
    expect(answer.headers.get("location")).toStartWith(plain.cones);
    await plain.close();
  });
});
