import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseDescription } from "@uws/description";
import type { Store } from "@uws/store";
import { type ApiFixture, apiFixture } from "../testing.ts";

let broken = false;
const breakable = (store: Store): Store => ({
  ...store,
  sql: new Proxy(store.sql, {
    apply(target, self, query) {
      if (broken) throw new Error("secret detail of the database");
      return Reflect.apply(target, self, query);
    },
  }),
});

let it: ApiFixture;
let service: string;
beforeAll(async () => {
  it = await apiFixture({ wrapStore: breakable });
  service = `${it.api.url}/api/batch`;
});
afterAll(() => it.close());

/** Status, media type and body of a resource of a service of several segments, or of cone. */
async function get(name: string, accept?: string, base = service) {
  const answer = await it.request(`${base}/${name}`, accept === undefined ? {} : { headers: { accept } });
  const mediaType = answer.headers.get("content-type");
  return { status: answer.status, mediaType, text: await answer.text(), headers: answer.headers };
}

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

describe("capabilities", () => {
  test("are XML with the URLs of everything there is", async () => {
    const { status, mediaType, text } = await get("capabilities");
    expect([status, mediaType]).toEqual([200, "text/xml; charset=utf-8"]);
    expect([...text.matchAll(/<accessURL use="(\w+)">([^<]*)</g)].map(([, use, url]) => `${use} ${url}`)).toEqual([
      `full ${service}/capabilities`,
      `full ${service}/availability`,
      `base ${it.frees}`,
      `base ${service}/sync`,
      `full ${service}/description`,
    ]);
    expect(text).toContain('<capability standardID="ivo://ivoa.net/std/UWS#rest-1.1">');
  });

  test("list the parameters of the job type", async () => {
    const { text } = await get("capabilities", undefined, `${it.api.url}/cone`);
    expect(text).toContain(
      '<param use="required" std="false"><name>RADIUS</name><description>Degrees</description><dataType>real</dataType></param>',
    );
    expect(text.match(/<name>BAND<\/name>/g)).toHaveLength(2);
    expect(text).toContain("<testQuery>RADIUS=0.1</testQuery>");
  });

  test("are JSON where that is asked for, and XML for browsers", async () => {
    const json = await get("capabilities", "application/json");
    expect(json.mediaType).toBe("application/json");
    expect(JSON.parse(json.text).capabilities[2].interfaces[0].url).toBe(it.frees);
    expect((await get("capabilities", browser)).mediaType).toBe("text/xml; charset=utf-8");
    expect((await get("capabilities", "application/xml")).mediaType).toBe("application/xml; charset=utf-8");
  });
});

describe("availability", () => {
  test("says since when the service is there", async () => {
    const { status, text } = await get("availability");
    expect([status, text]).toEqual([200, expect.stringContaining("<vosi:available>true</vosi:available>")]);
    const json = JSON.parse((await get("availability", "application/json")).text);
    expect(json).toEqual({ available: true, upSince: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/), notes: [] });
  });

  // shows: vosi-availability
  test("says with status 200 why it is not", async () => {
    broken = true;
    const { status, text } = await get("availability").finally(() => {
      broken = false;
    });
    expect([status, text]).toEqual([200, expect.stringContaining("<vosi:available>false</vosi:available>")]);
    expect(text).toContain("<vosi:note>The database does not answer.</vosi:note>");
    expect(text).not.toContain("upSince");
  });
});

describe("the description", () => {
  // shows: description-forms
  test("is JSON, YAML or a VOTable", async () => {
    const json = await get("description");
    expect(json.mediaType).toBe("application/json; charset=utf-8");
    expect(JSON.parse(json.text)).toMatchObject({ name: "free", title: "Anything & <everything>" });
    const yaml = await get("description", "application/yaml");
    expect(yaml.mediaType).toBe("application/yaml; charset=utf-8");
    expect(parseDescription(yaml.text, "YAML").document).toEqual(JSON.parse(json.text));
    const votable = await get("description", "application/x-votable+xml");
    expect(votable.mediaType).toBe("application/x-votable+xml; charset=utf-8");
    expect(votable.text).toContain(`value="${service}/sync"`);
    expect(votable.text).toContain(`value="${it.frees}"`);
    expect((await get("description", browser)).mediaType).toBe("application/json; charset=utf-8");
  });

  // shows: description-opus
  test("is a job definition of OPUS for those who ask so, by Accept or by RESPONSEFORMAT", async () => {
    const opus = "application/x-votable+xml;content=opus";
    for (const [name, accept] of [
      ["description", opus],
      ["description?RESPONSEFORMAT=opus", undefined],
      ["description?responseformat=OPUS", "application/json"],
      ["description/free?RESPONSEFORMAT=opus", undefined],
    ] as const) {
      const answer = await get(name, accept);
      expect([answer.status, answer.mediaType]).toEqual([200, `${opus}; charset=utf-8`]);
      expect(answer.text).toContain('utype="voprov:ActivityDescription"');
    }
    for (const [format, mediaType] of [
      ["json", "application/json"],
      ["application/yaml", "application/yaml"],
      ["datalink", "application/x-votable+xml"],
    ]) {
      expect((await get(`description?RESPONSEFORMAT=${format}`, opus)).mediaType).toBe(`${mediaType}; charset=utf-8`);
    }
    const refused = await get("description?RESPONSEFORMAT=fits");
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("must be one of json, yaml,")]);
  });

  test("is not sent twice", async () => {
    const tags = new Set<string>();
    for (const accept of [
      "application/json",
      "application/yaml",
      "application/x-votable+xml",
      "application/x-votable+xml;content=opus",
    ]) {
      const etag = (await get("description", accept)).headers.get("etag") ?? "";
      tags.add(etag);
      const again = await it.request(`${service}/description`, { headers: { accept, "if-none-match": etag } });
      expect([again.status, again.headers.get("etag"), await again.text()]).toEqual([304, etag, ""]);
    }
    expect(tags.size).toBe(4);
  });
});

test("all of it stands in the OpenAPI document, and on the index page without what would run a job", async () => {
  const document = (await (await it.request(`${it.api.url}/swagger/json`)).json()) as {
    paths: Record<string, Record<string, { parameters: { name: string }[] }>>;
  };
  for (const [path, methods] of [
    ["/api/batch/sync", ["get", "post"]],
    ["/api/batch/sync/{id}", ["get"]],
    ["/api/batch/capabilities", ["get"]],
    ["/api/batch/availability", ["get"]],
    ["/api/batch/description", ["get"]],
  ] as const) {
    expect([path, Object.keys(document.paths[path] ?? {})]).toEqual([path, [...methods]]);
  }
  const names = document.paths["/cone/sync"]?.get?.parameters.map(({ name }) => name);
  expect(names).toEqual([
    "RADIUS",
    "BAND",
    "LABEL",
    "TABLE",
    "NOTE",
    "PHASE",
    "RUNID",
    "EXECUTIONDURATION",
    "DESTRUCTION",
  ]);
  const page = await (await it.request(`${it.api.url}/`)).text();
  for (const name of ["description", "capabilities", "availability"]) {
    expect(page).toContain(`href="/api/batch/${name}"`);
  }
  expect(page).not.toContain("/sync");
});
