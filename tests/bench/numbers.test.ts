import { expect, test } from "bun:test";
import { withSections } from "./numbers.ts";

test("sections that were not measured stay as they were, in the given order", () => {
  const written = "# Old\n\n- old head\n\n## Jobs\n\n| a | 1 |\n\n## Quotes\n\n| q | 1 |\n";
  const text = withSections(written, "# New\n", new Map([["Quotes", [{ what: "q", value: "2" }]]]), ["Quotes", "Jobs"]);
  expect(text).toBe("# New\n\n## Quotes\n\n| what | measured |\n| --- | --- |\n| q | 2 |\n\n## Jobs\n\n| a | 1 |\n");
});
