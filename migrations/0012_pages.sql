-- What the dashboard sums, and the order of the log.

-- The provider's own cap of a month; plans that an import has made know it.

-- Revenue, by the hour of use and the wallet's currency: a month is the sum of some hundred rows, however many
-- organizations there are and however often they are charged. Triggers keep it; no login writes here.
CREATE TABLE revenue_hours (
  hour TIMESTAMP NOT NULL,
  currency VARCHAR(3) NOT NULL,
  charged DECIMAL(16, 2) NOT NULL DEFAULT 0,
  refunded DECIMAL(16, 2) NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, currency)
);
SELECT cs_meta.guard_table('revenue_hours');
SELECT cs_meta.permit('admin,support,finance,agent', 'revenue_hours', 'select', '*', 'true');

-- The hour in which a charge counts: that in which the last hour it covers began, within its month of use. An hourly run
-- fills hour after hour; a daily run's charge stands in its last hour, so in the day that it charged. A charge that the
-- wallet did not cover in full ends at its mark, which is the beginning of the last hour that it took.
CREATE FUNCTION cs_billing.revenue_hour(usage_month date, charged_until timestamp, marked boolean) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT date_trunc('hour', greatest(usage_month::timestamp, least(usage_month + interval '1 month' - interval '1 hour',
    CASE WHEN marked THEN charged_until ELSE charged_until - interval '1 hour' END)))
$$;

CREATE FUNCTION cs_billing.charges_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- In order, so that two that write the same hours wait for each other and never both.
  INSERT INTO public.revenue_hours AS r (hour, currency, charged)
  SELECT cs_billing.revenue_hour(n.usage_month, n.charged_until, n.until_kind IS NOT NULL), w.currency, sum(n.amount)
  FROM new_rows n JOIN public.wallets w ON w.organization_id = n.organization_id
  WHERE n.amount > 0 AND w.currency IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (hour, currency) DO UPDATE SET charged = r.charged + EXCLUDED.charged;
  RETURN NULL;
END $$;
CREATE TRIGGER revenue AFTER INSERT ON billing_charges REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.charges_count();

-- A charge that is given back is no revenue, from the hour of the refund on. Refunds of deposits are none either way.
CREATE FUNCTION cs_billing.refunds_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  completed integer[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(n.id) INTO completed FROM new_rows n WHERE n.type = 'refund' AND coalesce(n.status, 'completed') = 'completed';
  ELSE
    SELECT array_agg(n.id) INTO completed FROM old_rows o JOIN new_rows n ON n.id = o.id
    WHERE n.type = 'refund' AND o.status = 'pending' AND n.status = 'completed';
  END IF;
  IF completed IS NOT NULL THEN
    INSERT INTO public.revenue_hours AS r (hour, currency, refunded)
    SELECT date_trunc('hour', CASE TG_OP WHEN 'INSERT' THEN coalesce(t.created_at, cs_ledger.clock()) ELSE cs_ledger.clock() END),
      w.currency, sum(abs(t.amount))
    FROM public.transactions t JOIN public.transactions o ON o.id = t.refund_of AND o.type = 'charge'
    JOIN public.wallets w ON w.organization_id = t.organization_id
    WHERE t.id = ANY (completed) AND w.currency IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (hour, currency) DO UPDATE SET refunded = r.refunded + EXCLUDED.refunded;
  END IF;
  RETURN NULL;
END $$;
-- After the ledger's own triggers: wallets are locked first, everywhere.
CREATE TRIGGER revenue_insert AFTER INSERT ON transactions REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.refunds_count();
CREATE TRIGGER revenue_update AFTER UPDATE ON transactions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.refunds_count();

-- What was there before. A charge of another program counts when it was written; its refunds name no charge.
INSERT INTO revenue_hours (hour, currency, charged)
SELECT x.hour, x.currency, sum(x.amount) FROM (
  SELECT cs_billing.revenue_hour(c.usage_month, c.charged_until, c.until_kind IS NOT NULL) AS hour, w.currency, c.amount
  FROM billing_charges c JOIN wallets w ON w.organization_id = c.organization_id
  UNION ALL
  SELECT date_trunc('hour', t.created_at), w.currency, abs(t.amount)
  FROM transactions t JOIN wallets w ON w.organization_id = t.organization_id
  WHERE t.type = 'charge' AND coalesce(t.status, 'completed') = 'completed' AND t.created_at IS NOT NULL AND t.amount <> 'NaN'
    AND NOT EXISTS (SELECT FROM billing_charges c WHERE c.transaction_id = t.id)
) x WHERE x.currency IS NOT NULL AND x.amount > 0 GROUP BY 1, 2;
INSERT INTO revenue_hours AS r (hour, currency, refunded)
SELECT date_trunc('hour', t.created_at), w.currency, sum(abs(t.amount))
FROM transactions t JOIN transactions o ON o.id = t.refund_of AND o.type = 'charge' JOIN wallets w ON w.organization_id = t.organization_id
WHERE t.type = 'refund' AND coalesce(t.status, 'completed') = 'completed' AND t.created_at IS NOT NULL AND w.currency IS NOT NULL
GROUP BY 1, 2
ON CONFLICT (hour, currency) DO UPDATE SET refunded = EXCLUDED.refunded;

-- How many resources ran on a plan from when until when, between two instants, in the panel's currency. Resources that
-- were there all the time are one row per plan, so that what follows grows with plans and changes, not with resources.
-- What is gone at the provider costs nothing any more; what waits for a decision (billable) isn't charged either.
CREATE INDEX resource_terms_ended ON resource_terms (ends_at) WHERE ends_at IS NOT NULL;
CREATE FUNCTION cs_billing.spans(since timestamp, until timestamp, billable boolean) RETURNS TABLE (
  resource_kind text, plan_id integer, starts_at timestamp, ends_at timestamp, resources bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.resource_kind, t.plan_id, greatest(t.starts_at, since), least(t.ends_at, until, g.parked_from), count(*)
  FROM (
    SELECT r.resource_kind::text, r.resource_id, r.organization_id, r.plan_id, r.starts_at, r.ends_at
    FROM public.resource_terms r WHERE r.ends_at IS NULL AND r.starts_at < until
    UNION ALL
    SELECT r.resource_kind::text, r.resource_id, r.organization_id, r.plan_id, r.starts_at, r.ends_at
    FROM public.resource_terms r WHERE r.ends_at > since AND r.starts_at < until
  ) t
  JOIN public.wallets w ON w.organization_id = t.organization_id AND w.currency = (SELECT s.currency FROM public.workspace_settings s)
  LEFT JOIN public.parked_resources g ON g.resource_kind = t.resource_kind AND g.resource_id = t.resource_id AND t.ends_at IS NULL
    AND g.resolved_at IS NULL AND (g.reason = 'gone' OR billable AND g.reason = 'adopted')
  WHERE t.plan_id IS NOT NULL AND least(t.ends_at, until, g.parked_from) > greatest(t.starts_at, since)
  GROUP BY 1, 2, 3, 4
$$;

-- What plans cost us, as cs_billing.prices says what they cost our customers. The cap is the provider's own.
CREATE FUNCTION cs_billing.costs() RETURNS TABLE (plan_kind text, plan_id integer, lo timestamp, hi timestamp, rate numeric, cap numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH known AS (
    SELECT p.plan_kind::text, p.plan_id, p.effective_from, p.base_cost FROM public.plan_prices p
    UNION ALL
    SELECT 'vps', p.id, '-infinity', p.base_cost FROM public.vps_plans p
    WHERE NOT EXISTS (SELECT FROM public.plan_prices h WHERE h.plan_kind = 'vps' AND h.plan_id = p.id)
    UNION ALL
    SELECT 'container', p.id, '-infinity', p.base_cost FROM public.container_plans p
    WHERE NOT EXISTS (SELECT FROM public.plan_prices h WHERE h.plan_kind = 'container' AND h.plan_id = p.id)
  )
  SELECT k.plan_kind, k.plan_id, CASE WHEN row_number() OVER w = 1 THEN '-infinity' ELSE k.effective_from END,
    coalesce(lead(k.effective_from) OVER w, 'infinity'), k.base_cost, v.provider_monthly
  FROM known k LEFT JOIN public.vps_plans v ON k.plan_kind = 'vps' AND v.id = k.plan_id
  WHERE k.base_cost >= 0 AND k.base_cost < 'NaN'
  WINDOW w AS (PARTITION BY k.plan_kind, k.plan_id ORDER BY k.effective_from)
$$;

-- What a stretch of use is worth at one price: its time times the rate, up to the cap.
CREATE FUNCTION cs_billing.capped(rate numeric, cap numeric, used interval) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT least(rate * extract(epoch FROM used) / 3600, cap) $$;

-- What the time between two instants is worth, in steps counted from `grid`: at what it costs us, or at what we charge.
-- Time is metered exactly. A cap holds for a month on one plan at one price: after a change within a month it begins
-- anew, as a provider bills it; what we charge is capped over the whole month by the biller, so this is an estimate there.
CREATE FUNCTION cs_billing.worth(grid timestamp, step interval, since timestamp, until timestamp, of_cost boolean) RETURNS TABLE (bucket timestamp, amount numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH price AS MATERIALIZED (
    SELECT p.* FROM cs_billing.prices() p WHERE NOT of_cost
    UNION ALL
    SELECT c.* FROM cs_billing.costs() c WHERE of_cost
  ), span AS MATERIALIZED (
    -- From the month's first: what was used before counts towards the cap.
    SELECT s.* FROM cs_billing.spans(date_trunc('month', since), until, NOT of_cost) s
  ), piece AS (
    SELECT s.resources, p.rate, p.cap, greatest(s.starts_at, m.month, p.lo) AS a, least(s.ends_at, m.month + interval '1 month', p.hi) AS b
    FROM generate_series(date_trunc('month', since), until - interval '1 microsecond', interval '1 month') AS m(month)
    JOIN span s ON s.starts_at < m.month + interval '1 month' AND s.ends_at > m.month
    JOIN price p ON p.plan_kind = s.resource_kind AND p.plan_id = s.plan_id
    WHERE least(s.ends_at, m.month + interval '1 month', p.hi) > greatest(s.starts_at, m.month, p.lo)
  ), bin AS (
    SELECT k.at, greatest(k.at, since) AS a, least(k.at + step, until) AS b
    FROM generate_series(grid, until - interval '1 microsecond', step) AS k(at) WHERE k.at + step > since
  )
  SELECT k.at, coalesce(sum(x.resources * (
    cs_billing.capped(x.rate, x.cap, least(x.b, k.b) - x.a) - cs_billing.capped(x.rate, x.cap, greatest(x.a, k.a) - x.a))), 0)
  FROM bin k LEFT JOIN piece x ON x.a < k.b AND x.b > k.a
  GROUP BY k.at ORDER BY k.at
$$;

-- Provider cost: the time that resources ran (resource_terms' half-open spans), times their plan's base_cost in force
-- (plan_prices), capped by the provider's monthly price where that is known. What nobody is assigned to has no plan, so
-- its cost isn't known. Whoever can't read a plan's cost gets no row: the grants decide.
CREATE FUNCTION cs_billing.provider_cost(grid timestamp, step interval, since timestamp, until timestamp) RETURNS TABLE (bucket timestamp, amount numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.bucket, w.amount FROM cs_billing.worth(grid, step, since, until, true) w
  WHERE has_column_privilege(session_user, 'public.vps_plans', 'base_cost', 'SELECT') OR pg_has_role(session_user, 'containerstacks_owner', 'member')
$$;

-- What is going to be charged for the time between two instants, if everything goes on as it is.
CREATE FUNCTION cs_billing.usage_ahead(grid timestamp, step interval, since timestamp, until timestamp) RETURNS TABLE (bucket timestamp, amount numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.bucket, w.amount FROM cs_billing.worth(grid, step, since, until, false) w
$$;
REVOKE ALL ON FUNCTION cs_billing.revenue_hour(date, timestamp, boolean), cs_billing.charges_count(), cs_billing.refunds_count(),
  cs_billing.spans(timestamp, timestamp, boolean), cs_billing.costs(), cs_billing.capped(numeric, numeric, interval),
  cs_billing.worth(timestamp, interval, timestamp, timestamp, boolean), cs_billing.provider_cost(timestamp, interval, timestamp, timestamp),
  cs_billing.usage_ahead(timestamp, interval, timestamp, timestamp) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.provider_cost(timestamp, interval, timestamp, timestamp), cs_billing.usage_ahead(timestamp, interval, timestamp, timestamp)
TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;

-- What the dashboard counts among many.
CREATE INDEX organization_meters_arrears ON organization_meters (organization_id) WHERE arrears > 0;
CREATE INDEX vps_instances_live_status ON vps_instances (status) WHERE deleted_at IS NULL;
CREATE INDEX parked_resources_open ON parked_resources (reason) WHERE resolved_at IS NULL;

-- The log is read from its newest end: all of it, one person's, one organization's. As lists sort it, so that a window
-- among millions of rows is read off the index.
CREATE INDEX activity_newest ON activity_logs ((coalesce(created_at, '-infinity'::timestamp)) DESC, id DESC);
CREATE INDEX activity_person_newest ON activity_logs (user_id, (coalesce(created_at, '-infinity'::timestamp)) DESC, id DESC);
CREATE INDEX activity_organization_newest ON activity_logs (organization_id, (coalesce(created_at, '-infinity'::timestamp)) DESC, id DESC);
