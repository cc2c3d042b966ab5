import { expect, test } from "bun:test";
import { readYaml } from "./yaml-source.ts";

const text = `# a comment
services:
  - path: a
    quota:
      active: 1
  - { path: b,
      quota: &more { active: 2 } }
  - path: c
    quota: *more
`;

test("tells the line of what stands at a path, or of what is around it", () => {
  const { value, lineOf } = readYaml(text);
  expect(value).toMatchObject({ services: [{ path: "a" }, { quota: { active: 2 } }, { quota: { active: 2 } }] });
  const at = (path: string) => lineOf(path === "" ? [] : path.split("."));
  expect([at(""), at("services"), at("services.0.path"), at("services.0.quota.active")]).toEqual([2, 2, 3, 5]);
  expect([at("services.1"), at("services.1.quota.active"), at("services.2.quota.active")]).toEqual([6, 7, 7]);
  expect([at("services.0.quota.none"), at("services.7.path"), at("none"), readYaml("").lineOf(["a"])]).toEqual([
    4, 2, 2, 1,
  ]);
});

test("says in one line what is no YAML, and where", () => {
  expect(() => readYaml("a: 1\na: 2\n")).toThrow(/^Map keys must be unique at line 2, column 1$/);
});
