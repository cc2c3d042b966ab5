import { expect, test } from "bun:test";
import { runCommand, script } from "./fixture.ts";

/* What a command leaves, and which of it becomes a result. */

const mediaType = "text/plain";
const run = (text: string, ...outputs: object[]) => runCommand({ run: script(text), outputs });
const out = { id: "out", path: "out.txt", mediaType };

test("files become results, by name or by pattern, in order", async () => {
  const made = await run(
    "echo a >out.txt; mkdir plots; for n in b a c; do echo $n >plots/$n.png; done; touch plots/.hidden.png plots/d.svg",
    out,
    { id: "plot-{name}", glob: "plots/*.png", mediaType: "image/png" },
    { id: "no", path: "absent", mediaType, optional: true },
  );
  expect([...made.results].map(([id, { text, mediaType }]) => [id, text, mediaType])).toEqual([
    ["out", "a\n", "text/plain"],
    ["plot-a", "a\n", "image/png"],
    ["plot-b", "b\n", "image/png"],
    ["plot-c", "c\n", "image/png"],
  ]);
});

test.each([
  ["a symbolic link to a file", "ln -s /etc/passwd out.txt", "it is a symbolic link"],
  ["a symbolic link to a file of its own", "echo a >a; ln -s a out.txt", "it is a symbolic link"],
  ["a symbolic link to nothing", "ln -s /nowhere out.txt", "it is a symbolic link"],
  ["a FIFO", "mkfifo out.txt", "it is no regular file"],
  ["a folder", "mkdir out.txt", "it is no regular file"],
  ["a hard link", "echo a >a; ln a out.txt", "it is a hard link"],
])("%s is no output", async (_, text, why) => {
  const made = await run(text, { ...out, optional: true });
  expect(made.failure?.message).toBe(
    `the output out.txt is refused: ${why}${why.includes("hard") ? " to a file that has other names" : ""}`,
  );
  expect(made.results.size).toBe(0);
});

test("a way through a linked folder leads to no output", async () => {
  const linked = { id: "out", path: "sub/passwd", mediaType };
  expect((await run("ln -s /etc sub", linked)).failure?.message).toContain("outside of the working directory");
  const glob = { id: "{file}", glob: "sub/passw*", mediaType };
  expect((await run("ln -s /etc sub", glob)).failure?.message).toContain("made no file sub/passw*");
  const moved = await run("mv ../work ../was; ln -s /etc ../work", { id: "out", path: "passwd", mediaType });
  expect(moved.failure?.message).toContain("outside of the working directory");
});

test("what was kept of stdout cannot be exchanged for another file", async () => {
  const stream = { id: "out", stream: "stdout", mediaType };
  const made = await run("rm ../stdout; ln -s /etc/passwd ../stdout", stream);
  expect(made.failure?.message).toContain("it is a symbolic link");
});

test.each([
  ["a link", "ln -s /etc/passwd a.txt", "it is a symbolic link"],
  ["a FIFO", "mkfifo a.txt", "it is no regular file"],
  ["a name that is none of a result", "touch 'a b.txt'", "its name may have"],
  ["a name with a line's end", "touch 'a\nb.txt'", "its name may have"],
  ["too many files", "touch a.txt b.txt c.txt d.txt", "more than 3 files"],
  ["no file", "true", "made no file *.txt"],
])("%s among the files of a pattern fails the job", async (_, text, why) => {
  const made = await run(text, { id: "{file}", glob: "*.txt", mediaType, maxFiles: 3 });
  expect(made.failure?.message).toContain(why);
});

test("what is missing, or too large, or comes twice fails the job", async () => {
  expect((await run("true", out)).failure?.message).toBe("the command made no out.txt");
  const large = await run("echo 12345 >out.txt", { ...out, maxBytes: 5 });
  expect(large.failure?.message).toBe("out.txt has 6 bytes; at most 5 may be");
  const twice = await run("touch a.1 a.2", { id: "x{name}", glob: "a.*", mediaType });
  expect(twice.failure?.message).toBe("two outputs would become the result xa");
});
