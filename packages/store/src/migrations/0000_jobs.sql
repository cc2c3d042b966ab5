CREATE TYPE "public"."phase" AS ENUM('PENDING', 'QUEUED', 'EXECUTING', 'COMPLETED', 'ERROR', 'ABORTED', 'UNKNOWN', 'HELD', 'SUSPENDED', 'ARCHIVED');--> statement-breakpoint
CREATE TABLE "attempts" (
	"job_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"worker" text NOT NULL,
	"start_time" timestamp (3) with time zone NOT NULL,
	"end_time" timestamp (3) with time zone,
	"outcome" text,
	"message" text,
	CONSTRAINT "attempts_job_id_number_pk" PRIMARY KEY("job_id","number")
);
--> statement-breakpoint
CREATE TABLE "descriptions" (
	"digest" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"version" text NOT NULL,
	"document" text NOT NULL,
	"creation_time" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "garbage" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "garbage_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"type" text NOT NULL,
	"description" text NOT NULL,
	"phase" "phase" NOT NULL,
	"owner" text,
	"run_id" text,
	"priority" smallint DEFAULT 0 NOT NULL,
	"creation_time" timestamp (3) with time zone NOT NULL,
	"start_time" timestamp (3) with time zone,
	"end_time" timestamp (3) with time zone,
	"destruction" timestamp (3) with time zone,
	"execution_duration" integer NOT NULL,
	"parameters" jsonb NOT NULL,
	"trace_context" jsonb,
	"queued_at" timestamp (3) with time zone,
	"available_at" timestamp (3) with time zone,
	"dispatched_at" timestamp (3) with time zone,
	"dispatches" integer DEFAULT 0 NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"max_attempts" integer NOT NULL,
	"attempt_token" text,
	"accept_by" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"heard_at" timestamp (3) with time zone,
	"deadline" timestamp (3) with time zone,
	"worker" text,
	"event_sequence" bigint DEFAULT 0 NOT NULL,
	"log_lines" integer DEFAULT 0 NOT NULL,
	"progress_fraction" double precision,
	"progress_message" text,
	"progress_counters" jsonb,
	"checkpoint" "bytea",
	"error_type" text,
	"error_message" text,
	"error_detail" text
);
--> statement-breakpoint
CREATE TABLE "log_lines" (
	"job_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"sequence" bigint NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	CONSTRAINT "log_lines_job_id_attempt_sequence_pk" PRIMARY KEY("job_id","attempt","sequence")
);
--> statement-breakpoint
CREATE TABLE "results" (
	"job_id" uuid NOT NULL,
	"id" text NOT NULL,
	"attempt" integer NOT NULL,
	"media_type" text NOT NULL,
	"size" bigint,
	"blob_key" text,
	"sha256" text,
	"reference" text,
	"creation_time" timestamp (3) with time zone NOT NULL,
	"ordinal" bigint GENERATED ALWAYS AS IDENTITY (sequence name "results_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "results_job_id_id_pk" PRIMARY KEY("job_id","id")
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_description_descriptions_digest_fk" FOREIGN KEY ("description") REFERENCES "public"."descriptions"("digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_lines" ADD CONSTRAINT "log_lines_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "results" ADD CONSTRAINT "results_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "jobs_list" ON "jobs" USING btree ("service","creation_time" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "jobs_list_of_owner" ON "jobs" USING btree ("service","owner","creation_time" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "jobs_list_of_phase" ON "jobs" USING btree ("service","phase","creation_time" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "jobs_to_dispatch" ON "jobs" USING btree ("type","priority" DESC NULLS FIRST,"queued_at","id") WHERE phase in ('QUEUED', 'SUSPENDED') and dispatched_at is null and attempt_token is null;--> statement-breakpoint
CREATE INDEX "jobs_dispatched" ON "jobs" USING btree ("type","dispatched_at") WHERE phase in ('QUEUED', 'SUSPENDED') and dispatched_at is not null and attempt_token is null;--> statement-breakpoint
CREATE INDEX "jobs_held" ON "jobs" USING btree ("type") WHERE attempt_token is not null;--> statement-breakpoint
CREATE INDEX "jobs_destruction" ON "jobs" USING btree ("destruction") WHERE phase <> 'ARCHIVED';--> statement-breakpoint
CREATE INDEX "jobs_completed" ON "jobs" USING btree ("type","end_time" DESC NULLS FIRST) WHERE phase = 'COMPLETED';