-- The log's hash chain. Whoever writes to the log waits for nobody: a sequencer comes seconds later, takes the rows that
-- have been committed since it came last, and chains them by hash. A desk that remembers a hash of the chain finds out
-- when history up to there has changed, whoever changed it.

-- Which transaction wrote a row, so that the sequencer finds what was committed since. It isn't part of the hash: in
-- another cluster it means nothing. No writer may send it.
ALTER TABLE activity_logs ADD COLUMN written_by XID8;
ALTER TABLE activity_logs ALTER COLUMN written_by SET DEFAULT pg_current_xact_id();
CREATE INDEX activity_logs_written ON activity_logs (written_by, id);
UPDATE cs_meta.matrix SET columns = '*,-written_by' WHERE role = 'service' AND table_name = 'activity_logs' AND operation = 'insert';
-- Who reads the whole row reads this too.
SELECT cs_meta.apply_grant(m) FROM cs_meta.matrix m
WHERE m.table_name = 'activity_logs' AND m.operation = 'select' AND m.columns = '*';

-- chain_hash of position n is sha256(chain_hash of n - 1 || n as eight bytes, big-endian || row_hash of n); what stands for
-- the hash of position 0 is sha256 of 'ContainerStacks log chain 1'. row_hash is sha256 of the row's fields, each as its
-- length in bytes, a colon and its text in UTF-8 (NULL: a hyphen), with commas between them, in this order: id, user_id,
-- organization_id, action, resource_type, resource_id, details (as jsonb is written), ip_address (with its mask),
-- user_agent, created_at (YYYY-MM-DDTHH:MM:SS.ffffffZ).
CREATE TABLE log_chain (
  position BIGINT PRIMARY KEY CHECK (position > 0),
  activity_id INTEGER NOT NULL CONSTRAINT log_chain_once UNIQUE,
  row_hash BYTEA NOT NULL CHECK (octet_length(row_hash) = 32),
  chain_hash BYTEA NOT NULL CHECK (octet_length(chain_hash) = 32),
  sealed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
SELECT cs_meta.guard_table('log_chain');
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON log_chain FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();
CREATE TRIGGER keep_unchanged BEFORE UPDATE ON log_chain FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();
SELECT cs_meta.permit('admin,agent', 'log_chain', 'select', '*', 'true');
-- Enough to see that the chain goes on from the head that a desk remembers; which row of the log a link is for is not
-- theirs to know.
SELECT cs_meta.permit('support,finance', 'log_chain', 'select', 'position,row_hash,chain_hash,sealed_at', 'true');

-- How far the sequencer is. home: which database of which cluster the transaction numbers are of. sealed: all that was
-- committed in this snapshot is in the chain. target: the snapshot that it works towards, with the last row that it took.
CREATE TABLE cs_ledger.log_seal (
  only_one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_one),
  home TEXT,
  sealed PG_SNAPSHOT,
  target PG_SNAPSHOT,
  after_xid XID8 NOT NULL DEFAULT '0',
  after_id INTEGER NOT NULL DEFAULT -2147483648
) WITH (fillfactor = 10);
INSERT INTO cs_ledger.log_seal DEFAULT VALUES;

-- Chains what has been committed, at most so many rows; says how many. Two at once: one does it, the other has nothing to
-- do. That no row is chained twice and no position given twice is held by the keys of log_chain, not by that lock.
CREATE FUNCTION cs_ledger.seal_log(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  here text := (SELECT c.system_identifier || ':' || d.oid FROM pg_catalog.pg_control_system() c, pg_catalog.pg_database d WHERE d.datname = current_database());
  wanted integer := least(greatest(coalesce(most, 1000), 1), 10000);
  s cs_ledger.log_seal;
  everything boolean;
  r record;
  place bigint;
  link bytea;
  ids integer[] := '{}';
  row_hashes bytea[] := '{}';
  links bytea[] := '{}';
  began bigint;
BEGIN
  SELECT * INTO s FROM cs_ledger.log_seal;
  -- Usually there is nothing to do, and then nothing is written either.
  IF s.home = here AND s.target IS NULL AND NOT EXISTS (
    SELECT FROM public.activity_logs a WHERE a.written_by >= pg_snapshot_xmin(s.sealed)
      AND NOT pg_visible_in_snapshot(a.written_by, s.sealed) AND NOT EXISTS (SELECT FROM public.log_chain c WHERE c.activity_id = a.id)
  ) THEN
    RETURN 0;
  END IF;
  SELECT * INTO s FROM cs_ledger.log_seal FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  -- In a database that was restored or copied, transaction numbers say nothing: all rows are looked through once.
  IF s.home IS DISTINCT FROM here THEN
    s.home := here;
    s.sealed := NULL;
    s.target := NULL;
  END IF;
  everything := s.sealed IS NULL;
  IF s.target IS NULL THEN
    s.target := pg_current_snapshot();
    s.after_xid := '0';
    s.after_id := -2147483648;
  END IF;

  SELECT c.position, c.chain_hash INTO place, link FROM public.log_chain c ORDER BY c.position DESC LIMIT 1;
  place := coalesce(place, 0);
  link := coalesce(link, sha256(convert_to('ContainerStacks log chain 1', 'UTF8')));
  began := place;
  -- Two ways to find them, each by its own index.
  FOR r IN EXECUTE $q$
    SELECT a.id, a.written_by, sha256(convert_to(concat_ws(',',
      octet_length(a.id::text) || ':' || a.id,
      coalesce(octet_length(a.user_id::text) || ':' || a.user_id, '-'),
      coalesce(octet_length(a.organization_id::text) || ':' || a.organization_id, '-'),
      octet_length(convert_to(a.action, 'UTF8')) || ':' || a.action,
      coalesce(octet_length(convert_to(a.resource_type, 'UTF8')) || ':' || a.resource_type, '-'),
      coalesce(octet_length(convert_to(a.resource_id, 'UTF8')) || ':' || a.resource_id, '-'),
      coalesce(octet_length(convert_to(a.details::text, 'UTF8')) || ':' || a.details::text, '-'),
      coalesce(octet_length(a.ip_address::text) || ':' || a.ip_address::text, '-'),
      coalesce(octet_length(convert_to(a.user_agent, 'UTF8')) || ':' || a.user_agent, '-'),
      coalesce(octet_length(to_char(a.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || ':' || to_char(a.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '-')
    ), 'UTF8')) AS hash
    FROM public.activity_logs a
    WHERE NOT EXISTS (SELECT FROM public.log_chain c WHERE c.activity_id = a.id)
    $q$ || CASE WHEN everything THEN 'AND a.id > $1 ORDER BY a.id LIMIT $2' ELSE
      'AND a.written_by >= pg_snapshot_xmin($4) AND a.written_by < pg_snapshot_xmax($5)
       AND pg_visible_in_snapshot(a.written_by, $5) AND NOT pg_visible_in_snapshot(a.written_by, $4)
       AND (a.written_by, a.id) > ($3, $1) ORDER BY a.written_by, a.id LIMIT $2' END
    USING s.after_id, wanted, s.after_xid, s.sealed, s.target
  LOOP
    place := place + 1;
    link := sha256(link || int8send(place) || r.hash);
    ids := ids || r.id;
    row_hashes := row_hashes || r.hash;
    links := links || link;
    s.after_xid := coalesce(r.written_by, '0');
    s.after_id := r.id;
  END LOOP;
  INSERT INTO public.log_chain (position, activity_id, row_hash, chain_hash)
  SELECT began + x.n, x.id, x.hash, x.link FROM unnest(ids, row_hashes, links) WITH ORDINALITY AS x(id, hash, link, n);
  IF place - began < wanted THEN
    s.sealed := s.target;
    s.target := NULL;
  END IF;
  UPDATE cs_ledger.log_seal x SET home = s.home, sealed = s.sealed, target = s.target, after_xid = s.after_xid, after_id = s.after_id;
  RETURN place - began;
END $$;
REVOKE ALL ON FUNCTION cs_ledger.seal_log(integer) FROM PUBLIC;
GRANT USAGE ON SCHEMA cs_ledger TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_ledger.seal_log(integer) TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;
