DROP INDEX "jobs_completed";--> statement-breakpoint
CREATE INDEX "jobs_ended" ON "jobs" USING btree ("type","phase","end_time" DESC NULLS FIRST,"service") WHERE phase in ('COMPLETED', 'ERROR', 'ABORTED');--> statement-breakpoint
CREATE INDEX "jobs_on_hold" ON "jobs" USING btree ("type","service") WHERE phase = 'HELD';