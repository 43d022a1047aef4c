-- What moved a wallet besides usage is told by the month's invoice, in a section of its own: adjustments, refunds, charges
-- of other programs. The wallet has moved already, so it is no part of the invoice's amount. What an invoice made by hand
-- asked for is told there. Each is told once; one that completes after its month was closed, by the next invoice.
CREATE TABLE invoice_transactions (
  invoice_id INTEGER NOT NULL REFERENCES invoices(id),
  transaction_id INTEGER NOT NULL REFERENCES transactions(id),
  organization_id INTEGER NOT NULL,
  -- What the wallet was charged with; less than zero is what it got.
  amount NUMERIC(10, 2) NOT NULL,
  -- The invoice was cancelled: its successor tells it.
  withdrawn BOOLEAN NOT NULL DEFAULT false,
  PRIMARY KEY (invoice_id, transaction_id)
);
CREATE UNIQUE INDEX invoice_transactions_once ON invoice_transactions (transaction_id) WHERE NOT withdrawn;
SELECT cs_meta.guard_table('invoice_transactions');
SELECT cs_meta.permit('admin,support,finance,agent', 'invoice_transactions', 'select', '*', 'true');
SELECT cs_meta.permit('customer', 'invoice_transactions', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())');
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON invoice_transactions FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();
-- Deposits and what runs charge are nearly all rows there are.
CREATE INDEX transactions_other ON transactions (organization_id, created_at)
  WHERE invoice_id IS NULL AND (type IN ('refund', 'adjustment') OR type = 'charge' AND run_id IS NULL);

-- The month's invoices, whoever writes them: what they tell beside their lines. Nothing from before the first month that
-- was closed here, nor the opening balance of an adoption.
CREATE FUNCTION cs_billing.tell_others() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  first_month timestamp := (SELECT min(c.period)::timestamp FROM public.closed_periods c);
BEGIN
  INSERT INTO public.invoice_transactions (invoice_id, transaction_id, organization_id, amount)
  SELECT n.id, t.id, n.organization_id, -cs_ledger.signed(t.type, t.amount)
  FROM new_rows n JOIN public.transactions t ON t.organization_id = n.organization_id
    AND t.created_at >= least(n.billing_period_start, first_month) AND t.created_at < n.billing_period_end
    AND t.invoice_id IS NULL AND (t.type IN ('refund', 'adjustment') OR t.type = 'charge' AND t.run_id IS NULL)
  WHERE n.carry_in IS NOT NULL AND coalesce(t.status, 'completed') = 'completed' AND t.idempotency_key IS DISTINCT FROM 'opening-adjustment'
    AND NOT EXISTS (SELECT FROM public.invoice_transactions o WHERE o.transaction_id = t.id AND NOT o.withdrawn);
  RETURN NULL;
END $$;
CREATE TRIGGER tell_others AFTER INSERT ON invoices REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.tell_others();

CREATE FUNCTION cs_billing.untell_others() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.invoice_transactions SET withdrawn = true WHERE invoice_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER untell_others AFTER UPDATE OF status ON invoices FOR EACH ROW
  WHEN (NEW.carry_in IS NOT NULL AND NEW.status = 'cancelled' AND OLD.status IS DISTINCT FROM 'cancelled') EXECUTE FUNCTION cs_billing.untell_others();

-- Adds to a proof that is under way whether invoices tell of transactions what is in the books: each once, with its
-- amount, of the same organization, before the month's end, and by an invoice that stands.
CREATE FUNCTION cs_billing.prove_told(proof bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p public.book_proofs;
  wrong jsonb;
  looked bigint;
BEGIN
  p := cs_billing.open_proof(proof);
  SELECT coalesce(jsonb_agg(jsonb_build_object('what', 'told_transaction', 'organization_id', x.organization_id, 'organization', o.name, 'thing', 'transaction',
      'thing_id', x.transaction_id::text, 'expected', x.right_amount::text, 'found', x.amount::text) ORDER BY x.organization_id, x.transaction_id)
      FILTER (WHERE x.is_wrong), '[]'), count(x.transaction_id)
  INTO wrong, looked
  FROM (
    SELECT l.organization_id, l.transaction_id, l.amount, -cs_ledger.signed(t.type, t.amount) AS right_amount,
      (l.organization_id = t.organization_id AND l.organization_id = i.organization_id AND l.amount = -cs_ledger.signed(t.type, t.amount)
        AND coalesce(t.status, 'completed') = 'completed' AND t.created_at < i.billing_period_end AND t.invoice_id IS NULL AND i.carry_in IS NOT NULL
        AND (t.type IN ('refund', 'adjustment') OR t.type = 'charge' AND t.run_id IS NULL)
        AND l.withdrawn = (i.status = 'cancelled')) IS NOT TRUE AS is_wrong
    FROM public.invoice_transactions l JOIN public.transactions t ON t.id = l.transaction_id JOIN public.invoices i ON i.id = l.invoice_id
    WHERE p.scope = 'full' OR l.organization_id = ANY (p.todo)
  ) x LEFT JOIN public.organizations o ON o.id = x.organization_id;
  PERFORM cs_billing.note_proof(proof, jsonb_build_object('told_transactions', looked), wrong);
END $$;

REVOKE ALL ON FUNCTION cs_billing.tell_others(), cs_billing.untell_others(), cs_billing.prove_told(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.prove_told(bigint) TO containerstacks_admin, containerstacks_finance, containerstacks_agent;
