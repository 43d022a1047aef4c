-- Margin: revenue less provider cost.

-- Up to when a month counts: its end, or the last run in it, since cost is counted as far as revenue is.
CREATE INDEX billing_charges_month ON billing_charges (usage_month, organization_id) INCLUDE (amount);
CREATE FUNCTION cs_billing.counted_until(month timestamp) RETURNS timestamp
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT least(month + interval '1 month', greatest(month, (SELECT max(r.run_at) FROM public.billing_runs r WHERE r.status IN ('completed', 'partial'))))
$$;

-- What each resource has cost us in a month, for whom and on which plan: as cs_billing.provider_cost sums it, resource by
-- resource. NULL is a plan of which no cost is known.
CREATE FUNCTION cs_billing.month_costs(month timestamp) RETURNS TABLE (
  resource_kind text, resource_id integer, organization_id integer, plan_id integer, cost numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off ROWS 10000 AS $$
  WITH w AS MATERIALIZED (
    SELECT month AS since, cs_billing.counted_until(month) AS until, (SELECT s.currency FROM public.workspace_settings s) AS currency
  ), term AS MATERIALIZED (
    SELECT r.resource_kind::text, r.resource_id, r.organization_id, r.plan_id, greatest(r.starts_at, w.since) AS starts_at,
      least(r.ends_at, w.until, CASE WHEN r.ends_at IS NULL THEN g.parked_from END) AS ends_at
    FROM w CROSS JOIN public.resource_terms r
    JOIN public.wallets x ON x.organization_id = r.organization_id AND x.currency = w.currency
    LEFT JOIN public.parked_resources g ON g.resource_kind = r.resource_kind AND g.resource_id = r.resource_id AND g.resolved_at IS NULL AND g.reason = 'gone'
    WHERE r.plan_id IS NOT NULL AND r.starts_at < w.until AND (r.ends_at IS NULL OR r.ends_at > w.since)
  )
  SELECT t.resource_kind, t.resource_id, t.organization_id, t.plan_id,
    sum(cs_billing.capped(c.rate, c.cap, least(t.ends_at, c.hi) - greatest(t.starts_at, c.lo)))
  FROM term t LEFT JOIN cs_billing.costs() c ON c.plan_kind = t.resource_kind AND c.plan_id = t.plan_id AND c.lo < t.ends_at AND c.hi > t.starts_at
  WHERE t.ends_at > t.starts_at GROUP BY 1, 2, 3, 4
$$;

-- What was charged of each resource for a month, for whom and on which plan, to the ten-thousandth: hours that begin in it, as
-- far as they are charged.
CREATE FUNCTION cs_billing.month_usage(month timestamp) RETURNS TABLE (
  resource_kind text, resource_id integer, label text, organization_id integer, plan_id integer, hours bigint, revenue numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 10000 AS $$
  SELECT s.resource_kind, s.resource_id, max(s.label), s.organization_id, s.plan_id, sum(x.hours)::bigint,
    sum(cs_billing.meter(s.metered_before, x.hours * s.hourly_rate, s.monthly_cap) - s.metered_before)
  FROM cs_billing.segments(ARRAY(SELECT w.organization_id FROM public.wallets w WHERE w.organization_id IS NOT NULL
      AND w.currency = (SELECT p.currency FROM public.workspace_settings p)), month, month + interval '1 month') s
  CROSS JOIN LATERAL (SELECT least(s.hours, greatest(0, cs_billing.hours(s.first_hour, s.billed_until))) AS hours) x
  WHERE s.hourly_rate IS NOT NULL AND s.usage_month = month::date AND x.hours > 0 GROUP BY 1, 2, 4, 5
$$;

-- A month's revenue and cost by server (and container), plan or organization. What is in the month's revenue and can't be told
-- of one (refunds, fractions of a cent that were carried, charges of other programs) is a row of its own (key -1), so that the
-- rows of every grouping sum up to the same. uncosted: resources of which no cost is known.
CREATE FUNCTION cs_billing.margin(period date, grouping_by text) RETURNS TABLE (
  key bigint, kind text, id integer, label text, organization_id integer, organization text, plan_id integer, plan text, resources bigint, hours bigint,
  revenue numeric, cost numeric, uncosted bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan ROWS 10000 AS $$
#variable_conflict use_column
DECLARE
  month timestamp := date_trunc('month', period::timestamp);
  money text := (SELECT s.currency FROM public.workspace_settings s);
  total numeric := coalesce((SELECT sum(r.charged - r.refunded) FROM public.revenue_hours r
    WHERE r.currency = money AND r.hour >= month AND r.hour < month + interval '1 month'), 0);
BEGIN
  IF NOT cs_billing.sees_cost() THEN
    RAISE EXCEPTION 'this role may not see cost' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
  WITH cost AS MATERIALIZED (
    SELECT * FROM cs_billing.month_costs(month)
  ), usage AS MATERIALIZED (
    SELECT * FROM cs_billing.month_usage(month) WHERE grouping_by IN ('server', 'plan')
  ), part AS (
    SELECT u.resource_kind, u.resource_id, u.label, u.organization_id, u.plan_id, u.hours, u.revenue, 0::numeric AS cost, 0 AS uncosted FROM usage u
    UNION ALL
    SELECT c.resource_kind, c.resource_id, NULL, c.organization_id, c.plan_id, 0, 0, coalesce(c.cost, 0), (c.cost IS NULL)::integer FROM cost c
    UNION ALL
    SELECT NULL, NULL, NULL, b.organization_id, NULL, sum(b.hours)::bigint, sum(b.amount), 0, 0
    FROM public.billing_charges b JOIN public.wallets w ON w.organization_id = b.organization_id AND w.currency = money
    WHERE grouping_by = 'organization' AND b.usage_month = month::date GROUP BY b.organization_id
    UNION ALL
    SELECT NULL, NULL, NULL, t.organization_id, NULL, 0, -sum(abs(t.amount)), 0, 0
    FROM public.transactions t JOIN public.transactions o ON o.id = t.refund_of AND o.type = 'charge'
    JOIN public.wallets w ON w.organization_id = t.organization_id AND w.currency = money
    WHERE grouping_by = 'organization' AND t.type = 'refund' AND coalesce(t.status, 'completed') = 'completed'
      AND t.created_at >= month AND t.created_at < month + interval '1 month' GROUP BY t.organization_id
  ), line AS (
    SELECT CASE grouping_by WHEN 'server' THEN p.resource_id::bigint * 2 + (p.resource_kind = 'container')::integer
        WHEN 'plan' THEN p.plan_id::bigint * 2 + (p.resource_kind = 'container')::integer ELSE p.organization_id::bigint END AS key,
      CASE WHEN grouping_by = 'organization' THEN 'organization' ELSE max(p.resource_kind) END AS kind,
      max(CASE grouping_by WHEN 'server' THEN p.resource_id WHEN 'plan' THEN p.plan_id ELSE p.organization_id END) AS id,
      max(p.label) AS label,
      -- Of a server that has changed hands or plans: the last that it was with.
      CASE WHEN grouping_by <> 'plan' THEN max(p.organization_id) END AS organization_id, CASE WHEN grouping_by <> 'organization' THEN max(p.plan_id) END AS plan_id,
      count(DISTINCT (p.resource_kind, p.resource_id)) FILTER (WHERE p.resource_id IS NOT NULL) AS resources,
      sum(p.hours)::bigint AS hours, sum(p.revenue) AS revenue, sum(p.cost) AS cost, sum(p.uncosted)::bigint AS uncosted
    FROM part p GROUP BY 1
  ), named AS (
    SELECT l.key, l.kind, l.id, CASE grouping_by
        WHEN 'server' THEN coalesce(l.label, CASE l.kind WHEN 'vps' THEN v.label ELSE c.name END, l.kind || ' ' || l.id)
        WHEN 'plan' THEN CASE l.kind WHEN 'vps' THEN p.name ELSE q.name END ELSE o.name END::text AS label,
      l.organization_id, o.name::text AS organization, l.plan_id, CASE l.kind WHEN 'vps' THEN p.name ELSE q.name END::text AS plan,
      l.resources, l.hours, l.revenue, l.cost, l.uncosted
    FROM line l LEFT JOIN public.organizations o ON o.id = l.organization_id
    LEFT JOIN public.vps_plans p ON l.kind = 'vps' AND p.id = l.plan_id LEFT JOIN public.container_plans q ON l.kind = 'container' AND q.id = l.plan_id
    LEFT JOIN public.vps_instances v ON grouping_by = 'server' AND l.kind = 'vps' AND v.id = l.id
    LEFT JOIN public.containers c ON grouping_by = 'server' AND l.kind = 'container' AND c.id = l.id
  )
  SELECT n.key, n.kind, n.id, coalesce(n.label, n.kind || ' ' || n.id), n.organization_id, n.organization, n.plan_id, n.plan, n.resources, n.hours,
    n.revenue, n.cost, n.uncosted FROM named n
  UNION ALL
  SELECT -1, 'other', NULL, 'Refunds, carried cents and other charges', NULL, NULL, NULL, NULL, 0, 0, x.rest, 0, 0
  FROM (SELECT total - coalesce((SELECT sum(n.revenue) FROM named n), 0) AS rest) x WHERE x.rest <> 0;
END $$;

-- The last months' revenue and cost, the newest first.
CREATE FUNCTION cs_billing.margin_months(months integer) RETURNS TABLE (month timestamp, revenue numeric, cost numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  newest timestamp := date_trunc('month', cs_ledger.clock());
  oldest timestamp := date_trunc('month', greatest(newest - make_interval(months => least(greatest(months, 1), 120) - 1),
    coalesce(least((SELECT min(r.hour) FROM public.revenue_hours r), (SELECT min(t.starts_at) FROM public.resource_terms t)), newest)));
BEGIN
  IF NOT cs_billing.sees_cost() THEN
    RAISE EXCEPTION 'this role may not see cost' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
  SELECT m.month, coalesce((SELECT sum(r.charged - r.refunded) FROM public.revenue_hours r JOIN public.workspace_settings s ON s.currency = r.currency
      WHERE r.hour >= m.month AND r.hour < m.month + interval '1 month'), 0),
    coalesce((SELECT sum(p.amount) FROM cs_billing.provider_cost(m.month, interval '1 month', m.month, cs_billing.counted_until(m.month)) p
      WHERE cs_billing.counted_until(m.month) > m.month), 0)
  FROM generate_series(oldest, newest, interval '1 month') AS m(month) ORDER BY m.month DESC;
END $$;

REVOKE ALL ON FUNCTION cs_billing.counted_until(timestamp), cs_billing.month_costs(timestamp), cs_billing.month_usage(timestamp),
  cs_billing.margin(date, text), cs_billing.margin_months(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.counted_until(timestamp), cs_billing.margin(date, text), cs_billing.margin_months(integer)
TO containerstacks_admin, containerstacks_finance, containerstacks_agent;
