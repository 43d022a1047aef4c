-- Metering: which hours belong to whom. A metering unit is the time that a resource spends with one organization; its
-- hours are counted from its own beginning. A live unit's position, up to which it has been charged, is the documented
-- last_billed_at (created_at before the first run); a unit that has ended keeps its position in retired_meters.

CREATE SCHEMA cs_billing;
REVOKE ALL ON SCHEMA cs_billing FROM PUBLIC;
GRANT USAGE ON SCHEMA cs_billing TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;

ALTER TABLE resource_terms ADD COLUMN unit_start TIMESTAMP;
UPDATE resource_terms SET unit_start = starts_at;
ALTER TABLE resource_terms ALTER COLUMN unit_start SET NOT NULL,
  DROP CONSTRAINT resource_terms_one_start,
  ADD CONSTRAINT resource_terms_one_start UNIQUE (resource_kind, resource_id, organization_id, starts_at);

-- Hours that an invoice has told. One that is cancelled gives its hours back: they are told again by a later one.
ALTER TABLE usage_details
  ADD COLUMN unit_start TIMESTAMP NOT NULL,
  ADD COLUMN invoice_id INTEGER NOT NULL REFERENCES invoices(id),
  ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE,
  DROP CONSTRAINT usage_details_one_per_hour;
CREATE UNIQUE INDEX usage_details_one_per_hour ON usage_details (resource_kind, resource_id, organization_id, unit_start, first_hour) WHERE NOT withdrawn;
CREATE INDEX usage_details_invoice ON usage_details (invoice_id);
SELECT cs_meta.apply_grant(m) FROM cs_meta.matrix m WHERE m.table_name = 'usage_details' AND m.columns = '*';

-- Units that have ended: deleted, given to another organization, or removed by another program.
CREATE TABLE retired_meters (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  resource_kind VARCHAR(20) NOT NULL CHECK (resource_kind IN ('vps', 'container')),
  resource_id INTEGER NOT NULL,
  organization_id INTEGER NOT NULL REFERENCES organizations(id),
  label TEXT,
  unit_start TIMESTAMP NOT NULL,
  ends_at TIMESTAMP NOT NULL,
  -- The started hour counts in full, and at least one does.
  bills_until TIMESTAMP NOT NULL,
  billed_until TIMESTAMP NOT NULL,
  settled BOOLEAN NOT NULL GENERATED ALWAYS AS (billed_until >= bills_until) STORED,
  CONSTRAINT retired_meters_end CHECK (ends_at >= unit_start AND bills_until > unit_start AND billed_until <= bills_until),
  CONSTRAINT retired_meters_one_unit UNIQUE (resource_kind, resource_id, organization_id, unit_start)
);
CREATE INDEX retired_meters_unsettled ON retired_meters (organization_id) WHERE NOT settled;
CREATE INDEX retired_meters_organization ON retired_meters (organization_id, bills_until);
SELECT cs_meta.guard_table('retired_meters');
SELECT cs_meta.permit('admin,support,finance,agent', 'retired_meters', 'select', '*', 'true');
SELECT cs_meta.permit('customer', 'retired_meters', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())');
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON retired_meters FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();

-- How many hours begin in [start, until) when they are counted from start. Seconds are doubles here and not
-- numeric, for speed: in spans of up to a hundred years they tell a microsecond apart from none.
CREATE FUNCTION cs_billing.hours(start timestamp, until timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT ceil(date_part('epoch', until - start) / 3600)::bigint $$;

-- Up to where invoices have told a unit's hours: always all from its beginning on. NULL: none of them.
CREATE FUNCTION cs_billing.told_until(kind text, resource integer, organization integer, unit timestamp) RETURNS timestamp
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.first_hour + d.hours * interval '1 hour' FROM public.usage_details d
  WHERE d.resource_kind = kind AND d.resource_id = resource AND d.organization_id = organization AND d.unit_start = unit AND NOT d.withdrawn
  ORDER BY d.first_hour DESC LIMIT 1
$$;

-- Whose resource it is, and from when, is decided by people; how far it has been charged, by the biller alone.
CREATE FUNCTION cs_billing.guard_meter() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  biller boolean := current_user = 'containerstacks_owner';
  refused text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.created_at IS DISTINCT FROM OLD.created_at AND NOT biller THEN
      PERFORM cs_billing.refuse('meter_creation_fixed', 'when a resource was created can''t be changed');
    END IF;
    IF OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL AND NOT biller THEN
      NEW.deleted_at := cs_billing.clock();
    ELSIF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT NULL AND NEW.deleted_at <> OLD.deleted_at AND NOT biller THEN
      PERFORM cs_billing.refuse('meter_deletion_fixed', 'when a resource was deleted can''t be changed');
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.organization_id IS NOT NULL AND NEW.organization_id IS NULL THEN
    -- The unit that ends keeps its position; whatever start the next is given, it is one that was given.
    NEW.last_billed_at := NULL;
  ELSIF NEW.organization_id IS NOT NULL AND NEW.deleted_at IS NULL
     AND (TG_OP = 'INSERT' OR OLD.organization_id IS DISTINCT FROM NEW.organization_id OR OLD.deleted_at IS NOT NULL) THEN
    -- A unit begins.
    IF TG_OP = 'UPDATE' AND (NEW.last_billed_at IS NOT DISTINCT FROM OLD.last_billed_at OR NEW.last_billed_at IS NULL) THEN
      NEW.last_billed_at := cs_billing.clock();
    END IF;
    refused := cs_billing.start_refused(TG_ARGV[0], NEW.id, NEW.organization_id, NEW.created_at, coalesce(NEW.last_billed_at, NEW.created_at),
      TG_OP = 'UPDATE' AND OLD.organization_id IS NOT NULL AND OLD.deleted_at IS NULL);
    IF refused IS NOT NULL AND NOT (TG_OP = 'INSERT' AND refused = 'assign_start_before_creation') THEN
      PERFORM cs_billing.refuse(refused, 'the resource can''t be assigned like this');
    END IF;
  ELSIF TG_OP = 'UPDATE' AND NEW.last_billed_at IS DISTINCT FROM OLD.last_billed_at THEN
    IF NOT biller THEN
      PERFORM cs_billing.refuse('meter_moves_by_billing', 'last_billed_at is moved by billing');
    ELSIF (NEW.last_billed_at IS NULL AND NEW.organization_id IS NOT NULL) OR NEW.last_billed_at < coalesce(OLD.last_billed_at, OLD.created_at) THEN
      PERFORM cs_billing.refuse('meter_moves_forward', 'an hour is charged once: last_billed_at moves forward only');
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- These three are the owner's, for triggers that run as whoever writes.
CREATE FUNCTION cs_billing.refuse(rule text, message text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_ledger.refuse(rule, message);
END $$;
CREATE FUNCTION cs_billing.clock() RETURNS timestamp
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT cs_ledger.clock() $$;
CREATE FUNCTION cs_billing.start_refused(kind text, resource integer, organization integer, created timestamp, start timestamp, taken_over boolean)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN EXISTS (SELECT FROM public.organizations o WHERE o.id = organization AND o.archived_at IS NOT NULL) THEN 'assign_archived_organization'
    WHEN start > cs_ledger.clock() AND NOT (SELECT w.is_test FROM cs_meta.workspace w) THEN 'assign_start_in_future'
    WHEN start < created THEN 'assign_start_before_creation'
    -- Nobody pays for an hour that another organization has used.
    WHEN taken_over AND start < cs_ledger.clock() THEN 'assign_start_overlaps'
    WHEN EXISTS (SELECT FROM public.retired_meters r WHERE r.resource_kind = kind AND r.resource_id = resource AND r.ends_at > start) THEN 'assign_start_overlaps'
  END;
END $$;

-- The terms follow the resource: whose it is, and on which plan, in half-open spans.
CREATE FUNCTION cs_billing.terms_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text := TG_ARGV[0];
  before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  resource integer := coalesce(after, before) -> 'id';
  was integer := CASE WHEN before ->> 'deleted_at' IS NULL THEN (before ->> 'organization_id')::integer END;
  is_now integer := CASE WHEN after ->> 'deleted_at' IS NULL THEN (after ->> 'organization_id')::integer END;
  plan integer := (after ->> 'plan_id')::integer;
  at timestamp := coalesce((after ->> 'deleted_at')::timestamp, cs_ledger.clock());
  term public.resource_terms;
  start timestamp;
BEGIN
  SELECT * INTO term FROM public.resource_terms t WHERE t.resource_kind = kind AND t.resource_id = resource AND t.ends_at IS NULL;
  IF was IS NOT NULL AND was IS DISTINCT FROM is_now AND term.id IS NOT NULL THEN
    -- Hours that are parked until a person decides, and that nobody decided on, are not charged after the end.
    at := coalesce((SELECT p.parked_from FROM public.parked_resources p
      WHERE p.resource_kind = kind AND p.resource_id = resource AND p.resolved_at IS NULL AND p.reason IN ('gone', 'adopted')), at);
    -- What was charged stays charged, and what an invoice has told stays due.
    at := greatest(at, term.unit_start, coalesce((before ->> 'last_billed_at')::timestamp, (before ->> 'created_at')::timestamp),
      cs_billing.told_until(kind, resource, was, term.unit_start));
    UPDATE public.resource_terms SET ends_at = greatest(at, starts_at) WHERE id = term.id;
    UPDATE public.parked_resources SET resolved_at = cs_ledger.clock(), resolution = 'ended'
    WHERE resource_kind = kind AND resource_id = resource AND resolved_at IS NULL;
    INSERT INTO public.retired_meters (resource_kind, resource_id, organization_id, label, unit_start, ends_at, bills_until, billed_until)
    SELECT kind, resource, was, coalesce(before ->> 'label', before ->> 'name'), term.unit_start, at, u.until,
      least(u.until, coalesce((before ->> 'last_billed_at')::timestamp, (before ->> 'created_at')::timestamp))
    FROM (SELECT term.unit_start + greatest(1, cs_billing.hours(term.unit_start, at)) * interval '1 hour' AS until) u;
  END IF;
  IF is_now IS NOT NULL AND is_now IS DISTINCT FROM was THEN
    start := coalesce((after ->> 'last_billed_at')::timestamp, (after ->> 'created_at')::timestamp);
    INSERT INTO public.resource_terms (resource_kind, resource_id, organization_id, plan_id, starts_at, unit_start, recorded_by)
    VALUES (kind, resource, is_now, plan, start, start, cs_auth.user_id());
  ELSIF is_now IS NOT NULL AND plan IS DISTINCT FROM term.plan_id THEN
    -- A clock that was put back changes no hour that has been charged.
    at := greatest(at, (before ->> 'last_billed_at')::timestamp);
    IF term.plan_id IS NULL OR term.starts_at >= at THEN
      -- Hours without a plan have waited for one.
      UPDATE public.resource_terms SET plan_id = plan WHERE id = term.id;
    ELSE
      UPDATE public.resource_terms SET ends_at = at WHERE id = term.id;
      INSERT INTO public.resource_terms (resource_kind, resource_id, organization_id, plan_id, starts_at, unit_start, recorded_by)
      VALUES (kind, resource, is_now, plan, at, term.unit_start, cs_auth.user_id());
    END IF;
  END IF;
  RETURN NULL;
END $$;

-- Takes an assignment back of which nothing has been charged: as if it had not been.
CREATE FUNCTION cs_billing.undo_assignment(kind text, resource integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  term public.resource_terms;
  changed integer;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  -- A close tells hours under the organization's lock, which comes before the resource's: it has told them, or finds none.
  INSERT INTO public.organization_meters (organization_id)
  SELECT t.organization_id FROM public.resource_terms t WHERE t.resource_kind = kind AND t.resource_id = resource AND t.ends_at IS NULL
  ON CONFLICT DO NOTHING;
  PERFORM 1 FROM public.organization_meters m JOIN public.resource_terms t USING (organization_id)
  WHERE t.resource_kind = kind AND t.resource_id = resource AND t.ends_at IS NULL FOR UPDATE OF m;
  EXECUTE format('SELECT 1 FROM public.%I WHERE id = $1 FOR UPDATE', CASE kind WHEN 'vps' THEN 'vps_instances' ELSE 'containers' END) USING resource;
  SELECT * INTO term FROM public.resource_terms t WHERE t.resource_kind = kind AND t.resource_id = resource AND t.ends_at IS NULL;
  IF NOT FOUND OR term.starts_at <> term.unit_start THEN
    RETURN false;
  END IF;
  IF cs_billing.told_until(kind, resource, term.organization_id, term.unit_start) IS NOT NULL THEN
    PERFORM cs_ledger.refuse('assign_already_invoiced', 'hours of this assignment are on an invoice');
  END IF;
  DELETE FROM public.resource_terms WHERE id = term.id;
  -- Without the start that was given: the next assignment may give the same one.
  EXECUTE format('UPDATE public.%I SET organization_id = NULL, plan_id = NULL, last_billed_at = NULL WHERE id = $1 AND coalesce(last_billed_at, created_at) = $2',
    CASE kind WHEN 'vps' THEN 'vps_instances' ELSE 'containers' END) USING resource, term.unit_start;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed = 0 THEN
    PERFORM cs_ledger.refuse('assign_already_charged', 'hours of this assignment have been charged');
  END IF;
  UPDATE public.parked_resources SET resolved_at = cs_ledger.clock(), resolution = 'ended'
  WHERE resource_kind = kind AND resource_id = resource AND resolved_at IS NULL;
  RETURN true;
END $$;

-- Who may bill: a person with the session's token in this transaction, the agent, or an administrator as the owner.
CREATE FUNCTION cs_billing.check_caller(VARIADIC people text[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (coalesce(cs_auth.writing() AND cs_auth.role() = ANY (people), false)
    OR EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = session_user AND l.kind = 'agent' AND l.revoked_at IS NULL)
    OR pg_has_role(session_user, 'containerstacks_owner', 'member')) THEN
    RAISE EXCEPTION 'this role may not bill' USING ERRCODE = '42501';
  END IF;
END $$;

-- What the biller moves shall neither look like a person's change nor fill the log: a run moves every resource.
DO $$
DECLARE
  t record;
  decided text;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('vps_instances', 'vps', 'server', 'root_password,stackscript_data'), ('containers', 'container', 'container', 'environment'))
           AS x(name, kind, thing, secret) LOOP
    -- A run rewrites each of these rows: with room for a second version on its page, no index is touched.
    EXECUTE format('ALTER TABLE public.%I SET (fillfactor = 50)', t.name);
    EXECUTE format('CREATE TRIGGER b_guard_meter BEFORE INSERT ON public.%I FOR EACH ROW EXECUTE FUNCTION cs_billing.guard_meter(%L)', t.name, t.kind);
    -- Not for each of the rows that a run moves forward.
    EXECUTE format('CREATE TRIGGER b_guard_meter_moved BEFORE UPDATE OF organization_id, deleted_at, last_billed_at, created_at ON public.%I FOR EACH ROW
      WHEN (current_user <> ''containerstacks_owner'' OR NEW.organization_id IS DISTINCT FROM OLD.organization_id OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at
        OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.last_billed_at IS NULL OR NEW.last_billed_at < coalesce(OLD.last_billed_at, OLD.created_at))
      EXECUTE FUNCTION cs_billing.guard_meter(%L)', t.name, t.kind);
    EXECUTE format('CREATE TRIGGER terms_follow AFTER INSERT OR DELETE OR UPDATE OF organization_id, plan_id, deleted_at ON public.%I
      FOR EACH ROW EXECUTE FUNCTION cs_billing.terms_follow(%L)', t.name, t.kind);
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO decided FROM pg_attribute a
    WHERE a.attrelid = format('public.%I', t.name)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('last_billed_at', 'updated_at');
    EXECUTE format('DROP TRIGGER log_change ON public.%I', t.name);
    EXECUTE format('CREATE TRIGGER log_change AFTER INSERT OR DELETE OR UPDATE OF %s ON public.%I
      FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change(%L, %L)', decided, t.name, t.thing, t.secret);
    EXECUTE format('DROP TRIGGER %I ON public.%I', 'update_' || t.name || '_updated_at', t.name);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON public.%I FOR EACH ROW
      WHEN (OLD.last_billed_at IS NOT DISTINCT FROM NEW.last_billed_at OR OLD.organization_id IS DISTINCT FROM NEW.organization_id)
      EXECUTE FUNCTION public.update_updated_at_column()', 'update_' || t.name || '_updated_at', t.name);
  END LOOP;
END $$;

ALTER TABLE wallets SET (fillfactor = 50);

-- What was there before: charged resources go on from where they were charged; the others wait for a decision.
INSERT INTO resource_terms (resource_kind, resource_id, organization_id, plan_id, starts_at, unit_start)
SELECT x.kind, x.id, x.organization_id, x.plan_id, x.start, x.start
FROM (SELECT 'vps' AS kind, id, organization_id, plan_id, coalesce(last_billed_at, created_at, timezone('UTC', now())) AS start
      FROM vps_instances WHERE organization_id IS NOT NULL AND deleted_at IS NULL
      UNION ALL
      SELECT 'container', id, organization_id, plan_id, coalesce(last_billed_at, created_at, timezone('UTC', now()))
      FROM containers WHERE organization_id IS NOT NULL AND deleted_at IS NULL) x;
INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from)
SELECT 'vps', id, organization_id, 'adopted', coalesce(created_at, timezone('UTC', now())) FROM vps_instances
WHERE organization_id IS NOT NULL AND deleted_at IS NULL AND last_billed_at IS NULL
UNION ALL
SELECT 'container', id, organization_id, 'adopted', coalesce(created_at, timezone('UTC', now())) FROM containers
WHERE organization_id IS NOT NULL AND deleted_at IS NULL AND last_billed_at IS NULL;

-- What an hour costs: what was set by hand, or cost and markup. Less than nothing is no price, also where it rounds to one.
CREATE FUNCTION cs_billing.rate_of(by_hand numeric, base_cost numeric, markup numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(by_hand, CASE WHEN coalesce(markup, 0) >= -100 THEN round(base_cost * (1 + coalesce(markup, 0) / 100), 4) END)
$$;

-- The prices in force, as ranges. Rows without a price say nothing; hours before the first price cost the first. A plan
-- that has no history has always cost what its row says.
CREATE FUNCTION cs_billing.prices() RETURNS TABLE (plan_kind text, plan_id integer, lo timestamp, hi timestamp, rate numeric, cap numeric)
LANGUAGE sql STABLE ROWS 50 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH known AS (
    SELECT p.plan_kind::text, p.plan_id, p.effective_from, p.base_cost, p.markup_percentage, p.hourly_rate, p.monthly_rate FROM public.plan_prices p
    UNION ALL
    SELECT 'vps', p.id, '-infinity', p.base_cost, p.markup_percentage, p.hourly_rate, p.monthly_rate FROM public.vps_plans p
    WHERE NOT EXISTS (SELECT FROM public.plan_prices h WHERE h.plan_kind = 'vps' AND h.plan_id = p.id)
    UNION ALL
    SELECT 'container', p.id, '-infinity', p.base_cost, p.markup_percentage, p.hourly_rate, p.monthly_rate FROM public.container_plans p
    WHERE NOT EXISTS (SELECT FROM public.plan_prices h WHERE h.plan_kind = 'container' AND h.plan_id = p.id)
  ), priced AS (
    SELECT k.plan_kind, k.plan_id, k.effective_from, k.monthly_rate,
      cs_billing.rate_of(k.hourly_rate, k.base_cost, k.markup_percentage) AS rate
    FROM known k
  )
  SELECT p.plan_kind, p.plan_id,
    CASE WHEN row_number() OVER w = 1 THEN '-infinity' ELSE p.effective_from END,
    coalesce(lead(p.effective_from) OVER w, 'infinity'), p.rate, p.monthly_rate
  FROM priced p
  WHERE p.rate >= 0 AND p.rate < 'NaN' AND (p.monthly_rate IS NULL OR (p.monthly_rate >= 0 AND p.monthly_rate < 'NaN'))
  WINDOW w AS (PARTITION BY p.plan_kind, p.plan_id ORDER BY p.effective_from)
$$;

-- The metering units of organizations: live ones, and of those that have ended the ones with hours after a moment, or, without
-- one (NULL), those that are not charged in full. A live unit names the plan it is on, and since when.
CREATE FUNCTION cs_billing.units(organizations integer[], after timestamp) RETURNS TABLE (
  organization_id integer, resource_kind text, resource_id integer, label text, unit_start timestamp, billed_until timestamp,
  bills_until timestamp, retired_id bigint, plan_id integer, term_start timestamp)
-- Sets are joined as sets, whatever the planner thinks of how large they are.
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET enable_nestloop = off ROWS 10000 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT r.organization_id, r.kind, r.id, r.label, t.unit_start, r.billed_until,
    -- Parked hours wait for a person; those that were charged are, and those that an invoice has told stay due.
    CASE WHEN p.parked_from IS NOT NULL THEN greatest(t.unit_start + greatest(0, cs_billing.hours(t.unit_start, p.parked_from)) * interval '1 hour',
      r.billed_until, cs_billing.told_until(r.kind, r.id, r.organization_id, t.unit_start)) END, NULL::bigint, t.plan_id, t.starts_at
  FROM (
    SELECT v.organization_id, 'vps'::text AS kind, v.id, v.label::text, coalesce(v.last_billed_at, v.created_at) AS billed_until FROM public.vps_instances v
    WHERE v.organization_id = ANY (organizations) AND v.deleted_at IS NULL
    UNION ALL
    SELECT c.organization_id, 'container'::text, c.id, c.name::text, coalesce(c.last_billed_at, c.created_at) FROM public.containers c
    WHERE c.organization_id = ANY (organizations) AND c.deleted_at IS NULL
  ) r
  JOIN public.resource_terms t ON t.resource_kind = r.kind AND t.resource_id = r.id AND t.ends_at IS NULL AND t.organization_id = ANY (organizations)
  LEFT JOIN public.parked_resources p ON p.resource_kind = r.kind AND p.resource_id = r.id AND p.resolved_at IS NULL AND p.reason IN ('adopted', 'gone')
  UNION ALL
  SELECT m.organization_id, m.resource_kind::text, m.resource_id, m.label, m.unit_start, m.billed_until, m.bills_until, m.id, NULL, NULL
  FROM public.retired_meters m WHERE m.organization_id = ANY (organizations) AND (after IS NULL AND NOT m.settled OR m.bills_until > after);
END $$;

-- What has been metered in a month when hours worth `full` more are used under `cap`.
CREATE FUNCTION cs_billing.meter(metered numeric, full_price numeric, cap numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT metered + CASE WHEN cap IS NULL THEN full_price ELSE least(full_price, greatest(0, cap - metered)) END
$$;
CREATE AGGREGATE cs_billing.metered(numeric, numeric) (SFUNC = cs_billing.meter, STYPE = numeric, INITCOND = '0');

-- The exact usage of hours that begin before `until`: from where each unit has been charged (since IS NULL), from where
-- invoices have told it (since = '-infinity'), or all that begin at or after `since`, charged or not. One row per unit, month and price; hours that have no price come as a row
-- whose rate is NULL. Months are whole: the cap counts what the resource has used in the month with this organization.
-- Hours are counted from the unit's beginning: k0 to k1 are wanted, ka to kb are within the month, a to b have one price.
CREATE FUNCTION cs_billing.segments(organizations integer[], since timestamp, until timestamp) RETURNS TABLE (
  organization_id integer, resource_kind text, resource_id integer, label text, unit_start timestamp, retired_id bigint, billed_until timestamp,
  plan_id integer, usage_month date, first_hour timestamp, hours bigint, hourly_rate numeric, monthly_cap numeric,
  metered_before numeric, amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET enable_nestloop = off ROWS 10000 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH unit AS MATERIALIZED (
    SELECT u.*, date_trunc('month', u.unit_start + u.k0 * interval '1 hour') AS first_month,
      date_trunc('month', u.unit_start + (u.k1 - 1) * interval '1 hour') AS last_month
    FROM (
      SELECT u.*,
        CASE WHEN since IS NULL THEN cs_billing.hours(u.unit_start, u.billed_until)
          WHEN since = '-infinity' THEN coalesce((SELECT cs_billing.hours(u.unit_start, d.first_hour) + d.hours FROM public.usage_details d
            WHERE d.resource_kind = u.resource_kind AND d.resource_id = u.resource_id AND d.organization_id = u.organization_id
              AND d.unit_start = u.unit_start AND NOT d.withdrawn ORDER BY d.first_hour DESC LIMIT 1), 0)
          ELSE greatest(0, cs_billing.hours(u.unit_start, since)) END AS k0,
        cs_billing.hours(u.unit_start, least(until, u.bills_until)) AS k1
      -- Not flattened, so that each is computed once.
      FROM cs_billing.units(organizations, since) u OFFSET 0) u
    WHERE u.k1 > u.k0
  ), months AS MATERIALIZED (
    SELECT m.month, m.month + interval '1 month' AS next_month
    FROM (SELECT min(u.first_month) AS first, max(u.last_month) AS last FROM unit u) x CROSS JOIN LATERAL generate_series(x.first, x.last, interval '1 month') AS m(month)
  ), earlier AS MATERIALIZED (
    SELECT r.organization_id, r.resource_kind::text, r.resource_id, r.id, r.unit_start, r.bills_until, cs_billing.hours(r.unit_start, r.bills_until) AS k1
    FROM public.retired_meters r WHERE r.organization_id = ANY (organizations) AND r.bills_until > (SELECT min(m.month) FROM months m)
  ), came_back AS (
    SELECT DISTINCT e.organization_id, e.resource_kind, e.resource_id FROM earlier e
  ), span AS (
    SELECT u.organization_id, u.resource_kind, u.resource_id, u.label, u.unit_start, u.retired_id, u.billed_until, u.k0, u.k1, m.month,
      greatest(0, cs_billing.hours(u.unit_start, m.month)) AS ka, least(u.k1, cs_billing.hours(u.unit_start, m.next_month)) AS kb,
      c.resource_id IS NULL AS alone, u.plan_id, u.term_start <= greatest(u.unit_start, u.first_month) AS one_plan
    FROM unit u JOIN months m ON m.month BETWEEN u.first_month AND u.last_month
    LEFT JOIN came_back c ON c.organization_id = u.organization_id AND c.resource_kind = u.resource_kind AND c.resource_id = u.resource_id
    UNION ALL
    -- Of stays before it in the same month nothing is wanted: they count towards the cap.
    SELECT DISTINCT e.organization_id, e.resource_kind, e.resource_id, NULL, e.unit_start, NULL::bigint, NULL::timestamp, e.k1, e.k1, m.month,
      greatest(0, cs_billing.hours(e.unit_start, m.month)), least(e.k1, cs_billing.hours(e.unit_start, m.next_month)), false, NULL::integer, false
    FROM unit u JOIN earlier e ON e.organization_id = u.organization_id AND e.resource_kind = u.resource_kind AND e.resource_id = u.resource_id
      AND e.unit_start < u.unit_start
    JOIN months m ON m.month BETWEEN u.first_month AND u.last_month AND m.month < e.bills_until
    WHERE NOT EXISTS (SELECT FROM unit x WHERE x.retired_id = e.id AND m.month BETWEEN x.first_month AND x.last_month)
  ), term AS (
    -- A live unit is on its newest plan, but for hours before that.
    SELECT n.*, t.plan_id, t.starts_at, t.ends_at FROM (
      SELECT u.resource_kind, u.resource_id, u.organization_id, u.unit_start FROM unit u WHERE (u.term_start <= greatest(u.unit_start, u.first_month)) IS NOT TRUE
      UNION SELECT e.resource_kind, e.resource_id, e.organization_id, e.unit_start FROM earlier e) n
    CROSS JOIN LATERAL (
      SELECT t.plan_id, t.starts_at, lead(t.starts_at) OVER (ORDER BY t.starts_at, t.id) AS ends_at FROM public.resource_terms t
      WHERE t.resource_kind = n.resource_kind AND t.resource_id = n.resource_id AND t.organization_id = n.organization_id AND t.unit_start = n.unit_start) t
  ), piece AS MATERIALIZED (
    SELECT s.organization_id, s.resource_kind, s.resource_id, s.label, s.unit_start, s.retired_id, s.billed_until, s.k0, s.k1, s.month, s.ka, s.kb, s.alone,
      coalesce(t.plan_id, CASE WHEN s.one_plan THEN s.plan_id END) AS plan_id, p.rate, p.cap,
      CASE WHEN t.starts_at IS NULL AND coalesce(p.lo, '-infinity') = '-infinity' THEN s.ka
        ELSE greatest(s.ka, cs_billing.hours(s.unit_start, greatest(t.starts_at, p.lo, s.unit_start))) END AS a,
      CASE WHEN t.ends_at IS NULL AND coalesce(p.hi, 'infinity') = 'infinity' THEN s.kb
        ELSE least(s.kb, cs_billing.hours(s.unit_start, least(t.ends_at, p.hi, s.unit_start + s.kb * interval '1 hour'))) END AS b
    FROM span s
    LEFT JOIN term t ON NOT coalesce(s.one_plan, false) AND t.resource_kind = s.resource_kind AND t.resource_id = s.resource_id
      AND t.organization_id = s.organization_id AND t.unit_start = s.unit_start
    LEFT JOIN cs_billing.prices() p ON p.plan_kind = s.resource_kind AND p.plan_id = coalesce(t.plan_id, CASE WHEN s.one_plan THEN s.plan_id END)
    WHERE s.kb > s.ka
  ), lacking AS MATERIALIZED (
    -- A unit is charged in order: hours behind one without a price wait with it.
    SELECT x.organization_id, x.resource_kind, x.resource_id, x.label, x.unit_start, x.retired_id, x.billed_until, x.k1, min(greatest(x.a, x.k0)) AS reached,
      (array_agg(x.plan_id ORDER BY x.a))[1] AS plan_id
    FROM piece x WHERE x.rate IS NULL AND x.b > greatest(x.a, x.k0) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ), before AS (
    -- Where the month has one price and the resource was not there before, the cap is all there is to it.
    SELECT x.*, coalesce(cs_billing.metered((x.b - x.a) * x.rate, x.cap) OVER (PARTITION BY x.organization_id, x.resource_kind, x.resource_id, x.month
      ORDER BY x.unit_start, x.a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM piece x WHERE NOT (x.alone AND x.a = x.ka AND x.b = x.kb) AND x.b > x.a AND x.rate IS NOT NULL
    UNION ALL
    SELECT x.*, 0 FROM piece x WHERE x.alone AND x.a = x.ka AND x.b = x.kb AND x.rate IS NOT NULL
  )
  -- What is before k0 has been charged, and counts towards the cap only.
  SELECT x.organization_id, x.resource_kind, x.resource_id, x.label, x.unit_start, x.retired_id, x.billed_until, x.plan_id, x.month::date,
    x.unit_start + greatest(x.a, x.k0) * interval '1 hour', x.b - greatest(x.a, x.k0), x.rate, x.cap, m.metered,
    cs_billing.meter(x.before, (x.b - x.a) * x.rate, x.cap) - m.metered
  FROM before x
  CROSS JOIN LATERAL (SELECT cs_billing.meter(x.before, (greatest(x.a, x.k0) - x.a) * x.rate, x.cap) AS metered) m
  LEFT JOIN lacking l ON l.organization_id = x.organization_id AND l.resource_kind = x.resource_kind AND l.resource_id = x.resource_id AND l.unit_start = x.unit_start
  WHERE x.b > x.k0 AND (l.reached IS NULL OR x.a < l.reached)
  UNION ALL
  SELECT l.organization_id, l.resource_kind, l.resource_id, l.label, l.unit_start, l.retired_id, l.billed_until, l.plan_id,
    date_trunc('month', l.unit_start + l.reached * interval '1 hour')::date, l.unit_start + l.reached * interval '1 hour', l.k1 - l.reached, NULL, NULL, NULL, NULL
  FROM lacking l;
END $$;

-- Charging. A run is opened, charges batches of organizations, each in a transaction of its own, and is finished; lost
-- at any instant it leaves every organization charged in full for a step or untouched.

ALTER TABLE billing_runs
  ADD COLUMN heartbeat_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN backend_pid INTEGER,
  ADD COLUMN login NAME NOT NULL DEFAULT session_user,
  ADD COLUMN parked INTEGER NOT NULL DEFAULT 0 CHECK (parked >= 0);
-- A batch adds its sums to the run; only its beginning and its end are worth an entry of the log.
DROP TRIGGER log_change ON billing_runs;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OF status ON billing_runs
  FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change('billing_run', '');

-- Each charge of an organization follows one other: the chain has no fork, so no step is charged twice.
ALTER TABLE billing_charges
  ADD COLUMN previous_id BIGINT REFERENCES billing_charges(id),
  DROP CONSTRAINT billing_charges_one_per_from,
  ADD CONSTRAINT billing_charges_chain UNIQUE NULLS NOT DISTINCT (organization_id, previous_id);
ALTER TABLE organization_meters ADD COLUMN last_charge_id BIGINT REFERENCES billing_charges(id);
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('billing_charges', 'previous_id'), ('organization_meters', 'last_charge_id')) AS x(name, col) LOOP
    PERFORM cs_meta.apply_grant(m) FROM cs_meta.matrix m WHERE m.table_name = t.name AND m.columns = '*';
  END LOOP;
  PERFORM cs_meta.apply_grant(m) FROM cs_meta.matrix m WHERE m.table_name IN ('billing_runs', 'resource_terms') AND m.columns = '*';
END $$;

-- The time up to which a run may charge.
CREATE FUNCTION cs_billing.run_time(at timestamp) RETURNS timestamp
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF at > cs_ledger.clock() AND NOT (SELECT w.is_test FROM cs_meta.workspace w) THEN
    PERFORM cs_ledger.refuse('billing_run_ahead_of_clock', 'a run''s time can''t be ahead of the clock');
  END IF;
  IF coalesce(at, cs_ledger.clock()) < (SELECT max(r.run_at) FROM public.billing_runs r) THEN
    PERFORM cs_ledger.refuse('billing_run_before_last', 'a run''s time can''t be before the last run''s');
  END IF;
  RETURN coalesce(at, cs_ledger.clock());
END $$;

CREATE FUNCTION cs_billing.open_run(at timestamp) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  run_time timestamp;
  other record;
  opened bigint;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  -- Two that open at once stand in line here.
  PERFORM 1 FROM public.workspace_settings FOR NO KEY UPDATE;
  FOR other IN SELECT r.id, r.heartbeat_at > clock_timestamp() - interval '60 seconds'
      AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = r.backend_pid) AS alive
    FROM public.billing_runs r WHERE r.status = 'open' FOR UPDATE LOOP
    IF other.alive THEN
      PERFORM cs_ledger.refuse('billing_run_under_way', 'another billing run is under way');
    END IF;
    UPDATE public.billing_runs SET status = 'failed', finished_at = timezone('UTC', now()), error = 'abandoned' WHERE id = other.id;
  END LOOP;
  run_time := cs_billing.run_time(at);
  INSERT INTO public.billing_runs (run_at, started_by, backend_pid) VALUES (run_time, cs_auth.user_id(), pg_backend_pid()) RETURNING id INTO opened;
  RETURN opened;
END $$;

-- Whom a run leaves out, and why.
CREATE FUNCTION cs_billing.left_out(batch integer[]) RETURNS TABLE (organization_id integer, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.id, CASE WHEN w.id IS NULL THEN 'no_wallet' ELSE 'foreign_currency' END
  FROM public.organizations o LEFT JOIN public.wallets w ON w.organization_id = o.id
  WHERE o.id = ANY (batch) AND (w.id IS NULL OR w.currency IS DISTINCT FROM (SELECT s.currency FROM public.workspace_settings s))
    AND (EXISTS (SELECT FROM public.vps_instances v WHERE v.organization_id = o.id AND v.deleted_at IS NULL)
      OR EXISTS (SELECT FROM public.containers c WHERE c.organization_id = o.id AND c.deleted_at IS NULL)
      OR EXISTS (SELECT FROM public.retired_meters m WHERE m.organization_id = o.id AND NOT m.settled))
$$;

-- What a run up to a time charges, computed and not written: the run writes it, a preview shows it. Its rows are of these kinds:
-- 'organization': all that is due (hours, usage), whether the wallet covers it, and the position that will be reached;
-- 'month': what is charged for a month of use; 'unit': how many hours of a metering unit are charged, also none, and what they cost;
-- 'unpriced': a resource that waits for a price, and from which hour on (reached); 'too_large': an organization of which nothing is
-- charged, because no column could hold its usage: a rate is wrong.
CREATE FUNCTION cs_billing.reckon(organizations integer[], run_at timestamp) RETURNS TABLE (
  part text, organization_id integer, resource_kind text, resource_id integer, unit_start timestamp, retired_id bigint, billed_until timestamp,
  plan_id integer, reached timestamp, usage_month date, hours bigint, usage numeric, carry_in numeric, amount numeric, carry_out numeric,
  balance numeric, covered boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET enable_nestloop = off ROWS 10000 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  -- An hour is due when it has ended; the microsecond makes the bound include one that ends at the run's time.
  WITH seg AS MATERIALIZED (
    SELECT * FROM cs_billing.segments(organizations, NULL, run_at - interval '1 hour' + interval '1 microsecond')
  ), unpriced AS (
    -- A resource waits once, from its first hour that has no price.
    SELECT DISTINCT ON (s.resource_kind, s.resource_id) s.organization_id, s.resource_kind, s.resource_id, s.plan_id, s.first_hour
    FROM seg s WHERE s.hourly_rate IS NULL ORDER BY s.resource_kind, s.resource_id, s.first_hour
  ), used AS MATERIALIZED (
    SELECT s.organization_id, sum(s.hours::integer) AS hours, sum(s.amount) AS usage, min(s.first_hour) AS first_hour
    FROM seg s WHERE s.hourly_rate IS NOT NULL GROUP BY 1
  ), due AS MATERIALIZED (
    -- Who has never been charged has no meter yet.
    SELECT w.organization_id, coalesce(m.carry, 0) AS carry, m.charged_until, m.mark_kind, m.mark_resource_id, u.first_hour,
      coalesce(u.hours, 0) AS hours, coalesce(u.usage, 0) AS usage, coalesce(w.balance, 0) AS balance,
      floor((coalesce(u.usage, 0) + coalesce(m.carry, 0)) * 100) / 100 <= coalesce(w.balance, 0) AS covered
    FROM public.wallets w LEFT JOIN public.organization_meters m ON m.organization_id = w.organization_id AND m.organization_id = ANY (organizations)
    LEFT JOIN used u ON u.organization_id = w.organization_id
    WHERE w.organization_id = ANY (organizations) AND coalesce(u.usage, 0) < 1e10
  ), short AS MATERIALIZED (
    SELECT p.*, d.carry, d.balance, d.first_hour AS since FROM seg p JOIN due d ON d.organization_id = p.organization_id AND NOT d.covered WHERE p.hourly_rate IS NOT NULL
  ), enough AS MATERIALIZED (
    -- Only where the wallet doesn't cover everything are hours looked at one by one, and of these not all: so many, doubled and
    -- doubled again, that they cost more than there is. Years of debt are no longer than a day's.
    SELECT x.organization_id, min(x.until) AS until FROM (
      SELECT s.organization_id, u.until FROM short s CROSS JOIN generate_series(0, 20) AS g(i) CROSS JOIN LATERAL (SELECT s.since + 2 ^ g.i * interval '1 hour' AS until) u
      GROUP BY s.organization_id, u.until, s.carry, s.balance
      HAVING floor((s.carry + sum(cs_billing.meter(s.metered_before, least(s.hours, greatest(0, cs_billing.hours(s.first_hour, u.until))) * s.hourly_rate, s.monthly_cap)
        - s.metered_before)) * 100) / 100 > s.balance) x GROUP BY 1
  ), hour AS (
    SELECT s.organization_id, s.resource_kind, s.resource_id, s.unit_start, s.usage_month, s.carry, s.balance, s.first_hour + g.i * interval '1 hour' AS begins,
      CASE WHEN s.monthly_cap IS NULL THEN s.hourly_rate
        ELSE least(s.hourly_rate, greatest(0, s.monthly_cap - s.metered_before - g.i * s.hourly_rate)) END AS cost
    FROM short s LEFT JOIN enough e ON e.organization_id = s.organization_id
    CROSS JOIN LATERAL generate_series(0, least(s.hours, greatest(0, coalesce(cs_billing.hours(s.first_hour, e.until), s.hours))) - 1) AS g(i)
  ), taken AS MATERIALIZED (
    SELECT h.* FROM (
      SELECT x.*, sum(x.cost) OVER (PARTITION BY x.organization_id ORDER BY x.begins, x.resource_kind, x.resource_id) AS so_far FROM hour x
    ) h WHERE floor((h.carry + h.so_far) * 100) / 100 <= h.balance
  ), unit AS (
    SELECT s.organization_id, s.resource_kind, s.resource_id, s.unit_start, s.retired_id, s.billed_until, sum(s.hours::integer) AS n, sum(s.amount) AS cost
    FROM seg s JOIN due d ON d.organization_id = s.organization_id AND d.covered WHERE s.hourly_rate IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT s.organization_id, s.resource_kind, s.resource_id, s.unit_start, s.retired_id, s.billed_until, coalesce(t.n, 0), coalesce(t.cost, 0)
    FROM (SELECT DISTINCT s.organization_id, s.resource_kind, s.resource_id, s.unit_start, s.retired_id, s.billed_until FROM short s) s
    LEFT JOIN (SELECT x.resource_kind, x.resource_id, x.unit_start, count(*) AS n, sum(x.cost) AS cost FROM taken x GROUP BY 1, 2, 3) t
      ON t.resource_kind = s.resource_kind AND t.resource_id = s.resource_id AND t.unit_start = s.unit_start
  ), month AS (
    SELECT s.organization_id, s.usage_month, sum(s.amount) AS usage, sum(s.hours::integer) AS hours
    FROM seg s JOIN due d ON d.organization_id = s.organization_id AND d.covered WHERE s.hourly_rate IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT t.organization_id, t.usage_month, sum(t.cost), count(*) FROM taken t GROUP BY 1, 2
  ), reached AS (
    SELECT x.*, d.carry, d.carry + sum(x.usage) OVER w AS due_so_far, floor((d.carry + sum(x.usage) OVER w) * 100) / 100 AS cents_so_far
    FROM month x JOIN due d USING (organization_id)
    WINDOW w AS (PARTITION BY x.organization_id ORDER BY x.usage_month)
  ), step AS (
    -- The carry in is what of all before is no whole cent.
    SELECT x.*, x.cents_so_far - coalesce(lag(x.cents_so_far) OVER w, 0) AS amount, x.due_so_far - x.cents_so_far AS carry_out,
      coalesce(lag(x.due_so_far - x.cents_so_far) OVER w, x.carry) AS carry_in
    FROM reached x
    WINDOW w AS (PARTITION BY x.organization_id ORDER BY x.usage_month)
  ), position AS (
    SELECT DISTINCT ON (t.organization_id) t.organization_id, t.begins, t.resource_kind, t.resource_id FROM taken t
    ORDER BY t.organization_id, t.begins DESC, t.resource_kind DESC, t.resource_id DESC
  ), now_at AS (
    SELECT d.*, CASE WHEN d.covered THEN run_at ELSE coalesce(p.begins, d.charged_until) END AS now_until,
      CASE WHEN d.covered THEN NULL ELSE coalesce(p.resource_kind, d.mark_kind) END AS now_kind,
      CASE WHEN d.covered THEN NULL ELSE coalesce(p.resource_id, d.mark_resource_id) END AS now_resource_id
    FROM due d LEFT JOIN position p USING (organization_id)
  )
  SELECT 'organization', n.organization_id, n.now_kind::text, n.now_resource_id, NULL::timestamp, NULL::bigint, NULL::timestamp,
    NULL::integer, n.now_until, NULL::date, n.hours, n.usage, n.carry, NULL::numeric, NULL::numeric, n.balance, n.covered FROM now_at n
  UNION ALL
  SELECT 'month', x.organization_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, x.usage_month, x.hours, x.usage, x.carry_in, x.amount, x.carry_out, NULL, NULL
  FROM step x
  UNION ALL
  SELECT 'unit', u.organization_id, u.resource_kind, u.resource_id, u.unit_start, u.retired_id, u.billed_until, NULL, NULL, NULL, u.n,
    u.cost, NULL, NULL, NULL, NULL, NULL FROM unit u
  UNION ALL
  SELECT 'unpriced', u.organization_id, u.resource_kind, u.resource_id, NULL, NULL, NULL, u.plan_id, u.first_hour, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM unpriced u
  UNION ALL
  SELECT 'too_large', u.organization_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, u.hours, u.usage, NULL, NULL, NULL, NULL, NULL
  FROM used u WHERE u.usage >= 1e10;
END $$;

-- Where a metering unit stood before a run, wherever that doesn't follow from the charges before it: its hours came late, or
-- the wallet had not covered all. With these rows any charge's hours can be told for ever, from terms, prices and charges.
CREATE TABLE charge_positions (
  organization_id INTEGER NOT NULL,
  -- The first of the run's charges of this organization.
  charge_id BIGINT NOT NULL REFERENCES billing_charges(id),
  resource_kind VARCHAR(20) NOT NULL CHECK (resource_kind IN ('vps', 'container')),
  resource_id INTEGER NOT NULL,
  unit_start TIMESTAMP NOT NULL,
  billed_until TIMESTAMP NOT NULL CHECK (billed_until >= unit_start),
  PRIMARY KEY (organization_id, charge_id, resource_kind, resource_id, unit_start)
);
SELECT cs_meta.guard_table('charge_positions');
SELECT cs_meta.permit('admin,support,finance,agent', 'charge_positions', 'select', '*', 'true');
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON charge_positions FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();

-- Charges what organizations owe up to the run's time, or as much of it as their wallets cover, oldest hours first.
CREATE FUNCTION cs_billing.charge_batch(run bigint, batch integer[], OUT charged_organizations integer, OUT charged_resources bigint, OUT charged_hours bigint,
  OUT charged_amount numeric, OUT parked_count integer, OUT skipped_list jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r public.billing_runs;
  main_currency text := (SELECT s.currency FROM public.workspace_settings s);
  chargeable integer[];
  moved bigint;
  too_large jsonb;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  SELECT * INTO r FROM public.billing_runs b WHERE b.id = run AND b.status = 'open';
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('billing_run_not_open', 'this billing run has been ended');
  END IF;
  -- Locked in id order, in statements of their own: what is computed below sees what others have committed.
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = ANY (batch) ORDER BY w.id FOR UPDATE;
  INSERT INTO public.organization_meters (organization_id) SELECT o.id FROM public.organizations o WHERE o.id = ANY (batch) ORDER BY o.id ON CONFLICT DO NOTHING;
  PERFORM 1 FROM public.organization_meters m WHERE m.organization_id = ANY (batch) ORDER BY m.organization_id FOR UPDATE;

  SELECT array_agg(w.organization_id) INTO chargeable FROM public.wallets w WHERE w.organization_id = ANY (batch) AND w.currency IS NOT DISTINCT FROM main_currency;
  SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', x.organization_id, 'reason', x.reason) ORDER BY x.organization_id), '[]')
  INTO skipped_list FROM cs_billing.left_out(batch) x;

  WITH reckoned AS MATERIALIZED (
    SELECT * FROM cs_billing.reckon(chargeable, r.run_at)
  ), unpriced AS (
    SELECT x.organization_id, x.resource_kind, x.resource_id, x.plan_id, x.reached AS first_hour FROM reckoned x WHERE x.part = 'unpriced'
  ), due AS MATERIALIZED (
    SELECT m.organization_id, m.charged_until, m.mark_kind, m.mark_resource_id, m.last_charge_id, x.usage,
      x.reached AS now_until, x.resource_kind AS now_kind, x.resource_id AS now_resource_id
    FROM reckoned x JOIN public.organization_meters m USING (organization_id) WHERE x.part = 'organization'
  ), unit AS MATERIALIZED (
    SELECT x.organization_id, x.resource_kind, x.resource_id, x.unit_start, x.retired_id, x.billed_until, x.hours AS n FROM reckoned x WHERE x.part = 'unit'
  ), numbered AS MATERIALIZED (
    SELECT x.organization_id, x.usage_month, x.hours, x.usage, x.carry_in, x.amount, x.carry_out, nextval('public.billing_charges_id_seq') AS id
    FROM (SELECT * FROM reckoned y WHERE y.part = 'month' ORDER BY y.organization_id, y.usage_month) x
  ), step AS MATERIALIZED (
    SELECT x.*, coalesce(lag(x.id) OVER w, d.last_charge_id) AS previous_id
    FROM numbered x JOIN due d USING (organization_id) WINDOW w AS (PARTITION BY x.organization_id ORDER BY x.usage_month)
  ), posted AS (
    INSERT INTO public.transactions (organization_id, amount, type, status, reason, run_id, usage_month, created_at, created_by)
    SELECT s.organization_id, -s.amount, 'charge', 'completed', 'Usage in ' || to_char(s.usage_month, 'FMMonth YYYY'), run, s.usage_month,
      CASE WHEN r.collects THEN cs_ledger.clock() ELSE r.run_at END, r.started_by
    FROM step s WHERE s.amount > 0 ORDER BY s.organization_id, s.usage_month
    RETURNING id, organization_id, usage_month
  ), charged AS (
    INSERT INTO public.billing_charges (id, previous_id, run_id, organization_id, transaction_id, usage_month, charged_from, from_kind, from_resource_id,
      charged_until, until_kind, until_resource_id, hours, usage, carry_in, amount, carry_out)
    OVERRIDING SYSTEM VALUE
    SELECT s.id, s.previous_id, run, s.organization_id, x.id, s.usage_month, d.charged_until, d.mark_kind, d.mark_resource_id,
      d.now_until, d.now_kind, d.now_resource_id, s.hours, s.usage, s.carry_in, s.amount, s.carry_out
    FROM step s JOIN due d USING (organization_id)
    LEFT JOIN posted x ON x.organization_id = s.organization_id AND x.usage_month = s.usage_month
    RETURNING organization_id, hours, amount
  ), placed AS (
    -- An hour that was due when the last run charged everything comes late now.
    INSERT INTO public.charge_positions (organization_id, charge_id, resource_kind, resource_id, unit_start, billed_until)
    SELECT u.organization_id, f.id, u.resource_kind, u.resource_id, u.unit_start, u.billed_until
    FROM unit u JOIN due d USING (organization_id)
    JOIN (SELECT s.organization_id, min(s.id) AS id FROM step s GROUP BY 1) f USING (organization_id)
    WHERE u.n > 0 AND (d.mark_kind IS NOT NULL OR u.billed_until + interval '1 hour' <= d.charged_until) RETURNING 1
  ), moved_servers AS (
    UPDATE public.vps_instances v SET last_billed_at = u.billed_until + u.n * interval '1 hour' FROM unit u
    WHERE u.retired_id IS NULL AND u.resource_kind = 'vps' AND u.n > 0 AND v.id = u.resource_id
      AND v.organization_id = u.organization_id AND v.deleted_at IS NULL AND coalesce(v.last_billed_at, v.created_at) = u.billed_until
    RETURNING 1
  ), moved_containers AS (
    UPDATE public.containers c SET last_billed_at = u.billed_until + u.n * interval '1 hour' FROM unit u
    WHERE u.retired_id IS NULL AND u.resource_kind = 'container' AND u.n > 0 AND c.id = u.resource_id
      AND c.organization_id = u.organization_id AND c.deleted_at IS NULL AND coalesce(c.last_billed_at, c.created_at) = u.billed_until
    RETURNING 1
  ), moved_retired AS (
    UPDATE public.retired_meters m SET billed_until = u.billed_until + u.n * interval '1 hour' FROM unit u
    WHERE m.id = u.retired_id AND u.n > 0 AND m.billed_until = u.billed_until RETURNING 1
  ), metered AS (
    UPDATE public.organization_meters m SET charged_until = d.now_until, mark_kind = d.now_kind, mark_resource_id = d.now_resource_id,
      carry = coalesce(l.carry_out, m.carry), last_charge_id = coalesce(l.id, m.last_charge_id), arrears = d.usage - coalesce(l.usage, 0)
    FROM due d
    LEFT JOIN (SELECT DISTINCT ON (s.organization_id) s.organization_id, s.id, s.carry_out, sum(s.usage) OVER (PARTITION BY s.organization_id) AS usage
               FROM step s ORDER BY s.organization_id, s.usage_month DESC) l USING (organization_id)
    WHERE m.organization_id = d.organization_id RETURNING 1
  ), waits AS (
    INSERT INTO public.parked_resources (resource_kind, resource_id, organization_id, reason, parked_from)
    SELECT u.resource_kind, u.resource_id, u.organization_id, CASE WHEN u.plan_id IS NULL THEN 'no_plan' ELSE 'no_rate' END, u.first_hour FROM unpriced u
    ON CONFLICT (resource_kind, resource_id) WHERE resolved_at IS NULL DO NOTHING RETURNING 1
  ), waits_no_more AS (
    UPDATE public.parked_resources p SET resolved_at = cs_ledger.clock(), resolution = 'priced'
    WHERE p.resolved_at IS NULL AND p.reason IN ('no_plan', 'no_rate') AND p.organization_id = ANY (chargeable)
      AND EXISTS (SELECT FROM unit u WHERE u.resource_kind = p.resource_kind AND u.resource_id = p.resource_id AND u.organization_id = p.organization_id)
      AND NOT EXISTS (SELECT FROM unpriced u WHERE u.resource_kind = p.resource_kind AND u.resource_id = p.resource_id) RETURNING 1
  )
  SELECT (SELECT count(DISTINCT c.organization_id) FROM charged c), (SELECT count(*) FROM unit u WHERE u.n > 0),
    coalesce((SELECT sum(c.hours) FROM charged c), 0), coalesce((SELECT sum(c.amount) FROM charged c), 0), (SELECT count(*) FROM unpriced),
    (SELECT count(*) FROM moved_servers) + (SELECT count(*) FROM moved_containers) + (SELECT count(*) FROM moved_retired),
    (SELECT jsonb_agg(jsonb_build_object('organization_id', x.organization_id, 'reason', 'usage_too_large') ORDER BY x.organization_id) FROM reckoned x WHERE x.part = 'too_large')
  INTO charged_organizations, charged_resources, charged_hours, charged_amount, parked_count, moved, too_large;
  skipped_list := skipped_list || coalesce(too_large, '[]');
  IF moved <> charged_resources THEN
    RAISE EXCEPTION 'resources have changed while they were charged' USING ERRCODE = '40001';
  END IF;
  UPDATE public.billing_runs b SET heartbeat_at = clock_timestamp(), backend_pid = pg_backend_pid(),
    organizations = b.organizations + charged_organizations, resources = b.resources + charged_resources, hours = b.hours + charged_hours,
    charged = b.charged + charged_amount, parked = b.parked + parked_count, skipped = b.skipped || skipped_list,
    carried = b.carried + coalesce((SELECT sum(m.carry) FROM public.organization_meters m WHERE m.organization_id = ANY (batch)), 0)
  WHERE b.id = run;
END $$;

-- Ends a run. It is partial when something was skipped or parked, cancelled when a person stopped it; what was charged stays.
CREATE FUNCTION cs_billing.finish_run(run bigint, outcome text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ended text;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  UPDATE public.billing_runs b SET finished_at = timezone('UTC', clock_timestamp()), error = CASE outcome WHEN 'failed' THEN 'failed' END,
    status = CASE WHEN outcome <> 'completed' THEN outcome WHEN b.parked > 0 OR b.skipped <> '[]' THEN 'partial' ELSE 'completed' END
  WHERE b.id = run AND b.status = 'open' AND b.collects = (outcome = 'collected') RETURNING b.status INTO ended;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('billing_run_not_open', 'this billing run has been ended');
  END IF;
  RETURN ended;
END $$;

-- A person's decision on parked hours of an adopted or gone resource: charge them, or begin anew from now.
CREATE FUNCTION cs_billing.resolve_parked(parked bigint, from_start boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p public.parked_resources;
  at timestamp := cs_ledger.clock();
  u record;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  SELECT * INTO p FROM public.parked_resources x WHERE x.id = parked AND x.resolved_at IS NULL FOR UPDATE;
  IF NOT FOUND OR p.reason NOT IN ('adopted', 'gone') THEN
    PERFORM cs_ledger.refuse('parked_not_decidable', 'this resource waits for a price, or not any more');
  END IF;
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = p.organization_id FOR UPDATE;
  IF NOT from_start THEN
    SELECT t.id AS term, x.* INTO u FROM cs_billing.units(ARRAY[p.organization_id], NULL) x
    JOIN public.resource_terms t ON t.resource_kind = x.resource_kind AND t.resource_id = x.resource_id AND t.ends_at IS NULL
    WHERE x.resource_kind = p.resource_kind AND x.resource_id = p.resource_id AND x.retired_id IS NULL;
    IF FOUND THEN
      -- Hours before the parking stay due, also where no wallet has covered them yet.
      IF greatest(u.billed_until, u.bills_until) > u.unit_start THEN
        INSERT INTO public.retired_meters (resource_kind, resource_id, organization_id, label, unit_start, ends_at, bills_until, billed_until)
        VALUES (u.resource_kind, u.resource_id, u.organization_id, u.label, u.unit_start, greatest(u.billed_until, u.bills_until),
          greatest(u.billed_until, u.bills_until), u.billed_until);
      END IF;
      UPDATE public.resource_terms SET ends_at = greatest(starts_at, least(at, greatest(u.billed_until, u.bills_until))) WHERE id = u.term;
      INSERT INTO public.resource_terms (resource_kind, resource_id, organization_id, plan_id, starts_at, unit_start, recorded_by)
      SELECT t.resource_kind, t.resource_id, t.organization_id, t.plan_id, at, at, cs_auth.user_id() FROM public.resource_terms t WHERE t.id = u.term;
      EXECUTE format('UPDATE public.%I SET last_billed_at = $1 WHERE id = $2', CASE p.resource_kind WHEN 'vps' THEN 'vps_instances' ELSE 'containers' END)
      USING at, p.resource_id;
    END IF;
  END IF;
  UPDATE public.parked_resources SET resolved_at = at, resolved_by = cs_auth.user_id(), resolution = CASE WHEN from_start THEN 'from_start' ELSE 'from_now' END
  WHERE id = parked;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_billing FROM PUBLIC;
GRANT USAGE ON SCHEMA cs_billing TO containerstacks_customer, containerstacks_service;
GRANT EXECUTE ON FUNCTION cs_billing.refuse(text, text), cs_billing.clock(), cs_billing.start_refused(text, integer, integer, timestamp, timestamp, boolean)
TO containerstacks_admin, containerstacks_agent, containerstacks_service;
GRANT EXECUTE ON FUNCTION cs_billing.open_run(timestamp), cs_billing.charge_batch(bigint, integer[]), cs_billing.finish_run(bigint, text), cs_billing.resolve_parked(bigint, boolean)
TO containerstacks_admin, containerstacks_finance, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_billing.undo_assignment(text, integer) TO containerstacks_admin, containerstacks_agent;
