-- A statement that waits for a row goes on with that row as it is then, but with all other rows as they were when it began. What
-- has to follow the row, and stands in another table, is looked up by functions that are VOLATILE: each of their statements has a
-- snapshot of its own, taken behind the lock.

-- Drops the results of a job that begins anew, and leaves their blobs to the keeper. @returns how many they were
CREATE FUNCTION uws_drop_results(of_job uuid) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  dropped bigint;
BEGIN
  WITH gone AS (DELETE FROM results WHERE job_id = of_job RETURNING blob_key),
  thrown AS (INSERT INTO garbage (key) SELECT blob_key FROM gone WHERE blob_key IS NOT NULL)
  SELECT count(*) INTO dropped FROM gone;
  RETURN dropped;
END
$$;
--> statement-breakpoint
-- When the attempt of a job that runs began; null when none runs.
CREATE FUNCTION uws_attempt_start(of_job uuid) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (SELECT max(start_time) FROM attempts WHERE job_id = of_job AND end_time IS NULL);
END
$$;
--> statement-breakpoint
-- The blob of a result that is replaced is left to the keeper.
CREATE FUNCTION uws_throw_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO garbage (key) VALUES (OLD.blob_key);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER results_replaced AFTER UPDATE ON results FOR EACH ROW
WHEN (OLD.blob_key IS NOT NULL AND OLD.blob_key IS DISTINCT FROM NEW.blob_key)
EXECUTE FUNCTION uws_throw_replaced();
