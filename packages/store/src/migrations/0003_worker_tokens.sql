CREATE TABLE "worker_tokens" (
	"name" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"types" text[],
	"creation_time" timestamp (3) with time zone NOT NULL,
	"expiry" timestamp (3) with time zone,
	CONSTRAINT "worker_tokens_hash_unique" UNIQUE("hash")
);
