-- Tools that later migrations and triggers share.

-- Adds a rule to the matrix and carries it out: the grant column by column, and the policy. A rule that exists is
-- replaced. columns and condition as in cs_meta.matrix.
CREATE FUNCTION cs_meta.permit(roles text, table_name text, operation text, columns text, condition text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r text;
  rule cs_meta.matrix;
BEGIN
  FOREACH r IN ARRAY string_to_array(roles, ',') LOOP
    INSERT INTO cs_meta.matrix AS m VALUES (r, permit.table_name, permit.operation, permit.columns, permit.condition)
    ON CONFLICT ON CONSTRAINT matrix_pkey DO UPDATE SET columns = EXCLUDED.columns, condition = EXCLUDED.condition
    RETURNING m.* INTO rule;
    PERFORM cs_meta.apply_grant(rule);
    EXECUTE format('DROP POLICY IF EXISTS %I ON public.%I', r || '_' || operation, table_name);
    EXECUTE format('CREATE POLICY %I ON public.%I FOR %s TO %I %s (%s)%s',
      r || '_' || operation, table_name, operation, 'containerstacks_' || r,
      CASE operation WHEN 'insert' THEN 'WITH CHECK' ELSE 'USING' END, condition,
      CASE operation WHEN 'update' THEN ' WITH CHECK (' || condition || ')' ELSE '' END);
  END LOOP;
END $$;

-- Makes a new table one of the workspace's: nothing for PUBLIC, row level security forced, everything for the owner.
CREATE FUNCTION cs_meta.guard_table(table_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', table_name);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', table_name);
  EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', table_name);
  EXECUTE format('CREATE POLICY owner_all ON public.%I TO containerstacks_owner USING (true) WITH CHECK (true)', table_name);
END $$;
REVOKE ALL ON FUNCTION cs_meta.permit(text, text, text, text, text), cs_meta.guard_table(text) FROM PUBLIC;

-- The time that rules go by. In a database for tests a transaction may move it (SET LOCAL cs.at), so that months can
-- pass in a minute; anywhere else the setting means nothing.
CREATE FUNCTION cs_ledger.clock() RETURNS timestamp
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moved text := current_setting('cs.at', true);
BEGIN
  IF moved <> '' AND (SELECT w.is_test FROM cs_meta.workspace w) THEN
    RETURN moved::timestamp;
  END IF;
  RETURN timezone('UTC', now());
END $$;
REVOKE ALL ON FUNCTION cs_ledger.clock() FROM PUBLIC;

-- Under a moved clock rows carry its time, where the documented default would have given the real one.
CREATE FUNCTION cs_ledger.stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (SELECT w.is_test FROM cs_meta.workspace w) THEN
    IF TG_OP = 'INSERT' AND to_jsonb(NEW) ? 'created_at' THEN
      IF NEW.created_at IS NULL OR NEW.created_at = LOCALTIMESTAMP THEN
        NEW.created_at := cs_ledger.clock();
      END IF;
    END IF;
    IF to_jsonb(NEW) ? 'updated_at' THEN
      NEW.updated_at := cs_ledger.clock();
    END IF;
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION cs_ledger.stamp() FROM PUBLIC;
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN
    SELECT c.relname, bool_or(a.attname = 'updated_at') AS updated
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('created_at', 'updated_at')
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user
    GROUP BY c.relname
  LOOP
    -- Its name lets it run after the documented trigger for updated_at.
    EXECUTE format('CREATE TRIGGER z_stamp BEFORE INSERT %s ON public.%I FOR EACH ROW
      WHEN (current_setting(''cs.at'', true) <> '''') EXECUTE FUNCTION cs_ledger.stamp()',
      CASE WHEN t.updated THEN 'OR UPDATE' ELSE '' END, t.relname);
  END LOOP;
END $$;

-- As before, by the clock that rules go by.
CREATE OR REPLACE FUNCTION cs_ledger.ticket_resolved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.resolved_at := CASE WHEN NEW.status IN ('resolved', 'closed') THEN coalesce(OLD.resolved_at, cs_ledger.clock()) END;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION cs_ledger.plan_price_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text := TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO public.plan_prices (plan_kind, plan_id, effective_from, base_cost, markup_percentage, hourly_rate, monthly_rate, recorded_by)
    SELECT kind, OLD.id, '-infinity', OLD.base_cost, OLD.markup_percentage, OLD.hourly_rate, OLD.monthly_rate, cs_auth.user_id()
    WHERE NOT EXISTS (SELECT FROM public.plan_prices p WHERE p.plan_kind = kind AND p.plan_id = OLD.id);
  END IF;
  INSERT INTO public.plan_prices (plan_kind, plan_id, effective_from, base_cost, markup_percentage, hourly_rate, monthly_rate, recorded_by)
  VALUES (kind, NEW.id, CASE TG_OP WHEN 'INSERT' THEN '-infinity'::timestamp
          -- A clock that was put back changes no hour that has been charged.
          ELSE greatest(cs_ledger.clock(), (SELECT max(r.run_at) FROM public.billing_runs r)) END,
          NEW.base_cost, NEW.markup_percentage, NEW.hourly_rate, NEW.monthly_rate, cs_auth.user_id())
  ON CONFLICT ON CONSTRAINT plan_prices_one_per_instant DO UPDATE SET
    base_cost = EXCLUDED.base_cost, markup_percentage = EXCLUDED.markup_percentage,
    hourly_rate = EXCLUDED.hourly_rate, monthly_rate = EXCLUDED.monthly_rate;
  RETURN NULL;
END $$;
