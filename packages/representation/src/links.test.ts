import { expect, test } from "bun:test";
import fc from "fast-check";
import { parameterUrls } from "./links.ts";

const job = "http://x.example/async/1";

test("parameters that share a name are told apart, in their order", () => {
  expect(parameterUrls(job, [{ name: "a" }, { name: "b/c" }, { name: "a" }, { name: "A" }])).toEqual([
    `${job}/parameters/a?OCCURRENCE=1`,
    `${job}/parameters/b%2Fc`,
    `${job}/parameters/a?OCCURRENCE=2`,
    `${job}/parameters/A`,
  ]);
});

test("each parameter has a URL of its own, which names it", () => {
  const names = fc.array(fc.record({ name: fc.string({ unit: "binary", minLength: 1 }) }));
  fc.assert(
    fc.property(names, (parameters) => {
      const urls = parameterUrls(job, parameters);
      expect(new Set(urls).size).toBe(parameters.length);
      const named = urls.map((url) => decodeURIComponent(url.slice(`${job}/parameters/`.length).replace(/\?.*$/, "")));
      expect(named).toEqual(parameters.map(({ name }) => name));
    }),
  );
});
