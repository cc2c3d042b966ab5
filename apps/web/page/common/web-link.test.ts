import { expect, test } from "bun:test";
import { webLink } from "./web-link.ts";

test("only addresses of web pages become links", () => {
  expect(webLink("https://example.org/a")).toBe("https://example.org/a");
  expect(webLink("javascript:alert(1)")).toBeUndefined();
  expect(webLink("data:text/html,x")).toBeUndefined();
  expect(webLink("nothing")).toBeUndefined();
  expect(webLink(undefined)).toBeUndefined();
});
