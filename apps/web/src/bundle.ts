import { join } from "node:path";
import { documentOf } from "./document.ts";
import { withoutXml } from "./without-xml.ts";

/** A file of the page: its name changes with what is in it, so that browsers may keep it for ever. */
export interface Asset {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

export interface WebPage {
  /** By name. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** Changes with any of them. */
  readonly version: string;
  /** The HTML at an address that is so many folders below the page's own. */
  html(depth: number): string;
}

const page = join(import.meta.dir, "../page");

const mediaTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * Makes the page of its sources, in memory: about a tenth of a second.
 * @throws AggregateError when they cannot be bundled
 */
export async function bundleWebPage(): Promise<WebPage> {
  const built = await Bun.build({
    entrypoints: ["main.tsx", "style.css"].map((name) => join(page, name)),
    target: "browser",
    minify: true,
    naming: "[name]-[hash].[ext]",
    jsx: { runtime: "automatic", importSource: "preact", development: false },
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [withoutXml],
  });
  const assets = new Map<string, Asset>();
  const add = (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    const mediaType = mediaTypes[name.slice(name.lastIndexOf("."))];
    if (mediaType === undefined) throw new Error(`${name}: a file of the web page without a media type`);
    assets.set(name, { mediaType, bytes, gzip: Bun.gzipSync(bytes, { level: 9 }) });
  };
  for (const output of built.outputs) add(output.path.replace(/^.*\//, ""), new Uint8Array(await output.arrayBuffer()));
  const icon = await Bun.file(join(page, "icon.svg")).bytes();
  add(`icon-${Bun.hash(icon).toString(36)}.svg`, icon);
  const names = [...assets.keys()];
  return { assets, version: Bun.hash(names.join()).toString(36), html: (depth) => documentOf(names, depth) };
}
