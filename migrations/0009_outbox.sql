-- Live updates: an outbox of what has changed, written by triggers in the transaction that changes it, so that nothing
-- is missed, and polled by every desk each second under its person's role. It says which rows of which topic, never
-- what is in them. Only desks poll, and what staff read is everybody's, so that rows name no organization.
--
-- Nothing is notified: a NOTIFY in the writing transaction would halve what the database can commit, one that nobody
-- reads stops every commit when its queue is full, and LISTEN has no access control. A poll that finds nothing takes
-- well under a millisecond, so that two hundred desks that poll each second take an eighth of one core.

CREATE SCHEMA cs_live;
REVOKE ALL ON SCHEMA cs_live FROM PUBLIC;
GRANT USAGE ON SCHEMA cs_live TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;

CREATE DOMAIN cs_live.topic AS text CHECK (VALUE IN ('organizations', 'users', 'servers', 'containers', 'plans', 'wallets', 'transactions',
  'invoices', 'billing', 'tickets', 'notifications', 'themes', 'settings', 'providers', 'intents', 'activity'));

-- A statement writes one row: the ids that it has touched, or NULL for many.
CREATE TABLE cs_live.outbox (
  -- Which transaction: what is visible in one snapshot and wasn't in another is what a desk has not heard.
  xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
  topic cs_live.topic NOT NULL,
  id BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
  ids BIGINT[] CHECK (cardinality(ids) BETWEEN 1 AND 200),
  -- Only for this person; NULL for everybody who may read the topic.
  user_id INTEGER,
  -- Who wrote: a desk has read its own changes again already.
  login NAME NOT NULL DEFAULT session_user,
  PRIMARY KEY (xid, topic, id)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1);

-- Which tables tell of which topic. Whoever may read one of them hears of it.
CREATE TABLE cs_live.published (
  table_name TEXT PRIMARY KEY,
  topic cs_live.topic NOT NULL
);

-- How much is kept. Each mark is a snapshot of its time; what was visible in one that is an hour old has been deleted,
-- and a desk whose last snapshot is older than that one must read everything again.
CREATE TABLE cs_live.marks (
  at TIMESTAMPTZ PRIMARY KEY DEFAULT clock_timestamp(),
  snapshot PG_SNAPSHOT NOT NULL DEFAULT pg_current_snapshot()
);
CREATE TABLE cs_live.kept (
  only_one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_one),
  since PG_SNAPSHOT NOT NULL DEFAULT pg_current_snapshot()
);
INSERT INTO cs_live.kept DEFAULT VALUES;

-- Writes one row of the outbox, unless the transaction has written enough of the topic: after twenty statements, or one
-- that touches more than two hundred rows, it says "many" once and then nothing more.
CREATE FUNCTION cs_live.tell(topic text, touched bigint[], whose integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  told bigint;
  many boolean;
BEGIN
  SELECT count(*), bool_or(o.ids IS NULL) INTO told, many FROM cs_live.outbox o
  WHERE o.xid = pg_current_xact_id() AND o.topic = tell.topic AND o.user_id IS NOT DISTINCT FROM whose;
  IF many IS NOT TRUE THEN
    INSERT INTO cs_live.outbox (topic, ids, user_id)
    VALUES (tell.topic, CASE WHEN cardinality(touched) <= 200 AND told < 20 THEN touched END, whose);
  END IF;
END $$;

-- The triggers, one for each statement. The argument is the topic.
CREATE FUNCTION cs_live.changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  touched bigint[] := ARRAY(SELECT c.id::bigint FROM changed_rows c LIMIT 201);
BEGIN
  IF touched <> '{}' THEN
    PERFORM cs_live.tell(TG_ARGV[0], touched, NULL);
  END IF;
  RETURN NULL;
END $$;
-- Of these it is enough to know that there is something.
CREATE FUNCTION cs_live.changed_somehow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM changed_rows) THEN
    PERFORM cs_live.tell(TG_ARGV[0], NULL, NULL);
  END IF;
  RETURN NULL;
END $$;
-- A message is a change of its ticket.
CREATE FUNCTION cs_live.changed_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  touched bigint[] := ARRAY(SELECT DISTINCT c.ticket_id::bigint FROM changed_rows c WHERE c.ticket_id IS NOT NULL LIMIT 201);
BEGIN
  IF touched <> '{}' THEN
    PERFORM cs_live.tell(TG_ARGV[0], touched, NULL);
  END IF;
  RETURN NULL;
END $$;
-- Each person hears of their own only; customers don't poll.
CREATE FUNCTION cs_live.changed_for() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_live.tell(TG_ARGV[0], x.touched, x.user_id) FROM (
    SELECT c.user_id, (array_agg(c.id::bigint))[:201] AS touched FROM changed_rows c JOIN public.users u ON u.id = c.user_id
    WHERE cs_auth.lent_role(u.role) IS NOT NULL GROUP BY c.user_id) x;
  RETURN NULL;
END $$;

-- Makes a table tell of its changes under a topic. Also for the tables of later migrations.
CREATE FUNCTION cs_live.publish(table_name text, topic text, teller text DEFAULT 'changed') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  operation text;
BEGIN
  INSERT INTO cs_live.published VALUES (table_name, topic);
  FOREACH operation IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER %s ON public.%I REFERENCING %s TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION cs_live.%I(%L)',
      'live_' || operation, operation, table_name, CASE operation WHEN 'delete' THEN 'OLD' ELSE 'NEW' END, teller, topic);
  END LOOP;
END $$;

SELECT cs_live.publish(t, topic, coalesce(teller, 'changed')) FROM (VALUES
  ('organizations', 'organizations', NULL), ('users', 'users', NULL),
  ('vps_instances', 'servers', NULL), ('containers', 'containers', NULL),
  ('vps_plans', 'plans', 'changed_somehow'), ('container_plans', 'plans', 'changed_somehow'), ('plan_prices', 'plans', 'changed_somehow'),
  ('wallets', 'wallets', NULL), ('wallet_holds', 'wallets', 'changed_somehow'),
  ('transactions', 'transactions', NULL), ('adjustment_requests', 'transactions', 'changed_somehow'),
  ('invoices', 'invoices', NULL),
  ('billing_runs', 'billing', 'changed_somehow'), ('parked_resources', 'billing', 'changed_somehow'),
  ('tickets', 'tickets', NULL), ('ticket_messages', 'tickets', 'changed_ticket'),
  ('notifications', 'notifications', 'changed_for'),
  ('theme_settings', 'themes', NULL), ('workspace_settings', 'settings', 'changed_somehow'),
  ('provider_configs', 'providers', NULL),
  ('activity_logs', 'activity', 'changed_somehow')
) AS x(t, topic, teller);

-- Deletes what is older than an hour, at most once a minute, whoever calls; two at once don't wait for each other.
CREATE FUNCTION cs_live.prune() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  old cs_live.marks;
BEGIN
  IF EXISTS (SELECT FROM cs_live.marks m WHERE m.at > clock_timestamp() - interval '1 minute') THEN
    RETURN;
  END IF;
  PERFORM 1 FROM cs_live.kept FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  INSERT INTO cs_live.marks DEFAULT VALUES;
  SELECT * INTO old FROM cs_live.marks m WHERE m.at < clock_timestamp() - interval '1 hour' ORDER BY m.at DESC LIMIT 1;
  IF FOUND THEN
    UPDATE cs_live.kept SET since = old.snapshot;
    -- A row that was written early and committed late is not visible in the mark, and stays.
    DELETE FROM cs_live.outbox o WHERE (o.xid, o.topic, o.id) IN (
      SELECT x.xid, x.topic, x.id FROM cs_live.outbox x
      WHERE x.xid < pg_snapshot_xmax(old.snapshot) AND pg_visible_in_snapshot(x.xid, old.snapshot) ORDER BY x.xid LIMIT 50000);
    DELETE FROM cs_live.marks m WHERE m.at < old.at;
  END IF;
END $$;

-- What has changed since a poll, and the cursor for the next: the snapshot in which this one looked. A row counts when
-- it is visible now and its transaction was not in the cursor's snapshot, so that one that commits late is not missed.
-- Those are the rows of transactions that came after it or were under way in it: with 100,000 rows in the outbox two
-- looks into the primary key, 0.7 ms with the round trip, also while a transaction stays open for long.
-- Without a cursor it answers what the last minute or so brought, for reads that began before the first poll.
CREATE FUNCTION cs_live.poll(seen text, OUT reached text, OUT everything boolean, OUT changes jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET enable_seqscan = off AS $$
DECLARE
  s cs_auth.sessions := cs_auth.live_session();
  was pg_snapshot := seen;
BEGIN
  IF s.id IS NULL THEN
    RAISE EXCEPTION 'the session is over' USING ERRCODE = 'CS011';
  END IF;
  PERFORM cs_live.prune();
  IF was IS NULL THEN
    SELECT coalesce((SELECT m.snapshot FROM cs_live.marks m WHERE m.at < clock_timestamp() - interval '10 seconds' ORDER BY m.at DESC LIMIT 1), k.since)
    INTO was FROM cs_live.kept k;
  END IF;
  WITH fresh AS MATERIALIZED (
    SELECT o.topic, o.ids, o.login, o.user_id FROM cs_live.outbox o WHERE o.xid >= pg_snapshot_xmax(was)
    UNION ALL
    SELECT o.topic, o.ids, o.login, o.user_id FROM cs_live.outbox o WHERE o.xid = ANY (ARRAY(SELECT pg_snapshot_xip(was)))
  ), heard AS (
    SELECT f.topic, bool_or(f.ids IS NULL) OR sum(cardinality(f.ids)) > 200 AS many, bool_or(f.login <> session_user) AS by_others
    FROM fresh f
    WHERE (f.user_id IS NULL OR f.user_id = s.user_id)
      AND EXISTS (SELECT FROM cs_live.published p JOIN cs_meta.matrix m ON m.table_name = p.table_name
                  WHERE p.topic = f.topic AND m.operation = 'select' AND m.role = s.role)
    GROUP BY f.topic
  )
  SELECT pg_current_snapshot()::text,
    -- Something that this desk has not heard may have been deleted, or the cursor is of another course of events.
    (SELECT pg_snapshot_xmax(was) < pg_snapshot_xmax(k.since) OR pg_snapshot_xmax(was) > pg_snapshot_xmax(pg_current_snapshot())
       OR EXISTS (SELECT FROM pg_snapshot_xip(was) AS x(xid) WHERE pg_visible_in_snapshot(x.xid, k.since)) FROM cs_live.kept k),
    coalesce((SELECT jsonb_agg(jsonb_build_object('topic', h.topic, 'by_others', h.by_others, 'ids', CASE WHEN NOT h.many THEN
        (SELECT jsonb_agg(DISTINCT i) FROM fresh f, unnest(f.ids) AS i WHERE f.topic = h.topic AND (f.user_id IS NULL OR f.user_id = s.user_id)) END)
      ORDER BY h.topic) FROM heard h), '[]')
  INTO reached, everything, changes;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_live FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_live.poll(text) TO containerstacks_admin, containerstacks_support, containerstacks_finance;
GRANT EXECUTE ON FUNCTION cs_live.prune() TO containerstacks_admin, containerstacks_finance, containerstacks_agent;

-- Notifications: what a person should know without having asked. Their metadata say what they are about.

CREATE INDEX notifications_newest ON notifications (user_id, id DESC);

CREATE FUNCTION cs_live.ticket_assigned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
  SELECT u.id, NEW.organization_id, coalesce(NEW.ticket_number, 'A ticket') || ' was assigned to you', NEW.subject, 'support',
    jsonb_build_object('kind', 'ticket_assigned', 'ticket_id', NEW.id)
  FROM public.users u WHERE u.id = NEW.assigned_to AND u.disabled_at IS NULL AND u.id IS DISTINCT FROM cs_auth.user_id();
  RETURN NULL;
END $$;
CREATE TRIGGER ticket_assigned AFTER INSERT ON tickets FOR EACH ROW WHEN (NEW.assigned_to IS NOT NULL) EXECUTE FUNCTION cs_live.ticket_assigned();
CREATE TRIGGER ticket_assigned_anew AFTER UPDATE OF assigned_to ON tickets FOR EACH ROW
  WHEN (NEW.assigned_to IS NOT NULL AND NEW.assigned_to IS DISTINCT FROM OLD.assigned_to) EXECUTE FUNCTION cs_live.ticket_assigned();

-- A customer who writes three times before I have looked has replied once more recently.
CREATE FUNCTION cs_live.customer_replied() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t record;
  words text;
BEGIN
  SELECT x.id, x.subject, x.ticket_number, x.organization_id, a.id AS mine INTO t
  FROM public.tickets x JOIN public.users a ON a.id = x.assigned_to AND a.disabled_at IS NULL WHERE x.id = NEW.ticket_id;
  IF NOT FOUND OR EXISTS (SELECT FROM public.users u WHERE u.id = NEW.user_id AND cs_auth.lent_role(u.role) IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  words := coalesce((SELECT coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) FROM public.users u WHERE u.id = NEW.user_id),
    'The customer') || ' replied to ' || coalesce(t.ticket_number, 'your ticket');
  UPDATE public.notifications n SET title = left(words, 255), created_at = cs_ledger.clock()
  WHERE n.user_id = t.mine AND n.is_read IS NOT TRUE AND n.metadata @> jsonb_build_object('kind', 'ticket_replied', 'ticket_id', t.id);
  IF NOT FOUND THEN
    INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
    VALUES (t.mine, t.organization_id, left(words, 255), t.subject, 'support', jsonb_build_object('kind', 'ticket_replied', 'ticket_id', t.id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER customer_replied AFTER INSERT ON ticket_messages FOR EACH ROW WHEN (NEW.is_internal IS NOT TRUE) EXECUTE FUNCTION cs_live.customer_replied();

-- Organizations whose wallet is below the low mark, or doesn't cover their usage any more. A crossing is told once: on
-- the way down, and not again before the balance has been above.
CREATE TABLE low_balances (
  organization_id INTEGER PRIMARY KEY REFERENCES organizations(id),
  state VARCHAR(10) NOT NULL CHECK (state IN ('low', 'zero')),
  since TIMESTAMP NOT NULL
);
SELECT cs_meta.guard_table('low_balances');
SELECT cs_meta.permit('admin,support,finance,agent', 'low_balances', 'select', '*', 'true');
SELECT cs_meta.permit('customer', 'low_balances', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())');
SELECT cs_live.publish('low_balances', 'wallets', 'changed_somehow');

-- The people of a business who look after its money.
CREATE FUNCTION cs_live.tell_finance(title text, message text, about jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.notifications (user_id, title, message, type, metadata)
  SELECT u.id, left(title, 255), message, 'billing', about FROM public.users u
  WHERE u.role IN ('admin', 'finance') AND u.disabled_at IS NULL AND u.id IS DISTINCT FROM cs_auth.user_id()
$$;

-- Where organizations stand, set by set: the low mark is so many days of what their resources cost now.
CREATE FUNCTION cs_billing.watch_balances(organizations integer[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  days integer;
  main_currency text;
BEGIN
  SELECT s.low_mark_days, s.currency INTO days, main_currency FROM public.workspace_settings s;
  WITH rate AS (
    -- What is free costs nothing, nor does what waits for a decision.
    SELECT r.organization_id, sum(p.rate) AS rate FROM (
      SELECT v.organization_id, 'vps' AS kind, v.id, v.plan_id FROM public.vps_instances v
      WHERE v.organization_id = ANY (organizations) AND v.deleted_at IS NULL
      UNION ALL
      SELECT c.organization_id, 'container', c.id, c.plan_id FROM public.containers c
      WHERE c.organization_id = ANY (organizations) AND c.deleted_at IS NULL
    ) r JOIN cs_billing.rates() p ON p.plan_kind = r.kind AND p.plan_id = r.plan_id AND p.cap IS DISTINCT FROM 0
    WHERE NOT EXISTS (SELECT FROM public.parked_resources x WHERE x.resource_kind = r.kind AND x.resource_id = r.id
      AND x.resolved_at IS NULL AND x.reason IN ('gone', 'adopted'))
    GROUP BY r.organization_id
  ), now_at AS (
    SELECT w.organization_id, coalesce(w.balance, 0) AS balance, w.currency, coalesce(r.rate, 0) AS rate, coalesce(m.arrears, 0) AS arrears, l.state AS was,
      -- Nothing is charged to a wallet in another currency than the panel's.
      CASE WHEN w.currency IS DISTINCT FROM main_currency THEN NULL
           WHEN coalesce(w.balance, 0) < coalesce(m.arrears, 0) OR (coalesce(w.balance, 0) <= 0 AND r.rate > 0) THEN 'zero'
           WHEN coalesce(w.balance, 0) < days * 24 * r.rate THEN 'low' END AS state
    FROM public.wallets w
    LEFT JOIN rate r ON r.organization_id = w.organization_id
    LEFT JOIN public.organization_meters m ON m.organization_id = w.organization_id
    LEFT JOIN public.low_balances l ON l.organization_id = w.organization_id
    WHERE w.organization_id = ANY (organizations)
  ), risen AS (
    DELETE FROM public.low_balances l USING now_at n WHERE l.organization_id = n.organization_id AND n.state IS NULL
  ), moved AS (
    INSERT INTO public.low_balances (organization_id, state, since)
    SELECT n.organization_id, n.state, cs_ledger.clock() FROM now_at n WHERE n.state IS DISTINCT FROM n.was AND n.state IS NOT NULL
    ON CONFLICT (organization_id) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since
  )
  INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
  SELECT u.id, o.id,
    left(CASE WHEN u.organization_id = o.id THEN '' ELSE o.name || ': ' END
      || CASE n.state WHEN 'zero' THEN 'the wallet is empty' ELSE 'the balance is low' END, 255),
    CASE n.state
      WHEN 'zero' THEN format('The wallet holds %s %s and does not cover the usage any more. Usage goes on and is collected at the next deposit.', n.balance, n.currency)
      ELSE format('The wallet holds %s %s: less than %s days of usage at the current rate of %s an hour.', n.balance, n.currency, days, n.rate) END,
    'billing', jsonb_build_object('kind', 'balance_' || n.state, 'organization_id', o.id)
  FROM now_at n JOIN public.organizations o ON o.id = n.organization_id
  JOIN public.users u ON (u.organization_id = o.id OR u.role IN ('admin', 'finance')) AND u.disabled_at IS NULL
  WHERE (n.was IS NULL AND n.state IS NOT NULL) OR (n.was = 'low' AND n.state = 'zero');
END $$;

-- A charge moves the wallets of its batch, a deposit one: both are looked at in one go.
CREATE FUNCTION cs_billing.wallets_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.watch_balances(ARRAY(SELECT c.organization_id FROM changed_rows c WHERE c.organization_id IS NOT NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER watch_balances AFTER UPDATE ON wallets REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.wallets_moved();
-- Where the wallet doesn't cover the next hour nothing moves it; the arrears tell.
CREATE FUNCTION cs_billing.meters_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  behind integer[] := ARRAY(SELECT c.organization_id FROM changed_rows c WHERE c.arrears > 0);
BEGIN
  IF behind <> '{}' THEN
    PERFORM cs_billing.watch_balances(behind);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER watch_balances AFTER UPDATE ON organization_meters REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.meters_moved();

-- What a run leaves to people: it failed, or something waits that did not wait before.
CREATE FUNCTION cs_billing.run_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  waiting bigint;
BEGIN
  IF NEW.status = 'failed' THEN
    -- One that is tried again and again is told once.
    IF (SELECT r.status FROM public.billing_runs r WHERE r.id < NEW.id ORDER BY r.id DESC LIMIT 1) = 'failed' THEN
      RETURN NULL;
    END IF;
    PERFORM cs_live.tell_finance('Billing run ' || NEW.id || ' failed', 'What it charged stays charged; the next run goes on from there.',
      jsonb_build_object('kind', 'run_failed', 'run_id', NEW.id));
    RETURN NULL;
  END IF;
  SELECT count(*) INTO waiting FROM public.parked_resources p
  WHERE p.resolved_at IS NULL AND p.parked_at >= NEW.started_at AND p.reason IN ('no_plan', 'no_rate', 'inactive_currency', 'no_wallet');
  IF waiting > 0 THEN
    PERFORM cs_live.tell_finance(
      CASE waiting WHEN 1 THEN 'A resource waits' ELSE waiting || ' resources wait' END || ' for a price since billing run ' || NEW.id,
      'They have no plan, or their plan has no price. Their hours are kept and are charged once they have one.',
      jsonb_build_object('kind', 'run_parked', 'run_id', NEW.id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_ended AFTER UPDATE OF status ON billing_runs FOR EACH ROW
  WHEN (OLD.status = 'open' AND NEW.status = ANY ('{completed,partial,failed,cancelled}'::text[])) EXECUTE FUNCTION cs_billing.run_ended();

REVOKE ALL ON FUNCTION cs_live.ticket_assigned(), cs_live.customer_replied(), cs_live.tell_finance(text, text, jsonb),
  cs_billing.watch_balances(integer[]), cs_billing.wallets_moved(), cs_billing.meters_moved(), cs_billing.run_ended() FROM PUBLIC;
