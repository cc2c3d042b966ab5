import type { Store } from "@uws/store";
import { timing } from "./timing.ts";
import type { Troubles } from "./troubles.ts";

/**
 * Milliseconds: how late a job may be taken from a worker whose lease ran out, where a keeper could do it. A sweep comes each
 * 200 ms; the rest is for a slow machine, whose two cores run twenty processes here.
 */
const bound = timing.sweep + 5000;
/** Milliseconds after a trouble before a keeper can be expected to work again: it may have to start, or to connect. */
const settle = 5000;

/** How late leases were taken that had run out, in milliseconds after the time at which they did. */
export interface Recovery {
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The longest of that during which a keeper and PostgreSQL were there, and what it may be. */
  readonly maxWhileAble: number;
  readonly bound: number;
}

/** Lets the database keep what the product forgets: until when the leases were that it took away. */
export async function rememberLeases({ sql }: Store): Promise<void> {
  await sql.unsafe(`
    create schema chaos;
    create table chaos.leases (job_id uuid, attempt integer, lease_until timestamptz);
    create function chaos.remember() returns trigger language plpgsql as $$
      begin
        insert into chaos.leases values (old.id, old.attempt, old.lease_until);
        return null;
      end $$;
    create trigger remember after update on jobs for each row
      when (old.lease_until is not null and new.lease_until is null) execute function chaos.remember();`);
}

/** Judges every lease that was taken away: not before it ran out, and soon after. */
export async function judgeRecovery(
  { sql }: Store,
  troubles: Troubles,
): Promise<{ readonly recovery: Recovery; readonly violations: readonly string[] }> {
  const lost = await sql<{ id: string; number: number; due: number; done: number }[]>`
    select attempts.job_id as id, number, (extract(epoch from lease_until) * 1000)::float8 as due,
      (extract(epoch from end_time) * 1000)::float8 as done
    from attempts join chaos.leases on leases.job_id = attempts.job_id and leases.attempt = attempts.number
    where outcome = 'lost'`;
  const judged = lost.map(({ id, number, due, done }) => ({
    name: `attempt ${number} of job ${id}`,
    late: done - due,
    lateWhileAble: troubles.able(due, done, settle),
  }));
  const early = judged.filter(({ late }) => late < 0);
  const late = judged.filter(({ lateWhileAble }) => lateWhileAble > bound);
  const times = judged.map((each) => each.late).sort((a, b) => a - b);
  const quantile = (share: number) => Math.round(times[Math.ceil(times.length * share) - 1] ?? 0);
  return {
    recovery: {
      lost: lost.length,
      p50: quantile(0.5),
      p99: quantile(0.99),
      max: quantile(1),
      maxWhileAble: Math.max(0, ...judged.map(({ lateWhileAble }) => lateWhileAble)),
      bound,
    },
    violations: [
      ...early.map(({ name, late }) => `${name} was lost ${-late} ms before its lease ran out`),
      ...late.map(({ name, lateWhileAble }) => `${name} was lost ${lateWhileAble} ms late, for no reason`),
    ],
  };
}
