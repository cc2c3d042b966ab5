CREATE TABLE "user_tokens" (
	"owner" text NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"read_only" boolean NOT NULL,
	"services" text[],
	"creation_time" timestamp (3) with time zone NOT NULL,
	"expiry" timestamp (3) with time zone,
	CONSTRAINT "user_tokens_owner_name_pk" PRIMARY KEY("owner","name"),
	CONSTRAINT "user_tokens_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
ALTER TABLE "user_tokens" ADD CONSTRAINT "user_tokens_owner_users_name_fk" FOREIGN KEY ("owner") REFERENCES "public"."users"("name") ON DELETE cascade ON UPDATE no action;