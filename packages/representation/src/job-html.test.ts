import { expect, test } from "bun:test";
import fc from "fast-check";
import { created, fullJob, job, url } from "./fixture.ts";
import { jobHtml, jobListHtml } from "./job-html.ts";

const attack = `"'><script>alert(1)</script>&lt;`;

test("a job's page shows phase, progress, error, results and parameters, with links", () => {
  const page = jobHtml(fullJob, { url, quote: created });
  for (const part of [
    '<span class="phase ERROR">ERROR</span>',
    'value="0.5"',
    "lease ran out",
    `href="${url}/results/result"`,
    `href="${url}/parameters/positions"`,
    `href="${url}/error"`,
    'href="https://example.org/uws/crossmatch/async"',
    "&lt;R&gt;",
  ]) {
    expect(page).toContain(part);
  }
});

test("nothing that a client or worker said becomes markup", () => {
  const hostile = fc.oneof(fc.constant(attack), fc.string({ unit: "binary" }));
  const tags = (page: string) => page.match(/<[a-z!/]/gi)?.length;
  const page = (text: string) =>
    jobHtml(
      job({
        owner: text,
        runId: text,
        worker: text,
        parameters: [{ name: text, value: text }],
        results: [{ id: text, mediaType: text, size: 1, location: { reference: text }, createdAt: created }],
        error: { type: "fatal", message: text, detail: text },
        progress: { fraction: 0, message: text, counters: {} },
      }),
      { url },
    );
  fc.assert(fc.property(hostile, (text) => expect(tags(page(text))).toBe(tags(page("x")))));
});

test("a list's page streams and escapes", async () => {
  async function* batches() {
    yield [job({ runId: attack }), job({ owner: attack })];
  }
  const page = (await Array.fromAsync(jobListHtml(batches(), "https://example.org/async"))).join("");
  expect(page).toStartWith("<!DOCTYPE html>");
  expect(page).toEndWith("</html>\n");
  expect(page).not.toContain("<script");
  expect(page).toContain(`href="https://example.org/async/${job().id}"`);
});
