-- Intents: whatever is done to a server at its provider, or to a container on its host, is written down first, carried out by whoever holds the workspace
-- key, and finished or undone by the next who looks when that one is lost between the provider's answer and our commit.
--
-- waiting: nothing was sent. sending: it is sent at this moment, or was when its executor was lost; written and committed
-- before. unknown: it was sent and its answer lost. running: the provider has taken it and is at work. done, failed and
-- undone are ends; a failed one was not carried out, as far as the provider says, an undone one never sent.

CREATE TABLE provider_intents (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider_config_id INTEGER NOT NULL REFERENCES provider_configs(id),
  kind VARCHAR(20) NOT NULL CHECK (kind IN ('order', 'boot', 'shutdown', 'reboot', 'resize', 'rebuild', 'rename', 'reset_password', 'rdns',
    'enable_backups', 'cancel_backups', 'snapshot', 'restore', 'delete', 'create', 'start', 'stop', 'restart', 'remove')),
  organization_id INTEGER REFERENCES organizations(id),
  -- Of an order there is none until the provider has answered. A row that another program deletes leaves the intent.
  server_id INTEGER REFERENCES vps_instances(id) ON DELETE SET NULL,
  -- The server's number at the provider.
  external_id BIGINT,
  container_id INTEGER REFERENCES containers(id) ON DELETE SET NULL,
  -- The id that its host's engine gave it.
  host_container_id VARCHAR(64),
  label VARCHAR(255) NOT NULL,
  -- The plan of an order or a resize.
  plan_id INTEGER,
  -- Without secrets: those are in `secret`, sealed under the workspace key.
  parameters JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'
    AND NOT parameters ?| '{root_pass,root_password,password,stackscript_data,user_data,token,environment,env}'),
  secret TEXT,
  -- A tag that no other server has: what an order is found by when its answer is lost.
  mark VARCHAR(50) NOT NULL DEFAULT 'cs-' || gen_random_uuid(),
  idempotency_key VARCHAR(100) NOT NULL,
  requested_by INTEGER REFERENCES users(id),
  login NAME NOT NULL DEFAULT session_user,
  requested_at TIMESTAMP NOT NULL,
  state VARCHAR(10) NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'running', 'unknown', 'done', 'failed', 'undone')),
  lease UUID,
  held_until TIMESTAMPTZ,
  executor NAME,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- The newest event at the provider before it was sent, and its own.
  event_before BIGINT,
  event_id BIGINT,
  progress SMALLINT CHECK (progress BETWEEN 0 AND 100),
  hold_id BIGINT REFERENCES wallet_holds(id),
  sent_at TIMESTAMP,
  answered_at TIMESTAMP,
  finished_at TIMESTAMP,
  error_code VARCHAR(60),
  error TEXT,
  CONSTRAINT provider_intents_idempotency UNIQUE (idempotency_key),
  CONSTRAINT provider_intents_mark UNIQUE (mark),
  CONSTRAINT provider_intents_held CHECK ((lease IS NULL) = (held_until IS NULL)),
  CONSTRAINT provider_intents_finish CHECK ((state IN ('done', 'failed', 'undone')) = (finished_at IS NOT NULL)),
  CONSTRAINT provider_intents_sent CHECK (sent_at IS NOT NULL OR state NOT IN ('sending', 'running', 'unknown', 'done')),
  CONSTRAINT provider_intents_one_thing CHECK (CASE WHEN kind IN ('create', 'start', 'stop', 'restart', 'remove') THEN server_id IS NULL
    ELSE container_id IS NULL AND host_container_id IS NULL END)
);
-- Of what can't go on side by side a server has one at a time; a name may be given while something else goes on.
CREATE UNIQUE INDEX provider_intents_one_at_once ON provider_intents (server_id)
  WHERE state IN ('waiting', 'sending', 'running', 'unknown') AND kind NOT IN ('rename', 'rdns');
CREATE UNIQUE INDEX provider_intents_one_of_kind ON provider_intents (server_id, kind) WHERE state IN ('waiting', 'sending', 'running', 'unknown');
CREATE UNIQUE INDEX provider_intents_one_per_container ON provider_intents (container_id) WHERE state IN ('waiting', 'sending', 'running', 'unknown');
CREATE INDEX provider_intents_open ON provider_intents (id) WHERE state IN ('waiting', 'sending', 'running', 'unknown');
-- Orders that were given up without an answer: their servers may turn up all the same.
CREATE INDEX provider_intents_given_up ON provider_intents (sent_at)
  WHERE kind = 'order' AND state = 'failed' AND server_id IS NULL AND error_code IN ('provider_knows_nothing', 'intent_too_slow');
CREATE INDEX provider_intents_creations_given_up ON provider_intents (sent_at)
  WHERE kind = 'create' AND state = 'failed' AND container_id IS NULL AND sent_at IS NOT NULL;
CREATE INDEX provider_intents_server ON provider_intents (server_id, id DESC);
CREATE INDEX provider_intents_container ON provider_intents (container_id, id DESC);
CREATE INDEX provider_intents_organization ON provider_intents (organization_id, id DESC);

SELECT cs_meta.guard_table('provider_intents');
SELECT cs_meta.permit('admin,support,finance,agent', 'provider_intents', 'select', '*,-secret,-lease', 'true');
CREATE TRIGGER log_change AFTER INSERT OR DELETE ON provider_intents
  FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change('intent', 'secret,lease,held_until');
-- Who takes it and looks is no news; what becomes of it is.
CREATE TRIGGER log_state AFTER UPDATE OF state ON provider_intents FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION cs_ledger.log_change('intent', 'secret,lease,held_until');
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON provider_intents FOR EACH STATEMENT EXECUTE FUNCTION cs_ledger.keep();
SELECT cs_live.publish('provider_intents', 'intents');
SELECT cs_auth.seals('provider_intents', 'secret', false);

-- What a row of sealed values is called, now also an intent.
CREATE OR REPLACE FUNCTION cs_auth.sealed_label(table_name text, row_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE table_name
    WHEN 'provider_configs' THEN (SELECT coalesce(a.label, initcap(left(p.provider_name, 80)) || ' ' || p.id)
      FROM public.provider_configs p LEFT JOIN public.provider_accounts a ON a.id = p.id WHERE p.id = row_id)
    WHEN 'provider_intents' THEN (SELECT replace(i.kind, '_', ' ') || ' of ' || i.label FROM public.provider_intents i WHERE i.id = row_id)
    WHEN 'vps_instances' THEN (SELECT v.label FROM public.vps_instances v WHERE v.id = row_id) END::text
$$;

CREATE SCHEMA cs_intents;
REVOKE ALL ON SCHEMA cs_intents FROM PUBLIC;
GRANT USAGE ON SCHEMA cs_intents TO containerstacks_admin, containerstacks_support, containerstacks_agent;

-- Who asks for it: the session's person, or whom an operator without a session names. Support staff turn servers and
-- containers on and off.
CREATE FUNCTION cs_intents.asked_by(kind text, acting integer) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who integer := coalesce(cs_auth.user_id(), acting);
BEGIN
  PERFORM cs_billing.check_caller('admin', 'support');
  IF who IS NOT NULL AND NOT EXISTS (SELECT FROM public.users u WHERE u.id = who AND u.disabled_at IS NULL
      AND (u.role = 'admin' OR u.role = 'support' AND kind IN ('boot', 'shutdown', 'reboot', 'start', 'stop', 'restart'))) THEN
    RAISE EXCEPTION 'this person may not do this to a server or a container' USING ERRCODE = '42501';
  END IF;
  RETURN who;
END $$;

-- Gives back what an intent holds of a wallet.
CREATE FUNCTION cs_intents.free(hold bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.wallet_holds h SET released_at = least(h.expires_at, cs_ledger.clock()) WHERE h.id = hold AND h.released_at IS NULL
$$;

-- Tells who asked for an intent, unless that is who does this; of what the end of grace began, admins.
CREATE FUNCTION cs_intents.tell(i public.provider_intents, title text, message text, of_kind text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
  SELECT u.id, i.organization_id, left(title, 255), message, 'warning',
    jsonb_build_object('kind', of_kind, 'intent_id', i.id, 'server_id', i.server_id, 'organization_id', i.organization_id)
      || CASE WHEN i.container_id IS NULL THEN '{}' ELSE jsonb_build_object('container_id', i.container_id) END
  FROM public.users u
  WHERE (u.id = i.requested_by OR u.role = 'admin' AND i.requested_by IS NULL AND i.idempotency_key LIKE 'grace-%')
    AND u.disabled_at IS NULL AND u.id IS DISTINCT FROM cs_auth.user_id()
$$;

-- Writes an intent down. An order and a dearer plan hold 24 hours of the wallet, in the same transaction. Sent again under
-- its key it answers with the first, whatever has become of it; other content under that key is an error of its own. What
-- was deleted here and is still there can be deleted there, and what is of another type than its plan sells can be made
-- what it sells.
CREATE FUNCTION cs_intents.place(kind text, account integer, organization integer, server integer, plan integer, parameters jsonb, key text, acting integer,
  OUT intent bigint, OUT held numeric, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who integer := cs_intents.asked_by(kind, acting);
  v public.vps_instances;
  p public.vps_plans;
  was public.provider_intents;
  called text := left(parameters ->> 'label', 255);
  payer integer := organization;
  tag text := 'cs-' || gen_random_uuid();
  hold bigint;
BEGIN
  IF coalesce(key, '') = '' THEN
    PERFORM cs_ledger.refuse('transactions_key_given', 'an intent carries the key of the caller that placed it');
  END IF;
  IF kind <> 'order' THEN
    SELECT x.organization_id INTO payer FROM public.vps_instances x WHERE x.id = server;
  END IF;
  -- The wallet before the server, as charging locks them. Two that were sent under one key stand in line at one of them.
  IF kind IN ('order', 'resize') THEN
    PERFORM 1 FROM public.wallets w WHERE w.organization_id = payer FOR UPDATE;
  END IF;
  IF kind = 'order' THEN
    IF organization IS NULL OR plan IS NULL OR account IS NULL OR server IS NOT NULL OR coalesce(called, '') = '' THEN
      PERFORM cs_ledger.refuse('intent_incomplete', 'an order names account, organization, plan and label');
    END IF;
  ELSE
    SELECT * INTO v FROM public.vps_instances x WHERE x.id = server FOR NO KEY UPDATE;
    IF NOT FOUND OR v.organization_id IS DISTINCT FROM payer OR (account IS NOT NULL AND account IS DISTINCT FROM v.provider_config_id)
       OR (organization IS NOT NULL AND organization IS DISTINCT FROM v.organization_id) THEN
      PERFORM cs_ledger.refuse('intent_server_known', 'there is no such server, or it is another''s by now');
    END IF;
    account := v.provider_config_id;
    called := coalesce(nullif(v.label, ''), 'server ' || v.id);
  END IF;

  SELECT * INTO was FROM public.provider_intents x WHERE x.idempotency_key = key;
  repeated := FOUND;
  IF repeated THEN
    IF (was.kind = place.kind AND was.plan_id IS NOT DISTINCT FROM plan AND was.parameters = place.parameters
        AND CASE WHEN kind = 'order' THEN was.provider_config_id = account AND was.organization_id = organization ELSE was.server_id = server END) IS NOT TRUE THEN
      PERFORM cs_billing.key_taken('provider_intents_idempotency');
    END IF;
    intent := was.id;
    held := coalesce((SELECT h.amount FROM public.wallet_holds h WHERE h.id = was.hold_id), 0);
    RETURN;
  END IF;

  IF kind <> 'order' THEN
    IF v.deleted_at IS NOT NULL AND NOT (kind = 'delete' AND EXISTS (SELECT FROM public.provider_states s WHERE s.server_id = server AND NOT s.is_missing)) THEN
      PERFORM cs_ledger.refuse('intent_server_deleted', 'the server is deleted');
    ELSIF v.linode_id IS NULL OR v.provider_config_id IS NULL THEN
      PERFORM cs_ledger.refuse('intent_server_without_account', 'nobody knows in which account the server is');
    ELSIF EXISTS (SELECT FROM public.provider_intents x WHERE x.server_id = server AND x.state IN ('waiting', 'sending', 'running', 'unknown')
        AND (x.kind = place.kind OR x.kind NOT IN ('rename', 'rdns') AND place.kind NOT IN ('rename', 'rdns'))) THEN
      PERFORM cs_ledger.refuse('intent_server_busy', 'something else is done to the server, or waits to be');
    END IF;
  END IF;
  IF NOT EXISTS (SELECT FROM public.provider_configs c WHERE c.id = account AND c.is_active IS NOT FALSE AND lower(c.provider_name) = 'linode') THEN
    PERFORM cs_ledger.refuse('intent_account_inactive', 'there is no such account, or it is switched off');
  END IF;

  held := 0;
  IF kind IN ('order', 'resize') THEN
    SELECT * INTO p FROM public.vps_plans x WHERE x.id = plan;
    IF NOT FOUND OR p.is_active IS FALSE THEN
      PERFORM cs_ledger.refuse('plan_inactive', 'there is no such plan, or it is not sold any more');
    ELSIF lower(p.provider) <> 'linode' OR p.linode_type IS DISTINCT FROM parameters ->> 'type' THEN
      PERFORM cs_ledger.refuse('intent_plan_type', 'what is asked of the provider is not what the plan sells');
    ELSIF coalesce(cardinality(p.available_regions), 0) > 0
        AND coalesce(CASE kind WHEN 'order' THEN parameters ->> 'region' ELSE v.region END, '') <> ALL (p.available_regions) THEN
      PERFORM cs_ledger.refuse('intent_plan_region', 'the plan''s price is not that of this region');
    ELSIF kind = 'resize' AND v.plan_id = plan AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.server_id = server AND NOT s.is_missing
        AND s.observed ->> 'type' <> p.linode_type) THEN
      PERFORM cs_ledger.refuse('assign_same_plan', 'the server is on this plan already');
    END IF;
    IF payer IS NOT NULL AND (kind = 'order' OR (SELECT coalesce(n.rate > o.rate, true) FROM cs_billing.rates() n
        LEFT JOIN cs_billing.rates() o ON o.plan_kind = 'vps' AND o.plan_id = v.plan_id WHERE n.plan_kind = 'vps' AND n.plan_id = plan)) THEN
      SELECT h.hold, h.held INTO hold, held FROM cs_billing.place_hold(payer, 'vps', plan, kind || ' of ' || called, tag) h;
    END IF;
  END IF;

  INSERT INTO public.provider_intents (provider_config_id, kind, organization_id, server_id, external_id, label, plan_id, parameters, mark, idempotency_key,
    requested_by, requested_at, hold_id)
  VALUES (account, kind, payer, server, v.linode_id, called, plan, parameters, tag, key, who, cs_ledger.clock(), hold) RETURNING id INTO intent;
END $$;

-- Keeps what was sealed for an intent that waits: passwords that its caller has given.
CREATE FUNCTION cs_intents.keep_secret(intent bigint, sealed text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.provider_intents i SET secret = sealed
  WHERE i.id = intent AND i.state = 'waiting' AND i.lease IS NULL AND cs_auth.sealed_version(sealed) IS NOT NULL;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('intent_not_waiting', 'the intent does not wait any more');
  END IF;
END $$;

-- Takes an intent that is not at its end to carry it out, or to look what has become of it: a lease, or none where somebody
-- else has it. Who is not heard of for so long has lost it.
CREATE FUNCTION cs_intents.claim(intent bigint, seconds integer, OUT lent uuid, OUT sealed text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.provider_intents i SET lease = gen_random_uuid(), executor = session_user, attempts = i.attempts + 1,
    held_until = clock_timestamp() + make_interval(secs => least(greatest(seconds, 1), 600))
  WHERE i.id = intent AND i.state IN ('waiting', 'sending', 'running', 'unknown')
    -- Also one that a clock which was put back would hold for ever.
    AND (i.held_until IS NULL OR i.held_until <= clock_timestamp() OR i.held_until > clock_timestamp() + interval '11 minutes')
  RETURNING i.lease, i.secret INTO lent, sealed;
END $$;

-- Goes on holding it; whether it still does.
CREATE FUNCTION cs_intents.hold(intent bigint, lent uuid, seconds integer, percent integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.provider_intents i SET held_until = clock_timestamp() + make_interval(secs => least(greatest(seconds, 1), 600)),
    progress = coalesce(percent, i.progress)
  WHERE i.id = intent AND i.lease = lent;
  RETURN FOUND;
END $$;

-- Gives it back as it is, with why it is not at its end.
CREATE FUNCTION cs_intents.give_back(intent bigint, lent uuid, code text, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.provider_intents i SET lease = NULL, held_until = NULL, error_code = left(code, 60), error = left(why, 2000)
  WHERE i.id = intent AND i.lease = lent;
  RETURN FOUND;
END $$;

-- It is sent from now on. Committed before anything is: whoever finds it so asks the provider, and sends nothing.
CREATE FUNCTION cs_intents.sent(intent bigint, lent uuid, sealed text, before bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO i FROM public.provider_intents x WHERE x.id = intent FOR UPDATE;
  IF i.lease IS DISTINCT FROM lent OR i.state <> 'waiting' OR i.held_until <= clock_timestamp() THEN
    PERFORM cs_ledger.refuse('intent_lease_lost', 'somebody else carries this intent out');
  ELSIF i.requested_at + interval '24 hours' <= cs_ledger.clock()
      OR EXISTS (SELECT FROM public.wallet_holds h WHERE h.id = i.hold_id AND (h.released_at IS NOT NULL OR h.expires_at <= cs_ledger.clock())) THEN
    PERFORM cs_ledger.refuse('intent_expired', 'the intent has waited for too long');
  ELSIF sealed IS NOT NULL AND cs_auth.sealed_version(sealed) IS NULL THEN
    PERFORM cs_ledger.refuse('intent_secret_sealed', 'a secret is sealed');
  END IF;
  UPDATE public.provider_intents x SET state = 'sending', sent_at = cs_ledger.clock(), secret = coalesce(sealed, x.secret), event_before = before,
    error_code = NULL, error = NULL
  WHERE x.id = intent;
END $$;

-- Its answer is lost: nobody knows whether it was carried out.
CREATE FUNCTION cs_intents.lost(intent bigint, lent uuid, code text, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.provider_intents i SET state = 'unknown', error_code = left(code, 60), error = left(why, 2000), lease = NULL, held_until = NULL
  WHERE i.id = intent AND i.lease = lent AND i.state IN ('sending', 'unknown');
  RETURN FOUND;
END $$;

-- The provider has the server of an order: its row, made or found, and from when it is charged, which is never before the
-- provider made it. Whatever has become of the organization meanwhile, a paid server is recorded; without its payer it is
-- nobody's, and admins are told. Said again it answers the same row, also after the intent was given up.
CREATE FUNCTION cs_intents.record(intent bigint, told jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
  remote bigint := (told ->> 'id')::bigint;
  start timestamp;
  server integer;
  refused text;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO i FROM public.provider_intents x WHERE x.id = intent FOR UPDATE;
  IF i.kind IS DISTINCT FROM 'order' OR i.sent_at IS NULL OR i.state IN ('waiting', 'undone') OR remote IS NULL THEN
    PERFORM cs_ledger.refuse('intent_not_sent', 'this order was not sent');
  ELSIF i.external_id IS NOT NULL AND i.external_id <> remote THEN
    PERFORM cs_ledger.refuse('intent_other_server', 'another server was recorded for this order');
  ELSIF i.server_id IS NOT NULL THEN
    RETURN i.server_id;
  END IF;
  -- A sync that has seen it already has stored it, as nobody's; one that sees it at this moment waits, or we do.
  PERFORM pg_advisory_xact_lock(hashtextextended('cs_sync.apply_batch', 0));
  SELECT v.id INTO server FROM public.vps_instances v
  WHERE v.linode_id = remote AND v.deleted_at IS NULL AND coalesce(v.provider_config_id, i.provider_config_id) = i.provider_config_id
  ORDER BY v.organization_id IS NULL, v.id LIMIT 1 FOR UPDATE;
  start := greatest((told ->> 'created')::timestamp, i.sent_at);
  start := least(start, greatest(cs_ledger.clock(), i.sent_at));
  BEGIN
    IF server IS NULL THEN
      INSERT INTO public.vps_instances (linode_id, label, region, plan_id, organization_id, status, ipv4, ipv6, image, stackscript_id, provider_config_id, created_at)
      VALUES (remote::integer, coalesce(told ->> 'label', i.label), coalesce(told ->> 'region', i.parameters ->> 'region'), i.plan_id, i.organization_id,
        told ->> 'status', told ->> 'ipv4', told ->> 'ipv6', coalesce(told ->> 'image', i.parameters ->> 'image'), (i.parameters ->> 'stackscript')::integer,
        i.provider_config_id, start)
      RETURNING id INTO server;
    ELSE
      UPDATE public.vps_instances v SET organization_id = i.organization_id, plan_id = i.plan_id, last_billed_at = greatest(start, v.created_at),
        provider_config_id = i.provider_config_id, stackscript_id = coalesce(v.stackscript_id, (i.parameters ->> 'stackscript')::integer)
      WHERE v.id = server AND v.organization_id IS NULL;
    END IF;
  EXCEPTION WHEN SQLSTATE 'CS021' OR integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
    IF server IS NULL THEN
      INSERT INTO public.vps_instances (linode_id, label, region, status, ipv4, ipv6, image, provider_config_id, created_at)
      VALUES (remote::integer, coalesce(told ->> 'label', i.label), told ->> 'region', told ->> 'status', told ->> 'ipv4', told ->> 'ipv6', told ->> 'image',
        i.provider_config_id, start)
      RETURNING id INTO server;
    END IF;
    INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
    SELECT u.id, i.organization_id, left('The server ' || i.label || ' was ordered and is nobody''s', 255),
      'It is there and costs money, but could not be given to its organization (' || refused || '). Assign or delete it.', 'warning',
      jsonb_build_object('kind', 'intent_nobodys', 'intent_id', i.id, 'server_id', server, 'organization_id', i.organization_id)
    FROM public.users u WHERE u.role = 'admin' AND u.disabled_at IS NULL;
  END;
  UPDATE public.provider_intents x SET server_id = server, external_id = remote WHERE x.id = intent;
  RETURN server;
END $$;

-- Writes down what the provider has done: it is at work, or at the end. What it says of the server goes into the documented
-- columns: a plan changes its price from now on, a deletion makes the hour in which it was sent the last. Also over a lease
-- that was lost, and after it was given up: what the provider says has happened.
CREATE FUNCTION cs_intents.settle(intent bigint, told jsonb, password text, event bigint, percent integer, over boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO i FROM public.provider_intents x WHERE x.id = intent FOR UPDATE;
  IF i.state = 'done' THEN
    RETURN i.state;
  ELSIF i.id IS NULL OR i.sent_at IS NULL OR i.state IN ('waiting', 'undone') THEN
    PERFORM cs_ledger.refuse('intent_not_sent', 'this intent was not sent');
  ELSIF i.kind = 'order' AND i.server_id IS NULL THEN
    PERFORM cs_ledger.refuse('intent_not_recorded', 'the ordered server is not recorded');
  ELSIF password IS NOT NULL AND cs_auth.sealed_version(password) IS NULL THEN
    PERFORM cs_ledger.refuse('intent_secret_sealed', 'a secret is sealed');
  END IF;
  UPDATE public.vps_instances v SET
    status = CASE WHEN i.kind = 'delete' AND over THEN 'deleted' ELSE coalesce(told ->> 'status', v.status) END,
    ipv4 = coalesce(v.ipv4, told ->> 'ipv4'), ipv6 = coalesce(v.ipv6, told ->> 'ipv6'),
    label = CASE WHEN i.kind = 'rename' AND over THEN coalesce(told ->> 'label', v.label) ELSE v.label END,
    image = CASE WHEN i.kind = 'rebuild' THEN coalesce(i.parameters ->> 'image', v.image) ELSE v.image END,
    stackscript_id = CASE WHEN i.kind = 'rebuild' THEN (i.parameters ->> 'stackscript')::integer ELSE v.stackscript_id END,
    root_password = coalesce(password, v.root_password)
  WHERE v.id = i.server_id;
  -- Apart, so that only these look like a change of whose it is and on which terms.
  IF i.kind = 'resize' AND over THEN
    UPDATE public.vps_instances v SET plan_id = i.plan_id WHERE v.id = i.server_id AND v.deleted_at IS NULL;
  ELSIF i.kind = 'delete' AND over THEN
    UPDATE public.vps_instances v SET deleted_at = greatest(i.sent_at, v.created_at) WHERE v.id = i.server_id AND v.deleted_at IS NULL;
    -- That it is missing from now on is known, and no sync has to ask.
    UPDATE public.provider_states s SET is_missing = TRUE, gone_at = coalesce(s.gone_at, cs_ledger.clock()), last_seen_at = greatest(s.last_seen_at, i.sent_at)
    WHERE s.provider_config_id = i.provider_config_id AND s.external_id = i.external_id::text;
  END IF;
  -- What a lost key opens in an older copy, it opens wherever it lies now.
  INSERT INTO cs_auth.exposed_secrets AS x (table_name, column_name, row_id, sealed_sha256, version)
  SELECT 'vps_instances', 'root_password', i.server_id, sha256(convert_to(password, 'UTF8')), e.version FROM cs_auth.exposed_secrets e
  WHERE (e.table_name, e.column_name, e.row_id) = ('provider_intents', 'secret', intent) AND e.sealed_sha256 = sha256(convert_to(i.secret, 'UTF8'))
    AND password IS NOT NULL AND i.server_id IS NOT NULL
  ON CONFLICT (table_name, column_name, row_id) DO UPDATE SET sealed_sha256 = EXCLUDED.sealed_sha256, version = EXCLUDED.version, noted_at = EXCLUDED.noted_at;
  IF over OR i.kind = 'order' THEN
    PERFORM cs_intents.free(i.hold_id);
  END IF;
  UPDATE public.provider_intents x SET state = CASE WHEN over THEN 'done' ELSE 'running' END, answered_at = coalesce(x.answered_at, cs_ledger.clock()),
    finished_at = CASE WHEN over THEN cs_ledger.clock() END, event_id = coalesce(event, x.event_id), progress = CASE WHEN over THEN 100 ELSE coalesce(percent, x.progress) END,
    secret = CASE WHEN over THEN NULL ELSE x.secret END, error_code = NULL, error = NULL,
    lease = NULL, held_until = NULL
  WHERE x.id = intent RETURNING x.state INTO i.state;
  RETURN i.state;
END $$;

-- It was not carried out: the provider refused it, says that it came to nothing, or knows nothing of it.
CREATE FUNCTION cs_intents.fail(intent bigint, lent uuid, code text, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.provider_intents x SET state = 'failed', finished_at = cs_ledger.clock(), error_code = left(code, 60), error = left(why, 2000),
    secret = NULL, lease = NULL, held_until = NULL
  WHERE x.id = intent AND x.lease = lent AND x.state IN ('waiting', 'sending', 'running', 'unknown') RETURNING * INTO i;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM cs_intents.free(i.hold_id);
  PERFORM cs_intents.tell(i, format('The %s of %s was not carried out', replace(i.kind, '_', ' '), i.label), left(why, 2000), 'intent_failed');
  RETURN true;
END $$;

-- Takes an intent back that still waits; nothing was sent. Who prepares to send it finds that it may not.
CREATE FUNCTION cs_intents.withdraw(intent bigint, acting integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
BEGIN
  PERFORM cs_billing.check_caller('admin', 'support');
  SELECT * INTO i FROM public.provider_intents x WHERE x.id = intent FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('intent_known', 'there is no such intent');
  END IF;
  PERFORM cs_intents.asked_by(i.kind, acting);
  IF i.state = 'undone' THEN
    RETURN;
  ELSIF i.state <> 'waiting' THEN
    PERFORM cs_ledger.refuse('intent_not_waiting', 'the intent does not wait any more');
  END IF;
  UPDATE public.provider_intents x SET state = 'undone', finished_at = cs_ledger.clock(), secret = NULL, lease = NULL, held_until = NULL WHERE x.id = intent;
  PERFORM cs_intents.free(i.hold_id);
END $$;

-- What has waited for a day is not carried out any more: its hold is over, and nobody expects it. How many.
CREATE FUNCTION cs_intents.expire() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
  many integer := 0;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  FOR i IN SELECT * FROM public.provider_intents x WHERE x.state = 'waiting' AND x.requested_at + interval '24 hours' <= cs_ledger.clock()
      AND (x.held_until IS NULL OR x.held_until <= clock_timestamp()) ORDER BY x.id FOR UPDATE SKIP LOCKED LOOP
    UPDATE public.provider_intents x SET state = 'undone', finished_at = cs_ledger.clock(), secret = NULL, lease = NULL, held_until = NULL,
      error_code = 'intent_expired', error = 'It waited for a day, and nobody who holds the workspace key carried it out. Nothing was sent.'
    WHERE x.id = i.id;
    PERFORM cs_intents.free(i.hold_id);
    PERFORM cs_intents.tell(i, format('The %s of %s was not carried out', replace(i.kind, '_', ' '), i.label),
      'It waited for a day, and nobody who holds the workspace key carried it out. Nothing was sent; ask for it again.', 'intent_failed');
    many := many + 1;
  END LOOP;
  RETURN many;
END $$;

-- A wallet that covers again, or owes nothing any more, takes back what still waits of that.
CREATE FUNCTION cs_intents.grace_is_over() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN
    RETURN NULL;
  END IF;
  UPDATE public.provider_intents i SET state = 'undone', finished_at = cs_ledger.clock(), lease = NULL, held_until = NULL,
    error_code = 'grace_over', error = 'The wallet covers the usage again. Nothing was sent.'
  WHERE i.organization_id = OLD.organization_id AND i.state = 'waiting' AND i.requested_by IS NULL AND i.idempotency_key LIKE 'grace-%'
    AND (i.held_until IS NULL OR i.held_until <= clock_timestamp());
  RETURN NULL;
END $$;
CREATE TRIGGER grace_is_over AFTER UPDATE OF state OR DELETE ON low_balances FOR EACH ROW WHEN (OLD.state = 'zero') EXECUTE FUNCTION cs_intents.grace_is_over();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_intents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_intents.place(text, integer, integer, integer, integer, jsonb, text, integer), cs_intents.withdraw(bigint, integer)
TO containerstacks_admin, containerstacks_support, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_intents.keep_secret(bigint, text), cs_intents.claim(bigint, integer), cs_intents.hold(bigint, uuid, integer, integer),
  cs_intents.give_back(bigint, uuid, text, text), cs_intents.sent(bigint, uuid, text, bigint), cs_intents.lost(bigint, uuid, text, text),
  cs_intents.record(bigint, jsonb), cs_intents.settle(bigint, jsonb, text, bigint, integer, boolean), cs_intents.fail(bigint, uuid, text, text),
  cs_intents.expire()
TO containerstacks_admin, containerstacks_agent;
