import { expect, test } from "bun:test";
import { isLoopback } from "./loopback.ts";

test("addresses of this machine alone are loopback, names that look like them are not", () => {
  expect(["127.0.0.1", "127.9.8.7", "::1", "[::1]", "localhost"].filter((host) => !isLoopback(host))).toEqual([]);
  const others = ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "127.example.org", "localhost.example.org", ""];
  expect(others.filter(isLoopback)).toEqual([]);
});
