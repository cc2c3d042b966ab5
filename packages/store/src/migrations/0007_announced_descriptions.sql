CREATE TABLE "announced_descriptions" (
	"digest" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"version" text NOT NULL,
	"meaning" text NOT NULL,
	"document" text NOT NULL,
	"state" text NOT NULL,
	"worker" text NOT NULL,
	"token" text,
	"creation_time" timestamp (3) with time zone NOT NULL,
	"decision_time" timestamp (3) with time zone,
	"decided_by" text
);
--> statement-breakpoint
CREATE TABLE "description_versions" (
	"type" text NOT NULL,
	"version" text NOT NULL,
	"meaning" text NOT NULL,
	CONSTRAINT "description_versions_type_version_pk" PRIMARY KEY("type","version")
);
--> statement-breakpoint
CREATE INDEX "announced_descriptions_accepted" ON "announced_descriptions" USING btree ("type","decision_time" DESC NULLS FIRST) WHERE state = 'accepted';