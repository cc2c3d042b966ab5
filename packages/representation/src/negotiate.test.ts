import { expect, test } from "bun:test";
import fc from "fast-check";
import { errorFormat, negotiate } from "./negotiate.ts";

const kindOf = (accept: string | undefined) => {
  const chosen = negotiate(accept);
  return chosen.kind === "xml" ? chosen.mediaType : chosen.kind;
};

test.each<[accept: string | undefined, expected: string]>([
  // Whoever does not say.
  [undefined, "text/xml"],
  ["", "text/xml"],
  ["*/*", "text/xml"],
  ["text/plain", "text/xml"],
  ["image/png", "text/xml"],
  ["garbage", "text/xml"],
  [";;;,,,q=", "text/xml"],
  ["application/json;q=abc", "text/xml"],
  // java.net.URLConnection: STILTS, TOPCAT.
  ["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "text/xml"],
  ["text/html, image/gif, image/jpeg, */*; q=0.2", "text/xml"],
  // XML, one way or the other.
  ["text/xml", "text/xml"],
  ["TEXT/XML", "text/xml"],
  ["application/xml", "application/xml"],
  ["Application/XML; charset=utf-8", "application/xml"],
  ["application/xml, text/xml", "text/xml"],
  ["application/xml, */*;q=0.1", "application/xml"],
  ["text/*", "text/xml"],
  ["application/*", "application/xml"],
  // JSON, when preferred.
  ["application/json", "json"],
  ["application/json, text/plain, */*", "json"],
  ["application/json;q=0.5, text/xml;q=0.4", "json"],
  ["application/json;q=0.4, text/xml;q=0.5", "text/xml"],
  ["application/json;q=0, */*", "text/xml"],
  ["text/html, application/json;q=0.9", "json"],
  // Browsers.
  ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "html"],
  ["text/html, application/xhtml+xml, image/jxr, */*", "html"],
  ["text/html", "html"],
  ["text/html;charset=utf-8", "html"],
  ["application/xhtml+xml;q=0, text/xml", "text/xml"],
])("Accept: %p gets %p", (accept, expected) => {
  expect<string>(kindOf(accept)).toBe(expected);
});

test.each<[accept: string | undefined, expected: string]>([
  [undefined, "text/plain"],
  ["*/*", "text/plain"],
  ["text/xml", "text/plain"],
  ["text/html,application/xhtml+xml,*/*;q=0.8", "text/plain"],
  ["application/json", "application/problem+json"],
  ["application/problem+json", "application/problem+json"],
  ["application/json, text/plain, */*", "application/problem+json"],
])("an error for Accept: %p is %p", (accept, expected) => {
  expect<string>(errorFormat(accept)).toBe(expected);
});

test("no header whatever makes it fail", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (accept) => {
      expect(["text/xml", "application/xml", "json", "html"]).toContain(kindOf(accept));
      expect(errorFormat(accept)).toBeString();
    }),
  );
});
