import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/* Who may know whom, as docs/architecture.md says. */

const root = join(import.meta.dirname, "../..");

/** What the sources in a folder import from other packages; tests may know more than what they test. */
function imports(folder: string): string[] {
  const found = new Set<string>();
  for (const file of new Bun.Glob(`${folder}/**/*.ts`).scanSync({ cwd: root })) {
    if (/node_modules|\.test\.ts$|\/testing\.ts$|\/testing\/|fixture/.test(file)) continue;
    const text = readFileSync(join(root, file), "utf8");
    for (const [, name = ""] of text.matchAll(/\b(?:from|import)\s*\(?\s*"([^".][^"]*)"/g)) found.add(name);
  }
  return [...found].sort();
}

const ours = (folder: string) => imports(folder).filter((name) => name.startsWith("@uws/"));
const apps = [
  "@uws/api",
  "@uws/web",
  "@uws/gateway",
  "@uws/keeper",
  "@uws/cli",
  "@uws/worker-simulate",
  "@uws/worker-crossmatch",
];

test("arrows run one way: packages import no app, and core nothing of ours", () => {
  expect(ours("packages").filter((name) => apps.includes(name))).toEqual([]);
  expect(ours("packages/core/src")).toEqual([]);
});

test("representation knows no HTTP, store no XML, the gateway no Elysia", () => {
  const known = {
    representation: imports("packages/representation/src").filter((name) =>
      /http|elysia|@uws\/(?!core|desc)/.test(name),
    ),
    store: imports("packages/store/src").filter((name) => /xml|@uws\/(?!core)/.test(name)),
    gateway: imports("apps/gateway/src").filter((name) => /elysia|@uws\/(api|representation)/.test(name)),
  };
  expect(known).toEqual({ representation: [], store: [], gateway: [] });
});

test("a worker needs a gRPC library and the .proto file, and nothing else", () => {
  const foreign = imports("packages/worker/src").filter((name) => !name.startsWith("node:"));
  expect(foreign).toEqual(["@grpc/grpc-js", "@uws/protocol"]);
  expect(
    imports("packages/protocol/src").filter((name) => !name.startsWith("@grpc/") && !name.startsWith("node:")),
  ).toEqual([]);
});
