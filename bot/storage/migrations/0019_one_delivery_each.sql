-- Videos of one request are delivered one by one, as each is ready: nothing is laid in together.

DROP INDEX jobs_ready;
ALTER TABLE jobs DROP COLUMN laid_at;
