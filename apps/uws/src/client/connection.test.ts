import { expect, test } from "bun:test";
import { connect } from "./connection.ts";

const here = "http://127.0.0.1:8080/x/async";
const elsewhere = "http://elsewhere.example/async";

async function sent(options: Parameters<typeof connect>[0], environment: NodeJS.ProcessEnv) {
  const { headersFor } = await connect(options, environment);
  return [here, elsewhere].map((url) => headersFor(url).authorization);
}

test("who asks nothing else goes to where `run up` serves, as nobody", async () => {
  const { url, headersFor } = await connect({}, {});
  expect(url.href).toBe("http://127.0.0.1:8080/");
  expect(headersFor(here)).toEqual({});
});

test("a token or a user of the environment is for the server that is named beside it", async () => {
  expect(await sent({}, { UWS_URL: here, UWS_TOKEN: "t" })).toEqual(["Bearer t", undefined]);
  expect(await sent({ url: here }, { UWS_TOKEN: "t" })).toEqual(["Bearer t", undefined]);
  expect(await sent({}, { UWS_URL: here, UWS_USER: "zoé", UWS_PASSWORD: "p:w" })).toEqual([
    "Basic em/DqTpwOnc=",
    undefined,
  ]);
  expect(await sent({}, { UWS_TOKEN: "t" })).toEqual(["Bearer t", "Bearer t"]);
});

test("one that is typed goes along wherever the command asks", async () => {
  expect(await sent({ token: "typed" }, { UWS_URL: here, UWS_TOKEN: "t" })).toEqual(["Bearer typed", "Bearer typed"]);
});

test("a login in the URL is used, and not seen again", async () => {
  const { url, headersFor } = await connect({ url: "http://zoe:p%3Aw@127.0.0.1:8080/x/async" }, {});
  expect(url.href).toBe(here);
  expect(headersFor(here)).toEqual({ authorization: `Basic ${btoa("zoe:p:w")}` });
  expect(headersFor(elsewhere)).toEqual({});
});

test("a worker's token is nobody else's business", async () => {
  expect(await sent({}, { UWS_URL: here, UWS_TOKEN: "uwsw_secret" })).toEqual([undefined, undefined]);
});

test("what is no URL, or no token, is refused without showing it", async () => {
  for (const url of ["x", "ftp://x", "file:///etc"]) await expect(connect({ url }, {})).rejects.toThrow("no URL");
  const refused = await connect({ token: "sec\nret" }, {}).catch((error: Error) => error.message);
  expect(refused).toBe("The token has characters that no token has.");
});
