CREATE TABLE "idempotency_keys" (
	"service" text NOT NULL,
	"owner" text NOT NULL,
	"key" text NOT NULL,
	"request" text NOT NULL,
	"job_id" uuid NOT NULL,
	"creation_time" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_service_owner_key_pk" PRIMARY KEY("service","owner","key")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"name" text PRIMARY KEY NOT NULL,
	"password" text NOT NULL,
	"creation_time" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "jobs_list_of_owner";--> statement-breakpoint
DROP INDEX "jobs_list";--> statement-breakpoint
DROP INDEX "jobs_list_of_phase";--> statement-breakpoint
DROP INDEX "jobs_destruction";--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("creation_time");--> statement-breakpoint
CREATE INDEX "jobs_list_of_run" ON "jobs" USING btree ("service","owner","run_id","creation_time" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX "jobs_active" ON "jobs" USING btree ("service","owner") WHERE phase in ('QUEUED', 'EXECUTING', 'UNKNOWN', 'SUSPENDED');--> statement-breakpoint
CREATE INDEX "jobs_list" ON "jobs" USING btree ("service","owner","creation_time" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE phase <> 'ARCHIVED';--> statement-breakpoint
CREATE INDEX "jobs_list_of_phase" ON "jobs" USING btree ("service","owner","phase","creation_time" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "jobs_destruction" ON "jobs" USING btree ("destruction") WHERE destruction is not null;--> statement-breakpoint
-- How many jobs of an owner (null = anonymous) count towards the quota; counts no further than at_most. Whoever asks
-- for the same owner at the same time waits until this statement's transaction is over, and then sees what it did: as a
-- function that is not STABLE, it looks with a snapshot of its own, taken behind the lock.
CREATE FUNCTION uws_active_jobs(of_service text, of_owner text, at_most integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(of_service || ' ' || coalesce(of_owner, ''), 0));
  IF of_owner IS NULL THEN
    RETURN (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE service = of_service AND owner IS NULL
      AND phase IN ('QUEUED', 'EXECUTING', 'UNKNOWN', 'SUSPENDED') LIMIT at_most) AS active);
  END IF;
  RETURN (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE service = of_service AND owner = of_owner
    AND phase IN ('QUEUED', 'EXECUTING', 'UNKNOWN', 'SUSPENDED') LIMIT at_most) AS active);
END
$$;
