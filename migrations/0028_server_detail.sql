-- A server's page: what was charged for it, what was logged of it, its root password told once, and intents that a passing
-- refusal leaves waiting.

CREATE INDEX activity_logs_thing ON activity_logs (resource_type, resource_id, id DESC);

-- What the charges of a server or container took of it, a row for each run: the newest first, no more than `most` charges of
-- each organization that it was ever with, from charge `before` downwards (NULL: from the newest). `reaches` says from when on
-- the answer is complete (NULL: there are no older ones), also in a row of its own.
CREATE FUNCTION cs_billing.charges_of(kind text, resource integer, before timestamp, most integer) RETURNS TABLE (
  organization_id integer, run_id bigint, run_at timestamp, transaction_id integer, first_hour timestamp, until timestamp, hours bigint, amount numeric, reaches timestamp)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  payers integer[];
  since bigint[];
  upto bigint[];
  horizon timestamp;
BEGIN
  WITH payer AS (
    SELECT DISTINCT t.organization_id AS id FROM public.resource_terms t WHERE t.resource_kind = kind AND t.resource_id = resource
  ), taken AS (
    SELECT p.id, c.id AS charge, r.run_at, c.run_id, row_number() OVER (PARTITION BY p.id ORDER BY c.id DESC) AS place
    FROM payer p CROSS JOIN LATERAL (
      SELECT b.id, b.run_id FROM public.billing_charges b WHERE b.organization_id = p.id
        AND (before IS NULL OR (SELECT x.run_at FROM public.billing_runs x WHERE x.id = b.run_id) <= before)
      ORDER BY b.id DESC LIMIT most + 1) c
    JOIN public.billing_runs r ON r.id = c.run_id
  ), side AS (
    SELECT t.id, min(t.charge) FILTER (WHERE t.place <= most) AS since, max(t.charge) AS upto,
      min(t.run_at) FILTER (WHERE t.place <= most) AS reached, count(*) > most AS has_more
    FROM taken t GROUP BY t.id
  )
  SELECT array_agg(s.id), array_agg(s.since), array_agg(s.upto), max(s.reached) FILTER (WHERE s.has_more) INTO payers, since, upto, horizon FROM side s;
  IF payers IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT x.organization_id, x.run_id, r.run_at,
    (SELECT min(c.transaction_id) FROM public.billing_charges c WHERE c.organization_id = x.organization_id AND c.run_id = x.run_id),
    min(x.first_hour), max(x.first_hour + x.hours * interval '1 hour'), sum(x.hours)::bigint, round(sum(x.amount), 4), horizon
  FROM cs_billing.charged(payers, since, upto) x
  JOIN unnest(payers, since) AS a(id, since) ON a.id = x.organization_id AND x.charge_id >= a.since
  JOIN public.billing_runs r ON r.id = x.run_id
  WHERE x.hours IS NOT NULL AND x.resource_kind = kind AND x.resource_id = resource
  GROUP BY x.organization_id, x.run_id, r.run_at
  -- Also where none of the charges took anything of it.
  UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, horizon;
END $$;
REVOKE ALL ON FUNCTION cs_billing.charges_of(text, integer, timestamp, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.charges_of(text, integer, timestamp, integer)
TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;

-- Root's password as it lies sealed, for an admin who is about to see it: behind the confirmation, and in the log. Whoever
-- can't open it rolls back, and nothing was told.
CREATE FUNCTION cs_intents.show_password(server integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v public.vps_instances;
  s cs_auth.sessions := cs_auth.live_session();
BEGIN
  PERFORM cs_billing.check_caller('admin');
  PERFORM cs_auth.need_confirmation();
  SELECT * INTO v FROM public.vps_instances x WHERE x.id = server;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('intent_server_known', 'there is no such server, or it is another''s by now');
  ELSIF coalesce(v.root_password, '') = '' THEN
    PERFORM cs_ledger.refuse('server_password_unknown', 'nobody here knows root''s password');
  END IF;
  INSERT INTO public.activity_logs (user_id, organization_id, action, resource_type, resource_id, details, ip_address, user_agent)
  VALUES (s.user_id, v.organization_id, 'server.show_password', 'server', v.id::text,
    jsonb_strip_nulls(jsonb_build_object('login', session_user, 'role', s.role)), inet_client_addr(), s.client);
  RETURN v.root_password;
END $$;

-- The provider has refused it in a way that passes, and certainly not carried it out: it waits again, with what it holds and
-- its secret, until its day is over.
CREATE FUNCTION cs_intents.unsend(intent bigint, lent uuid, code text, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  UPDATE public.provider_intents i SET state = 'waiting', sent_at = NULL, event_before = NULL, lease = NULL, held_until = NULL,
    error_code = left(code, 60), error = left(why, 2000)
  WHERE i.id = intent AND i.lease = lent AND i.state = 'sending';
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION cs_intents.show_password(integer), cs_intents.unsend(bigint, uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_intents.show_password(integer), cs_intents.unsend(bigint, uuid, text, text) TO containerstacks_admin, containerstacks_agent;
