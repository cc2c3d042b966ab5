import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { chromium as findChromium } from "./tools/index.ts";

/** A browser without a window. */
export async function openBrowser(): Promise<Browser> {
  const { command, env } = await findChromium();
  const [executablePath = ""] = command;
  return await chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: [
      // Chromium refuses to run as root with its sandbox; it opens our own pages only.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      // No name leads anywhere, whatever the machine's network allows.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      "--disable-dev-shm-usage",
    ],
  });
}

/** Pages that reach one origin and nothing else. */
export interface Confined {
  readonly context: BrowserContext;
  /** URLs elsewhere that were asked for, all of them refused. */
  readonly elsewhere: string[];
  /** What the pages complained of: exceptions, and errors in the console. */
  readonly complaints: string[];
}

/** @param credentials with which the browser answers when it is asked who it is */
export async function confinedTo(
  browser: Browser,
  origin: string,
  credentials?: { readonly username: string; readonly password: string },
): Promise<Confined> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 1400 },
    ...(credentials === undefined ? {} : { httpCredentials: credentials }),
  });
  // On a busy machine a page of a hundred operations takes long.
  context.setDefaultTimeout(50_000);
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  await context.route("**", (route) => {
    const url = route.request().url();
    if (new URL(url).origin === origin) return route.continue();
    elsewhere.push(url);
    return route.abort();
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { context, elsewhere, complaints };
}
