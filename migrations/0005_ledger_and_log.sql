-- The ledger and the log. Money moves only by inserting into transactions; whatever changes something
-- is logged in the same transaction. These triggers run as the owner, whoever writes.

CREATE SCHEMA cs_ledger;
REVOKE ALL ON SCHEMA cs_ledger FROM PUBLIC;

-- Desks have no right to a sequence (one loop of nextval would use up an integer key), so they insert
-- NULL as the id and the owner numbers the row, whatever id they sent, and writes down who moved money.
CREATE FUNCTION cs_ledger.assign_id() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- A desk that hasn't shown its session's token is refused by the policies; it shall not use up numbers either.
  IF NOT cs_auth.writing() AND EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = session_user AND l.kind = 'desk') THEN
    NEW.id := NULL;
    RETURN NEW;
  END IF;
  NEW.id := nextval(format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME || '_id_seq')::regclass);
  IF TG_TABLE_NAME = 'transactions' THEN
    NEW.created_by := coalesce(cs_auth.user_id(), NEW.created_by);
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY[
    'organizations', 'users', 'wallets', 'vps_plans', 'vps_instances', 'container_plans', 'containers', 'invoices',
    'transactions', 'tickets', 'ticket_messages', 'notifications', 'user_api_keys', 'theme_settings',
    'provider_configs', 'stackscript_configs', 'networking_config'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER a_assign_id BEFORE INSERT ON public.%I FOR EACH ROW
         WHEN (NEW.id IS NULL OR (pg_has_role(current_user, ''containerstacks_staff'', ''member'') AND current_setting(''is_superuser'') = ''off''))
         EXECUTE FUNCTION cs_ledger.assign_id()', t);
  END LOOP;
END $$;

-- Who wrote a row of money is the session's person, whatever the client says: the column can't be sent.
ALTER TABLE transactions ALTER COLUMN created_by SET DEFAULT cs_auth.user_id();

-- The documented defaults take the session's time zone. What they have filled in becomes UTC, whatever a session
-- has set; a time that the writer gives is the writer's, but a desk can't date a row. The arguments are the columns.
CREATE FUNCTION cs_ledger.utc_times() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  given jsonb := to_jsonb(NEW);
  utc jsonb := '{}';
  name text;
BEGIN
  FOREACH name IN ARRAY TG_ARGV LOOP
    IF (given ->> name)::timestamp = LOCALTIMESTAMP THEN
      utc := utc || jsonb_build_object(name, timezone('UTC', now()));
    END IF;
  END LOOP;
  RETURN jsonb_populate_record(NEW, utc);
END $$;
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN
    SELECT c.relname, string_agg(quote_literal(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user
      AND a.atttypid = 'timestamp'::regtype AND pg_get_expr(d.adbin, d.adrelid) = 'CURRENT_TIMESTAMP'
    GROUP BY c.relname
  LOOP
    EXECUTE format('CREATE TRIGGER utc_times BEFORE INSERT ON public.%I FOR EACH ROW
      WHEN (current_setting(''TimeZone'') <> ''UTC'') EXECUTE FUNCTION cs_ledger.utc_times(%s)', t.relname, t.columns);
  END LOOP;
END $$;

-- The balance belongs to the ledger: only a trigger may move it.
CREATE FUNCTION cs_ledger.guard_balance() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'wallets.balance is moved by inserting into transactions'
      USING ERRCODE = 'CS020', CONSTRAINT = 'wallets_balance_moves_by_transactions';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard_balance BEFORE UPDATE OF balance ON wallets FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.guard_balance();

CREATE FUNCTION cs_ledger.new_wallet_is_empty() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a new wallet is empty: insert a transaction to fill it'
    USING ERRCODE = 'CS020', CONSTRAINT = 'wallets_balance_moves_by_transactions';
END $$;
CREATE TRIGGER new_wallet_is_empty BEFORE INSERT ON wallets FOR EACH ROW
  WHEN (NEW.balance IS DISTINCT FROM 0) EXECUTE FUNCTION cs_ledger.new_wallet_is_empty();

-- The one place where a rule on money is refused.
CREATE FUNCTION cs_ledger.refuse(rule text, message text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%', message USING ERRCODE = 'CS021', CONSTRAINT = rule;
END $$;

-- Moves the wallets of a set of (organization, amount), locked in id order in a statement of its own so
-- that writers that overlap neither deadlock nor compute on what another has moved.
CREATE FUNCTION cs_ledger.move(organizations integer[], amounts numeric[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  missing integer;
BEGIN
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = ANY (organizations) ORDER BY w.id FOR UPDATE;
  SELECT o INTO missing FROM unnest(organizations) AS o
  WHERE NOT EXISTS (SELECT FROM public.wallets w WHERE w.organization_id = o) LIMIT 1;
  IF missing IS NOT NULL THEN
    PERFORM cs_ledger.refuse('transactions_wallet_missing', 'the organization has no wallet');
  END IF;
  UPDATE public.wallets w SET balance = coalesce(w.balance, 0) + s.amount
  FROM (SELECT o, sum(a) AS amount FROM unnest(organizations, amounts) AS m(o, a) GROUP BY o) s
  WHERE w.organization_id = s.o;
END $$;

CREATE FUNCTION cs_ledger.transactions_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  broken record;
  organizations integer[];
  amounts numeric[];
  over numeric := (SELECT second_person_above FROM public.workspace_settings);
BEGIN
  SELECT x.rule, x.message INTO broken FROM new_rows n CROSS JOIN LATERAL (VALUES
    ('transactions_organization_given', 'a transaction belongs to an organization', n.organization_id IS NULL),
    ('transactions_amount_given', 'a transaction has an amount other than zero', coalesce(n.amount, 0) IN (0, 'NaN')),
    ('transactions_type_known', 'the type is one of deposit, charge, refund, adjustment',
      coalesce(n.type, '') NOT IN ('deposit', 'charge', 'refund', 'adjustment')),
    ('transactions_status_known', 'the status is one of pending, completed, failed',
      coalesce(n.status, 'completed') NOT IN ('pending', 'completed', 'failed')),
    ('transactions_deposit_positive', 'a deposit is positive', n.type = 'deposit' AND n.amount < 0),
    ('transactions_charge_negative', 'a charge is negative', n.type = 'charge' AND n.amount > 0),
    ('transactions_key_given', 'a transaction carries the key of the caller that wrote it',
      n.idempotency_key IS NULL AND n.payment_id IS NULL AND n.run_id IS NULL),
    ('transactions_reason_given', 'a refund or adjustment has a reason',
      n.type IN ('refund', 'adjustment') AND btrim(coalesce(n.reason, '')) = ''),
    ('transactions_refund_names_original', 'a refund names what it refunds', n.type = 'refund' AND n.refund_of IS NULL),
    ('transactions_charge_in_open_run', 'a charge belongs to an open billing run', n.type = 'charge' AND NOT EXISTS (
      SELECT FROM public.billing_runs r WHERE r.id = n.run_id AND r.status = 'open')),
    ('transactions_second_person', 'a refund or adjustment above the limit needs the approval of a second person',
      n.type IN ('refund', 'adjustment') AND abs(n.amount) > over AND NOT EXISTS (
        SELECT FROM public.adjustment_requests q WHERE q.id = n.request_id AND q.decision = 'approved'
          AND q.organization_id = n.organization_id AND q.type = n.type AND q.amount = n.amount
          AND q.refund_of IS NOT DISTINCT FROM n.refund_of))
  ) AS x(rule, message, breaks) WHERE x.breaks LIMIT 1;
  IF FOUND THEN
    PERFORM cs_ledger.refuse(broken.rule, broken.message);
  END IF;

  -- Two refunds of one original stand in line here, also where they are pending and move no wallet, so that each
  -- sees the other below. Before the wallets, as whoever completes the original does.
  PERFORM 1 FROM public.transactions o WHERE o.id IN (SELECT n.refund_of FROM new_rows n) ORDER BY o.id FOR NO KEY UPDATE;

  SELECT array_agg(n.organization_id), array_agg(n.amount) INTO organizations, amounts
  FROM new_rows n WHERE coalesce(n.status, 'completed') = 'completed';
  IF organizations IS NOT NULL THEN
    PERFORM cs_ledger.move(organizations, amounts);
  END IF;

  SELECT o.id INTO broken FROM new_rows n JOIN public.transactions o ON o.id = n.refund_of
  WHERE n.type = 'refund' AND (
    o.organization_id IS DISTINCT FROM n.organization_id
    OR o.type NOT IN ('charge', 'deposit')
    OR coalesce(o.status, 'completed') <> 'completed'
    OR sign(n.amount) = sign(CASE o.type WHEN 'charge' THEN -abs(o.amount) ELSE abs(o.amount) END)
    OR (SELECT sum(abs(r.amount)) FROM public.transactions r
        WHERE r.refund_of = o.id AND r.type = 'refund' AND coalesce(r.status, 'completed') <> 'failed') > abs(o.amount))
  LIMIT 1;
  IF FOUND THEN
    PERFORM cs_ledger.refuse('transactions_refund_bounded', 'a refund gives back no more than the original, to the same organization');
  END IF;

  INSERT INTO public.activity_logs (user_id, organization_id, action, resource_type, resource_id, details, ip_address, user_agent)
  SELECT who.user_id, n.organization_id, 'transaction.' || n.type, 'transaction', n.id::text,
    jsonb_build_object('login', session_user, 'role', who.role, 'amount', n.amount::text, 'status', coalesce(n.status, 'completed'), 'reason', n.reason),
    inet_client_addr(), who.client
  FROM new_rows n CROSS JOIN (SELECT (s).user_id, (s).role, (s).client FROM (SELECT cs_auth.live_session() AS s) q) who
  -- A run's charges are logged by the run.
  WHERE n.type <> 'charge';
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_insert AFTER INSERT ON transactions REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.transactions_inserted();

-- The documented status changes, and nothing else, ever.
CREATE FUNCTION cs_ledger.transactions_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  organizations integer[];
  amounts numeric[];
BEGIN
  IF EXISTS (
    SELECT FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
    WHERE (to_jsonb(o) - 'status') IS DISTINCT FROM (to_jsonb(n) - 'status')
      OR (o.status IS DISTINCT FROM n.status AND NOT (o.status = 'pending' AND n.status IN ('completed', 'failed')))
  ) THEN
    PERFORM cs_ledger.refuse('transactions_immutable', 'a transaction changes only from pending to completed or failed');
  END IF;
  SELECT array_agg(n.organization_id), array_agg(n.amount) INTO organizations, amounts
  FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE o.status = 'pending' AND n.status = 'completed';
  IF organizations IS NOT NULL THEN
    PERFORM cs_ledger.move(organizations, amounts);
  END IF;
  INSERT INTO public.activity_logs (user_id, organization_id, action, resource_type, resource_id, details, ip_address, user_agent)
  SELECT who.user_id, n.organization_id, 'transaction.' || n.status, 'transaction', n.id::text,
    jsonb_build_object('login', session_user, 'role', who.role, 'before', o.status, 'after', n.status), inet_client_addr(), who.client
  FROM old_rows o JOIN new_rows n ON n.id = o.id AND n.status IS DISTINCT FROM o.status
  CROSS JOIN (SELECT (s).user_id, (s).role, (s).client FROM (SELECT cs_auth.live_session() AS s) q) who;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_update AFTER UPDATE ON transactions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.transactions_updated();

-- Books and log are kept for ever, also from the owner's own slips.
CREATE FUNCTION cs_ledger.keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% rows are kept for ever', TG_TABLE_NAME USING ERRCODE = 'CS022', CONSTRAINT = TG_TABLE_NAME || '_kept';
END $$;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['transactions', 'invoices', 'activity_logs', 'billing_runs', 'billing_charges', 'usage_details', 'wallets'] LOOP
    EXECUTE format('CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep()', t);
  END LOOP;
  EXECUTE 'CREATE TRIGGER keep_unchanged BEFORE UPDATE ON public.activity_logs FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep()';
END $$;

-- An invoice that was issued is a document: only its payment moves on.
CREATE FUNCTION cs_ledger.invoices_updated() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (to_jsonb(OLD) - '{status,paid_at,amount_paid}'::text[]) IS DISTINCT FROM (to_jsonb(NEW) - '{status,paid_at,amount_paid}'::text[])
     OR (OLD.status IS DISTINCT FROM NEW.status AND NOT (
       coalesce(OLD.status, 'pending') = 'pending' AND NEW.status IN ('paid', 'failed', 'cancelled')
       OR OLD.status = 'failed' AND NEW.status IN ('paid', 'cancelled'))) THEN
    RAISE EXCEPTION 'an invoice is corrected by a new document' USING ERRCODE = 'CS021', CONSTRAINT = 'invoices_immutable';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER immutable BEFORE UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION cs_ledger.invoices_updated();

-- A price that changes leaves its old value in force for the hours already begun.
CREATE FUNCTION cs_ledger.plan_price_changed() RETURNS trigger
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
  VALUES (kind, NEW.id, CASE TG_OP WHEN 'INSERT' THEN '-infinity'::timestamp ELSE timezone('UTC', now()) END,
          NEW.base_cost, NEW.markup_percentage, NEW.hourly_rate, NEW.monthly_rate, cs_auth.user_id())
  ON CONFLICT ON CONSTRAINT plan_prices_one_per_instant DO UPDATE SET
    base_cost = EXCLUDED.base_cost, markup_percentage = EXCLUDED.markup_percentage,
    hourly_rate = EXCLUDED.hourly_rate, monthly_rate = EXCLUDED.monthly_rate;
  RETURN NULL;
END $$;
CREATE TRIGGER price_history AFTER INSERT ON vps_plans FOR EACH ROW EXECUTE FUNCTION cs_ledger.plan_price_changed('vps');
CREATE TRIGGER price_history_change AFTER UPDATE ON vps_plans FOR EACH ROW
  WHEN (OLD.base_cost IS DISTINCT FROM NEW.base_cost OR OLD.markup_percentage IS DISTINCT FROM NEW.markup_percentage
    OR OLD.hourly_rate IS DISTINCT FROM NEW.hourly_rate OR OLD.monthly_rate IS DISTINCT FROM NEW.monthly_rate)
  EXECUTE FUNCTION cs_ledger.plan_price_changed('vps');
CREATE TRIGGER price_history AFTER INSERT ON container_plans FOR EACH ROW EXECUTE FUNCTION cs_ledger.plan_price_changed('container');
CREATE TRIGGER price_history_change AFTER UPDATE ON container_plans FOR EACH ROW
  WHEN (OLD.base_cost IS DISTINCT FROM NEW.base_cost OR OLD.markup_percentage IS DISTINCT FROM NEW.markup_percentage
    OR OLD.hourly_rate IS DISTINCT FROM NEW.hourly_rate OR OLD.monthly_rate IS DISTINCT FROM NEW.monthly_rate)
  EXECUTE FUNCTION cs_ledger.plan_price_changed('container');

-- Tickets: a number of their own, and the head of the conversation.
CREATE FUNCTION cs_ledger.ticket_number() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.ticket_number := 'T-' || lpad(NEW.id::text, 6, '0');
  RETURN NEW;
END $$;
CREATE TRIGGER b_ticket_number BEFORE INSERT ON tickets FOR EACH ROW WHEN (NEW.ticket_number IS NULL) EXECUTE FUNCTION cs_ledger.ticket_number();

CREATE FUNCTION cs_ledger.message_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  by_staff boolean := EXISTS (SELECT FROM public.users u WHERE u.id = NEW.user_id AND u.role IN ('admin', 'support', 'finance'));
BEGIN
  UPDATE public.tickets t SET
    last_message_id = greatest(t.last_message_id, NEW.id),
    last_message_at = NEW.created_at,
    last_from_customer = CASE WHEN coalesce(NEW.is_internal, false) THEN t.last_from_customer ELSE NOT by_staff END,
    first_reply_at = CASE WHEN by_staff AND NOT coalesce(NEW.is_internal, false) THEN coalesce(t.first_reply_at, NEW.created_at) ELSE t.first_reply_at END
  WHERE t.id = NEW.ticket_id;
  RETURN NULL;
END $$;
CREATE TRIGGER head_of_conversation AFTER INSERT ON ticket_messages FOR EACH ROW EXECUTE FUNCTION cs_ledger.message_inserted();

-- resolved_at follows the status.
CREATE FUNCTION cs_ledger.ticket_resolved() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.resolved_at := CASE WHEN NEW.status IN ('resolved', 'closed') THEN coalesce(OLD.resolved_at, timezone('UTC', now())) END;
  RETURN NEW;
END $$;
CREATE TRIGGER resolved BEFORE UPDATE OF status ON tickets FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION cs_ledger.ticket_resolved();

-- The log of everything else: who, over which login, what, before and after. The first argument names
-- the thing, the second lists columns whose content never enters the log.
CREATE FUNCTION cs_ledger.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  secret text[] := string_to_array(TG_ARGV[1], ',');
  quiet text[] := ARRAY['updated_at', 'last_login', 'last_billed_at'];
  s cs_auth.sessions := cs_auth.live_session();
  before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  changed text[];
  thing jsonb := coalesce(after, before);
BEGIN
  SELECT array_agg(k ORDER BY k) INTO changed FROM jsonb_object_keys(thing) AS k
  WHERE k <> ALL (quiet) AND coalesce(before -> k, 'null') <> coalesce(after -> k, 'null');
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.activity_logs (user_id, organization_id, action, resource_type, resource_id, details, ip_address, user_agent)
  VALUES (
    s.user_id,
    CASE WHEN TG_ARGV[0] = 'organization' THEN (thing ->> 'id')::integer ELSE (thing ->> 'organization_id')::integer END,
    TG_ARGV[0] || CASE TG_OP WHEN 'INSERT' THEN '.create' WHEN 'UPDATE' THEN '.update' ELSE '.delete' END,
    TG_ARGV[0], thing ->> 'id',
    jsonb_strip_nulls(jsonb_build_object(
      'login', session_user, 'role', s.role, 'as', nullif(current_setting('role', true), 'none'),
      'changed', to_jsonb(changed),
      'before', CASE WHEN TG_OP <> 'INSERT' THEN
        (SELECT jsonb_object_agg(k, CASE WHEN k = ANY (secret) THEN '"(secret)"'::jsonb ELSE before -> k END) FROM unnest(changed) AS k) END,
      'after', CASE WHEN TG_OP <> 'DELETE' THEN
        (SELECT jsonb_object_agg(k, CASE WHEN k = ANY (secret) THEN '"(secret)"'::jsonb ELSE after -> k END) FROM unnest(changed) AS k) END)),
    inet_client_addr(), s.client);
  RETURN NULL;
END $$;

DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
    ('organizations', 'organization', ''), ('users', 'user', 'password_hash'), ('wallets', 'wallet', ''),
    ('vps_plans', 'plan', ''), ('container_plans', 'container_plan', ''),
    ('vps_instances', 'server', 'root_password,stackscript_data'), ('containers', 'container', 'environment'),
    ('invoices', 'invoice', 'line_items'), ('ticket_messages', 'ticket_message', 'message,attachments'),
    ('user_api_keys', 'api_key', 'key_hash'), ('password_reset_tokens', 'reset_token', 'token'),
    ('theme_settings', 'theme', ''), ('provider_configs', 'provider', 'credentials,settings'),
    ('stackscript_configs', 'stackscript', 'script_data'), ('networking_config', 'networking', ''),
    ('workspace_settings', 'settings', ''), ('adjustment_requests', 'adjustment_request', ''),
    ('resource_terms', 'resource_terms', ''), ('parked_resources', 'parked_resource', ''),
    ('wallet_holds', 'wallet_hold', ''), ('billing_runs', 'billing_run', '')
  ) AS x(table_name, thing, secret) LOOP
    -- Wallets: their movements are the ledger's; only making one is logged here.
    EXECUTE format('CREATE TRIGGER log_change AFTER INSERT %s ON public.%I FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change(%L, %L)',
      CASE WHEN t.table_name = 'wallets' THEN '' ELSE 'OR UPDATE OR DELETE' END, t.table_name, t.thing, t.secret);
  END LOOP;
  -- Of a ticket's updates only what a person decides; the head of the conversation has its own entry.
  EXECUTE 'CREATE TRIGGER log_change AFTER INSERT OR DELETE ON public.tickets FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change(''ticket'', ''description'')';
  EXECUTE 'CREATE TRIGGER log_decision AFTER UPDATE ON public.tickets FOR EACH ROW
    WHEN (OLD.subject IS DISTINCT FROM NEW.subject OR OLD.status IS DISTINCT FROM NEW.status OR OLD.priority IS DISTINCT FROM NEW.priority
      OR OLD.category IS DISTINCT FROM NEW.category OR OLD.user_id IS DISTINCT FROM NEW.user_id
      OR OLD.organization_id IS DISTINCT FROM NEW.organization_id OR OLD.assigned_to IS DISTINCT FROM NEW.assigned_to)
    EXECUTE FUNCTION cs_ledger.log_change(''ticket'', ''description'')';
END $$;
