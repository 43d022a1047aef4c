-- Backups are taken over a kind of login of its own: it reads every row of every table of the workspace, hashes and
-- sequences among them, for a dump without them is none; it writes nothing, makes nothing, and signs nobody in.

ALTER TABLE cs_auth.logins DROP CONSTRAINT logins_kind_check;
ALTER TABLE cs_auth.logins ADD CONSTRAINT logins_kind_check CHECK (kind IN ('desk', 'agent', 'service', 'backup'));

-- pg_dump locks each table that it reads, and that takes a right to the whole table. With SELECT alone the lock is the one
-- that every reader takes; no stronger one is to be had.
DO $$
DECLARE
  n record;
  t record;
BEGIN
  FOR n IN SELECT s.nspname FROM pg_namespace s WHERE s.nspname = 'public' OR s.nspname ~ '^cs_' LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO containerstacks_backup', n.nspname);
  END LOOP;
  FOR t IN SELECT c.oid::regclass AS relation, c.relkind, c.relnamespace = 'public'::regnamespace AS is_public FROM pg_class c
           JOIN pg_namespace s ON s.oid = c.relnamespace
           WHERE (s.nspname = 'public' OR s.nspname ~ '^cs_') AND c.relkind IN ('r', 'S') AND pg_get_userbyid(c.relowner) = 'containerstacks_owner' LOOP
    EXECUTE format('GRANT SELECT ON %s %s TO containerstacks_backup', CASE t.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, t.relation);
    IF t.relkind = 'r' AND t.is_public THEN
      EXECUTE format('CREATE POLICY backup_all ON %s FOR SELECT TO containerstacks_backup USING (true)', t.relation);
    END IF;
  END LOOP;
END $$;
-- What later migrations make is not forgotten.
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO containerstacks_backup;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO containerstacks_backup;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO containerstacks_backup;
-- A grant on a mere column makes DROP OWNED BY a group fail for its members. This one lets nobody read or write.
GRANT REFERENCES (only_one) ON cs_meta.workspace TO containerstacks_backup;

-- Makes a new table one of the workspace's: nothing for PUBLIC, row level security forced, everything for the owner, and
-- for backups to be read.
CREATE OR REPLACE FUNCTION cs_meta.guard_table(table_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', table_name);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', table_name);
  EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', table_name);
  EXECUTE format('CREATE POLICY owner_all ON public.%I TO containerstacks_owner USING (true) WITH CHECK (true)', table_name);
  EXECUTE format('CREATE POLICY backup_all ON public.%I FOR SELECT TO containerstacks_backup USING (true)', table_name);
END $$;

-- How many rows each table has, counted as the owner in the snapshot of whoever asks: a backup that sees fewer is none.
CREATE FUNCTION cs_meta.row_counts() RETURNS TABLE (table_name text, row_count bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE (n.nspname = 'public' OR n.nspname ~ '^cs_') AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user ORDER BY 1 LOOP
    table_name := t.name;
    EXECUTE format('SELECT count(*) FROM %s', t.name) INTO row_count;
    RETURN NEXT;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION cs_meta.row_counts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_meta.row_counts() TO containerstacks_backup;
GRANT EXECUTE ON FUNCTION cs_auth.workspace() TO containerstacks_backup;

-- Who can read everything is something that the log has to know.
CREATE FUNCTION cs_auth.backup_login_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  done text := CASE WHEN TG_OP = 'INSERT' THEN 'add' WHEN NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL THEN 'revoke' END;
BEGIN
  IF done IS NOT NULL THEN
    INSERT INTO public.activity_logs (action, resource_type, resource_id, details, ip_address)
    VALUES ('backup_login.' || done, 'backup_login', NEW.login, jsonb_build_object('login', session_user, 'label', NEW.label), inet_client_addr());
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION cs_auth.backup_login_changed() FROM PUBLIC;
CREATE TRIGGER backup_login_changed AFTER INSERT OR UPDATE ON cs_auth.logins FOR EACH ROW WHEN (NEW.kind = 'backup')
  EXECUTE FUNCTION cs_auth.backup_login_changed();
