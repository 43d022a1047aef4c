-- Closing a month: one numbered invoice per organization with usage. An invoice tells all of the month's hours, charged
-- or not, and those of earlier months that none has told; what it has been paid follows the charges.

-- Those of a month's close are told by their carries. A cancelled one makes room for its successor.
CREATE UNIQUE INDEX invoices_one_per_month ON invoices (organization_id, billing_period_start) WHERE carry_in IS NOT NULL AND status <> 'cancelled';
CREATE INDEX invoices_period ON invoices (billing_period_start, organization_id) WHERE carry_in IS NOT NULL;
CREATE INDEX invoices_unpaid ON invoices (organization_id) WHERE carry_in IS NOT NULL AND status IN ('pending', 'failed');
CREATE TABLE closed_periods (
  period DATE PRIMARY KEY CHECK (extract(day FROM period) = 1),
  closed_at TIMESTAMP NOT NULL,
  closed_by INTEGER REFERENCES users(id)
);
SELECT cs_meta.guard_table('closed_periods');
SELECT cs_meta.permit('admin,support,finance,agent', 'closed_periods', 'select', '*', 'true');
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON closed_periods FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();

-- What invoices of this month say, line by line: each resource's hours at one price that no invoice has told. A resource
-- is told up to its first hour that has no price yet; the rest comes late.
CREATE FUNCTION cs_billing.invoice_lines(period date, organizations integer[]) RETURNS TABLE (
  organization_id integer, resource_kind text, resource_id integer, label text, unit_start timestamp, plan_id integer, usage_month date,
  first_hour timestamp, hours bigint, hourly_rate numeric, monthly_cap numeric, amount numeric, cap_applied boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.organization_id, s.resource_kind, s.resource_id, s.label, s.unit_start, s.plan_id, s.usage_month,
    s.first_hour, s.hours, s.hourly_rate, s.monthly_cap, s.amount, s.amount < s.hours * s.hourly_rate
  FROM cs_billing.segments(organizations, '-infinity', (period + interval '1 month')::timestamp) s WHERE s.hourly_rate IS NOT NULL
$$;

-- The carry that an organization's next invoice begins with.
CREATE FUNCTION cs_billing.invoice_carry(organization integer) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((SELECT i.carry_out FROM public.invoices i
    WHERE i.organization_id = organization AND i.carry_in IS NOT NULL AND i.status <> 'cancelled' ORDER BY i.id DESC LIMIT 1), 0)
$$;

-- Whether a month may be closed, or has been.
CREATE FUNCTION cs_billing.check_period(period date) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF period IS NULL OR extract(day FROM period) <> 1 THEN
    PERFORM cs_ledger.refuse('period_not_a_month', 'a period is a month');
  END IF;
  -- An hour that begins in the month's last second ends an hour later.
  IF cs_ledger.clock() < period + interval '1 month 1 hour' THEN
    PERFORM cs_ledger.refuse('period_not_over', 'the month''s last hours have not ended');
  END IF;
  IF NOT EXISTS (SELECT FROM public.closed_periods c WHERE c.period = check_period.period)
     AND EXISTS (SELECT FROM public.closed_periods c WHERE c.period > check_period.period) THEN
    PERFORM cs_ledger.refuse('period_later_closed', 'a later month is closed already');
  END IF;
END $$;

-- Whether a run has charged all of the month's hours.
CREATE FUNCTION cs_billing.check_billed(period date) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.billing_runs r WHERE r.status IN ('completed', 'partial') AND r.run_at >= period + interval '1 month 1 hour') THEN
    PERFORM cs_ledger.refuse('period_not_billed', 'the month''s hours have not been charged');
  END IF;
END $$;

-- Of a batch, who would get an invoice of the month if they have usage; and who is left out, as a billing run leaves out.
CREATE FUNCTION cs_billing.close_wanted(period date, batch integer[], OUT wanted integer[], OUT left_out integer[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(o.id ORDER BY o.id) FILTER (WHERE x.payable), array_agg(o.id ORDER BY o.id) FILTER (WHERE NOT x.payable)
  FROM public.organizations o
  CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM public.wallets w CROSS JOIN public.workspace_settings s WHERE w.organization_id = o.id AND w.currency = s.currency) AS payable) x
  WHERE o.id = ANY (batch)
    AND NOT EXISTS (SELECT FROM public.closed_periods c WHERE c.period = close_wanted.period)
    AND NOT EXISTS (SELECT FROM public.invoices i WHERE i.organization_id = o.id AND i.billing_period_start = period::timestamp
      AND i.carry_in IS NOT NULL AND i.status <> 'cancelled')
$$;
CREATE FUNCTION cs_billing.close_skipped(period date, left_out integer[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', x.organization_id, 'organization', o.name,
    'reason', CASE WHEN w.id IS NULL THEN 'no_wallet' ELSE 'foreign_currency' END) ORDER BY x.organization_id), '[]')
  FROM (SELECT DISTINCT l.organization_id FROM cs_billing.invoice_lines(period, left_out) l) x
  JOIN public.organizations o ON o.id = x.organization_id LEFT JOIN public.wallets w ON w.organization_id = x.organization_id
$$;

-- Whether an invoice's amount could hold a month's usage, and a carry.
CREATE FUNCTION cs_billing.fits_an_invoice(usage numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT usage < 99999999 $$;
-- Those of whom none could: a rate is wrong. Their hours are kept for the next.
CREATE FUNCTION cs_billing.close_too_large(organizations integer[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', o.id, 'organization', o.name, 'reason', 'usage_too_large') ORDER BY o.id), '[]')
  FROM public.organizations o WHERE o.id = ANY (organizations)
$$;

-- What a close would write for a batch, without writing.
CREATE FUNCTION cs_billing.close_preview(period date, batch integer[], OUT invoices bigint, OUT total numeric, OUT usage numeric, OUT late numeric,
  OUT skipped jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who record;
  too_large integer[];
BEGIN
  PERFORM cs_billing.check_period(period);
  SELECT * INTO who FROM cs_billing.close_wanted(period, batch);
  SELECT count(*) FILTER (WHERE NOT x.too_large), round(coalesce(sum(floor((x.usage + cs_billing.invoice_carry(x.organization_id)) * 100) / 100) FILTER (WHERE NOT x.too_large), 0), 2),
    round(coalesce(sum(x.usage) FILTER (WHERE NOT x.too_large), 0), 4), round(coalesce(sum(x.late) FILTER (WHERE NOT x.too_large), 0), 4),
    array_agg(x.organization_id) FILTER (WHERE x.too_large)
  INTO invoices, total, usage, late, too_large
  FROM (SELECT l.organization_id, sum(l.amount) AS usage, sum(l.amount) FILTER (WHERE l.usage_month < period) AS late, NOT cs_billing.fits_an_invoice(sum(l.amount)) AS too_large
        FROM cs_billing.invoice_lines(period, who.wanted) l GROUP BY 1) x;
  skipped := cs_billing.close_skipped(period, who.left_out) || cs_billing.close_too_large(too_large);
END $$;

-- Writes the month's invoices of a batch. Those that have one are left alone; so is a month that has been closed.
CREATE FUNCTION cs_billing.close_batch(period date, batch integer[], OUT issued bigint, OUT total numeric, OUT skipped jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  now_at timestamp := cs_ledger.clock();
  of_year integer := extract(year FROM cs_ledger.clock());
  who record;
  last_used integer;
  looked_at integer;
  numbers integer[];
  too_large integer[];
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  PERFORM cs_billing.check_period(period);
  PERFORM cs_billing.check_billed(period);
  -- The row stays locked until the invoices with the numbers are there: no gap, no number twice.
  IF NOT EXISTS (SELECT FROM public.invoice_counters c WHERE c.year = of_year) THEN
    INSERT INTO public.invoice_counters (year, last_number)
    SELECT of_year, coalesce(max(substr(i.invoice_number, 10)::integer), 0) FROM public.invoices i
    WHERE i.invoice_number ~ ('^INV-' || of_year || '-[0-9]{6,9}$')
    ON CONFLICT DO NOTHING;
  END IF;
  BEGIN
    SELECT c.last_number INTO last_used FROM public.invoice_counters c WHERE c.year = of_year FOR UPDATE NOWAIT;
  EXCEPTION WHEN lock_not_available THEN
    PERFORM cs_ledger.refuse('close_under_way', 'another close is under way');
  END;
  -- As a run does, so that none charges meanwhile.
  INSERT INTO public.organization_meters (organization_id) SELECT o.id FROM public.organizations o WHERE o.id = ANY (batch) ORDER BY o.id ON CONFLICT DO NOTHING;
  PERFORM 1 FROM public.organization_meters m WHERE m.organization_id = ANY (batch) ORDER BY m.organization_id FOR UPDATE;
  SELECT * INTO who FROM cs_billing.close_wanted(period, batch);
  skipped := cs_billing.close_skipped(period, who.left_out);
  -- The first numbers that are free, one for each who may get an invoice: those that another program has written are
  -- stepped over, one by one.
  looked_at := last_used + coalesce(cardinality(who.wanted), 0);
  LOOP
    SELECT coalesce(array_agg(x.n ORDER BY x.n), '{}') INTO numbers FROM generate_series(last_used + 1, looked_at) AS x(n)
    WHERE NOT EXISTS (SELECT FROM public.invoices i WHERE i.invoice_number = 'INV-' || of_year || '-' || lpad(x.n::text, greatest(6, length(x.n::text)), '0'));
    EXIT WHEN cardinality(numbers) >= coalesce(cardinality(who.wanted), 0);
    looked_at := looked_at + cardinality(who.wanted) - cardinality(numbers);
  END LOOP;

  WITH line AS MATERIALIZED (
    SELECT l.*, CASE l.resource_kind WHEN 'vps' THEN v.name ELSE k.name END AS plan
    FROM cs_billing.invoice_lines(period, who.wanted) l
    LEFT JOIN public.vps_plans v ON l.resource_kind = 'vps' AND v.id = l.plan_id
    LEFT JOIN public.container_plans k ON l.resource_kind = 'container' AND k.id = l.plan_id
  ), body AS (
    SELECT l.organization_id, sum(l.amount) AS usage, cs_billing.invoice_carry(l.organization_id) AS carry_in, jsonb_agg(jsonb_build_object(
        'description', coalesce(nullif(l.label, ''), CASE l.resource_kind WHEN 'vps' THEN 'Server ' ELSE 'Container ' END || l.resource_id),
        'quantity', l.hours, 'unit', 'hour', 'unitPrice', l.hourly_rate::text, 'amount', round(l.amount, 4)::text,
        'resource_kind', l.resource_kind, 'resource_id', l.resource_id, 'plan', l.plan, 'plan_id', l.plan_id,
        'first_hour', to_char(l.first_hour, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'usage_month', to_char(l.usage_month, 'YYYY-MM'),
        'monthly_cap', l.monthly_cap::text, 'cap_applied', l.cap_applied, 'late', l.usage_month < period)
      ORDER BY l.usage_month DESC, l.label, l.resource_kind, l.resource_id, l.first_hour) AS items
    FROM line l GROUP BY l.organization_id HAVING cs_billing.fits_an_invoice(sum(l.amount))
  ), numbered AS (
    SELECT b.*, floor((b.usage + b.carry_in) * 100) / 100 AS amount, numbers[row_number() OVER (ORDER BY b.organization_id)]::text AS serial FROM body b
  ), written AS (
    INSERT INTO public.invoices (organization_id, invoice_number, amount, status, billing_period_start, billing_period_end, line_items,
      created_at, amount_paid, carry_in, carry_out, created_by)
    SELECT n.organization_id, 'INV-' || of_year || '-' || lpad(n.serial, greatest(6, length(n.serial)), '0'), n.amount, 'pending',
      period::timestamp, (period + interval '1 month')::timestamp, n.items, now_at, 0, n.carry_in, n.usage + n.carry_in - n.amount, cs_auth.user_id()
    FROM numbered n ORDER BY n.organization_id
    RETURNING id, organization_id, invoice_number, amount
  ), detailed AS (
    INSERT INTO public.usage_details (organization_id, resource_kind, resource_id, plan_id, usage_month, first_hour, hours, hourly_rate, monthly_cap, amount, unit_start, invoice_id)
    SELECT l.organization_id, l.resource_kind, l.resource_id, l.plan_id, l.usage_month, l.first_hour, l.hours, l.hourly_rate, l.monthly_cap, l.amount, l.unit_start, w.id
    FROM line l JOIN written w USING (organization_id) RETURNING 1
  ), told AS (
    INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
    SELECT u.id, w.organization_id, 'Invoice ' || w.invoice_number, 'Your invoice for ' || to_char(period, 'FMMonth YYYY') || ' is ready: ' || w.amount || '.',
      'billing', jsonb_build_object('invoice_id', w.id)
    FROM written w JOIN public.users u ON u.organization_id = w.organization_id AND u.disabled_at IS NULL RETURNING 1
  )
  SELECT count(*), coalesce(sum(w.amount), 0), (SELECT array_agg(x.organization_id) FROM (SELECT l.organization_id FROM line l GROUP BY 1 HAVING NOT cs_billing.fits_an_invoice(sum(l.amount))) x)
  INTO issued, total, too_large FROM written w;
  skipped := skipped || cs_billing.close_too_large(too_large);
  IF issued > 0 THEN
    UPDATE public.invoice_counters c SET last_number = numbers[issued] WHERE c.year = of_year;
  END IF;
  PERFORM cs_billing.settle_invoices(who.wanted);
END $$;

-- Marks the month as closed, once every organization that gets an invoice has it; whether it wasn't.
CREATE FUNCTION cs_billing.finish_close(period date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  missing integer[];
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  PERFORM cs_billing.check_period(period);
  PERFORM cs_billing.check_billed(period);
  -- Nobody of a month that is closed already.
  SELECT w.wanted INTO missing FROM cs_billing.close_wanted(period, ARRAY(SELECT o.id FROM public.organizations o)) w;
  IF EXISTS (SELECT FROM cs_billing.invoice_lines(period, missing) l GROUP BY l.organization_id HAVING cs_billing.fits_an_invoice(sum(l.amount))) THEN
    PERFORM cs_ledger.refuse('period_not_issued', 'an organization with usage has no invoice of the month');
  END IF;
  INSERT INTO public.closed_periods VALUES (period, cs_ledger.clock(), cs_auth.user_id()) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details)
  VALUES (cs_auth.user_id(), 'period.close', 'invoice', to_char(period, 'YYYY-MM'), jsonb_build_object('login', session_user, 'role', cs_auth.role()));
  RETURN true;
END $$;

-- What invoices have been paid: charges take the oldest hours first, so they pay invoices in their order.
CREATE FUNCTION cs_billing.settle_invoices(organizations integer[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH billed AS (
    SELECT i.id, i.amount, i.amount_paid, i.status, i.organization_id, sum(i.amount) OVER (PARTITION BY i.organization_id ORDER BY i.id) - i.amount AS before
    FROM public.invoices i WHERE i.organization_id = ANY (organizations) AND i.carry_in IS NOT NULL AND i.status <> 'cancelled'
  ), charged AS (
    SELECT c.organization_id, sum(c.amount) AS amount FROM public.billing_charges c WHERE c.organization_id = ANY (organizations) GROUP BY 1
  ), paid AS (
    SELECT b.*, least(b.amount, greatest(0, coalesce(c.amount, 0) - b.before)) AS now_paid
    FROM billed b LEFT JOIN charged c USING (organization_id)
  )
  UPDATE public.invoices i SET amount_paid = p.now_paid, status = CASE WHEN p.now_paid = i.amount THEN 'paid' ELSE i.status END,
    paid_at = CASE WHEN p.now_paid = i.amount THEN cs_ledger.clock() END
  FROM paid p WHERE i.id = p.id AND p.status IN ('pending', 'failed') AND (p.now_paid <> coalesce(p.amount_paid, 0) OR p.now_paid = p.amount)
$$;

-- After each batch of charges.
CREATE FUNCTION cs_billing.charges_settle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.settle_invoices(x.organizations) FROM (
    SELECT array_agg(DISTINCT n.organization_id) AS organizations FROM new_rows n
    WHERE EXISTS (SELECT FROM public.invoices i WHERE i.organization_id = n.organization_id AND i.carry_in IS NOT NULL AND i.status IN ('pending', 'failed'))
  ) x WHERE x.organizations IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER settle AFTER INSERT ON billing_charges REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.charges_settle();

-- An invoice of a month's close adds up and goes on from the one before, whoever writes it.
CREATE FUNCTION cs_billing.invoice_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lines numeric := (SELECT coalesce(sum((l ->> 'amount')::numeric), 0) FROM jsonb_array_elements(NEW.line_items) AS l);
BEGIN
  IF (lines + NEW.carry_in - NEW.carry_out = NEW.amount AND NEW.carry_out >= 0 AND NEW.carry_out < 0.01
      AND NEW.carry_in = cs_billing.invoice_carry(NEW.organization_id)) IS NOT TRUE THEN
    PERFORM cs_ledger.refuse('invoices_add_up', 'lines and carries are not the invoice''s amount');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER adds_up BEFORE INSERT ON invoices FOR EACH ROW WHEN (NEW.carry_in IS NOT NULL) EXECUTE FUNCTION cs_billing.invoice_adds_up();

-- A cancelled invoice gives its hours back: the next one tells them. Only the newest can: those after it hang on its carry.
CREATE FUNCTION cs_billing.invoice_withdrawn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public.organization_meters m WHERE m.organization_id = NEW.organization_id FOR UPDATE;
  IF EXISTS (SELECT FROM public.invoices i WHERE i.organization_id = NEW.organization_id AND i.carry_in IS NOT NULL AND i.status <> 'cancelled' AND i.id > NEW.id) THEN
    PERFORM cs_ledger.refuse('invoice_not_newest', 'a later invoice goes on from this one');
  END IF;
  UPDATE public.usage_details SET withdrawn = true WHERE invoice_id = NEW.id;
  RETURN NEW;
END $$;
-- After the trigger that says which changes of status there are.
CREATE TRIGGER withdrawn BEFORE UPDATE OF status ON invoices FOR EACH ROW
  WHEN (NEW.carry_in IS NOT NULL AND NEW.status = 'cancelled' AND OLD.status <> 'cancelled') EXECUTE FUNCTION cs_billing.invoice_withdrawn();

-- Cancels an invoice that is as the person saw it; whether it was.
CREATE FUNCTION cs_billing.cancel_invoice(invoice integer, seen text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  -- The meter first, as charging does.
  PERFORM 1 FROM public.organization_meters m JOIN public.invoices i ON i.organization_id = m.organization_id WHERE i.id = invoice FOR UPDATE OF m;
  UPDATE public.invoices SET status = 'cancelled' WHERE id = invoice AND coalesce(status, 'pending') = seen;
  RETURN FOUND;
END $$;

-- What an hour has cost at each price that a plan has had, also for who may not see a cost: as cs_billing.rates says what
-- it costs now. NULL where it had no price.
CREATE FUNCTION cs_billing.past_rates(kind text, plan integer) RETURNS TABLE (effective_from timestamp, rate numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT x.effective_from, CASE WHEN x.rate < 'NaN' THEN x.rate END
  FROM (SELECT p.effective_from, cs_billing.rate_of(p.hourly_rate, p.base_cost, p.markup_percentage) AS rate
        FROM public.plan_prices p WHERE p.plan_kind = kind AND p.plan_id = plan) x
$$;
REVOKE ALL ON FUNCTION cs_billing.past_rates(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.past_rates(text, integer) TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;

REVOKE ALL ON FUNCTION cs_billing.invoice_lines(date, integer[]), cs_billing.invoice_carry(integer), cs_billing.check_period(date), cs_billing.check_billed(date),
  cs_billing.close_wanted(date, integer[]), cs_billing.close_skipped(date, integer[]), cs_billing.fits_an_invoice(numeric), cs_billing.close_too_large(integer[]), cs_billing.close_preview(date, integer[]),
  cs_billing.close_batch(date, integer[]), cs_billing.finish_close(date), cs_billing.settle_invoices(integer[]), cs_billing.charges_settle(),
  cs_billing.invoice_adds_up(), cs_billing.invoice_withdrawn(), cs_billing.cancel_invoice(integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.close_preview(date, integer[]), cs_billing.close_batch(date, integer[]), cs_billing.finish_close(date),
  cs_billing.cancel_invoice(integer, text)
TO containerstacks_admin, containerstacks_finance, containerstacks_agent;

SELECT cs_live.publish('closed_periods', 'invoices', 'changed_somehow');
