-- What a run would charge, what a charge was made of, and whether the books are right: preview, explain, prove.

CREATE INDEX billing_charges_organization ON billing_charges (organization_id, id);

-- Which hours of which metering unit the charges of organizations took: from charge `since` of each on, up to charge `upto`
-- (NULL: all). Hours are charged by (beginning, kind, id) up to a charge's end, so that a unit's place after a charge follows
-- from it; where it doesn't, charge_positions says where the unit stood before. k counts hours from the unit's beginning.
-- k_now is what the meter says; k_end where all the charges lead to, whatever the meter says (NULL but in a unit's last row).
CREATE FUNCTION cs_billing.replay(organizations integer[], since bigint[], upto bigint[]) RETURNS TABLE (
  organization_id integer, charge_id bigint, run_id bigint, resource_kind text, resource_id integer, label text, unit_start timestamp, retired_id bigint,
  late boolean, k_before bigint, k_after bigint, k_now bigint, k_end bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 10000 AS $$
  WITH base AS MATERIALIZED (
    -- Where everything had been charged before: all units that were charged at all stood there.
    SELECT a.id, b.id AS charge, b.charged_until, a.upto
    FROM unnest(organizations, since, upto) AS a(id, since, upto)
    LEFT JOIN LATERAL (SELECT c.id, c.charged_until FROM public.billing_charges c
      WHERE c.organization_id = a.id AND c.id < a.since AND c.until_kind IS NULL ORDER BY c.id DESC LIMIT 1) b ON true
  ), step AS MATERIALIZED (
    SELECT c.organization_id, c.run_id, min(c.id) AS charge_id, c.charged_from, c.from_kind, c.until_kind, c.until_resource_id,
      CASE WHEN c.until_kind IS NULL THEN c.charged_until - interval '1 hour' ELSE c.charged_until END AS last_begins
    FROM base b JOIN public.billing_charges c ON c.organization_id = b.id AND c.id > coalesce(b.charge, 0) AND (b.upto IS NULL OR c.id <= b.upto)
    GROUP BY c.organization_id, c.run_id, c.charged_from, c.from_kind, c.charged_until, c.until_kind, c.until_resource_id
  ), stood AS MATERIALIZED (
    SELECT p.organization_id, p.charge_id, p.resource_kind::text, p.resource_id, p.unit_start, cs_billing.hours(p.unit_start, p.billed_until) AS k,
      lead(cs_billing.hours(p.unit_start, p.billed_until)) OVER w AS next_k, row_number() OVER w AS place
    FROM base b JOIN public.charge_positions p ON p.organization_id = b.id AND p.charge_id > coalesce(b.charge, 0)
    WINDOW w AS (PARTITION BY p.organization_id, p.resource_kind, p.resource_id, p.unit_start ORDER BY p.charge_id)
  ), unit AS MATERIALIZED (
    SELECT x.*, least(x.cap, x.k_now, CASE WHEN x.base_until IS NULL THEN 0 ELSE least(x.k_most,
        greatest(0, cs_billing.hours(x.unit_start, x.base_until - interval '1 hour' + interval '1 microsecond'))) END) AS k_base
    FROM (
      SELECT u.*, row_number() OVER () AS number, cs_billing.hours(u.unit_start, u.billed_until) AS k_now,
        CASE WHEN u.retired_id IS NOT NULL THEN cs_billing.hours(u.unit_start, u.bills_until) END AS k_most, s.k AS cap, b.charged_until AS base_until
      FROM cs_billing.units(organizations, '-infinity') u JOIN base b ON b.id = u.organization_id
      LEFT JOIN stood s ON s.organization_id = u.organization_id AND s.resource_kind = u.resource_kind AND s.resource_id = u.resource_id
        AND s.unit_start = u.unit_start AND s.place = 1
    ) x
  ), pair AS (
    SELECT u.number, s.charge_id, s.run_id, greatest(0, least(u.k_most, cs_billing.hours(u.unit_start, s.last_begins
        + CASE WHEN s.until_kind IS NULL OR (u.resource_kind, u.resource_id) <= (s.until_kind::text, s.until_resource_id)
            THEN interval '1 microsecond' ELSE interval '0' END))) AS reached,
      t.k AS stood, t.next_k, t.charge_id IS NOT NULL AND u.unit_start + t.k * interval '1 hour'
        + CASE WHEN s.from_kind IS NULL THEN interval '1 hour' ELSE interval '1 microsecond' END <= s.charged_from AS late
    FROM unit u JOIN step s ON s.organization_id = u.organization_id
    LEFT JOIN stood t ON t.organization_id = u.organization_id AND t.charge_id = s.charge_id AND t.resource_kind = u.resource_kind
      AND t.resource_id = u.resource_id AND t.unit_start = u.unit_start
    WHERE s.last_begins >= u.unit_start
      AND (u.retired_id IS NULL OR s.from_kind IS NOT NULL OR s.charged_from IS NULL OR s.charged_from < u.bills_until + interval '1 hour' OR t.charge_id IS NOT NULL)
  ), stretch AS (
    -- From one known place to the next.
    SELECT p.*, count(p.stood) OVER (PARTITION BY p.number ORDER BY p.charge_id) AS stretch FROM pair p
  ), gone AS (
    SELECT s.*, greatest(coalesce(first_value(s.stood) OVER w, u.k_base), max(s.reached) OVER w) AS natural,
      least(u.k_now, CASE s.stretch WHEN 0 THEN u.cap ELSE first_value(s.next_k) OVER w END) AS most, u.k_base
    FROM stretch s JOIN unit u USING (number)
    WINDOW w AS (PARTITION BY s.number, s.stretch ORDER BY s.charge_id)
  ), told AS (
    SELECT g.*, coalesce(g.stood, lag(least(g.most, g.natural)) OVER w, g.k_base) AS before, least(g.most, g.natural) AS after,
      lead(g.charge_id) OVER w IS NULL AS is_last
    FROM gone g WINDOW w AS (PARTITION BY g.number ORDER BY g.charge_id)
  )
  SELECT u.organization_id, t.charge_id, t.run_id, u.resource_kind, u.resource_id, u.label, u.unit_start, u.retired_id, t.late,
    t.before, t.after, u.k_now, CASE WHEN t.is_last THEN t.natural END
  FROM told t JOIN unit u USING (number) WHERE t.after > t.before OR t.is_last
  UNION ALL
  -- Units that no charge could have taken anything of.
  SELECT u.organization_id, NULL, NULL, u.resource_kind, u.resource_id, u.label, u.unit_start, u.retired_id, false, u.k_base, u.k_base, u.k_now, u.k_base
  FROM unit u WHERE NOT EXISTS (SELECT FROM pair p WHERE p.number = u.number)
$$;

-- The same, priced: each unit's hours by charge, month and price, as terms and prices say they cost. A row without hours says
-- where a unit has ended up (k_now, k_end).
CREATE FUNCTION cs_billing.charged(organizations integer[], since bigint[], upto bigint[]) RETURNS TABLE (
  organization_id integer, charge_id bigint, run_id bigint, resource_kind text, resource_id integer, label text, unit_start timestamp, retired_id bigint,
  late boolean, k_before bigint, k_after bigint, k_now bigint, k_end bigint,
  plan_id integer, usage_month date, first_hour timestamp, hours bigint, hourly_rate numeric, monthly_cap numeric, metered_before numeric, amount numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off ROWS 10000 AS $$
  WITH taken AS MATERIALIZED (
    SELECT * FROM cs_billing.replay(organizations, since, upto)
  ), bounds AS (
    SELECT date_trunc('month', min(t.unit_start + t.k_before * interval '1 hour')) AS since,
      max(t.unit_start + t.k_after * interval '1 hour') AS until
    FROM taken t WHERE t.k_after > t.k_before AND t.charge_id IS NOT NULL
  ), piece AS MATERIALIZED (
    -- Whole months: a cap counts from the month's first hour.
    SELECT s.*, cs_billing.hours(s.unit_start, s.first_hour) AS a, cs_billing.hours(s.unit_start, s.first_hour) + s.hours AS b
    FROM bounds x CROSS JOIN LATERAL cs_billing.segments(organizations, x.since, x.until) s
    WHERE s.hourly_rate IS NOT NULL
  ), cut AS (
    SELECT t.*, p.plan_id, p.usage_month, p.unit_start + greatest(p.a, t.k_before) * interval '1 hour' AS first_hour,
      least(p.b, t.k_after) - greatest(p.a, t.k_before) AS hours, p.hourly_rate, p.monthly_cap,
      -- What a stretch has metered when so many of its hours are used.
      cs_billing.meter(p.metered_before, (greatest(p.a, t.k_before) - p.a) * p.hourly_rate, p.monthly_cap) AS metered_before,
      cs_billing.meter(p.metered_before, (least(p.b, t.k_after) - p.a) * p.hourly_rate, p.monthly_cap) AS metered_after
    FROM taken t
    CROSS JOIN LATERAL generate_series(date_trunc('month', t.unit_start + t.k_before * interval '1 hour'),
      date_trunc('month', t.unit_start + (t.k_after - 1) * interval '1 hour'), interval '1 month') AS m(month)
    JOIN piece p ON p.organization_id = t.organization_id AND p.resource_kind = t.resource_kind AND p.resource_id = t.resource_id
      AND p.unit_start = t.unit_start AND p.usage_month = m.month::date AND p.a < t.k_after AND p.b > t.k_before
    WHERE t.k_after > t.k_before AND t.charge_id IS NOT NULL
  )
  SELECT c.organization_id, c.charge_id, c.run_id, c.resource_kind, c.resource_id, c.label, c.unit_start, c.retired_id, c.late, c.k_before, c.k_after,
    c.k_now, NULL, c.plan_id, c.usage_month, c.first_hour, c.hours, c.hourly_rate, c.monthly_cap, c.metered_before, c.metered_after - c.metered_before
  FROM cut c
  UNION ALL
  SELECT t.*, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM taken t WHERE t.k_end IS NOT NULL
$$;

-- What a row of the ledger does to its wallet: rows of other programs are read by their type, whatever their sign.
CREATE FUNCTION cs_ledger.signed(type text, amount numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE type WHEN 'charge' THEN -abs(amount) WHEN 'deposit' THEN abs(amount) ELSE amount END $$;

-- Preview: what a run up to a time would do, organization by organization. It reads only.

-- A fingerprint of everything on which an organization's charge depends: its wallet and meter, its metering units, the terms
-- under which they run, and the prices of those plans.
CREATE FUNCTION cs_billing.input_hashes(organizations integer[]) RETURNS TABLE (organization_id integer, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH unit AS MATERIALIZED (
    SELECT * FROM cs_billing.units(organizations, NULL)
  ), term AS MATERIALIZED (
    SELECT u.organization_id, u.resource_kind, u.resource_id, u.unit_start, t.plan_id, t.starts_at
    FROM unit u JOIN public.resource_terms t ON t.organization_id = u.organization_id AND t.resource_kind = u.resource_kind
      AND t.resource_id = u.resource_id AND t.unit_start = u.unit_start
  ), line AS (
    SELECT o.id AS organization_id, jsonb_build_array('organization', w.id, w.currency, s.currency, w.balance, coalesce(m.carry, 0.0000), m.charged_until,
      m.mark_kind, m.mark_resource_id, m.last_charge_id)::text AS line
    FROM public.organizations o CROSS JOIN public.workspace_settings s LEFT JOIN public.wallets w ON w.organization_id = o.id
    LEFT JOIN public.organization_meters m ON m.organization_id = o.id WHERE o.id = ANY (organizations)
    UNION ALL
    SELECT u.organization_id, jsonb_build_array('unit', u.resource_kind, u.resource_id, u.unit_start, u.billed_until, u.bills_until, u.retired_id)::text FROM unit u
    UNION ALL
    SELECT t.organization_id, jsonb_build_array('term', t.resource_kind, t.resource_id, t.unit_start, t.plan_id, t.starts_at)::text FROM term t
    UNION ALL
    SELECT x.organization_id, jsonb_build_array('price', p.plan_kind, p.plan_id, p.lo, p.rate, p.cap)::text
    FROM (SELECT DISTINCT t.organization_id, t.resource_kind, t.plan_id FROM term t) x
    JOIN cs_billing.prices() p ON p.plan_kind = x.resource_kind AND p.plan_id = x.plan_id
  )
  SELECT l.organization_id, encode(sha256(convert_to(string_agg(l.line, E'\n' ORDER BY l.line COLLATE "C"), 'UTF8')), 'hex') FROM line l GROUP BY 1
$$;

-- reason: why the run would leave the organization out. last_*: its newest charge, and changes: why this one is another, each with
-- what it adds; together with rounding to the cent they are the difference. waiting: what has no price, or waits for a person.
CREATE FUNCTION cs_billing.preview_batch(at timestamp, batch integer[]) RETURNS TABLE (
  organization_id integer, organization text, reason text, hash text, resources bigint, hours bigint, usage numeric, carry_in numeric, amount numeric,
  carry_out numeric, balance numeric, covered boolean, due numeric, last_run bigint, last_run_at timestamp, last_hours bigint, last_usage numeric,
  last_amount numeric, changes jsonb, waiting jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  until timestamp := cs_billing.run_time(at);
  main_currency text := (SELECT s.currency FROM public.workspace_settings s);
  chargeable integer[] := ARRAY(SELECT w.organization_id FROM public.wallets w WHERE w.organization_id = ANY (batch) AND w.currency = main_currency);
  last_of integer[];
  last_since bigint[];
  last_upto bigint[];
BEGIN
  SELECT array_agg(x.organization_id), array_agg(x.since), array_agg(x.upto) INTO last_of, last_since, last_upto FROM (
    SELECT c.organization_id, min(c.id) AS since, max(c.id) AS upto FROM public.organization_meters m
    JOIN public.billing_charges l ON l.id = m.last_charge_id
    JOIN public.billing_charges c ON c.organization_id = m.organization_id AND c.run_id = l.run_id
    WHERE m.organization_id = ANY (chargeable) GROUP BY 1) x;
  RETURN QUERY
  WITH reckoned AS MATERIALIZED (
    SELECT * FROM cs_billing.reckon(chargeable, until)
  ), waits AS (
    SELECT p.organization_id, p.resource_kind::text, p.resource_id, p.reason::text, p.parked_from FROM public.parked_resources p
    WHERE p.organization_id = ANY (batch) AND p.resolved_at IS NULL AND (p.reason IN ('adopted', 'gone')
      OR EXISTS (SELECT FROM reckoned x WHERE x.part = 'unpriced' AND x.resource_kind = p.resource_kind AND x.resource_id = p.resource_id))
    UNION ALL
    SELECT x.organization_id, x.resource_kind, x.resource_id, CASE WHEN x.plan_id IS NULL THEN 'no_plan' ELSE 'no_rate' END, x.reached
    FROM reckoned x WHERE x.part = 'unpriced' AND NOT EXISTS (SELECT FROM public.parked_resources p
      WHERE p.resource_kind = x.resource_kind AND p.resource_id = x.resource_id AND p.resolved_at IS NULL)
  ), now_used AS (
    -- All that is due, also what the wallet doesn't cover: that is told apart.
    SELECT s.organization_id, s.resource_kind, s.resource_id, sum(s.hours) AS hours, sum(s.amount) AS usage,
      array_agg(DISTINCT concat_ws(' ', s.plan_id, s.hourly_rate, coalesce(s.monthly_cap::text, '-'))) AS rates
    FROM cs_billing.segments(chargeable, NULL, until - interval '1 hour' + interval '1 microsecond') s WHERE s.hourly_rate IS NOT NULL GROUP BY 1, 2, 3
  ), last_used AS (
    SELECT c.organization_id, c.resource_kind, c.resource_id, sum(c.hours) AS hours, sum(c.amount) AS usage,
      array_agg(DISTINCT concat_ws(' ', c.plan_id, c.hourly_rate, coalesce(c.monthly_cap::text, '-'))) AS rates
    FROM cs_billing.charged(last_of, last_since, last_upto) c JOIN unnest(last_of, last_since) AS l(id, since) ON l.id = c.organization_id AND c.charge_id >= l.since
    WHERE c.hours IS NOT NULL GROUP BY 1, 2, 3
  ), last_charge AS (
    SELECT c.organization_id, c.run_id, r.run_at, sum(c.hours)::bigint AS hours, sum(c.usage) AS usage, sum(c.amount) AS amount,
      (array_agg(c.carry_in ORDER BY c.id))[1] AS carry_in
    FROM unnest(last_of, last_since, last_upto) AS l(id, since, upto)
    JOIN public.billing_charges c ON c.organization_id = l.id AND c.id BETWEEN l.since AND l.upto JOIN public.billing_runs r ON r.id = c.run_id GROUP BY 1, 2, 3
  ), organization AS (
    SELECT x.organization_id, x.carry_in, x.balance, x.covered, x.usage AS due, m.hours, m.usage, m.amount, coalesce(m.carry_out, x.carry_in) AS carry_out
    FROM reckoned x LEFT JOIN (
      SELECT y.organization_id, sum(y.hours)::bigint AS hours, sum(y.usage) AS usage, sum(y.amount) AS amount, (array_agg(y.carry_out ORDER BY y.usage_month DESC))[1] AS carry_out
      FROM reckoned y WHERE y.part = 'month' GROUP BY 1) m USING (organization_id)
    WHERE x.part = 'organization'
  ), changed AS (
    SELECT coalesce(n.organization_id, l.organization_id) AS organization_id, CASE
        WHEN l.resource_id IS NULL THEN 'new'
        WHEN n.resource_id IS NULL THEN CASE WHEN EXISTS (SELECT FROM waits w WHERE w.resource_kind = l.resource_kind AND w.resource_id = l.resource_id) THEN 'parked' ELSE 'ended' END
        WHEN n.rates IS DISTINCT FROM l.rates THEN 'price' WHEN n.hours <> l.hours THEN 'hours' WHEN n.usage <> l.usage THEN 'cap' END AS why,
      coalesce(n.usage, 0) - coalesce(l.usage, 0) AS adds
    FROM now_used n FULL JOIN last_used l ON l.organization_id = n.organization_id AND l.resource_kind = n.resource_kind AND l.resource_id = n.resource_id
  ), because AS (
    SELECT c.organization_id, c.why, count(*) AS resources, sum(c.adds) AS adds FROM changed c JOIN last_charge l USING (organization_id) WHERE c.why IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT o.organization_id, 'carry', NULL, o.carry_in - l.carry_in FROM organization o JOIN last_charge l USING (organization_id) WHERE o.carry_in <> l.carry_in
    UNION ALL
    SELECT o.organization_id, 'balance', NULL, coalesce(o.usage, 0) - o.due FROM organization o WHERE NOT o.covered
    UNION ALL
    SELECT o.organization_id, 'first', NULL, NULL FROM organization o
    WHERE NOT EXISTS (SELECT FROM last_charge l WHERE l.organization_id = o.organization_id) AND o.hours > 0
  )
  SELECT o.id, o.name::text, coalesce(x.reason, CASE WHEN large.organization_id IS NOT NULL THEN 'usage_too_large' END), h.hash, coalesce((SELECT count(*) FROM reckoned u WHERE u.part = 'unit' AND u.hours > 0 AND u.organization_id = o.id), 0),
    coalesce(n.hours, 0), round(coalesce(n.usage, 0), 4), round(coalesce(n.carry_in, 0), 4), round(coalesce(n.amount, 0), 2), round(coalesce(n.carry_out, 0), 4),
    n.balance, n.covered, round(n.due, 4), l.run_id, l.run_at, l.hours, l.usage, l.amount,
    coalesce((SELECT jsonb_agg(jsonb_build_object('reason', b.why, 'resources', b.resources, 'adds', round(b.adds, 4)::text) ORDER BY b.why) FROM because b WHERE b.organization_id = o.id), '[]'),
    coalesce((SELECT jsonb_agg(jsonb_build_object('kind', w.resource_kind, 'resource_id', w.resource_id, 'label', coalesce(v.label, c.name), 'organization_id', o.id,
      'organization', o.name, 'reason', w.reason, 'parked_from', to_char(w.parked_from, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY w.resource_kind, w.resource_id)
      FROM waits w LEFT JOIN public.vps_instances v ON w.resource_kind = 'vps' AND v.id = w.resource_id
      LEFT JOIN public.containers c ON w.resource_kind = 'container' AND c.id = w.resource_id WHERE w.organization_id = o.id), '[]')
  FROM public.organizations o JOIN cs_billing.input_hashes(batch) h ON h.organization_id = o.id
  LEFT JOIN cs_billing.left_out(batch) x ON x.organization_id = o.id LEFT JOIN reckoned large ON large.part = 'too_large' AND large.organization_id = o.id
  LEFT JOIN organization n ON n.organization_id = o.id LEFT JOIN last_charge l ON l.organization_id = o.id
  WHERE o.id = ANY (batch) ORDER BY o.id;
END $$;

-- Charges those of a batch whose inputs are what the preview has seen (hashes; NULL: it hasn't seen the organization), and exactly
-- what it has seen; the others are left out, and listed.
CREATE FUNCTION cs_billing.charge_previewed(run bigint, batch integer[], hashes text[], usages numeric[], amounts numeric[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  same integer[];
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  -- As charge_batch does: what is compared below stays as it is.
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = ANY (batch) ORDER BY w.id FOR UPDATE;
  INSERT INTO public.organization_meters (organization_id) SELECT o.id FROM public.organizations o WHERE o.id = ANY (batch) ORDER BY o.id ON CONFLICT DO NOTHING;
  PERFORM 1 FROM public.organization_meters m WHERE m.organization_id = ANY (batch) ORDER BY m.organization_id FOR UPDATE;
  same := ARRAY(SELECT b.id FROM unnest(batch, hashes) AS b(id, hash) JOIN cs_billing.input_hashes(batch) h ON h.organization_id = b.id AND h.hash = b.hash);
  PERFORM cs_billing.charge_batch(run, same);
  IF EXISTS (
    SELECT FROM unnest(batch, usages, amounts) AS b(id, usage, amount)
    LEFT JOIN (SELECT c.organization_id, sum(c.usage) AS usage, sum(c.amount) AS amount FROM public.billing_charges c
      WHERE c.run_id = run AND c.organization_id = ANY (batch) GROUP BY 1) c ON c.organization_id = b.id
    WHERE b.id = ANY (same) AND (coalesce(c.usage, 0), coalesce(c.amount, 0)) IS DISTINCT FROM (b.usage, b.amount)
  ) THEN
    RAISE EXCEPTION 'something has changed while it was charged' USING ERRCODE = '40001';
  END IF;
  UPDATE public.billing_runs r SET skipped = r.skipped || x.list FROM (
    SELECT jsonb_agg(jsonb_build_object('organization_id', b.id, 'reason', 'changed_since_preview') ORDER BY b.id) AS list
    FROM unnest(batch, hashes) AS b(id, hash)
    WHERE b.id <> ALL (same) AND (b.hash IS NOT NULL OR EXISTS (SELECT FROM cs_billing.units(ARRAY[b.id], '-infinity')))
  ) x WHERE r.id = run AND x.list IS NOT NULL;
END $$;

-- Explain: told as JSON, amounts as text. Whatever doesn't add up is told too (agrees).

CREATE FUNCTION cs_billing.iso(at timestamp) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN isfinite(at) THEN to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END $$;

CREATE FUNCTION cs_billing.explain_charge(charge bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c public.billing_charges;
  lines jsonb;
  all_hours bigint;
  all_usage numeric;
BEGIN
  SELECT * INTO c FROM public.billing_charges b WHERE b.id = charge;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.resource_kind, 'resource_id', x.resource_id, 'label', x.label, 'plan_id', x.plan_id, 'plan', coalesce(v.name, k.name),
      'first_hour', cs_billing.iso(x.first_hour), 'until', cs_billing.iso(x.first_hour + x.hours * interval '1 hour'), 'hours', x.hours,
      'hourly_rate', x.hourly_rate::text, 'in_force_since', cs_billing.iso(p.lo), 'monthly_cap', x.monthly_cap::text,
      'metered_before', round(x.metered_before, 4)::text, 'amount', round(x.amount, 4)::text, 'cap_applied', x.amount < x.hours * x.hourly_rate, 'late', x.late)
      ORDER BY x.label, x.resource_kind, x.resource_id, x.first_hour), '[]'), coalesce(sum(x.hours), 0), coalesce(sum(x.amount), 0)
  INTO lines, all_hours, all_usage
  FROM (SELECT min(b.id) AS since, max(b.id) AS upto FROM public.billing_charges b WHERE b.organization_id = c.organization_id AND b.run_id = c.run_id) r
  CROSS JOIN LATERAL cs_billing.charged(ARRAY[c.organization_id], ARRAY[r.since], ARRAY[r.upto]) x
  LEFT JOIN cs_billing.prices() p ON p.plan_kind = x.resource_kind AND p.plan_id = x.plan_id AND p.lo <= x.first_hour AND p.hi > x.first_hour
  LEFT JOIN public.vps_plans v ON x.resource_kind = 'vps' AND v.id = x.plan_id
  LEFT JOIN public.container_plans k ON x.resource_kind = 'container' AND k.id = x.plan_id
  WHERE x.hours IS NOT NULL AND x.run_id = c.run_id AND x.usage_month = c.usage_month;
  RETURN jsonb_build_object('charge_id', c.id, 'transaction_id', c.transaction_id, 'run_id', c.run_id, 'organization_id', c.organization_id,
    'run_at', (SELECT cs_billing.iso(r.run_at) FROM public.billing_runs r WHERE r.id = c.run_id), 'usage_month', to_char(c.usage_month, 'YYYY-MM'),
    'from', jsonb_build_object('at', cs_billing.iso(c.charged_from), 'kind', c.from_kind, 'resource_id', c.from_resource_id),
    'until', jsonb_build_object('at', cs_billing.iso(c.charged_until), 'kind', c.until_kind, 'resource_id', c.until_resource_id),
    'partial', c.until_kind IS NOT NULL, 'hours', c.hours, 'usage', c.usage::text, 'carry_in', c.carry_in::text, 'amount', c.amount::text, 'carry_out', c.carry_out::text,
    'lines', lines, 'sum_hours', all_hours, 'sum', round(all_usage, 4)::text,
    'agrees', all_hours = c.hours AND all_usage = c.usage AND c.usage + c.carry_in = c.amount + c.carry_out);
END $$;

CREATE FUNCTION cs_billing.explain_transaction(transaction integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('transaction_id', t.id, 'organization_id', t.organization_id, 'organization', o.name, 'type', t.type, 'amount', t.amount::text,
    'currency', w.currency, 'status', coalesce(t.status, 'completed'), 'reason', t.reason, 'created_at', cs_billing.iso(t.created_at), 'run_id', t.run_id,
    'refund_of', t.refund_of, 'payment_method', t.payment_method,
    'refunds', coalesce((SELECT jsonb_agg(jsonb_build_object('transaction_id', r.id, 'amount', r.amount::text, 'status', coalesce(r.status, 'completed')) ORDER BY r.id)
      FROM public.transactions r WHERE r.refund_of = t.id), '[]'),
    'charge', (SELECT cs_billing.explain_charge(c.id) FROM public.billing_charges c WHERE c.transaction_id = t.id))
  FROM public.transactions t LEFT JOIN public.organizations o ON o.id = t.organization_id LEFT JOIN public.wallets w ON w.organization_id = t.organization_id
  WHERE t.id = transaction
$$;

CREATE FUNCTION cs_billing.explain_invoice(invoice integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.invoices;
  lines jsonb;
  charges jsonb;
  line_sum numeric;
  told_hours bigint;
  told numeric;
  taken_hours bigint;
BEGIN
  SELECT * INTO i FROM public.invoices x WHERE x.id = invoice;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(jsonb_agg(l ORDER BY place), '[]'), coalesce(sum((l ->> 'amount')::numeric), 0) INTO lines, line_sum
  FROM jsonb_array_elements(CASE jsonb_typeof(i.line_items) WHEN 'array' THEN i.line_items ELSE '[]' END) WITH ORDINALITY AS x(l, place);
  SELECT coalesce(sum(d.hours), 0), coalesce(sum(d.amount), 0) INTO told_hours, told FROM public.usage_details d WHERE d.invoice_id = i.id;
  WITH line AS (
    SELECT d.* FROM public.usage_details d WHERE d.invoice_id = i.id
  ), taken AS (
    SELECT x.charge_id, x.usage_month, x.run_id, s.n, cs_billing.meter(x.metered_before, (s.skip + s.n) * x.hourly_rate, x.monthly_cap)
      - cs_billing.meter(x.metered_before, s.skip * x.hourly_rate, x.monthly_cap) AS amount
    FROM (SELECT min(c.id) AS since FROM public.billing_charges c
      WHERE c.organization_id = i.organization_id AND c.charged_until >= (SELECT min(l.first_hour) FROM line l)) f
    CROSS JOIN LATERAL cs_billing.charged(ARRAY[i.organization_id], ARRAY[f.since], ARRAY[NULL::bigint]) x
    JOIN line l ON l.resource_kind = x.resource_kind AND l.resource_id = x.resource_id AND l.unit_start = x.unit_start
    CROSS JOIN LATERAL (SELECT greatest(0, cs_billing.hours(x.first_hour, l.first_hour)) AS skip,
      least(x.hours, cs_billing.hours(x.first_hour, l.first_hour + l.hours * interval '1 hour')) - greatest(0, cs_billing.hours(x.first_hour, l.first_hour)) AS n) s
    WHERE f.since IS NOT NULL AND x.hours IS NOT NULL AND s.n > 0
  ), by_charge AS (
    SELECT t.run_id, t.usage_month, sum(t.n)::bigint AS hours, sum(t.amount) AS amount FROM taken t GROUP BY 1, 2
  )
  SELECT coalesce(jsonb_agg(jsonb_build_object('charge_id', c.id, 'transaction_id', c.transaction_id, 'run_id', c.run_id, 'run_at', cs_billing.iso(r.run_at),
    'usage_month', to_char(c.usage_month, 'YYYY-MM'), 'hours', b.hours, 'amount', round(b.amount, 4)::text) ORDER BY c.id), '[]'), coalesce(sum(b.hours), 0)
  INTO charges, taken_hours
  FROM by_charge b JOIN public.billing_charges c ON c.organization_id = i.organization_id AND c.run_id = b.run_id AND c.usage_month = b.usage_month
  JOIN public.billing_runs r ON r.id = c.run_id;
  RETURN jsonb_build_object('invoice_id', i.id, 'number', i.invoice_number, 'organization_id', i.organization_id,
    'organization', (SELECT o.name FROM public.organizations o WHERE o.id = i.organization_id),
    'currency', (SELECT w.currency FROM public.wallets w WHERE w.organization_id = i.organization_id),
    'status', coalesce(i.status, 'pending'), 'period_from', cs_billing.iso(i.billing_period_start), 'period_until', cs_billing.iso(i.billing_period_end),
    'lines', lines, 'sum', round(line_sum, 4)::text, 'carry_in', i.carry_in::text, 'carry_out', i.carry_out::text, 'amount', i.amount::text,
    'amount_paid', i.amount_paid::text, 'told_hours', told_hours, 'charged_hours', taken_hours, 'uncharged_hours', told_hours - taken_hours, 'charges', charges,
    'agrees', CASE WHEN i.carry_in IS NULL THEN i.amount = line_sum OR lines = '[]' ELSE line_sum + i.carry_in - i.carry_out = i.amount AND told = line_sum END);
END $$;

-- How a balance came about, and what has accrued since the last run.
CREATE FUNCTION cs_billing.explain_organization(organization integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('organization_id', o.id, 'organization', o.name, 'currency', w.currency, 'balance', w.balance::text,
    'by_type', coalesce(t.by_type, '[]'), 'sum', round(coalesce(t.total, 0), 2)::text, 'pending', round(coalesce(t.pending, 0), 2)::text,
    'charged_until', jsonb_build_object('at', cs_billing.iso(m.charged_until), 'kind', m.mark_kind, 'resource_id', m.mark_resource_id),
    'carry', coalesce(m.carry, 0.0000)::text, 'arrears', coalesce(m.arrears, 0.0000)::text, 'last_charge_id', m.last_charge_id,
    'now', cs_billing.iso(cs_ledger.clock()), 'accrued_hours', coalesce(a.hours, 0), 'accrued', round(coalesce(a.usage, 0), 4)::text, 'covered', a.covered,
    'agrees', coalesce(w.balance, 0) = coalesce(t.total, 0) AND coalesce(m.carry, 0) = coalesce((SELECT c.carry_out FROM public.billing_charges c WHERE c.id = m.last_charge_id), 0))
  FROM public.organizations o LEFT JOIN public.wallets w ON w.organization_id = o.id LEFT JOIN public.organization_meters m ON m.organization_id = o.id
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('type', y.type, 'count', y.n, 'sum', round(y.amount, 2)::text) ORDER BY y.type) FILTER (WHERE y.n > 0) AS by_type,
      sum(y.amount) AS total, sum(y.pending) AS pending
    FROM (SELECT x.type, count(*) FILTER (WHERE coalesce(x.status, 'completed') = 'completed') AS n,
        sum(cs_ledger.signed(x.type, x.amount)) FILTER (WHERE coalesce(x.status, 'completed') = 'completed') AS amount,
        sum(cs_ledger.signed(x.type, x.amount)) FILTER (WHERE x.status = 'pending') AS pending
      FROM public.transactions x WHERE x.organization_id = o.id GROUP BY x.type) y
  ) t ON true
  LEFT JOIN LATERAL (SELECT x.hours, x.usage, x.covered FROM cs_billing.reckon(ARRAY[o.id], cs_ledger.clock()) x WHERE x.part = 'organization') a ON true
  WHERE o.id = organization
$$;

-- Prove: the books are computed again from what they rest on, in one snapshot. The database counts and writes down the result
-- itself, so that nobody says of the books what they are not. A full proof looks at everything; an incremental one at the
-- organizations whose books have moved since they were proven, or that were found broken.

CREATE TABLE book_proofs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope VARCHAR(20) NOT NULL CHECK (scope IN ('full', 'incremental')),
  proven_at TIMESTAMP NOT NULL,
  -- When it was last looked, and nothing had moved since.
  confirmed_at TIMESTAMP NOT NULL,
  proven_by INTEGER REFERENCES users(id),
  login NAME NOT NULL DEFAULT session_user,
  -- How much was looked at, by kind.
  checked JSONB NOT NULL DEFAULT '{}',
  breach_count INTEGER NOT NULL DEFAULT 0,
  -- The first thousand: what, organization_id, thing, thing_id, expected, found.
  breaches JSONB NOT NULL DEFAULT '[]',
  -- NULL while it is under way.
  ok BOOLEAN,
  duration_ms BIGINT,
  -- The newest that it has seen: the next one goes on from there.
  transaction_id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  run_id BIGINT NOT NULL,
  -- Whom it looks at, and how many of them it has.
  todo INTEGER[],
  done INTEGER NOT NULL DEFAULT 0
);
-- How far an organization's books are proven.
CREATE TABLE proven_books (
  organization_id INTEGER PRIMARY KEY REFERENCES organizations(id),
  proof_id BIGINT NOT NULL,
  charge_id BIGINT,
  balance DECIMAL(12, 2) NOT NULL,
  transaction_id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  broken BOOLEAN NOT NULL
) WITH (fillfactor = 50);
SELECT cs_meta.guard_table('book_proofs'), cs_meta.guard_table('proven_books');
SELECT cs_meta.permit('admin,finance,agent', 'book_proofs', 'select', '*', 'true');
SELECT cs_live.publish('book_proofs', 'billing', 'changed_somehow');

-- What is wrong with organizations' books: charges from `since` on of each, invoices after `invoices_after`. Rows that name no
-- thing count what was looked at.
CREATE FUNCTION cs_billing.find_breaches(organizations integer[], since bigint[], invoices_after integer[]) RETURNS TABLE (
  what text, organization_id integer, thing text, thing_id text, expected text, found text, looked_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
  WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(organizations, since, invoices_after) AS a(id, since, invoices_after)
  ), priced AS MATERIALIZED (
    SELECT p.* FROM cs_billing.charged(organizations, since, array_fill(NULL::bigint, ARRAY[cardinality(organizations)])) p
  ), recomputed AS MATERIALIZED (
    SELECT p.organization_id, p.run_id, p.usage_month, sum(p.hours)::bigint AS hours, sum(p.amount) AS usage
    FROM priced p JOIN asked a ON a.id = p.organization_id WHERE p.hours IS NOT NULL AND p.charge_id >= a.since GROUP BY 1, 2, 3
  ), charge AS MATERIALIZED (
    SELECT c.*, a.since FROM asked a JOIN public.billing_charges c ON c.organization_id = a.id AND c.id >= a.since
  ), wrong_usage AS MATERIALIZED (
    SELECT coalesce(c.organization_id, r.organization_id) AS organization_id, c.id, coalesce(c.run_id, r.run_id) AS run_id, c.hours, c.usage,
      coalesce(r.hours, 0) AS right_hours, coalesce(r.usage, 0) AS right_usage
    FROM charge c FULL JOIN recomputed r ON r.organization_id = c.organization_id AND r.run_id = c.run_id AND r.usage_month = c.usage_month
    WHERE (c.hours, c.usage) IS DISTINCT FROM (coalesce(r.hours, 0), coalesce(r.usage, 0))
  ), unit AS MATERIALIZED (
    SELECT p.* FROM priced p WHERE p.hours IS NULL
  ), linked AS (
    SELECT c.*, p.id AS before_id, p.organization_id AS before_organization, p.run_id AS before_run, p.carry_out AS before_carry, p.charged_from AS before_from,
      p.charged_until AS before_until, p.until_kind AS before_kind, p.until_resource_id AS before_resource,
      (SELECT max(x.id) FROM public.billing_charges x WHERE x.organization_id = c.organization_id AND x.id < c.id) AS newest_before
    FROM charge c LEFT JOIN public.billing_charges p ON p.id = c.previous_id
  ), meter AS (
    SELECT a.id AS organization_id, m.carry, m.arrears, m.charged_until, m.mark_kind, m.mark_resource_id, m.last_charge_id, l.id AS last_id, l.carry_out, l.charged_until AS last_until,
      l.until_kind AS last_kind, l.until_resource_id AS last_resource, m.organization_id IS NOT NULL AS is_there
    FROM asked a LEFT JOIN public.organization_meters m ON m.organization_id = a.id
    LEFT JOIN LATERAL (SELECT c.* FROM public.billing_charges c WHERE c.organization_id = a.id ORDER BY c.id DESC LIMIT 1) l ON true
  ), last_run AS (
    SELECT r.* FROM public.billing_runs r ORDER BY r.id DESC LIMIT 1
  ), behind AS (
    -- What wasn't covered can be computed again only where nothing has come or gone since that run.
    SELECT array_agg(m.organization_id) AS ids FROM meter m CROSS JOIN last_run r JOIN public.wallets w ON w.organization_id = m.organization_id
    WHERE m.arrears > 0 AND r.status IN ('completed', 'partial') AND w.currency = (SELECT s.currency FROM public.workspace_settings s)
      AND NOT r.skipped @> jsonb_build_array(jsonb_build_object('organization_id', m.organization_id))
      AND NOT EXISTS (SELECT FROM public.resource_terms t WHERE t.organization_id = m.organization_id AND (t.recorded_at >= r.started_at OR t.ends_at >= r.run_at))
      AND NOT EXISTS (SELECT FROM public.parked_resources p WHERE p.organization_id = m.organization_id AND (p.parked_at >= r.started_at OR p.resolved_at >= r.run_at OR p.parked_from < r.run_at))
      AND NOT EXISTS (SELECT FROM public.plan_prices p WHERE p.recorded_at >= r.started_at)
  ), owed AS (
    SELECT s.organization_id, sum(s.amount) AS usage
    FROM behind b CROSS JOIN last_run r CROSS JOIN LATERAL cs_billing.segments(b.ids, NULL, r.run_at - interval '1 hour' + interval '1 microsecond') s
    WHERE s.hourly_rate IS NOT NULL GROUP BY 1
  ), all_invoices AS MATERIALIZED (
    SELECT i.*, a.invoices_after FROM asked a JOIN public.invoices i ON i.organization_id = a.id WHERE i.carry_in IS NOT NULL
  ), chained AS (
    SELECT i.id, i.organization_id, i.invoices_after, i.carry_in, coalesce(lag(i.carry_out) OVER (PARTITION BY i.organization_id ORDER BY i.id), 0) AS carried
    FROM all_invoices i WHERE i.status <> 'cancelled'
  ), invoice AS MATERIALIZED (
    SELECT i.*, l.amount AS line_sum, l.n AS line_count, d.amount AS told, d.n AS told_count, d.withdrawn
    FROM all_invoices i
    CROSS JOIN LATERAL (SELECT coalesce(sum((x ->> 'amount')::numeric), 0) AS amount, count(*) AS n FROM jsonb_array_elements(i.line_items) x) l
    CROSS JOIN LATERAL (SELECT coalesce(sum(u.amount), 0) AS amount, count(*) AS n, coalesce(bool_or(u.withdrawn), false) AS withdrawn
      FROM public.usage_details u WHERE u.invoice_id = i.id) d
    WHERE i.id > i.invoices_after
  ), unpaid AS (
    SELECT i.organization_id, sum(i.amount) AS sum FROM all_invoices i WHERE i.status IN ('pending', 'failed') GROUP BY 1
  ), settled AS (
    SELECT b.id, b.organization_id, b.status, b.amount_paid, least(b.amount, greatest(0, coalesce(c.amount, 0) - b.before)) AS pays
    FROM (SELECT i.*, sum(i.amount) OVER (PARTITION BY i.organization_id ORDER BY i.id) - i.amount AS before FROM all_invoices i
      WHERE i.status <> 'cancelled' AND EXISTS (SELECT FROM unpaid u WHERE u.organization_id = i.organization_id)) b
    LEFT JOIN LATERAL (SELECT sum(x.amount) AS amount FROM public.billing_charges x WHERE x.organization_id = b.organization_id) c ON true
  )
  SELECT 'charge_usage', w.organization_id, CASE WHEN w.id IS NULL THEN 'run' ELSE 'charge' END, coalesce(w.id, w.run_id)::text,
    w.right_hours || ' h, ' || round(w.right_usage, 4), coalesce(w.hours, 0) || ' h, ' || coalesce(w.usage, 0), NULL::bigint FROM wrong_usage w
  UNION ALL
  SELECT 'charge_sum', c.organization_id, 'charge', c.id::text, (c.usage + c.carry_in)::text, (c.amount + c.carry_out)::text, NULL FROM charge c
  WHERE c.usage + c.carry_in <> c.amount + c.carry_out
  UNION ALL
  SELECT 'charge_transaction', c.organization_id, 'charge', c.id::text, (-c.amount)::text, coalesce(t.amount::text, 'none'), NULL
  FROM charge c LEFT JOIN public.transactions t ON t.id = c.transaction_id
  WHERE (c.amount > 0) <> (t.id IS NOT NULL) OR t.id IS NOT NULL AND (t.amount, t.organization_id, t.type, t.run_id, t.usage_month, coalesce(t.status, 'completed'))
    IS DISTINCT FROM (-c.amount, c.organization_id, 'charge', c.run_id, c.usage_month, 'completed')
  UNION ALL
  SELECT 'charge_chain', l.organization_id, 'charge', l.id::text, x.expected, x.found, NULL FROM linked l CROSS JOIN LATERAL (VALUES
    ('after charge ' || coalesce(l.newest_before::text, 'none'), 'after charge ' || coalesce(l.previous_id::text, 'none'),
      l.before_id IS DISTINCT FROM l.newest_before OR l.before_id IS DISTINCT FROM l.previous_id OR l.before_organization <> l.organization_id),
    ('carry in ' || coalesce(l.before_carry, 0.0000), 'carry in ' || l.carry_in, l.carry_in <> coalesce(l.before_carry, 0)),
    ('from ' || cs_billing.iso(l.before_until), 'from ' || coalesce(cs_billing.iso(l.charged_from), 'the beginning'), CASE
      WHEN l.before_id IS NULL THEN false
      -- The months of one run go together.
      WHEN l.before_run = l.run_id THEN (l.charged_from, l.charged_until) IS DISTINCT FROM (l.before_from, l.before_until)
      -- Runs that charge nothing move an organization on to their time.
      WHEN l.from_kind IS NULL THEN coalesce(l.charged_from < l.before_until, true)
      ELSE (l.charged_from, l.from_kind, l.from_resource_id) IS DISTINCT FROM (l.before_until, l.before_kind, l.before_resource) END)
  ) AS x(expected, found, breaks) WHERE x.breaks
  UNION ALL
  SELECT 'meter', m.organization_id, 'meter', m.organization_id::text, x.expected, x.found, NULL FROM meter m CROSS JOIN LATERAL (VALUES
    ('last charge ' || coalesce(m.last_id::text, 'none'), 'last charge ' || coalesce(m.last_charge_id::text, 'none'), m.last_charge_id IS DISTINCT FROM m.last_id),
    ('carry ' || coalesce(m.carry_out, 0.0000), 'carry ' || coalesce(m.carry, 0.0000), coalesce(m.carry, 0) <> coalesce(m.carry_out, 0)),
    ('charged until ' || cs_billing.iso(m.last_until), 'charged until ' || coalesce(cs_billing.iso(m.charged_until), 'never'), m.last_id IS NOT NULL AND CASE
      WHEN m.mark_kind IS NULL THEN coalesce(m.charged_until < m.last_until, true)
      ELSE (m.charged_until, m.mark_kind, m.mark_resource_id) IS DISTINCT FROM (m.last_until, m.last_kind, m.last_resource) END)
  ) AS x(expected, found, breaks) WHERE x.breaks
  UNION ALL
  SELECT 'arrears', m.organization_id, 'meter', m.organization_id::text, round(coalesce(o.usage, 0), 4)::text, m.arrears::text, NULL
  FROM meter m JOIN behind b ON m.organization_id = ANY (b.ids) LEFT JOIN owed o ON o.organization_id = m.organization_id
  WHERE m.arrears <> coalesce(o.usage, 0)
  UNION ALL
  -- The meter is ahead of what charges took: hours were missed.
  SELECT 'hours_missed', u.organization_id, u.resource_kind, u.resource_id::text, 'charged until ' || cs_billing.iso(u.unit_start + u.k_end * interval '1 hour'),
    'charged until ' || cs_billing.iso(u.unit_start + u.k_now * interval '1 hour'), NULL FROM unit u WHERE u.k_now > u.k_end
  UNION ALL
  -- It is behind, where a charge has taken more hours than can be found: they would be charged twice.
  SELECT 'hours_twice', u.organization_id, u.resource_kind, u.resource_id::text, 'charged until ' || cs_billing.iso(u.unit_start + u.k_end * interval '1 hour'),
    'charged until ' || cs_billing.iso(u.unit_start + u.k_now * interval '1 hour'), NULL FROM unit u
  WHERE u.k_now < u.k_end AND u.charge_id IS NOT NULL
    AND EXISTS (SELECT FROM wrong_usage w WHERE w.organization_id = u.organization_id AND w.right_hours < w.hours AND w.hours - w.right_hours <= u.k_end - u.k_now)
    AND NOT EXISTS (SELECT FROM public.parked_resources p WHERE p.resource_kind = u.resource_kind AND p.resource_id = u.resource_id AND p.resolved_at IS NULL)
  UNION ALL
  SELECT 'two_owners', t.organization_id, t.resource_kind, t.resource_id::text, 'until ' || cs_billing.iso(n.starts_at),
    'until ' || coalesce(cs_billing.iso(t.ends_at), 'now') || ', as of organization ' || n.organization_id, NULL
  FROM public.resource_terms t JOIN public.resource_terms n ON n.resource_kind = t.resource_kind AND n.resource_id = t.resource_id AND n.id <> t.id
    AND (n.starts_at, n.id) > (t.starts_at, t.id) AND n.starts_at < coalesce(t.ends_at, 'infinity') AND n.starts_at < coalesce(n.ends_at, 'infinity')
  WHERE t.organization_id = ANY (organizations)
  UNION ALL
  SELECT 'invoice_sum', i.organization_id, 'invoice', coalesce(i.invoice_number, i.id::text), (i.line_sum + i.carry_in - i.carry_out)::text, i.amount::text, NULL
  FROM invoice i WHERE i.line_sum + i.carry_in - i.carry_out <> i.amount
  UNION ALL
  SELECT 'invoice_lines', i.organization_id, 'invoice', coalesce(i.invoice_number, i.id::text), i.told_count || ' lines, ' || i.told, i.line_count || ' lines, ' || i.line_sum, NULL
  FROM invoice i WHERE (i.told_count, i.told, i.withdrawn) IS DISTINCT FROM (i.line_count, i.line_sum, i.status = 'cancelled' AND i.told_count > 0)
  UNION ALL
  SELECT 'invoice_carry', i.organization_id, 'invoice', coalesce((SELECT x.invoice_number FROM public.invoices x WHERE x.id = i.id), i.id::text), i.carried::text, i.carry_in::text, NULL
  FROM chained i WHERE i.id > i.invoices_after AND i.carry_in <> i.carried
  UNION ALL
  SELECT 'invoice_paid', s.organization_id, 'invoice', coalesce((SELECT x.invoice_number FROM public.invoices x WHERE x.id = s.id), s.id::text),
    round(s.pays, 2)::text, coalesce(s.amount_paid, 0)::text, NULL
  FROM settled s WHERE s.status IN ('pending', 'failed') AND s.pays <> coalesce(s.amount_paid, 0)
  UNION ALL
  SELECT 'organizations', NULL, NULL, NULL, NULL, NULL, cardinality(organizations)
  UNION ALL
  SELECT 'charges', NULL, NULL, NULL, NULL, NULL, count(*) FROM charge
  UNION ALL
  SELECT 'hours', NULL, NULL, NULL, NULL, NULL, coalesce(sum(r.hours), 0)::bigint FROM recomputed r
  UNION ALL
  SELECT 'resources', NULL, NULL, NULL, NULL, NULL, count(*) FROM unit
  UNION ALL
  SELECT 'invoices', NULL, NULL, NULL, NULL, NULL, count(*) FROM invoice
$$;

-- Wallets that are not the sum of their rows, and charges in the ledger that no usage stands behind. NULL: all of them, by one
-- pass over the ledger.
CREATE FUNCTION cs_billing.find_ledger_breaches(organizations integer[]) RETURNS TABLE (
  what text, organization_id integer, thing text, thing_id text, expected text, found text, looked_at bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH ledger AS MATERIALIZED (
    SELECT t.organization_id, sum(cs_ledger.signed(t.type, t.amount)) FILTER (WHERE coalesce(t.status, 'completed') = 'completed') AS moved,
      sum(-t.amount) FILTER (WHERE t.type = 'charge' AND t.run_id IS NOT NULL) AS charged, count(*) AS n
    FROM public.transactions t WHERE organizations IS NULL OR t.organization_id = ANY (organizations) GROUP BY 1
  ), usage AS (
    SELECT c.organization_id, sum(c.amount) AS charged FROM public.billing_charges c WHERE organizations IS NULL OR c.organization_id = ANY (organizations) GROUP BY 1
  )
  SELECT 'wallet', coalesce(w.organization_id, l.organization_id), 'wallet', w.id::text, coalesce(l.moved, 0)::text, coalesce(w.balance::text, 'none'), NULL::bigint
  FROM (SELECT * FROM public.wallets x WHERE organizations IS NULL OR x.organization_id = ANY (organizations)) w
  FULL JOIN ledger l ON l.organization_id = w.organization_id WHERE coalesce(w.balance, 0) <> coalesce(l.moved, 0)
  UNION ALL
  SELECT 'ledger_charge', x.organization_id, 'transaction', t.id::text, 'a charge with its usage', t.amount::text, NULL
  FROM (SELECT l.organization_id FROM ledger l LEFT JOIN usage u USING (organization_id) WHERE coalesce(l.charged, 0) <> coalesce(u.charged, 0)) x
  JOIN public.transactions t ON t.organization_id = x.organization_id AND t.type = 'charge' AND t.run_id IS NOT NULL
  WHERE NOT EXISTS (SELECT FROM public.billing_charges c WHERE c.transaction_id = t.id)
  UNION ALL
  SELECT 'wallets', NULL, NULL, NULL, NULL, NULL, count(*) FROM public.wallets w WHERE organizations IS NULL OR w.organization_id = ANY (organizations)
  UNION ALL
  SELECT 'transactions', NULL, NULL, NULL, NULL, NULL, coalesce(sum(l.n), 0)::bigint FROM ledger l;
END $$;

-- What belongs to no organization: the runs' sums from one on, the invoices' numbers, and the revenue by hour.
CREATE FUNCTION cs_billing.find_common_breaches(since_run bigint, everything boolean) RETURNS TABLE (
  what text, organization_id integer, thing text, thing_id text, expected text, found text, looked_at bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH run AS (
    SELECT r.* FROM public.billing_runs r WHERE r.id >= since_run AND r.status <> 'open'
  ), charged AS (
    SELECT c.run_id, sum(c.amount) AS amount, sum(c.hours) AS hours, count(DISTINCT c.organization_id) AS organizations
    FROM public.billing_charges c WHERE c.run_id >= since_run GROUP BY 1
  )
  SELECT 'run_sum', NULL::integer, 'run', r.id::text, coalesce(c.hours, 0) || ' h, ' || coalesce(c.amount, 0.00) || ', ' || coalesce(c.organizations, 0) || ' organizations',
    r.hours || ' h, ' || r.charged || ', ' || r.organizations || ' organizations', NULL::bigint
  FROM run r LEFT JOIN charged c ON c.run_id = r.id
  WHERE (r.charged, r.hours, r.organizations) IS DISTINCT FROM (coalesce(c.amount, 0), coalesce(c.hours, 0), coalesce(c.organizations, 0))
  UNION ALL
  SELECT 'runs', NULL, NULL, NULL, NULL, NULL, count(*) FROM run;

  -- Ours begin where the first of a close stands; other programs' numbers before it are their own matter.
  RETURN QUERY
  WITH numbered AS MATERIALIZED (
    SELECT c.year, c.last_number, substr(i.invoice_number, 10)::integer AS n, i.carry_in IS NOT NULL AS ours
    FROM public.invoice_counters c JOIN public.invoices i ON i.invoice_number ~ ('^INV-' || c.year || '-[0-9]{6,9}$')
  ), bounds AS (
    SELECT x.year, x.last_number, min(x.n) FILTER (WHERE x.ours) AS first_number, max(x.n) FILTER (WHERE x.ours) AS newest FROM numbered x GROUP BY 1, 2
  )
  SELECT 'invoice_number', NULL::integer, 'invoice', 'INV-' || b.year || '-' || lpad(g.n::text, greatest(6, length(g.n::text)), '0'), 'an invoice with this number', 'none', NULL::bigint
  FROM bounds b CROSS JOIN LATERAL generate_series(b.first_number, greatest(b.last_number, b.newest)) AS g(n)
  WHERE NOT EXISTS (SELECT FROM numbered x WHERE x.year = b.year AND x.n = g.n)
  UNION ALL
  SELECT 'invoice_number', NULL, 'counter', b.year::text, 'at least ' || b.newest, b.last_number::text, NULL FROM bounds b WHERE b.newest > b.last_number
  UNION ALL
  SELECT 'numbers', NULL, NULL, NULL, NULL, NULL, coalesce(sum(greatest(b.last_number, b.newest) - b.first_number + 1), 0)::bigint FROM bounds b;

  IF everything THEN
    RETURN QUERY
    WITH counted AS (
      SELECT x.hour, sum(x.amount) AS amount FROM (
        SELECT cs_billing.revenue_hour(c.usage_month, c.charged_until, c.until_kind IS NOT NULL) AS hour, c.amount FROM public.billing_charges c
        JOIN public.wallets w ON w.organization_id = c.organization_id AND w.currency IS NOT NULL WHERE c.amount > 0
        UNION ALL
        -- Charges of other programs, from before.
        SELECT date_trunc('hour', t.created_at), abs(t.amount) FROM public.transactions t
        JOIN public.wallets w ON w.organization_id = t.organization_id AND w.currency IS NOT NULL
        WHERE t.type = 'charge' AND t.run_id IS NULL AND coalesce(t.status, 'completed') = 'completed' AND t.created_at IS NOT NULL AND t.amount <> 'NaN'
      ) x GROUP BY 1
    ), kept AS (
      SELECT r.hour, sum(r.charged) AS amount FROM public.revenue_hours r GROUP BY 1
    )
    SELECT 'revenue', NULL::integer, 'hour', cs_billing.iso(coalesce(c.hour, k.hour)), coalesce(c.amount, 0)::text, coalesce(k.amount, 0)::text, NULL::bigint
    FROM counted c FULL JOIN kept k ON k.hour = c.hour WHERE coalesce(c.amount, 0) <> coalesce(k.amount, 0)
    UNION ALL
    SELECT 'revenue_hours', NULL, NULL, NULL, NULL, NULL, count(*) FROM kept;
  END IF;
END $$;

-- Begins a proof in a transaction that sees one snapshot (REPEATABLE READ). NULL: nothing has moved since the last one, which was
-- sound. Two at once: the second is refused.
CREATE FUNCTION cs_billing.begin_proof(everything boolean) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last public.book_proofs;
  newest record;
  wanted integer[];
  begun bigint;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  IF current_setting('transaction_isolation') NOT IN ('repeatable read', 'serializable') THEN
    PERFORM cs_ledger.refuse('proof_needs_snapshot', 'a proof is made in one snapshot');
  END IF;
  IF NOT pg_try_advisory_xact_lock(7166, 20) THEN
    PERFORM cs_ledger.refuse('proof_under_way', 'another proof is under way');
  END IF;
  SELECT * INTO last FROM public.book_proofs p ORDER BY p.id DESC LIMIT 1;
  SELECT coalesce((SELECT max(t.id) FROM public.transactions t), 0) AS transaction_id, coalesce((SELECT max(i.id) FROM public.invoices i), 0) AS invoice_id,
    coalesce((SELECT max(r.id) FROM public.billing_runs r), 0) AS run_id INTO newest;
  IF everything OR last.id IS NULL THEN
    wanted := ARRAY(SELECT o.id FROM public.organizations o ORDER BY o.id);
  ELSE
    wanted := ARRAY(
      SELECT o.id FROM public.organizations o LEFT JOIN public.proven_books p ON p.organization_id = o.id
      LEFT JOIN public.wallets w ON w.organization_id = o.id LEFT JOIN public.organization_meters m ON m.organization_id = o.id
      WHERE p.organization_id IS NULL OR p.broken OR coalesce(w.balance, 0) <> p.balance OR m.last_charge_id IS DISTINCT FROM p.charge_id
      UNION
      SELECT t.organization_id FROM public.transactions t WHERE t.id > last.transaction_id AND t.organization_id IS NOT NULL
      UNION
      SELECT i.organization_id FROM public.invoices i WHERE i.id > last.invoice_id AND i.organization_id IS NOT NULL
      ORDER BY 1);
    IF wanted = '{}' AND last.ok AND newest.run_id = last.run_id THEN
      UPDATE public.book_proofs p SET confirmed_at = cs_ledger.clock() WHERE p.id = last.id;
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO public.book_proofs (scope, proven_at, confirmed_at, proven_by, transaction_id, invoice_id, run_id, todo)
  VALUES (CASE WHEN everything OR last.id IS NULL THEN 'full' ELSE 'incremental' END, cs_ledger.clock(), cs_ledger.clock(), cs_auth.user_id(),
    newest.transaction_id, newest.invoice_id, newest.run_id, wanted)
  RETURNING id INTO begun;
  RETURN begun;
END $$;

-- Adds what was found to a proof.
CREATE FUNCTION cs_billing.note_proof(proof bigint, looked jsonb, wrong jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.book_proofs p SET breach_count = p.breach_count + jsonb_array_length(wrong),
    breaches = CASE WHEN jsonb_array_length(p.breaches) >= 1000 THEN p.breaches ELSE
      (SELECT coalesce(jsonb_agg(x.b ORDER BY x.place), '[]') FROM (SELECT b, place FROM jsonb_array_elements(p.breaches || wrong) WITH ORDINALITY AS e(b, place) LIMIT 1000) x) END,
    checked = (SELECT coalesce(jsonb_object_agg(x.key, x.n), '{}') FROM (
      SELECT e.key, sum(e.value::bigint) AS n FROM (SELECT * FROM jsonb_each_text(p.checked) UNION ALL SELECT * FROM jsonb_each_text(looked)) e GROUP BY 1) x)
  WHERE p.id = proof
$$;

-- A proof that is under way, for whoever may prove.
CREATE FUNCTION cs_billing.open_proof(proof bigint) RETURNS public.book_proofs
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p public.book_proofs;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  SELECT * INTO p FROM public.book_proofs x WHERE x.id = proof AND x.ok IS NULL;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('proof_not_open', 'this proof has been ended');
  END IF;
  RETURN p;
END $$;

-- Looks at the next organizations of a proof; how many are left.
CREATE FUNCTION cs_billing.prove_next(proof bigint, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p public.book_proofs;
  slice integer[];
  since bigint[];
  invoices_after integer[];
  suspects integer[];
  looked jsonb;
  wrong jsonb;
BEGIN
  p := cs_billing.open_proof(proof);
  slice := p.todo[p.done + 1 : p.done + greatest(1, least(most, 5000))];
  IF cardinality(slice) = 0 THEN
    RETURN 0;
  END IF;
  SELECT array_agg(CASE WHEN p.scope = 'full' OR b.broken IS NOT FALSE THEN 0 ELSE coalesce(b.charge_id, -1) + 1 END ORDER BY s.place),
    array_agg(CASE WHEN p.scope = 'full' OR b.broken IS NOT FALSE THEN 0 ELSE b.invoice_id END ORDER BY s.place)
  INTO since, invoices_after
  FROM unnest(slice) WITH ORDINALITY AS s(id, place) LEFT JOIN public.proven_books b ON b.organization_id = s.id;
  -- A wallet that has moved by what was written since it was proven is right; of the others all rows are added up.
  IF p.scope = 'incremental' THEN
    suspects := ARRAY(
      SELECT s.id FROM unnest(slice) AS s(id) LEFT JOIN public.proven_books b ON b.organization_id = s.id LEFT JOIN public.wallets w ON w.organization_id = s.id
      LEFT JOIN (
        SELECT t.organization_id, sum(cs_ledger.signed(t.type, t.amount)) FILTER (WHERE coalesce(t.status, 'completed') = 'completed') AS moved,
          bool_or(t.type = 'charge' AND t.run_id IS NOT NULL AND NOT EXISTS (SELECT FROM public.billing_charges c WHERE c.transaction_id = t.id)) AS odd
        FROM public.transactions t
        WHERE t.id > (SELECT min(y.transaction_id) FROM public.proven_books y WHERE y.organization_id = ANY (slice))
          AND t.organization_id = ANY (slice) AND t.id > (SELECT y.transaction_id FROM public.proven_books y WHERE y.organization_id = t.organization_id)
        GROUP BY 1
      ) m ON m.organization_id = s.id
      WHERE b.broken IS NOT FALSE OR m.odd OR coalesce(w.balance, 0) <> b.balance + coalesce(m.moved, 0));
  END IF;
  WITH found AS MATERIALIZED (
    SELECT * FROM cs_billing.find_breaches(slice, since, invoices_after)
    UNION ALL
    SELECT * FROM cs_billing.find_ledger_breaches(suspects) WHERE cardinality(suspects) > 0
  )
  SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('what', f.what, 'organization_id', f.organization_id, 'organization', o.name, 'thing', f.thing,
      'thing_id', f.thing_id, 'expected', f.expected, 'found', f.found) ORDER BY f.organization_id, f.what, f.thing_id)
      FROM found f LEFT JOIN public.organizations o ON o.id = f.organization_id WHERE f.thing IS NOT NULL), '[]'),
    (SELECT jsonb_object_agg(x.what, x.n) FROM (SELECT f.what, sum(f.looked_at) AS n FROM found f WHERE f.thing IS NULL GROUP BY 1) x)
  INTO wrong, looked;
  IF p.scope = 'incremental' THEN
    looked := looked || jsonb_build_object('wallets', cardinality(slice));
  END IF;
  PERFORM cs_billing.note_proof(proof, looked, wrong);
  INSERT INTO public.proven_books AS b (organization_id, proof_id, charge_id, balance, transaction_id, invoice_id, broken)
  SELECT s.id, proof, m.last_charge_id, coalesce(w.balance, 0), p.transaction_id, p.invoice_id,
    wrong @> jsonb_build_array(jsonb_build_object('organization_id', s.id))
  FROM unnest(slice) AS s(id) LEFT JOIN public.wallets w ON w.organization_id = s.id LEFT JOIN public.organization_meters m ON m.organization_id = s.id
  ON CONFLICT ON CONSTRAINT proven_books_pkey DO UPDATE SET proof_id = EXCLUDED.proof_id, charge_id = EXCLUDED.charge_id, balance = EXCLUDED.balance,
    transaction_id = EXCLUDED.transaction_id, invoice_id = EXCLUDED.invoice_id, broken = EXCLUDED.broken;
  UPDATE public.book_proofs x SET done = p.done + cardinality(slice) WHERE x.id = proof;
  RETURN cardinality(p.todo) - p.done - cardinality(slice);
END $$;

-- Ends a proof that has looked at everybody; whether the books are right.
CREATE FUNCTION cs_billing.finish_proof(proof bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p public.book_proofs;
  before public.book_proofs;
  looked jsonb;
  wrong jsonb;
  sound boolean;
BEGIN
  p := cs_billing.open_proof(proof);
  IF p.done < cardinality(p.todo) THEN
    PERFORM cs_ledger.refuse('proof_not_done', 'this proof has not looked at everybody');
  END IF;
  SELECT * INTO before FROM public.book_proofs x WHERE x.id < proof AND x.ok IS NOT NULL ORDER BY x.id DESC LIMIT 1;
  WITH found AS MATERIALIZED (
    -- What was wrong in common may still be.
    SELECT * FROM cs_billing.find_common_breaches(CASE WHEN p.scope = 'full' OR before.ok IS NOT TRUE THEN 0 ELSE before.run_id END, p.scope = 'full' OR before.ok IS NOT TRUE)
    UNION ALL
    SELECT * FROM cs_billing.find_ledger_breaches(NULL) WHERE p.scope = 'full'
  )
  SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('what', f.what, 'organization_id', f.organization_id, 'organization', o.name, 'thing', f.thing,
      'thing_id', f.thing_id, 'expected', f.expected, 'found', f.found) ORDER BY f.organization_id, f.what, f.thing_id)
      FROM found f LEFT JOIN public.organizations o ON o.id = f.organization_id WHERE f.thing IS NOT NULL), '[]'),
    (SELECT jsonb_object_agg(x.what, x.n) FROM (SELECT f.what, sum(f.looked_at) AS n FROM found f WHERE f.thing IS NULL GROUP BY 1) x)
  INTO wrong, looked;
  PERFORM cs_billing.note_proof(proof, looked, wrong);
  UPDATE public.proven_books b SET broken = true FROM jsonb_array_elements(wrong) AS e(x)
  WHERE b.organization_id = (e.x ->> 'organization_id')::integer AND NOT b.broken;
  UPDATE public.book_proofs x SET ok = x.breach_count = 0, todo = NULL,
    duration_ms = (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::bigint
  WHERE x.id = proof RETURNING x.ok INTO sound;
  -- Full proofs and breaches are kept; of sound incremental ones those of a month.
  DELETE FROM public.book_proofs x WHERE x.scope = 'incremental' AND x.ok AND x.proven_at < cs_ledger.clock() - interval '31 days' AND x.id < proof;
  RETURN sound;
END $$;

REVOKE ALL ON FUNCTION cs_billing.left_out(integer[]), cs_billing.reckon(integer[], timestamp), cs_billing.run_time(timestamp),
  cs_billing.replay(integer[], bigint[], bigint[]), cs_billing.charged(integer[], bigint[], bigint[]), cs_ledger.signed(text, numeric),
  cs_billing.input_hashes(integer[]), cs_billing.preview_batch(timestamp, integer[]), cs_billing.charge_previewed(bigint, integer[], text[], numeric[], numeric[]),
  cs_billing.iso(timestamp), cs_billing.explain_charge(bigint), cs_billing.explain_transaction(integer), cs_billing.explain_invoice(integer),
  cs_billing.explain_organization(integer), cs_billing.find_breaches(integer[], bigint[], integer[]), cs_billing.find_ledger_breaches(integer[]),
  cs_billing.find_common_breaches(bigint, boolean), cs_billing.begin_proof(boolean), cs_billing.open_proof(bigint), cs_billing.note_proof(bigint, jsonb, jsonb),
  cs_billing.prove_next(bigint, integer), cs_billing.finish_proof(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.run_time(timestamp), cs_billing.preview_batch(timestamp, integer[]), cs_billing.charge_previewed(bigint, integer[], text[], numeric[], numeric[]),
  cs_billing.begin_proof(boolean), cs_billing.prove_next(bigint, integer), cs_billing.finish_proof(bigint)
TO containerstacks_admin, containerstacks_finance, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_billing.explain_transaction(integer), cs_billing.explain_invoice(integer), cs_billing.explain_organization(integer)
TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;
