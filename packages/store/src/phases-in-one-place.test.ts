import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/*
 * Phases change in packages/store/src/commands alone, by statements made of the transition table: what a statement says
 * of itself is read here, what it does is shown by the other tests.
 */

const root = join(import.meta.dirname, "../../..");
const commands = "packages/store/src/commands/";

const sources = [...new Bun.Glob("{apps,packages}/**/*.ts").scanSync({ cwd: root })]
  .filter((file) => !/node_modules|\.test\.ts$|\/generated\/|store\/src\/(?:model|races)\//.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

/** What a statement puts into a phase: behind SET or a comma. What stands behind WHERE, AND or WHEN is a comparison. */
const assignments = /(?:\bset|,)\s+phase\s*=\s*([^\n]+)/g;

test("no statement but those in packages/store/src/commands changes a job", () => {
  const others = sources.filter(
    ({ file, text }) => !file.startsWith(commands) && /\b(?:update|insert into|delete from)\s+jobs\b/.test(text),
  );
  expect(others.map(({ file }) => file)).toEqual([]);
});

test("a phase is set to nothing but where a move of the table leads, and only from where the table allows it", () => {
  const found = sources
    .filter(({ file }) => file.startsWith(commands))
    .flatMap(({ file, text }) =>
      [...text.matchAll(assignments)].map(([, value]) => ({ file, text, value: value ?? "" })),
    );
  const files = new Set(found.map(({ file }) => file));
  // As many as there are commands that move a job: a pattern that finds none would show nothing.
  expect(files.size).toBeGreaterThanOrEqual(13);
  for (const { file, text, value } of found) {
    expect([file, value]).toEqual([
      file,
      expect.stringMatching(/^(?:case when .+ then \$\{reached\([^)]+\)\} else )?\$\{reached\(/),
    ]);
    expect([file, /in \$\{mayMove\(|\$\{movable\(|where \$\{runningUnder\(/.test(text)]).toEqual([file, true]);
  }
});
