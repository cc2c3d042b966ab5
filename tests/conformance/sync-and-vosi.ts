import { expect } from "bun:test";
import { clause } from "./clause.ts";
import { child, parse } from "./uws.ts";

export function syncAndVosi(): void {
  const sync = (list: string) => list.replace(/\/async$/, "/sync");

  clause(
    "sync-result",
    async (it) => {
      const first = await it.post(sync(it.list), it.quick);
      expect(first.status).toBe(303);
      const answer = await fetch(first.headers.get("location") ?? "");
      expect([answer.status, answer.headers.get("content-type")?.split(";")[0]]).toEqual([200, "text/plain"]);
      expect((await answer.bytes()).length).toBe(2000);
      expect(answer.url).toContain("/results/");
    },
    { own: true },
  );

  clause(
    "sync-query",
    async (it) => {
      const answer = await fetch(`${sync(it.list)}?${it.quick}`);
      expect([answer.status, (await answer.bytes()).length]).toEqual([200, 2000]);
    },
    { own: true },
  );

  clause(
    "sync-error",
    async (it) => {
      const answer = await fetch(sync(it.list), { method: "POST", body: it.failing });
      const summary = child(await it.xml(`${it.list}/${(await it.ids("?LAST=1"))[0]}`), "uws:errorSummary");
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await answer.text()).toContain(child(summary, "uws:message").text);
    },
    { own: true },
  );

  clause(
    "sync-wrong",
    async (it) => {
      await it.leavesNoJob(async () => {
        const { status, text } = await it.post(sync(it.list), { DURATION: "soon" });
        expect([status, text.includes("DURATION")]).toEqual([400, true]);
      });
    },
    { own: true },
  );

  clause(
    "vosi-capabilities",
    async (it) => {
      const { status, text } = await it.get(it.list.replace(/async$/, "capabilities"));
      expect(status).toBe(200);
      const root = parse(text);
      const ids = root.children.map(({ attributes }) => attributes.standardID);
      expect(ids).toEqual(
        expect.arrayContaining(["ivo://ivoa.net/std/VOSI#capabilities", "ivo://ivoa.net/std/VOSI#availability"]),
      );
      expect(text).toContain(`>${it.list}<`);
      expect(text).toContain("DURATION");
    },
    { own: true },
  );

  clause(
    "vosi-availability",
    async (it) => {
      const { status, text } = await it.get(it.list.replace(/async$/, "availability"));
      expect([status, parse(text).children[0]?.text]).toEqual([200, "true"]);
    },
    { own: true },
  );
}
