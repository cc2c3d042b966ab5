import { expect, test } from "bun:test";
import { beginningOf, previewKind } from "./preview-kind.ts";

test("pictures and texts have a preview, other bytes have none", () => {
  const kinds = (...types: string[]) => types.map((type) => previewKind(type, 10));
  expect(kinds("image/png", "image/svg+xml", "IMAGE/JPEG")).toEqual(["picture", "picture", "picture"]);
  expect(kinds("text/csv", "text/plain; charset=utf-8", "application/json", "application/x-votable+xml")).toEqual(
    Array(4).fill("text"),
  );
  expect(kinds("application/fits", "application/octet-stream", "image/fits", "")).toEqual(Array(4).fill(undefined));
  expect(previewKind("image/png", 30_000_000)).toBeUndefined();
});

test("no more is read than is shown, and a character that is cut is left out", async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += 1;
        // It shall be seen at once, not when the memory is full, should somebody read it all.
        if (pulled > 100) controller.error(new Error("read without an end"));
        controller.enqueue(new TextEncoder().encode("ééééé"));
      },
    },
    { highWaterMark: 0 },
  );
  expect(await beginningOf(endless, 25)).toEqual(["é".repeat(12), true]);
  expect(pulled).toBe(3);
  expect(await beginningOf(new Blob(["a,b\n"]).stream(), 4)).toEqual(["a,b\n", false]);
});
