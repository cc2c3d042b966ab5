import { expect, test } from "bun:test";
import { isLoopback, parseGatewayAddress } from "./gateway-address.ts";

test("an address says whether TLS is spoken", () => {
  expect(parseGatewayAddress("gate.example.org:50051")).toEqual({
    target: "gate.example.org:50051",
    host: "gate.example.org",
    encrypted: false,
  });
  for (const scheme of ["https", "grpcs", "HTTPS"]) {
    expect(parseGatewayAddress(`${scheme}://gate:443/`)).toEqual({ target: "gate:443", host: "gate", encrypted: true });
  }
  expect(parseGatewayAddress("https://[::1]:50051")).toEqual({ target: "[::1]:50051", host: "::1", encrypted: true });
});

test("what is no address is refused with what is allowed", () => {
  const wrong = [
    "",
    "gate",
    "gate:",
    ":1",
    "gate:99999",
    "http://gate:1",
    "https://gate",
    "https://me:secret@gate:1",
    "a b:1",
  ];
  for (const text of wrong) expect(() => parseGatewayAddress(text)).toThrow("must be https://host:port");
});

test("names that look like this machine are not this machine", () => {
  expect(["localhost", "127.0.0.1", "127.1.2.3", "::1"].filter((host) => !isLoopback(host))).toEqual([]);
  expect(["0.0.0.0", "127.0.0.1.example.org", "localhost.example.org", "::2", "10.0.0.1"].filter(isLoopback)).toEqual(
    [],
  );
});
