CREATE TABLE "job_types" (
	"type" text PRIMARY KEY NOT NULL,
	"paused" boolean DEFAULT false NOT NULL,
	"concurrency" integer,
	"owner_concurrency" integer
);
--> statement-breakpoint
CREATE INDEX "jobs_to_dispatch_of_owner" ON "jobs" USING btree ("type",(-priority),coalesce(owner, ''),"queued_at","id") WHERE phase in ('QUEUED', 'SUSPENDED') and dispatched_at is null and attempt_token is null;
--> statement-breakpoint
-- How many jobs of a type each owner ('' = anonymous) has with workers (held) and on their way to them (published). Where they are
-- limited, whoever asks for the same type waits until this statement's transaction is over, and then sees what it did: as a
-- function that is not STABLE, it looks with a snapshot of its own, taken behind the lock.
CREATE FUNCTION uws_in_flight(of_type text, limited boolean) RETURNS TABLE (who text, held bigint, published bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF limited THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('uws_in_flight ' || of_type, 0));
  END IF;
  RETURN QUERY
    SELECT flying.name, count(*) FILTER (WHERE flying.is_held), count(*) FILTER (WHERE NOT flying.is_held) FROM (
      SELECT coalesce(owner, '') AS name, true AS is_held FROM jobs
      WHERE type = of_type AND attempt_token IS NOT NULL
      UNION ALL
      SELECT coalesce(owner, ''), false FROM jobs
      WHERE type = of_type AND phase IN ('QUEUED', 'SUSPENDED') AND dispatched_at IS NOT NULL AND attempt_token IS NULL
    ) AS flying
    GROUP BY flying.name;
END
$$;
--> statement-breakpoint
CREATE FUNCTION uws_paused(of_type text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM job_types WHERE type = of_type AND paused)
$$;
