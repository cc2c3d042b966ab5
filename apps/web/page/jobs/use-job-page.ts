import type { JobPage, PageOptions, UwsClient } from "@uws/client";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useVisible } from "../common/use-visible.ts";
import { isActive } from "./allowed-actions.ts";

/** Milliseconds between two looks at a page on which a job is active. */
const pace = 3000;
/** Jobs of a page. */
const limit = 50;
/** Pages that are asked for in a row when a filter fits none of those that the server has looked at. */
const emptyPages = 5;

export interface ShownJobs {
  readonly page: JobPage | undefined;
  /** When the server said so. */
  readonly time: Date | undefined;
  /** Of the last request, where it failed; the page is then older. */
  readonly error: unknown;
  readonly loading: boolean;
  /** Asks again, now. */
  readonly reload: () => Promise<void>;
}

type State = Omit<ShownJobs, "reload">;

/**
 * One page of a job list, kept fresh: by one request every few seconds while a job on it is active and somebody may be looking.
 * @param options what is asked for; another object is another page
 */
export function useJobPage(client: UwsClient, options: PageOptions): ShownJobs {
  const [state, setState] = useState<State>({ page: undefined, time: undefined, error: undefined, loading: true });
  const current = useRef<AbortController>();
  const visible = useVisible();

  const load = useCallback(async () => {
    current.current?.abort();
    const leaving = new AbortController();
    current.current = leaving;
    setState((before) => ({ ...before, loading: true }));
    try {
      const page = await firstWithJobs(client, { ...options, limit, signal: leaving.signal });
      if (leaving.signal.aborted) return;
      setState({ page, time: new Date(), error: undefined, loading: false });
    } catch (error) {
      if (!leaving.signal.aborted) setState((before) => ({ ...before, error, loading: false }));
    }
  }, [client, options]);

  useEffect(() => {
    setState((before) => ({ ...before, page: undefined, error: undefined }));
    void load();
    return () => current.current?.abort();
  }, [load]);

  const { page, loading, error } = state;
  const waits =
    !loading && visible && (page?.jobs.some(isActive) === true || (error !== undefined && page !== undefined));
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(() => void load(), pace);
    return () => clearTimeout(timer);
  }, [waits, load]);

  const seen = useRef(visible);
  useEffect(() => {
    // Whoever comes back wants to see what is, not what was.
    if (visible && !seen.current) void load();
    seen.current = visible;
  }, [visible, load]);

  return { ...state, reload: load };
}

/** A server looks at so many jobs for a page: where few fit, a page may be empty and not the last one. */
async function firstWithJobs(client: UwsClient, options: PageOptions): Promise<JobPage> {
  let page = await client.page(options);
  for (let asked = 1; page.jobs.length === 0 && page.next !== undefined && asked < emptyPages; asked += 1) {
    page = await client.page({ ...options, cursor: page.next });
  }
  return page;
}
