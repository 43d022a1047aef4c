-- People sign in inside the database. A login (one per desk) may by itself do nothing but call
-- challenge, submit, open; opening a session lends the login the person's role, and ending,
-- replacing, disabling or changing the user takes it back.

CREATE SCHEMA cs_auth;
REVOKE ALL ON SCHEMA cs_auth FROM PUBLIC;

-- What only the owner's functions may read.
CREATE TABLE cs_auth.secrets (
  name TEXT PRIMARY KEY,
  value BYTEA NOT NULL
);
INSERT INTO cs_auth.secrets (name, value)
SELECT n, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
FROM unnest(ARRAY['decoy', 'pass']) AS n;

CREATE TABLE cs_auth.logins (
  login NAME PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('desk', 'agent', 'service')),
  label TEXT NOT NULL,
  added_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  revoked_at TIMESTAMPTZ
);

CREATE TABLE cs_auth.attempts (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  login NAME NOT NULL,
  address BYTEA NOT NULL,
  user_id INTEGER REFERENCES public.users(id),
  nonce BYTEA NOT NULL,
  proof BYTEA,
  submitted_xact XID8,
  outcome TEXT CHECK (outcome IN ('opened', 'wrong', 'refused')),
  created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attempts_age ON cs_auth.attempts (created_at);

-- One row per (address, login) and one per address alone (login = ''): failures since the last success.
CREATE TABLE cs_auth.throttle (
  address BYTEA NOT NULL,
  login NAME NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  next_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (address, login)
);

CREATE TABLE cs_auth.sessions (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  login NAME NOT NULL,
  user_id INTEGER NOT NULL REFERENCES public.users(id),
  role TEXT NOT NULL CHECK (role IN ('admin', 'support', 'finance')),
  token_sha256 BYTEA NOT NULL UNIQUE,
  client TEXT NOT NULL,
  viewing_organization_id INTEGER REFERENCES public.organizations(id),
  opened_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  last_use TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  expires_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  end_reason TEXT,
  CONSTRAINT sessions_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
-- One live session per login.
CREATE UNIQUE INDEX sessions_one_per_login ON cs_auth.sessions (login) WHERE ended_at IS NULL;
CREATE INDEX sessions_user ON cs_auth.sessions (user_id) WHERE ended_at IS NULL;

-- HMAC-SHA-256 from the built-in hash, so that no extension is needed.
CREATE FUNCTION cs_auth.hmac(key bytea, message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  k bytea := CASE WHEN length(key) > 64 THEN sha256(key) ELSE key END;
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
  FOR i IN 0 .. length(k) - 1 LOOP
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # get_byte(k, i));
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # get_byte(k, i));
  END LOOP;
  RETURN sha256(outer_pad || sha256(inner_pad || message));
END $$;

-- The database role that a person's role is lent as.
CREATE FUNCTION cs_auth.lent_role(role text) RETURNS name
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE role
    WHEN 'admin' THEN 'containerstacks_admin'::name
    WHEN 'support' THEN 'containerstacks_support'::name
    WHEN 'finance' THEN 'containerstacks_finance'::name
  END
$$;

-- Takes back whatever has been lent to a login.
CREATE FUNCTION cs_auth.take_back(borrower name) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lent name;
BEGIN
  FOR lent IN
    SELECT g.rolname FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
    JOIN pg_catalog.pg_roles b ON b.oid = m.member
    WHERE b.rolname = borrower
      AND g.rolname IN ('containerstacks_admin', 'containerstacks_support', 'containerstacks_finance')
  LOOP
    EXECUTE format('REVOKE %I FROM %I', lent, borrower);
  END LOOP;
END $$;

CREATE FUNCTION cs_auth.end_sessions(whose integer, on_login name, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s record;
  ended integer := 0;
BEGIN
  FOR s IN
    UPDATE cs_auth.sessions SET ended_at = clock_timestamp(), end_reason = why
    WHERE ended_at IS NULL AND (whose IS NULL OR user_id = whose) AND (on_login IS NULL OR login = on_login)
    RETURNING login
  LOOP
    PERFORM cs_auth.take_back(s.login);
    ended := ended + 1;
  END LOOP;
  RETURN ended;
END $$;

-- The live session of the login that asks, or no row. Never believes a setting.
CREATE FUNCTION cs_auth.live_session() RETURNS cs_auth.sessions
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  live cs_auth.sessions;
BEGIN
  SELECT s.* INTO live FROM cs_auth.sessions s
  CROSS JOIN public.workspace_settings w
  JOIN public.users u ON u.id = s.user_id
  WHERE s.login = session_user AND s.ended_at IS NULL
    AND s.expires_at > clock_timestamp()
    AND s.last_use > clock_timestamp() - make_interval(mins => w.idle_minutes)
    AND u.disabled_at IS NULL AND u.role = s.role;
  RETURN live;
END $$;

-- Policies ask these once in each statement: in PL/pgSQL the plan is made once for a connection, in SQL for each statement.
CREATE FUNCTION cs_auth.user_id() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (cs_auth.live_session()).user_id;
END $$;
CREATE FUNCTION cs_auth.role() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (cs_auth.live_session()).role;
END $$;
-- The organization that a session looks at as its customer, if any.
CREATE FUNCTION cs_auth.organization_id() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (cs_auth.live_session()).viewing_organization_id;
END $$;

-- What enter() leaves in the transaction: worthless elsewhere, and nobody but the owner can compute it.
CREATE FUNCTION cs_auth.pass_of(session_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT session_id || ':' || encode(sha256(
    s.value || convert_to(session_id || ':' || pg_current_xact_id()::text || ':' || pg_backend_pid(), 'UTF8')), 'hex')
  FROM cs_auth.secrets s WHERE s.name = 'pass'
$$;

-- Whether this transaction may write: its session's token was shown in it, by enter().
CREATE FUNCTION cs_auth.writing() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  shown text := current_setting('cs.pass', true);
  live bigint;
BEGIN
  IF shown IS NULL OR shown = '' OR pg_current_xact_id_if_assigned() IS NULL THEN
    RETURN false;
  END IF;
  live := (cs_auth.live_session()).id;
  RETURN live IS NOT NULL AND shown = cs_auth.pass_of(live);
END $$;

-- First step of signing in. Answers alike for known and unknown addresses.
CREATE FUNCTION cs_auth.challenge(
  email text, OUT attempt uuid, OUT algorithm text, OUT parameters text, OUT salt text, OUT nonce bytea, OUT retry_after_ms bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  asked text := lower(btrim(email));
  found_user record;
  addr bytea;
BEGIN
  IF NOT EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = session_user AND l.kind = 'desk' AND l.revoked_at IS NULL) THEN
    RAISE EXCEPTION 'this login is not a desk''s' USING ERRCODE = 'CS010';
  END IF;
  addr := sha256(convert_to(asked, 'UTF8'));
  SELECT greatest(0, ceil(extract(epoch FROM max(t.next_at) - clock_timestamp()) * 1000))::bigint INTO retry_after_ms
  FROM cs_auth.throttle t WHERE t.address = addr AND t.login IN (session_user, '');
  retry_after_ms := coalesce(retry_after_ms, 0);
  IF retry_after_ms > 0 THEN
    RETURN;
  END IF;
  SELECT u.id, u.password_hash INTO found_user FROM public.users u
  WHERE lower(u.email) = asked AND u.disabled_at IS NULL ORDER BY (u.email = challenge.email) DESC, u.id LIMIT 1;
  IF found_user.password_hash ~ '^\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$' THEN
    algorithm := 'argon2id';
    parameters := split_part(found_user.password_hash, '$', 4);
    salt := split_part(found_user.password_hash, '$', 5);
  ELSIF found_user.password_hash ~ '^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$' THEN
    algorithm := 'bcrypt';
    parameters := split_part(found_user.password_hash, '$', 3);
    salt := left(split_part(found_user.password_hash, '$', 4), 22);
  ELSE
    -- Nobody, or a hash that we can't verify: a decoy that stays the same for this address.
    found_user.id := NULL;
    algorithm := 'argon2id';
    parameters := 'm=19456,t=2,p=1';
    salt := rtrim(encode(substr(cs_auth.hmac((SELECT value FROM cs_auth.secrets WHERE name = 'decoy'), addr), 1, 16), 'base64'), '=');
  END IF;
  nonce := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
  DELETE FROM cs_auth.attempts a WHERE a.id IN (
    SELECT o.id FROM cs_auth.attempts o WHERE o.created_at < clock_timestamp() - interval '1 day' LIMIT 100 FOR UPDATE SKIP LOCKED);
  INSERT INTO cs_auth.attempts (login, address, user_id, nonce)
  VALUES (session_user, addr, found_user.id, nonce) RETURNING id INTO attempt;
END $$;

-- Second step: stores the proof and counts the attempt. Must be committed before open() looks at it,
-- so that an attempt that is rolled back can't be opened and one that can be opened has been counted.
CREATE FUNCTION cs_auth.submit(attempt uuid, proof bytea, OUT accepted boolean, OUT retry_after_ms bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts;
  wait timestamptz;
BEGIN
  accepted := false;
  retry_after_ms := 0;
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user FOR UPDATE;
  IF NOT FOUND OR a.proof IS NOT NULL OR a.created_at < clock_timestamp() - interval '5 minutes' THEN
    RETURN;
  END IF;
  -- The rows are locked in a fixed order: parallel attempts stand in line here and each is counted.
  INSERT INTO cs_auth.throttle (address, login) VALUES (a.address, ''), (a.address, session_user) ON CONFLICT DO NOTHING;
  PERFORM 1 FROM cs_auth.throttle t WHERE t.address = a.address AND t.login IN ('', session_user) ORDER BY t.login FOR UPDATE;
  SELECT max(t.next_at) INTO wait FROM cs_auth.throttle t WHERE t.address = a.address AND t.login IN ('', session_user);
  IF wait > clock_timestamp() THEN
    retry_after_ms := ceil(extract(epoch FROM wait - clock_timestamp()) * 1000)::bigint;
    RETURN;
  END IF;
  -- From the fourth failure on this login the delay doubles, up to 15 minutes; for the address alone,
  -- whoever tries, it begins after twenty and stays under a minute, so that no desk locks a colleague out.
  UPDATE cs_auth.throttle t SET
    failures = t.failures + 1,
    next_at = clock_timestamp() + CASE
      WHEN t.login = '' THEN make_interval(secs => least(60, greatest(0, t.failures + 1 - 20)))
      WHEN t.failures + 1 < 4 THEN interval '0'
      ELSE make_interval(secs => least(900, power(2, least(t.failures + 1 - 3, 10)))) END
  WHERE t.address = a.address AND t.login IN ('', session_user);
  UPDATE cs_auth.attempts t SET proof = submit.proof, submitted_xact = pg_current_xact_id() WHERE t.id = attempt;
  accepted := true;
END $$;

-- Third step, in a later transaction: compares, opens the session and lends the role. Refusals are
-- returned, never raised, so that what they count stays counted.
CREATE FUNCTION cs_auth.open(
  attempt uuid, client text,
  OUT status text, OUT token text, OUT user_id integer, OUT role text, OUT expires_at timestamptz, OUT rehash boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts;
  u record;
  secret bytea;
  hours integer;
BEGIN
  status := 'wrong';
  -- Those who sign in over one login stand in line: each replaces the session before.
  PERFORM 1 FROM cs_auth.logins l WHERE l.login = session_user AND l.revoked_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this login is not a desk''s' USING ERRCODE = 'CS010';
  END IF;
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user FOR UPDATE;
  IF NOT FOUND OR a.proof IS NULL OR a.outcome IS NOT NULL OR a.submitted_xact = pg_current_xact_id()
     OR a.created_at < clock_timestamp() - interval '5 minutes' THEN
    status := 'stale';
    RETURN;
  END IF;
  SELECT x.id, x.role, x.password_hash, x.organization_id INTO u
  FROM public.users x WHERE x.id = a.user_id AND x.disabled_at IS NULL FOR NO KEY UPDATE;
  IF FOUND THEN
    secret := CASE WHEN u.password_hash LIKE '$argon2id$%' THEN
      decode(rpad(split_part(u.password_hash, '$', 6), 4 * ((length(split_part(u.password_hash, '$', 6)) + 3) / 4), '='), 'base64')
    ELSE convert_to(substr(split_part(u.password_hash, '$', 4), 23), 'UTF8') END;
  END IF;
  IF secret IS NULL OR a.proof IS DISTINCT FROM cs_auth.hmac(secret, a.nonce) THEN
    UPDATE cs_auth.attempts t SET outcome = 'wrong' WHERE t.id = attempt;
    RETURN;
  END IF;
  IF cs_auth.lent_role(u.role) IS NULL THEN
    UPDATE cs_auth.attempts t SET outcome = 'refused' WHERE t.id = attempt;
    status := 'role_not_allowed';
    RETURN;
  END IF;
  UPDATE cs_auth.attempts t SET outcome = 'opened' WHERE t.id = attempt;
  DELETE FROM cs_auth.throttle t WHERE t.address = a.address AND t.login = session_user;
  UPDATE cs_auth.throttle t SET failures = greatest(0, t.failures - 1), next_at = clock_timestamp() WHERE t.address = a.address AND t.login = '';
  PERFORM cs_auth.end_sessions(NULL, session_user, 'replaced');
  SELECT w.session_hours INTO hours FROM public.workspace_settings w;
  token := encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');
  expires_at := clock_timestamp() + make_interval(hours => hours);
  INSERT INTO cs_auth.sessions (login, user_id, role, token_sha256, client, expires_at)
  VALUES (session_user, u.id, u.role, sha256(convert_to(token, 'UTF8')), left(client, 200), expires_at);
  EXECUTE format('GRANT %I TO %I', cs_auth.lent_role(u.role), session_user);
  UPDATE public.users x SET last_login = timezone('UTC', clock_timestamp()) WHERE x.id = u.id;
  status := 'opened';
  user_id := u.id;
  role := u.role;
  rehash := u.password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%';
  INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details, ip_address, user_agent)
  VALUES (u.id, 'session.open', 'session', u.id::text, jsonb_build_object('login', session_user, 'role', u.role), inet_client_addr(), left(client, 200));
END $$;

-- Every writing transaction begins with this. Raises when the session is over.
CREATE FUNCTION cs_auth.enter(token text, OUT user_id integer, OUT role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.live_session();
BEGIN
  IF s.id IS NULL OR s.token_sha256 IS DISTINCT FROM sha256(convert_to(token, 'UTF8')) THEN
    RAISE EXCEPTION 'the session is over' USING ERRCODE = 'CS011';
  END IF;
  PERFORM set_config('cs.pass', cs_auth.pass_of(s.id), true);
  -- At most once a minute, and never waiting for another transaction of the same desk.
  UPDATE cs_auth.sessions x SET last_use = clock_timestamp() WHERE x.id = (
    SELECT y.id FROM cs_auth.sessions y WHERE y.id = s.id AND y.last_use < clock_timestamp() - interval '1 minute' FOR UPDATE SKIP LOCKED);
  user_id := s.user_id;
  role := s.role;
END $$;

-- The person is active: keeps the session from idling out. False when it is over.
CREATE FUNCTION cs_auth.touch(token text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.live_session();
BEGIN
  IF s.id IS NULL OR s.token_sha256 IS DISTINCT FROM sha256(convert_to(token, 'UTF8')) THEN
    RETURN false;
  END IF;
  UPDATE cs_auth.sessions x SET last_use = clock_timestamp() WHERE x.id = s.id AND x.ended_at IS NULL;
  RETURN true;
END $$;

CREATE FUNCTION cs_auth.leave(token text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cs_auth.sessions s WHERE s.login = session_user AND s.ended_at IS NULL
                 AND s.token_sha256 = sha256(convert_to(token, 'UTF8'))) THEN
    RETURN false;
  END IF;
  RETURN cs_auth.end_sessions(NULL, session_user, 'signed_out') > 0;
END $$;

-- Takes back the roles of sessions that have expired. Called by every desk and the agent now and then.
CREATE FUNCTION cs_auth.sweep() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s record;
  swept integer := 0;
BEGIN
  FOR s IN
    SELECT x.id, x.login FROM cs_auth.sessions x CROSS JOIN public.workspace_settings w
    WHERE x.ended_at IS NULL AND (x.expires_at <= clock_timestamp()
      OR x.last_use <= clock_timestamp() - make_interval(mins => w.idle_minutes))
    ORDER BY x.id FOR UPDATE OF x SKIP LOCKED
  LOOP
    UPDATE cs_auth.sessions x SET ended_at = clock_timestamp(), end_reason = 'expired' WHERE x.id = s.id;
    PERFORM cs_auth.take_back(s.login);
    swept := swept + 1;
  END LOOP;
  RETURN swept;
END $$;

-- Who sits here: for the window's corner and for finding out that a session has ended.
CREATE FUNCTION cs_auth.whoami(OUT user_id integer, OUT email text, OUT name text, OUT role text, OUT expires_at timestamptz, OUT idle_minutes integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u.id, u.email, btrim(concat_ws(' ', u.first_name, u.last_name)), s.role, s.expires_at, w.idle_minutes
  FROM cs_auth.live_session() s JOIN public.users u ON u.id = s.user_id CROSS JOIN public.workspace_settings w
$$;

-- Replaces an old hash after a successful sign-in. Only one's own, only with the standard parameters.
CREATE FUNCTION cs_auth.replace_hash(token text, hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := (SELECT e.user_id FROM cs_auth.enter(token) e);
BEGIN
  IF hash !~ '^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22,}\$[A-Za-z0-9+/]{43}$' THEN
    RAISE EXCEPTION 'not a hash of the standard form' USING ERRCODE = 'CS012';
  END IF;
  UPDATE public.users u SET password_hash = hash
  WHERE u.id = me AND u.password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%';
END $$;

-- Disabling a user, or changing role, ends that user's sessions wherever they are.
CREATE FUNCTION cs_auth.user_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_auth.end_sessions(NEW.id, NULL, 'user_changed');
  RETURN NULL;
END $$;
CREATE TRIGGER user_changed AFTER UPDATE OF role, disabled_at ON public.users FOR EACH ROW
  WHEN (OLD.role IS DISTINCT FROM NEW.role OR OLD.disabled_at IS DISTINCT FROM NEW.disabled_at)
  EXECUTE FUNCTION cs_auth.user_changed();
