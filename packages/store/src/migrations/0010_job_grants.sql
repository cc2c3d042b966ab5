CREATE TABLE "job_grants" (
	"job_id" uuid NOT NULL,
	"grantee" text NOT NULL,
	"write" boolean NOT NULL,
	"job_service" text NOT NULL,
	"job_creation_time" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "job_grants_job_id_grantee_pk" PRIMARY KEY("job_id","grantee")
);
--> statement-breakpoint
ALTER TABLE "job_grants" ADD CONSTRAINT "job_grants_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "job_grants_list" ON "job_grants" USING btree ("grantee","job_service","job_creation_time" DESC NULLS LAST,"job_id" DESC NULLS LAST);