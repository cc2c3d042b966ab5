-- The one clock by which jobs live: UTC at millisecond precision. A session may shift it (uws.clock_shift, an
-- interval), which is how tests let time pass without waiting.
CREATE FUNCTION uws_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT date_trunc('milliseconds', statement_timestamp())
    + coalesce(nullif(current_setting('uws.clock_shift', true), ''), '0')::interval
$$;
--> statement-breakpoint
-- Heartbeats and progress rewrite the row: long parameters move out of it, and free space keeps the updates on the page.
ALTER TABLE "jobs" SET (fillfactor = 70, toast_tuple_target = 512, autovacuum_vacuum_scale_factor = 0.02);
