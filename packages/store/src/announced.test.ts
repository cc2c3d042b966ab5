import { afterAll, beforeAll, expect, test } from "bun:test";
import { announceDescription } from "./commands/announce-description.ts";
import { decideDescription } from "./commands/decide-description.ts";
import { saveDescription } from "./commands/save-description.ts";
import { acceptedDescriptions, getAnnounced, listAnnounced } from "./queries/announced-descriptions.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let it: StoreFixture;
beforeAll(async () => {
  it = await storeFixture();
});
afterAll(() => it.close());

const announcement = (type: string, version: string, meaning = "m") => ({
  ...{ digest: `${type} ${version} ${meaning}`, type, version, meaning, document: { type, version } },
  ...{ worker: "w1", token: undefined },
});
const announce = (given: ReturnType<typeof announcement>, accept: boolean, limit = 1000) =>
  announceDescription(it.store, given, accept, limit);
const accepted = async (type: string) => (await acceptedDescriptions(it.store, [type])).map(({ digest }) => digest);
const isKept = async (digest: string) =>
  (await it.store.sql`select from descriptions where digest = ${digest}`).length === 1;

test("one that waits is nobody's type until an operator approves it", async () => {
  const a = announcement("a", "1");
  expect(await announce(a, false)).toBe("held");
  expect(await announce({ ...a, worker: "w2" }, false)).toBe("held");
  expect([await accepted("a"), await isKept(a.digest)]).toEqual([[], false]);
  const listed = (await listAnnounced(it.store)).filter(({ type }) => type === "a");
  expect(listed).toMatchObject([{ digest: a.digest, state: "held", worker: "w1", token: null, decidedBy: null }]);
  expect(await decideDescription(it.store, a.digest, "accepted", "olga")).toBe("decided");
  expect([await accepted("a"), await isKept(a.digest)]).toEqual([[a.digest], true]);
  expect(await announce(a, false)).toBe("accepted");
  expect(await getAnnounced(it.store, a.digest)).toEqual({ type: "a", version: "1" });
});

test("what an operator has rejected stays so, whatever is announced again", async () => {
  const b = announcement("b", "1");
  await announce(b, true);
  expect(await accepted("b")).toEqual([b.digest]);
  expect(await decideDescription(it.store, b.digest, "rejected", "olga")).toBe("decided");
  expect([await announce(b, true), await announce(b, false)]).toEqual(["rejected", "rejected"]);
  expect(await accepted("b")).toEqual([]);
});

test("the one that was accepted last is served; an older one when it is accepted again, or the newer one rejected", async () => {
  const [one, two] = [announcement("c", "1"), announcement("c", "2")];
  await announce(one, true);
  const later = it.later("1 hour");
  await announceDescription(later, two, true, 1000);
  await announce(one, true);
  expect(await accepted("c")).toEqual([two.digest]);
  await decideDescription(it.later("2 hours"), one.digest, "accepted", "olga");
  expect(await accepted("c")).toEqual([one.digest]);
  await decideDescription(later, one.digest, "rejected", "olga");
  expect(await accepted("c")).toEqual([two.digest]);
});

test("a version that means something else already is refused, however it is decided", async () => {
  await saveDescription(it.store, { digest: "file", type: "d", version: "1", meaning: "m", document: {} });
  expect(await announce(announcement("d", "1", "other"), true)).toBe("changed");
  expect(await announce(announcement("d", "1", "other"), false)).toBe("changed");
  expect(await announce(announcement("d", "1"), true)).toBe("accepted");
  // Two wait under one version: the first that is approved settles what it means.
  const [x, y] = [announcement("d", "2", "x"), announcement("d", "2", "y")];
  expect([await announce(x, false), await announce(y, false)]).toEqual(["held", "held"]);
  expect(await decideDescription(it.store, y.digest, "accepted", "olga")).toBe("decided");
  expect(await decideDescription(it.store, x.digest, "accepted", "olga")).toBe("changed");
  expect(await decideDescription(it.store, x.digest, "rejected", "olga")).toBe("decided");
  expect(await isKept(x.digest)).toBe(false);
});

test("many workers that announce the same at once are one announcement; where all are accepted none waits", async () => {
  const e = announcement("e", "1");
  expect(new Set(await Promise.all(Array.from({ length: 12 }, () => announce(e, false))))).toEqual(new Set(["held"]));
  expect(new Set(await Promise.all(Array.from({ length: 12 }, () => announce(e, true))))).toEqual(
    new Set(["accepted"]),
  );
  const f = announcement("f", "1");
  expect(new Set(await Promise.all(Array.from({ length: 12 }, () => announce(f, true))))).toEqual(
    new Set(["accepted"]),
  );
  expect((await listAnnounced(it.store)).filter(({ type }) => type === "e" || type === "f")).toHaveLength(2);
});

test("there are no more than so many; one that is known counts once", async () => {
  const { length } = await listAnnounced(it.store);
  expect(await announce(announcement("g", "1"), false, length)).toBe("full");
  expect(await announce(announcement("g", "1"), true, length)).toBe("full");
  expect(await announce(announcement("e", "1"), true, length)).toBe("accepted");
  expect(await isKept("g 1 m")).toBe(false);
});

test("nobody can decide on what nobody announced", async () => {
  expect(await decideDescription(it.store, "none", "accepted", "olga")).toBe("unknown");
});
