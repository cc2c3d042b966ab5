import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { natsUrl } from "@uws/testing";
import { memoryGrowth } from "../support/memory.ts";
import { curl, runWell } from "../support/tools/index.ts";
import { openWaitingRoom, type WaitingApi, type WaitingRoom } from "../support/waiting-room.ts";

/** Uploads far larger than the memory that they may cost. */

const gibibyte = 1024 ** 3;
/** Bytes of an upload that the smaller one takes. */
const limit = 10 * 1024 ** 2;
/** Bytes that the api's memory may grow by, whatever passes through it. */
const mostGrowth = 128 * 1024 ** 2;

let room: WaitingRoom;
let api: WaitingApi;
/** Another one, which takes less. */
let small: WaitingApi;
let folder: string;
/** A gibibyte that takes no room on the disk. */
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-large-"));
  file = join(folder, "large");
  await writeFile(file, "");
  await truncate(file, gibibyte);
  room = await openWaitingRoom(await natsUrl());
  api = await room.api();
  small = await room.api({ UWS_UPLOAD_BYTES: String(limit) });
});
afterAll(async () => {
  await room.close();
  await rm(folder, { recursive: true });
});

const ask = async (...args: readonly string[]) => await runWell(await curl(), ["-sS", "-o", "/dev/null", ...args]);

// shows: create-streams
test("a gibibyte goes up and comes back, and the memory of the api stays as it was", async () => {
  let job = "";
  const up = await memoryGrowth(api.pid, async () => {
    const answer = await ask("-w", "%{http_code} %{redirect_url}", "-F", `BIG=@${file}`, api.list);
    const [code, location = ""] = answer.split(" ");
    expect(code).toBe("303");
    job = location;
  });
  expect(up).toBeLessThan(mostGrowth);
  const down = await memoryGrowth(api.pid, async () => {
    const answer = await ask("-w", "%{http_code} %{size_download}", `${job}/parameters/BIG`);
    expect(answer).toBe(`200 ${gibibyte}`);
  });
  expect(down).toBeLessThan(mostGrowth);
  expect(await ask("-X", "DELETE", "-w", "%{http_code}", job)).toBe("303");
});

const told = ["-w", "%{http_code} %{size_upload}"];
/** What curl may have sent beyond the limit when it is told to stop: as much as the buffers on the way hold. */
const onTheWay = 64 * 1024 ** 2;

test("an upload that says that it is too large is refused at once", async () => {
  const answer = await ask(...told, "-F", `BIG=@${file}`, small.list);
  const [code, sent] = answer.split(" ").map(Number);
  expect(code).toBe(413);
  expect(sent).toBeLessThan(onTheWay);
});

// shows: create-too-large
test("an upload without end is refused when it is too large", async () => {
  const { command, env } = await curl();
  const head = '--b\\r\\nContent-Disposition: form-data; name="BIG"; filename="x"\\r\\n\\r\\n';
  const shell = ["sh", "-c", `{ printf '%b' '${head}'; cat /dev/zero; } | "$@"`, "sh", ...command];
  const post = ["-X", "POST", "-T", "-", "-H", "Content-Type: multipart/form-data; boundary=b"];
  const growth = await memoryGrowth(small.pid, async () => {
    const answer = await runWell({ command: shell, env }, ["-s", "-o", "/dev/null", ...told, ...post, small.list]);
    const [code, sent] = answer.split(" ").map(Number);
    expect(code).toBe(413);
    expect(sent).toBeGreaterThan(limit);
    expect(sent).toBeLessThan(limit + onTheWay);
  });
  expect(growth).toBeLessThan(mostGrowth);
});
