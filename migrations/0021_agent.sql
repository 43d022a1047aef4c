-- The agent: a program without a window that does by a schedule what must happen when no desk is open. Which job was
-- done when, how it went, and who is at it now stands here, so that two agents at once do no harm.
--
-- When something is due is said by the clock that rules go by; how long a job is held, by the server's own. None of it is
-- published: an agent writes each minute that it lives, and desks read that each minute.

CREATE SCHEMA cs_agent;
REVOKE ALL ON SCHEMA cs_agent FROM PUBLIC;
GRANT USAGE ON SCHEMA cs_agent TO containerstacks_agent;

-- Where an agent runs, and when it was last heard of.
CREATE TABLE agent_hosts (
  login NAME NOT NULL,
  host VARCHAR(255) NOT NULL,
  version VARCHAR(40) NOT NULL,
  -- serving: it stays; once: something else starts it time and again.
  mode VARCHAR(10) NOT NULL CHECK (mode IN ('serving', 'once')),
  -- What it doesn't do, and why: {"sync": "no_workspace_key"}.
  leaves_out JSONB NOT NULL DEFAULT '{}',
  started_at TIMESTAMP NOT NULL,
  last_seen_at TIMESTAMP NOT NULL,
  stopped_at TIMESTAMP,
  PRIMARY KEY (login, host)
);
SELECT cs_meta.guard_table('agent_hosts');
SELECT cs_meta.permit('admin,agent', 'agent_hosts', 'select', '*', 'true');
SELECT cs_meta.permit('support,finance', 'agent_hosts', 'select', 'last_seen_at,stopped_at', 'true');

-- A job, its last run, and who holds it. `runs` tells one run from the next: whoever has seen that the job is due
-- begins it only if nobody has begun it since.
CREATE TABLE agent_jobs (
  name VARCHAR(60) PRIMARY KEY CHECK (name ~ '^[a-z]+( [0-9]+)?$'),
  runs BIGINT NOT NULL DEFAULT 1,
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  succeeded_at TIMESTAMP,
  -- NULL while its first run goes on.
  outcome VARCHAR(20) CHECK (outcome IN ('completed', 'partial', 'failed', 'busy', 'stopped')),
  error_code VARCHAR(60),
  error TEXT,
  result JSONB NOT NULL DEFAULT '{}',
  -- In a row; a run whose agent was lost counts too.
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  told_at TIMESTAMP,
  next_due TIMESTAMP,
  login NAME NOT NULL,
  host VARCHAR(255) NOT NULL,
  lease UUID,
  held_until TIMESTAMPTZ,
  CONSTRAINT agent_jobs_held CHECK ((lease IS NULL) = (held_until IS NULL))
);
SELECT cs_meta.guard_table('agent_jobs');
SELECT cs_meta.permit('admin,agent', 'agent_jobs', 'select', '*', 'true');
SELECT cs_meta.permit('support,finance', 'agent_jobs', 'select', 'name,started_at,finished_at,succeeded_at,outcome,next_due', 'true');

-- Writes down that an agent lives, at most once a minute unless something about it has changed.
CREATE FUNCTION cs_agent.seen(host text, version text, mode text, leaves_out jsonb, begins boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at timestamp := cs_ledger.clock();
BEGIN
  PERFORM cs_billing.check_caller(VARIADIC '{}'::text[]);
  INSERT INTO public.agent_hosts AS a VALUES (session_user, left(host, 255), left(version, 40), mode, leaves_out, at, at)
  ON CONFLICT ON CONSTRAINT agent_hosts_pkey DO UPDATE SET version = EXCLUDED.version, mode = EXCLUDED.mode, leaves_out = EXCLUDED.leaves_out,
    started_at = CASE WHEN begins THEN at ELSE a.started_at END, last_seen_at = at, stopped_at = NULL
  WHERE begins OR a.stopped_at IS NOT NULL OR a.last_seen_at NOT BETWEEN at - interval '1 minute' AND at
    OR (a.version, a.mode, a.leaves_out) IS DISTINCT FROM (EXCLUDED.version, EXCLUDED.mode, EXCLUDED.leaves_out);
END $$;
CREATE FUNCTION cs_agent.stopped(host text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller(VARIADIC '{}'::text[]);
  UPDATE public.agent_hosts a SET last_seen_at = cs_ledger.clock(), stopped_at = cs_ledger.clock()
  WHERE a.login = session_user AND a.host = left(stopped.host, 255);
END $$;

-- Begins a job that was seen to be due when it had run `seen` times: the lease, or NULL where somebody else has begun it
-- or holds it. Who holds it and is not heard of for so long has lost it.
CREATE FUNCTION cs_agent.claim(job text, seen bigint, host text, seconds integer) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lent uuid := gen_random_uuid();
  until timestamptz := clock_timestamp() + make_interval(secs => least(greatest(seconds, 1), 600));
BEGIN
  PERFORM cs_billing.check_caller(VARIADIC '{}'::text[]);
  IF seen = 0 THEN
    INSERT INTO public.agent_jobs (name, started_at, login, host, lease, held_until)
    VALUES (job, cs_ledger.clock(), session_user, left(claim.host, 255), lent, until) ON CONFLICT DO NOTHING;
  ELSE
    UPDATE public.agent_jobs j SET runs = j.runs + 1, started_at = cs_ledger.clock(), login = session_user, host = left(claim.host, 255),
      -- Not given back: its agent was killed or cut off.
      failures = j.failures + CASE WHEN j.lease IS NULL THEN 0 ELSE 1 END, lease = lent, held_until = until
    WHERE j.name = job AND j.runs = seen
      -- Also one that a clock which was put back would hold for ever.
      AND (j.held_until IS NULL OR j.held_until <= clock_timestamp() OR j.held_until > clock_timestamp() + interval '10 minutes');
  END IF;
  RETURN CASE WHEN FOUND THEN lent END;
END $$;

-- Goes on holding it; whether it still does.
CREATE FUNCTION cs_agent.hold(job text, lent uuid, seconds integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller(VARIADIC '{}'::text[]);
  UPDATE public.agent_jobs j SET held_until = clock_timestamp() + make_interval(secs => least(greatest(seconds, 1), 600))
  WHERE j.name = job AND j.lease = lent;
  RETURN FOUND;
END $$;

-- Gives a job back, with how it went; whether it was still held. What a person must see is told once, until it has worked
-- again: to admins, and to finance where it is about money.
CREATE FUNCTION cs_agent.finish(job text, lent uuid, ended text, code text, why text, done jsonb, next timestamp, tell text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at timestamp := cs_ledger.clock();
  was public.agent_jobs;
BEGIN
  PERFORM cs_billing.check_caller(VARIADIC '{}'::text[]);
  SELECT * INTO was FROM public.agent_jobs j WHERE j.name = job AND j.lease = lent FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE public.agent_jobs j SET finished_at = at, outcome = ended, error_code = left(code, 60), error = left(why, 2000), result = coalesce(done, '{}'), next_due = next,
    succeeded_at = CASE WHEN ended IN ('completed', 'partial') THEN at ELSE j.succeeded_at END,
    failures = CASE ended WHEN 'failed' THEN j.failures + 1 WHEN 'completed' THEN 0 WHEN 'partial' THEN 0 ELSE j.failures END,
    told_at = CASE WHEN ended IN ('completed', 'partial') THEN NULL WHEN tell IS NOT NULL THEN coalesce(j.told_at, at) ELSE j.told_at END,
    lease = NULL, held_until = NULL
  WHERE j.name = job;
  IF ended = 'failed' AND tell IS NOT NULL AND was.told_at IS NULL THEN
    INSERT INTO public.notifications (user_id, title, message, type, metadata)
    SELECT u.id, left(tell, 255), why, 'warning', jsonb_build_object('kind', 'agent_job_failed', 'job', job, 'code', code) FROM public.users u
    WHERE u.disabled_at IS NULL AND (u.role = 'admin' OR u.role = 'finance' AND job IN ('billing', 'grace', 'close'));
  END IF;
  RETURN true;
END $$;

-- The time of grace. It counts from when a wallet stopped covering (low_balances.since of the state zero), goes on whatever
-- runs there are, and is over with the state: when the wallet covers what is due again, all of this begins anew.
ALTER TABLE low_balances
  ADD COLUMN grace_ended_at TIMESTAMP,
  -- When what runs was told to shut down, or people were.
  ADD COLUMN shutdown_told_at TIMESTAMP;
UPDATE cs_meta.matrix SET columns = '*,-shutdown_told_at' WHERE role = 'customer' AND table_name = 'low_balances';
SELECT cs_meta.apply_grant(m) FROM cs_meta.matrix m WHERE m.table_name = 'low_balances' AND m.columns LIKE '*%';

CREATE FUNCTION cs_billing.grace_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.grace_ended_at := NULL;
  NEW.shutdown_told_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER grace_begins BEFORE UPDATE OF state ON low_balances FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION cs_billing.grace_begins();

-- What is due can also come to nothing without money, when hours are parked: then nothing is uncovered any more.
CREATE FUNCTION cs_billing.arrears_over() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  over integer[] := ARRAY(SELECT n.organization_id FROM old_rows o JOIN new_rows n USING (organization_id) WHERE o.arrears > 0 AND n.arrears = 0);
BEGIN
  IF over <> '{}' THEN
    PERFORM cs_billing.watch_balances(over);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER watch_balances_over AFTER UPDATE ON organization_meters REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cs_billing.arrears_over();

-- Organizations whose time of grace has ended and for which something is still to be done: say so, let their invoices
-- fail, have their resources shut down.
CREATE FUNCTION cs_billing.grace_over(among integer[]) RETURNS TABLE (organization_id integer, ends_now boolean, shuts_down boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT x.organization_id, x.ends_now, x.shuts_down FROM (
    SELECT l.organization_id, l.grace_ended_at IS NULL AS ends_now, s.grace_action = 'shutdown' AND l.shutdown_told_at IS NULL AS shuts_down,
      EXISTS (SELECT FROM public.invoices i WHERE i.organization_id = l.organization_id AND i.carry_in IS NOT NULL AND i.status = 'pending'
        AND i.amount > coalesce(i.amount_paid, 0)) AS invoiced
    FROM public.low_balances l
    CROSS JOIN public.workspace_settings s
    JOIN public.organization_meters m ON m.organization_id = l.organization_id
    JOIN public.wallets w ON w.organization_id = l.organization_id AND w.currency = s.currency
    WHERE l.state = 'zero' AND m.arrears > 0 AND coalesce(w.balance, 0) < m.arrears
      AND (l.grace_ended_at IS NOT NULL OR l.since + make_interval(hours => s.grace_hours) <= cs_ledger.clock())
      AND (among IS NULL OR l.organization_id = ANY (among))
  ) x WHERE x.ends_now OR x.shuts_down OR x.invoiced
$$;

-- Ends the time of grace of at most so many organizations, each once: people are told, invoices that wallets pay and that
-- are not paid fail (a later deposit pays them all the same), and, where the settings say so, what runs is shut down
-- (cs_intents.shut_down_for_grace). Admins are told of that, and of what has to be shut down by hand. Nothing is deleted.
CREATE FUNCTION cs_billing.end_grace(most integer, OUT looked_at integer, OUT ended integer, OUT failed_invoices integer, OUT told_to_shut_down integer, OUT shut_down integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at timestamp := cs_ledger.clock();
  s public.workspace_settings;
  batch integer[];
BEGIN
  PERFORM cs_billing.check_caller(VARIADIC '{}'::text[]);
  batch := ARRAY(SELECT g.organization_id FROM cs_billing.grace_over(NULL) g ORDER BY 1 LIMIT most);
  looked_at := cardinality(batch);
  -- As charging locks; what is decided below sees what others have committed until now.
  PERFORM 1 FROM public.wallets w WHERE w.organization_id = ANY (batch) ORDER BY w.id FOR UPDATE;
  PERFORM 1 FROM public.organization_meters m WHERE m.organization_id = ANY (batch) ORDER BY m.organization_id FOR UPDATE;
  SELECT * INTO s FROM public.workspace_settings;
  WITH over AS MATERIALIZED (
    SELECT * FROM cs_billing.grace_over(batch)
  ), begun AS MATERIALIZED (
    SELECT b.kind, b.id FROM cs_intents.shut_down_for_grace(ARRAY(SELECT o.organization_id FROM over o WHERE o.shuts_down)) b
  ), resource AS (
    SELECT r.*, EXISTS (SELECT FROM begun b WHERE b.kind = r.kind AND b.id = r.id) AS goes_down
    FROM cs_billing.runs_without_money(ARRAY(SELECT o.organization_id FROM over o WHERE o.shuts_down)) r
  ), running AS (
    SELECT r.organization_id, r.goes_down, count(*) FILTER (WHERE r.kind = 'vps') AS servers, count(*) FILTER (WHERE r.kind = 'container') AS containers,
      array_to_string((array_agg(r.name ORDER BY r.kind DESC, r.name))[:20], ', ') || CASE WHEN count(*) > 20 THEN ' and ' || count(*) - 20 || ' more' ELSE '' END AS names
    FROM resource r GROUP BY 1, 2
  ), failing AS (
    UPDATE public.invoices i SET status = 'failed'
    WHERE i.organization_id IN (SELECT o.organization_id FROM over o) AND i.carry_in IS NOT NULL AND i.status = 'pending' AND i.amount > coalesce(i.amount_paid, 0)
    RETURNING i.organization_id
  ), failed AS (
    SELECT f.organization_id, count(*) AS invoices FROM failing f GROUP BY 1
  ), marked AS (
    UPDATE public.low_balances l SET grace_ended_at = coalesce(l.grace_ended_at, at), shutdown_told_at = CASE WHEN o.shuts_down THEN at ELSE l.shutdown_told_at END
    FROM over o WHERE l.organization_id = o.organization_id AND (o.ends_now OR o.shuts_down)
    RETURNING l.organization_id, l.since, o.ends_now
  ), ending AS (
    SELECT m.organization_id, o.name, m.since, w.id AS wallet, coalesce(w.balance, 0) AS balance, w.currency, ceil(x.arrears * 100) / 100 AS due, coalesce(f.invoices, 0) AS invoices
    FROM marked m JOIN public.organizations o ON o.id = m.organization_id JOIN public.wallets w ON w.organization_id = m.organization_id
    JOIN public.organization_meters x ON x.organization_id = m.organization_id LEFT JOIN failed f ON f.organization_id = m.organization_id
    WHERE m.ends_now
  ), told AS (
    INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
    SELECT u.id, e.organization_id, left(CASE WHEN u.organization_id = e.organization_id THEN '' ELSE e.name || ': ' END || 'the time of grace has ended', 255),
      format('The wallet has not covered the usage since %s UTC. It holds %s %s, and %s %s are due.', to_char(e.since, 'YYYY-MM-DD HH24:MI'), e.balance, e.currency, round(e.due, 2), e.currency)
        || CASE e.invoices WHEN 0 THEN '' WHEN 1 THEN ' One invoice is marked as failed.' ELSE ' ' || e.invoices || ' invoices are marked as failed.' END
        || CASE s.grace_action WHEN 'shutdown' THEN ' Servers and containers may be shut down; nothing is deleted.' ELSE ' Nothing is shut down or deleted.' END
        || ' A deposit puts it right.',
      'billing', jsonb_build_object('kind', 'grace_ended', 'organization_id', e.organization_id)
    FROM ending e JOIN public.users u ON (u.organization_id = e.organization_id OR u.role IN ('admin', 'finance')) AND u.disabled_at IS NULL
  ), asked AS (
    INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
    SELECT u.id, r.organization_id, left(concat_ws(' and ', CASE r.servers WHEN 0 THEN NULL WHEN 1 THEN '1 server' ELSE r.servers || ' servers' END,
        CASE r.containers WHEN 0 THEN NULL WHEN 1 THEN '1 container' ELSE r.containers || ' containers' END)
        || ' of ' || g.name || CASE WHEN r.servers + r.containers = 1 THEN ' is' ELSE ' are' END || CASE WHEN r.goes_down THEN ' being shut down' ELSE ' to be shut down by hand' END, 255),
      'The time of grace has ended, and the settings say to shut down what runs'
        || CASE WHEN r.goes_down THEN ': ' || r.names || '. Nothing is deleted. A deposit doesn''t start them again: do that from their pages.'
           ELSE '. In no account that is switched on, or something else is done to them; shut down by hand: ' || r.names || '.' END,
      'warning', jsonb_build_object('kind', CASE WHEN r.goes_down THEN 'shutdown_begun' ELSE 'shutdown_by_hand' END, 'organization_id', r.organization_id)
    FROM running r JOIN public.organizations g ON g.id = r.organization_id JOIN public.users u ON u.role = 'admin' AND u.disabled_at IS NULL
  ), logged AS (
    INSERT INTO public.activity_logs (organization_id, action, resource_type, resource_id, details)
    SELECT e.organization_id, 'wallet.grace_end', 'wallet', e.wallet::text,
      jsonb_build_object('login', session_user, 'since', e.since, 'due', round(e.due, 2)::text, 'failed_invoices', e.invoices, 'grace_action', s.grace_action)
    FROM ending e
  )
  SELECT (SELECT count(*) FROM ending), (SELECT coalesce(sum(f.invoices), 0) FROM failed f), (SELECT count(*) FROM running r WHERE NOT r.goes_down),
    (SELECT count(*) FROM begun)
  INTO ended, failed_invoices, told_to_shut_down, shut_down;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_agent FROM PUBLIC;
REVOKE ALL ON FUNCTION cs_billing.grace_begins(), cs_billing.arrears_over(), cs_billing.grace_over(integer[]), cs_billing.end_grace(integer) FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA cs_agent TO containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_billing.grace_over(integer[]), cs_billing.end_grace(integer) TO containerstacks_agent;
