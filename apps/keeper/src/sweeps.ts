import type { BlobStore } from "@uws/blobs";
import type { Config } from "@uws/config";
import type { CancelNews, Dispatch } from "@uws/dispatch";
import {
  abortDueJobs,
  archiveJobs,
  destroyJobs,
  expireAttempts,
  forgetGarbage,
  forgetIdempotencyKeys,
  listGarbage,
  loseLeases,
  markSilent,
  redispatchJobs,
  type Store,
  unclaimJobs,
  waitingTypes,
} from "@uws/store";
import { Orphans } from "./orphans.ts";

/** What the keeper stands on. */
export interface KeeperDependencies {
  readonly config: Pick<Config, "timing" | "services">;
  readonly store: Store;
  readonly dispatch: Dispatch;
  readonly blobs: BlobStore;
}

/** Seconds for which an Idempotency-Key is remembered. */
const idempotencySeconds = 86_400;

/** One thing that time does. It looks for what is due, at most `limit` of it, and tells how much it found. */
export interface Sweep {
  readonly name: string;
  run(limit: number): Promise<number>;
}

/** Job types that are rung again together, each with up to a window of jobs. */
const typesAtOnce = 20;

/**
 * Everything that happens because time passed. Each sweep claims its rows in SQL (skip locked), so that any number of
 * keepers may run and none does what another does.
 * @param services as they are configured now
 */
export function sweeps(
  { config, store, dispatch, blobs }: KeeperDependencies,
  services: () => Config["services"] = () => config.services,
): Sweep[] {
  const { timing } = config;
  const { news, doorbell, queue } = dispatch;
  const archiving = () =>
    services().flatMap(({ path, archive }) =>
      archive === undefined ? [] : [{ service: path, keep: archive.keep ?? null }],
    );
  const archivingPaths = () => archiving().map(({ service }) => service);
  const orphans = new Orphans({ store, blobs, age: timing.orphan, rest: timing.orphanLook });
  const cancel = (rows: readonly { token: string | null }[], reason: CancelNews["reason"]) =>
    news.cancel(rows.flatMap(({ token }) => (token === null ? [] : [{ token, reason }])));

  return [
    {
      name: "leases that ran out",
      async run(limit) {
        const lost = await loseLeases(store, { base: timing.backoff, max: timing.backoffMax }, limit);
        news.tell(lost.map(({ id, phase }) => ({ id, phase })));
        cancel(lost, "fenced");
        return lost.length;
      },
    },
    {
      name: "silent workers",
      async run(limit) {
        const silent = await markSilent(store, timing.silence, limit);
        news.tell(silent.map(({ id }) => ({ id, phase: "UNKNOWN" })));
        return silent.length;
      },
    },
    {
      name: "assignments that nobody accepted",
      async run(limit) {
        const late = await unclaimJobs(store, limit);
        cancel(late, "fenced");
        return late.length;
      },
    },
    {
      name: "execution durations",
      async run(limit) {
        const expired = await expireAttempts(store, limit);
        news.tell(expired.map(({ id }) => ({ id, phase: "ABORTED" })));
        cancel(expired, "timed_out");
        return expired.length;
      },
    },
    {
      name: "destruction times of jobs that have not ended, where jobs are archived",
      async run(limit) {
        const paths = archivingPaths();
        if (paths.length === 0) return 0;
        const aborted = await abortDueJobs(store, paths, limit);
        news.tell(aborted.map(({ id }) => ({ id, phase: "ABORTED" })));
        cancel(aborted, "aborted");
        return aborted.length;
      },
    },
    {
      name: "destruction times, where jobs are archived",
      async run(limit) {
        const archivers = archiving();
        if (archivers.length === 0) return 0;
        const archived = await archiveJobs(store, archivers, limit);
        news.tell(archived.map(({ id }) => ({ id, phase: "ARCHIVED" })));
        return archived.length;
      },
    },
    {
      name: "destruction times",
      async run(limit) {
        const gone = await destroyJobs(store, archivingPaths(), limit);
        news.tell(gone.map(({ id }) => ({ id, gone: true })));
        cancel(gone, "destroyed");
        return gone.length;
      },
    },
    {
      name: "keys of requests that nobody repeats any more",
      run: (limit) => forgetIdempotencyKeys(store, idempotencySeconds, limit),
    },
    {
      name: "jobs that wait to be dispatched",
      async run() {
        const types = dispatch.connected() ? await waitingTypes(store) : [];
        if (types.length > 0) doorbell.ring(...types);
        // What the window has no room for waits for the next look; there is no use in looking again at once.
        return 0;
      },
    },
    {
      name: "messages that nobody claimed",
      async run() {
        if (!dispatch.connected()) return 0;
        const jobs = await redispatchJobs(store, timing.redispatch, typesAtOnce);
        await queue.publish(jobs);
        return jobs.length;
      },
    },
    {
      name: "stored files that belong to no job",
      async run(limit) {
        const removed = await orphans.sweep(limit);
        // The walk goes on at the next look, so that it never keeps leases waiting.
        return Math.min(removed, limit - 1);
      },
    },
    {
      name: "blobs that nobody needs",
      async run(limit) {
        const garbage = await listGarbage(store, limit);
        for (const { key } of garbage) await blobs.delete(key);
        if (garbage.length > 0)
          await forgetGarbage(
            store,
            garbage.map(({ id }) => id),
          );
        return garbage.length;
      },
    },
  ];
}
