import type { Store } from "@uws/store";

/** The service whose lists are filled, and one of its job types. */
export const service = "simulate";
export const type = "simulate";
/** Who has as many jobs as nobody; the anonymous have as many. */
export const owner = "ada";

/**
 * Fills a migrated database with jobs: `count` of `owner`, `count` anonymous, and a tenth of that of a thousand others,
 * mixed in the order of their creation, a hundred a second, so that many share their millisecond's neighbourhood and some
 * their millisecond. Most have ended; of each thousand three are EXECUTING, at any age. Every thousand share a run id.
 */
export async function fill({ sql }: Store, count: number): Promise<void> {
  await sql`
    insert into descriptions (digest, type, version, document, creation_time)
    values ('scale', ${type}, '0.0.0-filled', '{}', uws_now())`;
  // Indices are made afterwards, from the definitions that the migrations gave them: that takes a fraction of the time.
  const indices = await sql<{ name: string; definition: string }[]>`
    select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'jobs' and indexname <> 'jobs_pkey'`;
  for (const { name } of indices) await sql.unsafe(`drop index ${name}`);
  await withoutTimeout(sql, insertion(count));
  for (const { definition } of indices) await withoutTimeout(sql, definition);
  await withoutTimeout(sql, "vacuum analyze jobs");
}

/** When the nth of an owner's jobs was created, but for a millisecond. */
export function creationTime(n: number): Date {
  return new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 10) * 100);
}

type Sql = Store["sql"];

/** The pool's statements have half a minute each. */
async function withoutTimeout(sql: Sql, statement: string): Promise<void> {
  const connection = await sql.reserve();
  try {
    await connection`set statement_timeout = 0`;
    await connection.unsafe(statement);
  } finally {
    await connection`reset statement_timeout`;
    connection.release();
  }
}

function insertion(count: number): string {
  return `
    insert into jobs (
      id, service, type, description, owner, run_id, parameters, execution_duration, destruction, max_attempts,
      creation_time, phase, start_time, end_time, queued_at, attempt, worker
    )
    select
      (lpad(to_hex((extract(epoch from time) * 1000)::bigint), 12, '0') || '7'
        || substr(md5(n::text || kind::text), 1, 3) || '8' || substr(md5(n::text || kind::text), 4, 15))::uuid,
      '${service}', '${type}', 'scale', who, 'run-' || n / 1000,
      jsonb_build_array(
        jsonb_build_object('name', 'RA', 'value', (n % 360)::text),
        jsonb_build_object('name', 'DEC', 'value', (n % 180 - 90)::text),
        jsonb_build_object('name', 'Radius', 'value', (n % 50 / 10.0)::text),
        jsonb_build_object('name', 'BAND', 'value', substr('VBR', n % 3 + 1, 1)),
        jsonb_build_object('name', 'LABEL', 'value', 'field ' || n)
      ),
      3600, time + interval '1000 days', 3, time, phase,
      case when phase not in ('PENDING', 'QUEUED', 'HELD') then time + interval '1 second' end,
      case when phase in ('COMPLETED', 'ERROR', 'ABORTED', 'ARCHIVED') then time + interval '1 minute' end,
      case when phase <> 'PENDING' then time end,
      case when phase in ('PENDING', 'QUEUED', 'HELD') then 0 else 1 end,
      case when phase = 'EXECUTING' then 'worker-' || n % 40 end
    from (
      select
        n, kind,
        case kind when 0 then '${owner}' when 2 then 'user-' || n % 1000 end as who,
        timestamptz '2026-01-01 00:00:00Z' + n / 10 * interval '100 milliseconds' + kind * interval '1 millisecond' as time,
        (case
          when hash < 3 then 'EXECUTING' when hash < 5 then 'QUEUED' when hash < 8 then 'PENDING'
          when hash < 9 then 'HELD' when hash < 10 then 'UNKNOWN' when hash < 60 then 'ERROR'
          when hash < 90 then 'ABORTED' when hash < 120 then 'ARCHIVED' else 'COMPLETED'
        end)::phase as phase
      from generate_series(1, ${count}) as n, generate_series(0, 2) as kind,
        lateral (select abs(hashint4(n * 3 + kind)) % 1000 as hash) as random
      where kind < 2 or n % 10 = 0
    ) as made
    order by n, kind`;
}
