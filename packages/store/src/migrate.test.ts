import { expect, test } from "bun:test";
import { testDatabase } from "@uws/testing";
import { migrate } from "./migrate.ts";
import journal from "./migrations/meta/_journal.json";
import { openStore } from "./store.ts";

test("many processes may migrate at once, and again", async () => {
  const database = await testDatabase();
  await Promise.all([1, 2, 3, 4].map(() => migrate(database.url)));
  await migrate(database.url);
  const store = openStore({ url: database.url });
  const [row] = await store.sql<
    { applied: number }[]
  >`select count(*)::int as applied from drizzle.__drizzle_migrations`;
  expect(row?.applied).toBe(journal.entries.length);
  await store.close();
  await database.drop();
});

test("time has millisecond precision, and a session may shift it", async () => {
  const database = await testDatabase();
  await migrate(database.url);
  const now = async (store: ReturnType<typeof openStore>) => {
    const [row] = await store.sql<{ ms: number }[]>`select extract(epoch from uws_now())::float8 * 1000 as ms`;
    return row?.ms ?? Number.NaN;
  };
  const store = openStore({ url: database.url });
  const later = openStore({ url: database.url, clockShift: "1 hour" });
  const [here, ahead] = [await now(store), await now(later)];
  expect(here).toBeCloseTo(Math.round(here), 3);
  expect(ahead - here).toBeGreaterThan(3_599_000);
  await store.close();
  await later.close();
  await database.drop();
});
