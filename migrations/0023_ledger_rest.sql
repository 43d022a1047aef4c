-- The rest of the ledger: requests that wait for a second person, what a deposit collects, holds while something is
-- ordered, invoices and credit notes made by hand, and what an invoice said when it was issued.

-- Runs. What a run charged is in the currency that the panel had then. A run of the status `collected` is what a deposit
-- collected of one organization's arrears (collects): no schedule and no close counts on it.
CREATE FUNCTION cs_billing.panel_currency() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT s.currency::text FROM public.workspace_settings s $$;
ALTER TABLE billing_runs ADD COLUMN currency VARCHAR(3),
  DROP CONSTRAINT billing_runs_status_check,
  ADD CONSTRAINT billing_runs_status_check CHECK (status IN ('open', 'completed', 'partial', 'failed', 'cancelled', 'collected'));
UPDATE billing_runs SET currency = cs_billing.panel_currency();
ALTER TABLE billing_runs ALTER COLUMN currency SET DEFAULT cs_billing.panel_currency(), ALTER COLUMN currency SET NOT NULL;

-- Invoices: the key of one that a person made, and what it said of seller and customer when it was issued.
ALTER TABLE organizations ADD COLUMN billing_name VARCHAR(255), ADD COLUMN billing_address TEXT;
ALTER TABLE invoices ADD COLUMN idempotency_key VARCHAR(100), ADD COLUMN issued_as JSONB,
  DROP CONSTRAINT invoices_amount_paid_check,
  -- Of a credit note it is what has been given back.
  ADD CONSTRAINT invoices_amount_paid_check CHECK (amount_paid >= 0 OR amount < 0);
CREATE UNIQUE INDEX invoices_idempotency ON invoices (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX invoices_corrects ON invoices (corrects) WHERE corrects IS NOT NULL;

-- Requests: the key of who asked, the invoice that it pays, and why it was decided so. An asker can take a request back.
ALTER TABLE adjustment_requests ADD COLUMN idempotency_key VARCHAR(100), ADD COLUMN invoice_id INTEGER REFERENCES invoices(id),
  ADD COLUMN decision_reason TEXT,
  DROP CONSTRAINT adjustment_requests_decision_check,
  ADD CONSTRAINT adjustment_requests_decision_check CHECK (decision IN ('approved', 'refused', 'withdrawn')),
  DROP CONSTRAINT adjustment_requests_two_people,
  ADD CONSTRAINT adjustment_requests_two_people CHECK (CASE decision WHEN 'withdrawn' THEN decided_by = requested_by ELSE decided_by <> requested_by END);
CREATE UNIQUE INDEX adjustment_requests_idempotency ON adjustment_requests (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX adjustment_requests_open ON adjustment_requests (requested_at) WHERE decision IS NULL;
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON adjustment_requests FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();

ALTER TABLE transactions ADD COLUMN invoice_id INTEGER REFERENCES invoices(id);
CREATE INDEX transactions_invoice ON transactions (invoice_id) WHERE invoice_id IS NOT NULL;

ALTER TABLE wallet_holds ADD COLUMN idempotency_key VARCHAR(100), ADD COLUMN plan_kind VARCHAR(20) CHECK (plan_kind IN ('vps', 'container')),
  ADD COLUMN plan_id INTEGER, ADD COLUMN created_by INTEGER REFERENCES users(id);
CREATE UNIQUE INDEX wallet_holds_idempotency ON wallet_holds (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

SELECT cs_meta.permit('admin', 'organizations', 'insert', 'id,name,billing_name,billing_address', '(SELECT cs_auth.writing())');
SELECT cs_meta.permit('agent', 'organizations', 'insert', 'id,name,billing_name,billing_address', 'true');
SELECT cs_meta.permit('admin', 'organizations', 'update', 'name,archived_at,billing_name,billing_address', '(SELECT cs_auth.writing())');
SELECT cs_meta.apply_grant(m) FROM cs_meta.matrix m
WHERE m.table_name IN ('billing_runs', 'organizations', 'invoices', 'adjustment_requests', 'transactions', 'wallet_holds') AND m.columns ~ '^\*';

-- In whose name: the session's person, or whom an operator without a session names.
CREATE FUNCTION cs_billing.in_name_of(acting integer) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who integer := coalesce(cs_auth.user_id(), acting);
BEGIN
  IF who IS NOT NULL AND NOT EXISTS (SELECT FROM public.users u WHERE u.id = who AND u.role IN ('admin', 'finance') AND u.disabled_at IS NULL) THEN
    RAISE EXCEPTION 'this person may not move money' USING ERRCODE = '42501';
  END IF;
  RETURN who;
END $$;

-- The same key with other content.
CREATE FUNCTION cs_billing.key_taken(index_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'this key was used for something else' USING ERRCODE = '23505', CONSTRAINT = index_name;
END $$;

-- A refund or an adjustment, under the caller's key: posted at once, or, above the limit, asked of a second person. Sent
-- again, it answers with the first result, whatever has become of it since.
CREATE FUNCTION cs_billing.correct(organization integer, kind text, sum numeric, why text, original integer, invoice integer, key text, acting integer,
  OUT transaction_id integer, OUT request_id bigint, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who integer;
  same boolean;
  gives_back record;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  who := cs_billing.in_name_of(acting);
  IF kind IS NULL OR kind NOT IN ('refund', 'adjustment') THEN
    PERFORM cs_ledger.refuse('transactions_type_known', 'only a refund or an adjustment corrects');
  END IF;
  IF coalesce(key, '') = '' THEN
    PERFORM cs_ledger.refuse('transactions_key_given', 'a transaction carries the key of the caller that wrote it');
  END IF;
  -- The original before the wallet, as the ledger locks them. The wallet lets two that were sent under one key stand in line.
  PERFORM 1 FROM public.transactions t WHERE t.id = original FOR NO KEY UPDATE;
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = organization FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('transactions_wallet_missing', 'the organization has no wallet');
  END IF;
  SELECT t.id, t.request_id, t.type = kind AND t.amount = sum AND t.reason IS NOT DISTINCT FROM why AND t.refund_of IS NOT DISTINCT FROM original
    AND t.invoice_id IS NOT DISTINCT FROM invoice INTO transaction_id, request_id, same
  FROM public.transactions t WHERE t.organization_id = organization AND t.idempotency_key = key;
  IF NOT FOUND THEN
    SELECT q.id, (SELECT t.id FROM public.transactions t WHERE t.request_id = q.id), q.type = kind AND q.amount = sum AND q.reason = why
      AND q.refund_of IS NOT DISTINCT FROM original AND q.invoice_id IS NOT DISTINCT FROM invoice INTO request_id, transaction_id, same
    FROM public.adjustment_requests q WHERE q.organization_id = organization AND q.idempotency_key = key;
  END IF;
  repeated := FOUND;
  IF repeated THEN
    IF same IS NOT TRUE THEN
      PERFORM cs_billing.key_taken('transactions_idempotency');
    END IF;
    RETURN;
  END IF;
  IF abs(sum) > (SELECT s.second_person_above FROM public.workspace_settings s) THEN
    IF who IS NULL THEN
      PERFORM cs_ledger.refuse('request_asked_by_person', 'a request is asked by a person');
    END IF;
    IF btrim(coalesce(why, '')) = '' THEN
      PERFORM cs_ledger.refuse('transactions_reason_given', 'a refund or adjustment has a reason');
    END IF;
    -- What can't be posted is not asked for either. Posting asks again.
    IF kind = 'refund' AND original IS NULL THEN
      PERFORM cs_ledger.refuse('transactions_refund_names_original', 'a refund names what it refunds');
    END IF;
    IF kind = 'refund' THEN
      SELECT * INTO gives_back FROM cs_billing.refundable(original);
      IF gives_back.organization_id IS DISTINCT FROM organization OR sign(sum) IS DISTINCT FROM gives_back.direction OR abs(sum) > gives_back.remaining THEN
        PERFORM cs_ledger.refuse('transactions_refund_bounded', 'a refund gives back no more than the original, to the same organization');
      END IF;
    END IF;
    INSERT INTO public.adjustment_requests (organization_id, type, amount, reason, refund_of, invoice_id, requested_by, idempotency_key, requested_at)
    VALUES (organization, kind, sum, why, original, invoice, who, key, cs_ledger.clock()) RETURNING id INTO request_id;
    PERFORM cs_live.tell_finance('A ' || kind || ' waits for a second person', format('%s of %s: %s', initcap(kind), sum, left(why, 200)),
      jsonb_build_object('kind', 'request_waits', 'request_id', request_id, 'organization_id', organization));
  ELSE
    INSERT INTO public.transactions (organization_id, amount, type, status, reason, refund_of, invoice_id, idempotency_key, created_by)
    VALUES (organization, sum, kind, 'completed', why, original, invoice, key, who) RETURNING id INTO transaction_id;
  END IF;
END $$;

-- What is left to refund of a deposit or charge, and in which direction. Pending refunds count.
CREATE FUNCTION cs_billing.refundable(original integer) RETURNS TABLE (organization_id integer, direction numeric, remaining numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.organization_id, CASE o.type WHEN 'charge' THEN 1 ELSE -1 END::numeric, abs(o.amount) - coalesce((SELECT sum(abs(r.amount)) FROM public.transactions r
    WHERE r.refund_of = o.id AND r.type = 'refund' AND coalesce(r.status, 'completed') <> 'failed'), 0)
  FROM public.transactions o WHERE o.id = original AND o.type IN ('charge', 'deposit') AND coalesce(o.status, 'completed') = 'completed'
$$;

-- A request changes once: by its decision. One that is approved is posted by the same statement, or not approved.
CREATE FUNCTION cs_ledger.request_decided() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.decision IS NOT NULL OR (to_jsonb(OLD) - '{decided_by,decided_at,decision,decision_reason}'::text[])
      IS DISTINCT FROM (to_jsonb(NEW) - '{decided_by,decided_at,decision,decision_reason}'::text[]) THEN
    PERFORM cs_ledger.refuse('request_decided', 'a request is decided once');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER decided_once BEFORE UPDATE ON adjustment_requests FOR EACH ROW EXECUTE FUNCTION cs_ledger.request_decided();
CREATE FUNCTION cs_ledger.request_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.transactions (organization_id, amount, type, status, reason, refund_of, invoice_id, request_id, idempotency_key, created_by)
  VALUES (NEW.organization_id, NEW.amount, NEW.type, 'completed', NEW.reason, NEW.refund_of, NEW.invoice_id, NEW.id, 'request-' || NEW.id, NEW.requested_by);
  RETURN NULL;
END $$;
CREATE TRIGGER approved AFTER UPDATE ON adjustment_requests FOR EACH ROW WHEN (NEW.decision = 'approved' AND OLD.decision IS NULL)
  EXECUTE FUNCTION cs_ledger.request_approved();

-- Decides: approved or refused by another person than who asked, withdrawn by that one. Said again by the same person it
-- answers the same. The agent asks, but never decides: whoever holds its login is nobody.
CREATE FUNCTION cs_billing.decide_request(request bigint, word text, why text, acting integer, OUT transaction_id integer, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  q public.adjustment_requests;
  who integer;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  who := cs_billing.in_name_of(acting);
  IF who IS NULL THEN
    PERFORM cs_ledger.refuse('request_decided_by_person', 'a request is decided by a person');
  END IF;
  SELECT * INTO q FROM public.adjustment_requests x WHERE x.id = request FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('request_known', 'there is no such request');
  END IF;
  repeated := q.decision IS NOT NULL AND q.decision = word AND q.decided_by = who;
  IF NOT repeated THEN
    IF q.decision IS NOT NULL THEN
      PERFORM cs_ledger.refuse('request_decided', 'a request is decided once');
    END IF;
    UPDATE public.adjustment_requests SET decision = word, decided_by = who, decided_at = cs_ledger.clock(), decision_reason = why WHERE id = request;
    INSERT INTO public.notifications (user_id, title, message, type, metadata)
    SELECT q.requested_by, left(format('Your %s of %s was %s', q.type, q.amount, word), 255), coalesce(why, q.reason), 'billing',
      jsonb_build_object('kind', 'request_decided', 'request_id', request, 'organization_id', q.organization_id)
    FROM public.users u WHERE u.id = q.requested_by AND u.disabled_at IS NULL AND word <> 'withdrawn';
  END IF;
  SELECT t.id INTO transaction_id FROM public.transactions t WHERE t.request_id = request;
END $$;

-- Collects what is due of an organization as far as its wallet covers it: by the run's own computing, up to the last run's
-- time, as a run of its own that begins and ends in this transaction. Up to that time, so that no later run goes back
-- behind it; the rows of money carry the time at which they were made.
CREATE FUNCTION cs_billing.collect(organization integer, OUT run bigint, OUT collected numeric, OUT still_due numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  hours bigint;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  collected := 0;
  -- Before the last run is looked for: who waits here for a run that charges sees it.
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = organization FOR UPDATE;
  IF EXISTS (SELECT FROM public.organization_meters m JOIN public.wallets w USING (organization_id)
             WHERE m.organization_id = organization AND m.arrears > 0 AND w.balance > 0 AND w.currency = cs_billing.panel_currency()) THEN
    BEGIN
      INSERT INTO public.billing_runs (run_at, started_by, backend_pid, collects)
      SELECT max(r.run_at), cs_auth.user_id(), pg_backend_pid(), true FROM public.billing_runs r RETURNING id INTO run;
      SELECT c.charged_amount, c.charged_hours INTO collected, hours FROM cs_billing.charge_batch(run, ARRAY[organization]) c;
      IF hours = 0 THEN
        RAISE EXCEPTION 'nothing is covered' USING ERRCODE = 'CS030';
      END IF;
      PERFORM cs_billing.finish_run(run, 'collected');
    EXCEPTION WHEN SQLSTATE 'CS030' THEN
      -- Not even the first hour: no run has been.
      run := NULL;
      collected := 0;
    END;
  END IF;
  still_due := coalesce((SELECT round(ceil(m.arrears * 100) / 100, 2) FROM public.organization_meters m WHERE m.organization_id = organization), 0);
END $$;

-- What may be ordered: what the wallet holds, without what is due and what other orders hold.
CREATE FUNCTION cs_billing.orderable(organization integer) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(w.balance, 0) - coalesce(round(ceil(m.arrears * 100) / 100, 2), 0)
    - coalesce((SELECT sum(h.amount) FROM public.wallet_holds h WHERE h.organization_id = organization AND h.released_at IS NULL AND h.expires_at > cs_ledger.clock()), 0)
  FROM public.wallets w LEFT JOIN public.organization_meters m ON m.organization_id = w.organization_id WHERE w.organization_id = organization
$$;
-- Holds 24 hours at a plan's rate while something is ordered; for 24 hours, unless it is released before. A plan that costs
-- nothing holds nothing. Usage takes what it takes, held or not.
CREATE FUNCTION cs_billing.place_hold(organization integer, kind text, plan integer, purpose text, key text, OUT hold bigint, OUT held numeric, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  same boolean;
  wallet public.wallets;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO wallet FROM public.wallets w WHERE w.organization_id = organization FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('transactions_wallet_missing', 'the organization has no wallet');
  END IF;
  IF coalesce(key, '') = '' THEN
    PERFORM cs_ledger.refuse('transactions_key_given', 'a hold carries the key of the caller that placed it');
  END IF;
  SELECT h.id, h.amount, h.plan_kind = kind AND h.plan_id = plan AND h.purpose IS NOT DISTINCT FROM place_hold.purpose INTO hold, held, same FROM public.wallet_holds h
  WHERE h.organization_id = organization AND h.idempotency_key = key;
  repeated := FOUND;
  IF repeated THEN
    IF same IS NOT TRUE THEN
      PERFORM cs_billing.key_taken('wallet_holds_idempotency');
    END IF;
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM public.organizations o WHERE o.id = organization AND o.archived_at IS NOT NULL) THEN
    PERFORM cs_ledger.refuse('assign_archived_organization', 'nothing is ordered for an archived organization');
  END IF;
  IF wallet.currency IS DISTINCT FROM cs_billing.panel_currency() THEN
    PERFORM cs_ledger.refuse('hold_foreign_currency', 'usage is charged only to wallets in the panel''s currency');
  END IF;
  SELECT CASE WHEN r.rate IS NOT NULL THEN round(ceil(least(r.rate * 24, r.cap) * 100) / 100, 2) END INTO held FROM cs_billing.rates() r WHERE r.plan_kind = kind AND r.plan_id = plan;
  IF held IS NULL THEN
    PERFORM cs_ledger.refuse('plan_without_rate', 'the plan has no rate');
  END IF;
  UPDATE public.wallet_holds h SET released_at = h.expires_at
  WHERE h.organization_id = organization AND h.released_at IS NULL AND h.expires_at <= cs_ledger.clock();
  IF held > cs_billing.orderable(organization) THEN
    PERFORM cs_ledger.refuse('hold_not_covered', 'the wallet does not cover 24 hours beside what is due and held');
  END IF;
  IF held > 0 THEN
    INSERT INTO public.wallet_holds (organization_id, amount, purpose, expires_at, created_at, idempotency_key, plan_kind, plan_id, created_by)
    VALUES (organization, held, purpose, cs_ledger.clock() + interval '24 hours', cs_ledger.clock(), key, kind, plan, cs_auth.user_id()) RETURNING id INTO hold;
  END IF;
END $$;
-- Whether it was held until now.
CREATE FUNCTION cs_billing.release_hold(hold bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.wallet_holds h SET released_at = least(h.expires_at, cs_ledger.clock()) WHERE h.id = hold AND h.released_at IS NULL;
  RETURN FOUND;
END $$;

-- The seller's logo: a PNG, kept under the hash of its bytes for as long as a document was issued with it.
CREATE TABLE seller_logos (
  hash TEXT PRIMARY KEY,
  png BYTEA NOT NULL,
  CONSTRAINT seller_logos_hash CHECK (hash = encode(sha256(png), 'hex')),
  CONSTRAINT seller_logos_size CHECK (octet_length(png) <= 204800)
);
SELECT cs_meta.guard_table('seller_logos');
SELECT cs_meta.permit('admin,support,finance,agent', 'seller_logos', 'select', '*', 'true');
SELECT cs_meta.permit('admin', 'seller_logos', 'insert', 'hash,png', '(SELECT cs_auth.writing())');
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON seller_logos FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();
ALTER TABLE workspace_settings ADD COLUMN seller_logo TEXT REFERENCES seller_logos(hash);
SELECT cs_meta.apply_grant(m) FROM cs_meta.matrix m WHERE m.table_name = 'workspace_settings' AND m.columns ~ '^\*';

-- What a document said of both sides when it was issued, whatever they are called later.
CREATE FUNCTION cs_billing.issued_as() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  SELECT jsonb_build_object(
    'seller', jsonb_build_object('name', coalesce(nullif(s.seller_name, ''), k.name), 'address', s.seller_address, 'terms', s.invoice_terms, 'logo', s.seller_logo),
    'customer', jsonb_build_object('name', coalesce(nullif(btrim(o.billing_name), ''), o.name), 'address', coalesce(o.billing_address, '')),
    'currency', coalesce(w.currency, s.currency),
    'due_by', to_char(NEW.created_at + make_interval(hours => s.grace_hours), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
  INTO NEW.issued_as
  FROM public.workspace_settings s CROSS JOIN cs_meta.workspace k
  LEFT JOIN public.organizations o ON o.id = NEW.organization_id LEFT JOIN public.wallets w ON w.organization_id = NEW.organization_id;
  RETURN NEW;
END $$;
-- After those that correct the row's time.
CREATE TRIGGER zz_issued_as BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION cs_billing.issued_as();
DROP TRIGGER log_change ON invoices;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change('invoice', 'line_items,issued_as');

-- The next number of a year, gapless: the counter stays locked until the invoice with the number is there.
CREATE FUNCTION cs_billing.take_number(of_year integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  serial integer;
  number text;
BEGIN
  INSERT INTO public.invoice_counters (year, last_number)
  SELECT of_year, coalesce(max(substr(i.invoice_number, 10)::integer), 0) FROM public.invoices i WHERE i.invoice_number ~ ('^INV-' || of_year || '-[0-9]{6,9}$')
  ON CONFLICT DO NOTHING;
  SELECT c.last_number INTO serial FROM public.invoice_counters c WHERE c.year = of_year FOR UPDATE;
  LOOP
    serial := serial + 1;
    number := 'INV-' || of_year || '-' || lpad(serial::text, greatest(6, length(serial::text)), '0');
    -- Numbers that another program has written are stepped over.
    EXIT WHEN NOT EXISTS (SELECT FROM public.invoices i WHERE i.invoice_number = number);
  END LOOP;
  UPDATE public.invoice_counters SET last_number = serial WHERE year = of_year;
  RETURN number;
END $$;

-- An invoice made by hand is its lines, in whole cents; a credit note gives back no more than the invoice that it corrects.
CREATE FUNCTION cs_billing.invoice_by_hand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  original public.invoices;
BEGIN
  IF jsonb_typeof(NEW.line_items) IS DISTINCT FROM 'array' OR jsonb_array_length(NEW.line_items) NOT BETWEEN 1 AND 200 OR EXISTS (
    SELECT FROM jsonb_array_elements(NEW.line_items) AS l WHERE jsonb_typeof(l) <> 'object' OR btrim(coalesce(l ->> 'description', '')) = ''
      OR length(l ->> 'description') > 500 OR coalesce(l ->> 'amount', '') !~ '^-?[0-9]{1,8}\.[0-9]{2}$') THEN
    PERFORM cs_ledger.refuse('invoice_lines_readable', 'an invoice has 1 to 200 lines, each with words and an amount in cents');
  END IF;
  IF NEW.amount IS DISTINCT FROM (SELECT sum((l ->> 'amount')::numeric) FROM jsonb_array_elements(NEW.line_items) AS l) OR NEW.carry_in IS NOT NULL THEN
    PERFORM cs_ledger.refuse('invoices_add_up', 'the lines are not the invoice''s amount');
  END IF;
  IF sign(NEW.amount) <> (CASE WHEN NEW.corrects IS NULL THEN 1 ELSE -1 END) THEN
    PERFORM cs_ledger.refuse('invoice_sign', 'an invoice asks for money, a credit note gives it back');
  END IF;
  IF NEW.corrects IS NOT NULL THEN
    -- It can't be cancelled meanwhile. Two credit notes of one organization stand in line at its wallet.
    SELECT * INTO original FROM public.invoices i WHERE i.id = NEW.corrects FOR SHARE;
    IF NOT FOUND OR original.organization_id IS DISTINCT FROM NEW.organization_id OR original.corrects IS NOT NULL OR original.status = 'cancelled'
       OR (original.carry_in IS NULL AND original.idempotency_key IS NULL) THEN
      PERFORM cs_ledger.refuse('credit_note_original', 'a credit note corrects an invoice of ours that is not cancelled');
    END IF;
    IF original.amount + (SELECT sum(i.amount) FROM public.invoices i WHERE i.corrects = original.id AND i.status IS DISTINCT FROM 'cancelled') < 0 THEN
      PERFORM cs_ledger.refuse('credit_note_bounded', 'credit notes give back no more than the invoice');
    END IF;
  END IF;
  RETURN NULL;
END $$;
-- After the policies have been asked: what it refuses tells nothing to whoever may not write here.
CREATE TRIGGER by_hand AFTER INSERT ON invoices FOR EACH ROW WHEN (NEW.idempotency_key IS NOT NULL OR NEW.corrects IS NOT NULL)
  EXECUTE FUNCTION cs_billing.invoice_by_hand();

-- Issues an invoice for what isn't usage, or a credit note, under the caller's key.
CREATE FUNCTION cs_billing.issue_invoice(organization integer, lines jsonb, total numeric, original integer, key text, acting integer,
  OUT invoice integer, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who integer;
  number text;
  same boolean;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'finance');
  who := cs_billing.in_name_of(acting);
  IF coalesce(key, '') = '' THEN
    PERFORM cs_ledger.refuse('transactions_key_given', 'an invoice carries the key of the caller that issued it');
  END IF;
  -- The wallet first, then the counter: two that were sent under one key stand in line, and no close waits for a wallet.
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = organization FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('transactions_wallet_missing', 'the organization has no wallet');
  END IF;
  SELECT i.id, i.line_items = lines AND i.amount = total AND i.corrects IS NOT DISTINCT FROM original INTO invoice, same
  FROM public.invoices i WHERE i.organization_id = organization AND i.idempotency_key = key;
  repeated := FOUND;
  IF repeated THEN
    IF same IS NOT TRUE THEN
      PERFORM cs_billing.key_taken('invoices_idempotency');
    END IF;
    RETURN;
  END IF;
  number := cs_billing.take_number(extract(year FROM cs_ledger.clock())::integer);
  INSERT INTO public.invoices (organization_id, invoice_number, amount, status, line_items, created_at, amount_paid, corrects, created_by, idempotency_key)
  VALUES (organization, number, total, 'pending', lines, cs_ledger.clock(), 0, original, who, key) RETURNING id INTO invoice;
  INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
  SELECT u.id, organization, CASE WHEN original IS NULL THEN 'Invoice ' ELSE 'Credit note ' END || number,
    CASE WHEN original IS NULL THEN 'Your invoice is ready: ' ELSE 'Your credit note is ready: ' END || abs(total) || '.', 'billing', jsonb_build_object('invoice_id', invoice)
  FROM public.users u WHERE u.organization_id = organization AND u.disabled_at IS NULL;
END $$;

-- An adjustment that names an invoice made by hand pays it, or gives a credit note's money to the wallet.
CREATE FUNCTION cs_billing.pay_invoices() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  paid record;
BEGIN
  FOR paid IN SELECT n.invoice_id, n.organization_id, sum(-n.amount) AS amount, bool_and(n.type = 'adjustment') AS fits FROM new_rows n
              WHERE n.invoice_id IS NOT NULL AND coalesce(n.status, 'completed') = 'completed' GROUP BY 1, 2 ORDER BY 1, 2 LOOP
    UPDATE public.invoices i SET amount_paid = coalesce(i.amount_paid, 0) + paid.amount,
      status = CASE WHEN coalesce(i.amount_paid, 0) + paid.amount = i.amount THEN 'paid' ELSE i.status END,
      paid_at = CASE WHEN coalesce(i.amount_paid, 0) + paid.amount = i.amount THEN cs_ledger.clock() END
    WHERE i.id = paid.invoice_id AND i.organization_id = paid.organization_id AND i.idempotency_key IS NOT NULL AND i.status IN ('pending', 'failed')
      AND paid.fits AND sign(paid.amount) = sign(i.amount) AND abs(coalesce(i.amount_paid, 0) + paid.amount) <= abs(i.amount);
    IF NOT FOUND THEN
      PERFORM cs_ledger.refuse('invoice_not_payable', 'only an open invoice made by hand is paid, and by no more than is due');
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
-- After the ledger's own: the wallet is locked first.
CREATE TRIGGER pay_invoices AFTER INSERT ON transactions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.pay_invoices();

-- One made by hand is cancelled only while nothing of it is paid and no credit note corrects it.
CREATE FUNCTION cs_billing.cancelled_by_hand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.idempotency_key IS NOT NULL AND coalesce(NEW.amount_paid, 0) <> 0 THEN
    PERFORM cs_ledger.refuse('invoice_paid_in_part', 'something of this invoice is paid');
  END IF;
  IF EXISTS (SELECT FROM public.invoices i WHERE i.corrects = NEW.id AND i.status IS DISTINCT FROM 'cancelled') THEN
    PERFORM cs_ledger.refuse('invoice_corrected', 'a credit note corrects this invoice');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cancelled_by_hand BEFORE UPDATE OF status ON invoices FOR EACH ROW
  WHEN (NEW.status = 'cancelled' AND OLD.status IS DISTINCT FROM 'cancelled') EXECUTE FUNCTION cs_billing.cancelled_by_hand();

REVOKE ALL ON FUNCTION cs_billing.panel_currency(), cs_billing.in_name_of(integer), cs_billing.key_taken(text), cs_billing.refundable(integer),
  cs_billing.correct(integer, text, numeric, text, integer, integer, text, integer), cs_ledger.request_decided(), cs_ledger.request_approved(),
  cs_billing.decide_request(bigint, text, text, integer), cs_billing.collect(integer), cs_billing.orderable(integer),
  cs_billing.place_hold(integer, text, integer, text, text), cs_billing.release_hold(bigint), cs_billing.issued_as(), cs_billing.take_number(integer),
  cs_billing.invoice_by_hand(), cs_billing.issue_invoice(integer, jsonb, numeric, integer, text, integer), cs_billing.pay_invoices(),
  cs_billing.cancelled_by_hand() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.correct(integer, text, numeric, text, integer, integer, text, integer), cs_billing.collect(integer),
  cs_billing.issue_invoice(integer, jsonb, numeric, integer, text, integer)
TO containerstacks_admin, containerstacks_finance, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_billing.decide_request(bigint, text, text, integer) TO containerstacks_admin, containerstacks_finance;
GRANT EXECUTE ON FUNCTION cs_billing.place_hold(integer, text, integer, text, text), cs_billing.release_hold(bigint) TO containerstacks_admin, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_billing.refundable(integer), cs_billing.orderable(integer)
TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;
