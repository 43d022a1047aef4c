-- Plans and the assignment of resources.

-- What the provider takes for a month at most, kept beside the cap that follows from it. A plan that an import has made
-- says whose price it is: '' for the usual one, else the region that has a price of its own.
ALTER TABLE vps_plans
  ADD COLUMN provider_monthly DECIMAL(12, 4) CHECK (provider_monthly >= 0),
  ADD COLUMN imported_region VARCHAR(100);
-- One plan for each price, whoever imports at the same moment.
CREATE UNIQUE INDEX vps_plans_one_import ON vps_plans (provider, linode_type, imported_region);
CREATE INDEX vps_instances_plan ON vps_instances (plan_id) WHERE deleted_at IS NULL;
CREATE INDEX containers_plan ON containers (plan_id) WHERE deleted_at IS NULL;

-- What the provider takes is cost: the roles that see no cost don't see it.
SELECT cs_meta.permit('support', 'vps_plans', 'select', '*,-base_cost,-markup_percentage,-provider_monthly', 'true');
SELECT cs_meta.permit('customer', 'vps_plans', 'select', '*,-base_cost,-markup_percentage,-provider_monthly', 'is_active');
SELECT cs_meta.apply_grant(m) FROM cs_meta.matrix m WHERE m.table_name = 'vps_plans' AND m.role NOT IN ('support', 'customer');

-- Programs without a window make plans, record containers, and assign.
SELECT cs_meta.permit('agent', x.t, x.o, coalesce((SELECT m.columns || ',' FROM cs_meta.matrix m
    WHERE m.role = 'agent' AND m.table_name = x.t AND m.operation = x.o), '') || x.c, 'true') FROM (VALUES
  ('vps_plans', 'insert', '*,-created_at,-updated_at'),
  ('vps_plans', 'update', '*,-id,-created_at,-updated_at'),
  ('container_plans', 'insert', '*,-created_at,-updated_at'),
  ('container_plans', 'update', '*,-id,-created_at,-updated_at'),
  ('vps_instances', 'update', 'plan_id,organization_id,last_billed_at'),
  ('containers', 'insert', 'id,container_id,name,image,status,ports,environment,volumes'),
  ('containers', 'update', 'plan_id,organization_id,last_billed_at')
) AS x(t, o, c);

-- What an hour on each plan costs now, and the cap of a month; NULL where there is no price. By the same rule as
-- cs_billing.prices, so that also who may not see a cost sees the rate that follows from it.
CREATE FUNCTION cs_billing.rates() RETURNS TABLE (plan_kind text, plan_id integer, rate numeric, cap numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.kind, p.id, CASE WHEN p.rate >= 0 AND p.rate < 'NaN' AND (p.cap IS NULL OR (p.cap >= 0 AND p.cap < 'NaN')) THEN p.rate END, p.cap
  FROM (
    SELECT 'vps' AS kind, v.id, cs_billing.rate_of(v.hourly_rate, v.base_cost, v.markup_percentage) AS rate, v.monthly_rate AS cap
    FROM public.vps_plans v
    UNION ALL
    SELECT 'container', c.id, cs_billing.rate_of(c.hourly_rate, c.base_cost, c.markup_percentage), c.monthly_rate
    FROM public.container_plans c
  ) p
$$;

-- What the next run would charge for a live resource: the run's own statement, asked for one resource. Hours without a
-- price, and those behind them, wait and are counted apart. ending: what its hours come to if it ends now, with the one that
-- has begun. Asked in a transaction that assigns and is then rolled back, it is that assignment's preview.
CREATE FUNCTION cs_billing.due_of(kind text, resource integer, ending boolean, OUT hours bigint, OUT amount numeric, OUT unpriced bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  organization integer;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT t.organization_id INTO organization FROM public.resource_terms t
  WHERE t.resource_kind = kind AND t.resource_id = resource AND t.ends_at IS NULL;
  SELECT coalesce(sum(s.hours) FILTER (WHERE s.hourly_rate IS NOT NULL), 0), coalesce(sum(s.amount), 0),
    coalesce(sum(s.hours) FILTER (WHERE s.hourly_rate IS NULL), 0)
  INTO hours, amount, unpriced
  FROM cs_billing.segments(ARRAY[organization], NULL, cs_ledger.clock() + interval '1 microsecond' - CASE WHEN ending THEN interval '0' ELSE interval '1 hour' END) s
  WHERE s.resource_kind = kind AND s.resource_id = resource AND s.retired_id IS NULL;
END $$;

REVOKE ALL ON FUNCTION cs_billing.rates(), cs_billing.due_of(text, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.rates() TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_billing.due_of(text, integer, boolean) TO containerstacks_admin, containerstacks_agent;
