import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Site } from "../support/site.ts";
import { pythonForExamples, run, runWell } from "../support/tools/index.ts";
import { startExample } from "./example-site.ts";

/* The cut-out in Python: its own tests, and from an upload to results with a real server. */

const example = join(import.meta.dirname, "../../apps/workers/cutout");

let python: string;
let site: Site;
let folder: string;
/** A FITS image of 300 x 200 pixels around RA 10, DEC 60, and what is none. */
let image: Uint8Array<ArrayBuffer>;

const makeImage = `
import sys
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
wcs = WCS(naxis=2)
wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [10, 60], [150, 100], [-0.001, 0.001]
fits.PrimaryHDU(np.random.default_rng(1).integers(0, 9999, (200, 300)).astype("int32"), wcs.to_header()).writeto(sys.argv[1])
`;

beforeAll(async () => {
  python = await pythonForExamples();
  site = await startExample([python, join(example, "worker.py")]);
  folder = await mkdtemp(join(tmpdir(), "uws-cutout-test-"));
  await runWell(python, ["-c", makeImage, join(folder, "image.fits")]);
  image = await Bun.file(join(folder, "image.fits")).bytes();
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

const upload = (bytes: Uint8Array<ArrayBuffer>) => ({
  IMAGE: new File([bytes], "image.fits", { type: "application/fits" }),
});

test("its own tests pass", async () => {
  const { code, out, error } = await run(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], {
    cwd: example,
    timeout: 200_000,
  });
  expect([code, `${out}${error}`]).toEqual([0, expect.stringMatching(/\d+ passed/)]);
}, 200_000);

test("its code is formatted and typed, and has no lint", async () => {
  await runWell(python, ["-m", "ruff", "check", "--no-cache", "."], { cwd: example });
  await runWell(python, ["-m", "ruff", "format", "--check", "--no-cache", "."], { cwd: example });
  const mypy = ["-m", "mypy", "--strict", "--ignore-missing-imports", "--cache-dir=/dev/null", "."];
  await runWell(python, mypy, { cwd: example, timeout: 200_000 });
}, 200_000);

test("an uploaded image, from upload to results, which astropy finds at the same places of the sky", async () => {
  const job = await site
    .client("cutout")
    .create({ RA: 10.02, DEC: 60.01, SIZE: 0.05 }, { run: true, files: upload(image) });
  const ended = await job.wait();
  expect([ended.phase, await job.error()]).toEqual(["COMPLETED", undefined]);
  expect(ended.results.map(({ id, mediaType }) => [id, mediaType])).toEqual([
    ["fits", "application/fits"],
    ["png", "image/png"],
  ]);
  const piece = join(folder, "piece.fits");
  await Bun.write(piece, await job.download("fits"));
  const looked = await runWell(python, [
    join(import.meta.dirname, "check_cutout.py"),
    join(folder, "image.fits"),
    piece,
  ]);
  // The middle is the nearest that whole pixels allow.
  const [rows, columns, ra, dec] = looked.trim().split(" ").map(Number);
  expect([rows, columns]).toEqual([50, 50]);
  expect(Math.abs((ra ?? 0) - 10.02) * Math.cos(Math.PI / 3)).toBeLessThan(0.0011);
  expect(Math.abs((dec ?? 0) - 60.01)).toBeLessThan(0.0011);
  const png = await (await job.download("png")).bytes();
  // Width and height, as IHDR has them.
  const sides = new DataView(png.buffer, png.byteOffset + 16, 8);
  expect([sides.getUint32(0), sides.getUint32(4)]).toEqual([50, 50]);
});

test("a place outside of the image is a fatal error that says where the image is", async () => {
  const job = await site.client("cutout").create({ CIRCLE: "200 -5 0.01" }, { run: true, files: upload(image) });
  expect((await job.wait()).phase).toBe("ERROR");
  expect(await (await fetch(job.url)).text()).toContain('<uws:errorSummary type="fatal"');
  expect(await job.error()).toMatch(/outside of the image: that is 0\.3 deg by 0\.2 deg around RA (9\.99|10\.0)/);
});

test.each([
  ["what is no FITS file", { RA: "10", DEC: "60" }, new TextEncoder().encode("GIF89a"), /not a FITS file/],
  ["a declination that there is not", { RA: "10", DEC: "91" }, undefined, /DEC/],
  ["a circle of two numbers", { CIRCLE: "10 60" }, undefined, /CIRCLE/],
  ["a parameter that it does not have", { RADIUS: "1" }, undefined, /RADIUS/],
])("%s is refused, and no job is made", async (_what, parameters: Record<string, string>, bytes, message) => {
  const { jobListUrl } = site.client("cutout");
  const jobs = async () => (await site.client("cutout").list()).length;
  const before = await jobs();
  const body = new FormData();
  for (const [name, value] of Object.entries(parameters)) body.set(name, value);
  if (bytes !== undefined) body.set("IMAGE", upload(bytes).IMAGE);
  const answer = await fetch(jobListUrl, { method: "POST", body, redirect: "manual" });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringMatching(message)]);
  expect(await jobs()).toBe(before);
});
