-- People's second factor, their passwords, and what needs them again.
--
-- An attempt to sign in walks from one proof to the next: the password, a code of the second factor where there is one,
-- a new password where one is due; only then does a session open. Each proof is stored by one transaction and looked at
-- by a later one, and counted when it is stored, so that no rollback hides it.

ALTER TABLE cs_auth.attempts
  ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sign_in' CHECK (purpose IN ('sign_in', 'confirm', 'reset')),
  -- The digest of a code that waits to be looked at, and the transaction that left it.
  ADD COLUMN code_sha256 BYTEA,
  ADD COLUMN code_xact XID8,
  ADD COLUMN factor_proven BOOLEAN NOT NULL DEFAULT FALSE,
  DROP CONSTRAINT attempts_outcome_check,
  ADD CONSTRAINT attempts_outcome_check CHECK (outcome IN ('proven', 'opened', 'wrong', 'refused'));
-- When the person last proved the password: opening a session is such a proof.
ALTER TABLE cs_auth.sessions ADD COLUMN confirmed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp();
CREATE INDEX throttle_age ON cs_auth.throttle (next_at);

-- Somebody else has chosen the password, or knows it: the next sign-in asks for another. And whether there is a second
-- factor, for the list of people; cs_auth.second_factors decides.
ALTER TABLE public.users
  ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN second_factor_at TIMESTAMP;
-- Which roles sign in with a second factor only.
ALTER TABLE public.workspace_settings
  ADD COLUMN second_factor_for TEXT[] NOT NULL DEFAULT '{}' CHECK (second_factor_for <@ ARRAY['admin', 'support', 'finance']);

-- Readable by no login. One counts from its first code on.
CREATE TABLE cs_auth.second_factors (
  user_id INTEGER PRIMARY KEY REFERENCES public.users(id),
  secret BYTEA NOT NULL CHECK (length(secret) = 20),
  made_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  confirmed_at TIMESTAMPTZ,
  -- The newest step whose code was used: that one and all before it are used up.
  last_step BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE cs_auth.recovery_codes (
  user_id INTEGER NOT NULL REFERENCES cs_auth.second_factors(user_id) ON DELETE CASCADE,
  code_sha256 BYTEA NOT NULL,
  used_at TIMESTAMPTZ,
  PRIMARY KEY (user_id, code_sha256)
);

-- Codes of a second factor (RFC 6238 over RFC 4226). ---------------------------------------------------------------

-- SHA-1 (FIPS 180-4), which authenticator programs expect and PostgreSQL doesn't bring without an extension.
CREATE FUNCTION cs_auth.sha1(message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- One bit, zeros, and the length in bits fill the last block of 64 bytes.
  padded bytea := message || decode('80' || repeat('00', (119 - length(message) % 64) % 64), 'hex') || int8send(length(message)::bigint * 8);
  word CONSTANT bigint := 4294967295;
  w bigint[];
  a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; x bigint;
  h0 bigint := 1732584193; h1 bigint := 4023233417; h2 bigint := 2562383102; h3 bigint := 271733878; h4 bigint := 3285377520;
BEGIN
  FOR block IN 0 .. length(padded) / 64 - 1 LOOP
    FOR t IN 0 .. 15 LOOP
      x := block * 64 + t * 4;
      w[t] := (get_byte(padded, x::integer)::bigint << 24) | (get_byte(padded, x::integer + 1)::bigint << 16)
        | (get_byte(padded, x::integer + 2)::bigint << 8) | get_byte(padded, x::integer + 3)::bigint;
    END LOOP;
    FOR t IN 16 .. 79 LOOP
      x := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
      w[t] := ((x << 1) | (x >> 31)) & word;
    END LOOP;
    a := h0; b := h1; c := h2; d := h3; e := h4;
    FOR t IN 0 .. 79 LOOP
      IF t < 20 THEN f := ((b & c) | ((word # b) & d)) + 1518500249;
      ELSIF t < 40 THEN f := (b # c # d) + 1859775393;
      ELSIF t < 60 THEN f := ((b & c) | (b & d) | (c & d)) + 2400959708;
      ELSE f := (b # c # d) + 3395469782;
      END IF;
      x := ((((a << 5) | (a >> 27)) & word) + f + e + w[t]) & word;
      e := d; d := c; c := ((b << 30) | (b >> 2)) & word; b := a; a := x;
    END LOOP;
    h0 := (h0 + a) & word; h1 := (h1 + b) & word; h2 := (h2 + c) & word; h3 := (h3 + d) & word; h4 := (h4 + e) & word;
  END LOOP;
  RETURN substr(int8send(h0), 5) || substr(int8send(h1), 5) || substr(int8send(h2), 5) || substr(int8send(h3), 5) || substr(int8send(h4), 5);
END $$;

CREATE FUNCTION cs_auth.hmac_sha1(key bytea, message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  k bytea := CASE WHEN length(key) > 64 THEN cs_auth.sha1(key) ELSE key END;
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
  FOR i IN 0 .. length(k) - 1 LOOP
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # get_byte(k, i));
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # get_byte(k, i));
  END LOOP;
  RETURN cs_auth.sha1(outer_pad || cs_auth.sha1(inner_pad || message));
END $$;

-- The code of a step: six digits, or as many as asked for.
CREATE FUNCTION cs_auth.totp(secret bytea, step bigint, digits integer DEFAULT 6) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mac bytea := cs_auth.hmac_sha1(secret, int8send(step));
  at integer := get_byte(mac, 19) & 15;
  number bigint := ((get_byte(mac, at) & 127)::bigint << 24) | (get_byte(mac, at + 1)::bigint << 16)
    | (get_byte(mac, at + 2)::bigint << 8) | get_byte(mac, at + 3)::bigint;
BEGIN
  RETURN lpad((number % (10 ^ digits)::bigint)::text, digits, '0');
END $$;

-- A step is 30 seconds of the real time: a clock that a test moves doesn't move the clock of anybody's phone.
CREATE FUNCTION cs_auth.totp_step() RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  SELECT floor(extract(epoch FROM clock_timestamp()) / 30)::bigint
$$;

-- RFC 4648, without padding.
CREATE FUNCTION cs_auth.base32(value bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 1 + substring(bits FROM i FOR 5)::bit(5)::integer, 1), '' ORDER BY i)
  FROM (SELECT ('x' || encode(value, 'hex'))::varbit AS bits) b, generate_series(1, length(value) * 8, 5) AS i
$$;

-- Up to 32 bytes from the server's strong random source.
CREATE FUNCTION cs_auth.random_bytes(count integer) RETURNS bytea
LANGUAGE sql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT substr(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 1, count)
$$;

-- Codes are typed with spaces and hyphens, in capitals or not.
CREATE FUNCTION cs_auth.code_digest(code text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(convert_to(upper(regexp_replace(code, '[^A-Za-z0-9]', '', 'g')), 'UTF8'))
$$;

-- What is shared. -------------------------------------------------------------------------------------------------

-- What failures are counted under: an address, the second factor of a person, reset codes of an address.
CREATE FUNCTION cs_auth.factor_key(whose integer) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT sha256(convert_to('second factor ' || coalesce(whose, 0), 'UTF8')) $$;
CREATE FUNCTION cs_auth.reset_key(email text) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT sha256(convert_to('reset ' || lower(btrim(email)), 'UTF8')) $$;

-- Counts one attempt, or says for how many milliseconds none is taken.
CREATE FUNCTION cs_auth.count_attempt(key bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wait timestamptz;
BEGIN
  -- What nobody has tried for a month is forgotten, so that made-up addresses don't fill the disk.
  DELETE FROM cs_auth.throttle t WHERE t.ctid IN (
    SELECT o.ctid FROM cs_auth.throttle o WHERE o.next_at < clock_timestamp() - interval '30 days' LIMIT 100 FOR UPDATE SKIP LOCKED);
  -- The rows are locked in a fixed order: parallel attempts stand in line here and each is counted.
  INSERT INTO cs_auth.throttle (address, login) VALUES (key, ''), (key, session_user) ON CONFLICT DO NOTHING;
  PERFORM 1 FROM cs_auth.throttle t WHERE t.address = key AND t.login IN ('', session_user) ORDER BY t.login FOR UPDATE;
  SELECT max(t.next_at) INTO wait FROM cs_auth.throttle t WHERE t.address = key AND t.login IN ('', session_user);
  IF wait > clock_timestamp() THEN
    RETURN ceil(extract(epoch FROM wait - clock_timestamp()) * 1000)::bigint;
  END IF;
  -- From the fourth failure on this login the delay doubles, up to 15 minutes; for the key alone, whoever tries, it
  -- begins after twenty and stays under a minute, so that no desk locks a colleague out.
  UPDATE cs_auth.throttle t SET
    failures = t.failures + 1,
    next_at = clock_timestamp() + CASE
      WHEN t.login = '' THEN make_interval(secs => least(60, greatest(0, t.failures + 1 - 20)))
      WHEN t.failures + 1 < 4 THEN interval '0'
      ELSE make_interval(secs => least(900, power(2, least(t.failures + 1 - 3, 10)))) END
  WHERE t.address = key AND t.login IN ('', session_user);
  RETURN 0;
END $$;

-- After a success the login begins anew; for the key alone only this attempt is taken back.
CREATE FUNCTION cs_auth.forgive(key bytea) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM cs_auth.throttle t WHERE t.address = key AND t.login = session_user;
  UPDATE cs_auth.throttle t SET failures = greatest(0, t.failures - 1), next_at = clock_timestamp() WHERE t.address = key AND t.login = '';
END $$;

-- What a proof is made under: the part of a stored hash that the desk has to derive.
CREATE FUNCTION cs_auth.password_key(hash text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN hash LIKE '$argon2id$%' THEN
      decode(rpad(split_part(hash, '$', 6), 4 * ((length(split_part(hash, '$', 6)) + 3) / 4), '='), 'base64')
    ELSE convert_to(substr(split_part(hash, '$', 4), 23), 'UTF8') END
$$;

-- Whether an attempt proves the password of a hash. Never true of a proof that this transaction has stored itself.
CREATE FUNCTION cs_auth.proves(a cs_auth.attempts, hash text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(a.submitted_xact <> pg_current_xact_id() AND a.proof = cs_auth.hmac(cs_auth.password_key(hash), a.nonce), false)
$$;

-- New hashes are of the standard form only, so that none is weaker than what this program makes.
CREATE FUNCTION cs_auth.check_hash(hash text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF hash IS NULL OR hash !~ '^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22,}\$[A-Za-z0-9+/]{43}$' THEN
    RAISE EXCEPTION 'not a hash of the standard form' USING ERRCODE = 'CS012', CONSTRAINT = 'password_hash_form';
  END IF;
END $$;

-- What happens to a person's ways of signing in, in the log: by whom, over which login.
CREATE FUNCTION cs_auth.note(action text, whose integer, client text, more jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.live_session();
BEGIN
  INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details, ip_address, user_agent)
  VALUES (CASE WHEN client IS NULL THEN s.user_id ELSE whose END, action, 'user', whose::text,
    jsonb_strip_nulls(jsonb_build_object('login', session_user, 'role', s.role)) || more, inet_client_addr(), coalesce(client, s.client));
END $$;

-- A write of a person in a session of theirs; otherwise the session is over.
CREATE FUNCTION cs_auth.writer() RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cs_auth.writing() THEN
    RAISE EXCEPTION 'the session is over' USING ERRCODE = 'CS011';
  END IF;
  RETURN cs_auth.user_id();
END $$;

-- Dangerous work needs the password again. ------------------------------------------------------------------------

CREATE FUNCTION cs_auth.confirmed() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((cs_auth.live_session()).confirmed_at > clock_timestamp() - interval '5 minutes', false)
$$;

-- Refuses what a desk asks for on whose session the password was not given in the last five minutes. Programs without a
-- window have logins of their own and nobody who could be asked.
CREATE FUNCTION cs_auth.need_confirmation() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cs_auth.confirmed() AND EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = session_user AND l.kind = 'desk') THEN
    PERFORM cs_ledger.refuse('confirmation_needed', 'this needs the password again');
  END IF;
END $$;

-- Who becomes a member of the staff, or another kind of one. After the rows' policies have had their say.
CREATE FUNCTION cs_auth.guard_roles() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_auth.need_confirmation();
  RETURN NULL;
END $$;
CREATE TRIGGER guard_new_staff AFTER INSERT ON public.users FOR EACH ROW
  WHEN (NEW.role = ANY ('{admin,support,finance}'::text[])) EXECUTE FUNCTION cs_auth.guard_roles();
CREATE TRIGGER guard_roles AFTER UPDATE OF role, disabled_at ON public.users FOR EACH ROW
  WHEN (OLD.role IS DISTINCT FROM NEW.role OR (OLD.disabled_at IS NOT NULL AND NEW.disabled_at IS NULL AND NEW.role <> 'user'))
  EXECUTE FUNCTION cs_auth.guard_roles();
CREATE TRIGGER guard_second_factor AFTER UPDATE OF second_factor_for ON public.workspace_settings FOR EACH ROW
  WHEN (OLD.second_factor_for IS DISTINCT FROM NEW.second_factor_for) EXECUTE FUNCTION cs_auth.guard_roles();

-- Signing in. -----------------------------------------------------------------------------------------------------

-- As before, with the counting that all kinds of attempts share.
CREATE OR REPLACE FUNCTION cs_auth.submit(attempt uuid, proof bytea, OUT accepted boolean, OUT retry_after_ms bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts;
BEGIN
  accepted := false;
  retry_after_ms := 0;
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user FOR UPDATE;
  IF NOT FOUND OR submit.proof IS NULL OR a.proof IS NOT NULL OR a.purpose = 'reset' OR a.created_at < clock_timestamp() - interval '5 minutes' THEN
    RETURN;
  END IF;
  retry_after_ms := cs_auth.count_attempt(a.address);
  IF retry_after_ms = 0 THEN
    UPDATE cs_auth.attempts t SET proof = submit.proof, submitted_xact = pg_current_xact_id() WHERE t.id = attempt;
    accepted := true;
  END IF;
END $$;

-- An attempt whose password is proven waits for a code. Stored and counted here, looked at by a later transaction.
CREATE FUNCTION cs_auth.submit_code(attempt uuid, code text, OUT accepted boolean, OUT retry_after_ms bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts;
BEGIN
  accepted := false;
  retry_after_ms := 0;
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user FOR UPDATE;
  IF NOT FOUND OR code IS NULL OR a.outcome IS DISTINCT FROM 'proven' OR a.created_at < clock_timestamp() - interval '15 minutes' THEN
    RETURN;
  END IF;
  retry_after_ms := cs_auth.count_attempt(cs_auth.factor_key(a.user_id));
  IF retry_after_ms = 0 THEN
    UPDATE cs_auth.attempts t SET code_sha256 = cs_auth.code_digest(code), code_xact = pg_current_xact_id() WHERE t.id = attempt;
    accepted := true;
  END IF;
END $$;

-- Uses a code up: one of the step that is, the one before or the one after, or a recovery code.
CREATE FUNCTION cs_auth.use_code(whose integer, digest bytea, client text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f cs_auth.second_factors;
  now_step bigint := cs_auth.totp_step();
BEGIN
  -- Two who show one code at once stand in line here.
  SELECT * INTO f FROM cs_auth.second_factors x WHERE x.user_id = whose AND x.confirmed_at IS NOT NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  FOR step IN greatest(f.last_step + 1, now_step - 1) .. now_step + 1 LOOP
    IF cs_auth.code_digest(cs_auth.totp(f.secret, step)) = digest THEN
      UPDATE cs_auth.second_factors x SET last_step = step WHERE x.user_id = whose;
      RETURN true;
    END IF;
  END LOOP;
  UPDATE cs_auth.recovery_codes r SET used_at = clock_timestamp() WHERE r.user_id = whose AND r.code_sha256 = digest AND r.used_at IS NULL;
  IF FOUND THEN
    PERFORM cs_auth.note('second_factor.recovery_code', whose, client, jsonb_build_object(
      'left', (SELECT count(*) FROM cs_auth.recovery_codes r WHERE r.user_id = whose AND r.used_at IS NULL)));
  END IF;
  RETURN FOUND;
END $$;

-- Looks at the code that an attempt carries: true, false, or NULL when there is none yet.
CREATE FUNCTION cs_auth.judge_code(a cs_auth.attempts, client text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF a.code_sha256 IS NULL OR a.code_xact = pg_current_xact_id() THEN
    RETURN NULL;
  END IF;
  UPDATE cs_auth.attempts t SET code_sha256 = NULL WHERE t.id = a.id;
  IF NOT cs_auth.use_code(a.user_id, a.code_sha256, client) THEN
    -- Somebody knows the password and not the code: worth a look.
    PERFORM cs_auth.note('second_factor.wrong_code', a.user_id, client);
    RETURN false;
  END IF;
  PERFORM cs_auth.forgive(cs_auth.factor_key(a.user_id));
  UPDATE cs_auth.attempts t SET factor_proven = true WHERE t.id = a.id;
  RETURN true;
END $$;

-- An attempt on its way to a session whose password is proven and still the person's; no row for any other.
CREATE FUNCTION cs_auth.proven_attempt(attempt uuid) RETURNS cs_auth.attempts
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts;
BEGIN
  SELECT t.* INTO a FROM cs_auth.attempts t JOIN public.users u ON u.id = t.user_id
  WHERE t.id = attempt AND t.login = session_user AND t.purpose = 'sign_in' AND t.outcome = 'proven'
    AND t.created_at > clock_timestamp() - interval '15 minutes'
    AND u.disabled_at IS NULL AND cs_auth.proves(t, u.password_hash)
  FOR UPDATE OF t FOR NO KEY UPDATE OF u;
  RETURN a;
END $$;

-- Opens the session, or says what is still to be proven: 'second_factor', 'second_factor_setup', 'new_password'. Called
-- again after each proof. Refusals are returned, never raised, so that what they count stays counted.
CREATE OR REPLACE FUNCTION cs_auth.open(
  attempt uuid, client text,
  OUT status text, OUT token text, OUT user_id integer, OUT role text, OUT expires_at timestamptz, OUT rehash boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts;
  u record;
  w record;
BEGIN
  status := 'wrong';
  -- Those who sign in over one login stand in line: each replaces the session before.
  PERFORM 1 FROM cs_auth.logins l WHERE l.login = session_user AND l.revoked_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this login is not a desk''s' USING ERRCODE = 'CS010';
  END IF;
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user FOR UPDATE;
  IF NOT FOUND OR a.purpose <> 'sign_in' OR a.proof IS NULL OR coalesce(a.outcome, 'proven') <> 'proven' OR a.submitted_xact = pg_current_xact_id()
     OR a.created_at < clock_timestamp() - (CASE WHEN a.outcome IS NULL THEN interval '5 minutes' ELSE interval '15 minutes' END) THEN
    status := 'stale';
    RETURN;
  END IF;
  SELECT x.id, x.role, x.password_hash, x.must_change_password INTO u
  FROM public.users x WHERE x.id = a.user_id AND x.disabled_at IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND OR NOT cs_auth.proves(a, u.password_hash) THEN
    UPDATE cs_auth.attempts t SET outcome = 'wrong' WHERE t.id = attempt;
    RETURN;
  END IF;
  IF cs_auth.lent_role(u.role) IS NULL THEN
    UPDATE cs_auth.attempts t SET outcome = 'refused' WHERE t.id = attempt;
    status := 'role_not_allowed';
    RETURN;
  END IF;
  IF a.outcome IS NULL THEN
    UPDATE cs_auth.attempts t SET outcome = 'proven' WHERE t.id = attempt;
    PERFORM cs_auth.forgive(a.address);
  END IF;
  SELECT s.session_hours, s.second_factor_for INTO w FROM public.workspace_settings s;
  IF EXISTS (SELECT FROM cs_auth.second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) THEN
    IF NOT a.factor_proven THEN
      CASE cs_auth.judge_code(a, left(client, 200))
        WHEN true THEN NULL;
        WHEN false THEN status := 'wrong_code'; RETURN;
        ELSE status := 'second_factor'; RETURN;
      END CASE;
    END IF;
  ELSIF u.role = ANY (w.second_factor_for) THEN
    status := 'second_factor_setup';
    RETURN;
  END IF;
  IF u.must_change_password THEN
    status := 'new_password';
    RETURN;
  END IF;
  UPDATE cs_auth.attempts t SET outcome = 'opened' WHERE t.id = attempt;
  PERFORM cs_auth.end_sessions(NULL, session_user, 'replaced');
  token := encode(cs_auth.random_bytes(32), 'hex');
  expires_at := clock_timestamp() + make_interval(hours => w.session_hours);
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

-- Replaces an old hash after a successful sign-in. Only one's own, only with the standard parameters, and only while the
-- password has just been given: later it would be a change of password without the old one.
CREATE OR REPLACE FUNCTION cs_auth.replace_hash(token text, hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := (SELECT e.user_id FROM cs_auth.enter(token) e);
BEGIN
  PERFORM cs_auth.check_hash(hash);
  PERFORM cs_auth.need_confirmation();
  UPDATE public.users u SET password_hash = hash
  WHERE u.id = me AND u.password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%';
END $$;

-- The password once more, in a session: challenge here, then submit, then confirm in a later transaction.
CREATE FUNCTION cs_auth.confirm_challenge(
  OUT attempt uuid, OUT algorithm text, OUT parameters text, OUT salt text, OUT nonce bytea, OUT retry_after_ms bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := cs_auth.user_id();
BEGIN
  IF me IS NULL THEN
    RAISE EXCEPTION 'the session is over' USING ERRCODE = 'CS011';
  END IF;
  SELECT c.attempt, c.algorithm, c.parameters, c.salt, c.nonce, c.retry_after_ms
  INTO attempt, algorithm, parameters, salt, nonce, retry_after_ms
  FROM cs_auth.challenge((SELECT u.email FROM public.users u WHERE u.id = me)) c;
  UPDATE cs_auth.attempts t SET purpose = 'confirm', user_id = me WHERE t.id = confirm_challenge.attempt;
END $$;

-- Whether the attempt proves the password of who has signed in here; then the session counts as confirmed.
CREATE FUNCTION cs_auth.confirm(attempt uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.live_session();
  a cs_auth.attempts;
  hash text;
BEGIN
  IF s.id IS NULL THEN
    RAISE EXCEPTION 'the session is over' USING ERRCODE = 'CS011';
  END IF;
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user AND t.purpose = 'confirm' AND t.user_id = s.user_id
    AND t.outcome IS NULL AND t.created_at > clock_timestamp() - interval '5 minutes' FOR UPDATE;
  SELECT u.password_hash INTO hash FROM public.users u WHERE u.id = a.user_id;
  IF NOT coalesce(cs_auth.proves(a, hash), false) THEN
    IF a.submitted_xact <> pg_current_xact_id() THEN
      UPDATE cs_auth.attempts t SET outcome = 'wrong' WHERE t.id = attempt;
    END IF;
    RETURN false;
  END IF;
  UPDATE cs_auth.attempts t SET outcome = 'proven' WHERE t.id = attempt;
  PERFORM cs_auth.forgive(a.address);
  UPDATE cs_auth.sessions x SET confirmed_at = clock_timestamp() WHERE x.id = s.id AND x.ended_at IS NULL;
  RETURN true;
END $$;

-- Passwords. ------------------------------------------------------------------------------------------------------

-- A new hash; the sessions that the old password has opened end, but for one over a login that is spared.
CREATE FUNCTION cs_auth.set_password(whose integer, hash text, spared name, why text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s record;
BEGIN
  PERFORM cs_auth.check_hash(hash);
  UPDATE public.users u SET password_hash = hash, must_change_password = false WHERE u.id = whose;
  UPDATE public.password_reset_tokens r SET expires_at = least(r.expires_at, timezone('UTC', clock_timestamp()))
  WHERE r.user_id = whose AND r.used_at IS NULL AND r.expires_at > timezone('UTC', clock_timestamp());
  FOR s IN SELECT x.login FROM cs_auth.sessions x WHERE x.user_id = whose AND x.ended_at IS NULL AND x.login IS DISTINCT FROM spared LOOP
    PERFORM cs_auth.end_sessions(whose, s.login, why);
  END LOOP;
END $$;

-- One's own, with the old one proven by an attempt that confirm_challenge made. False when it doesn't prove it.
CREATE FUNCTION cs_auth.change_password(attempt uuid, hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := cs_auth.writer();
BEGIN
  IF NOT cs_auth.confirm(attempt) THEN
    RETURN false;
  END IF;
  PERFORM cs_auth.set_password(me, hash, session_user, 'password_changed');
  PERFORM cs_auth.note('password.change', me, NULL);
  RETURN true;
END $$;

-- The password that open() asked for. The old one stays proven by the attempt, and a second factor where there is one.
CREATE FUNCTION cs_auth.change_password_at_sign_in(attempt uuid, hash text, client text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts := cs_auth.proven_attempt(attempt);
BEGIN
  IF a.id IS NULL OR NOT (SELECT u.must_change_password FROM public.users u WHERE u.id = a.user_id)
     OR NOT a.factor_proven AND EXISTS (SELECT FROM cs_auth.second_factors f WHERE f.user_id = a.user_id AND f.confirmed_at IS NOT NULL) THEN
    RETURN false;
  END IF;
  PERFORM cs_auth.set_password(a.user_id, hash, NULL, 'password_changed');
  UPDATE cs_auth.attempts t SET proof = cs_auth.hmac(cs_auth.password_key(hash), t.nonce) WHERE t.id = a.id;
  PERFORM cs_auth.note('password.change', a.user_id, left(client, 200));
  RETURN true;
END $$;

-- A code with which a person chooses a new password at the sign-in screen: 256 random bits, shown once, for an hour. What
-- is stored is its SHA-256 in hexadecimal. A token that another program stores in clear opens nothing here: to redeem it
-- one would have to know something whose digest is that text.
CREATE FUNCTION cs_auth.issue_reset_for(whose integer, OUT code text, OUT expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public.users u WHERE u.id = whose AND u.disabled_at IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('reset_of_nobody', 'there is nobody who could sign in');
  END IF;
  UPDATE public.password_reset_tokens r SET expires_at = timezone('UTC', clock_timestamp())
  WHERE r.user_id = whose AND r.used_at IS NULL AND r.expires_at > timezone('UTC', clock_timestamp());
  code := cs_auth.base32(cs_auth.random_bytes(32));
  expires_at := clock_timestamp() + interval '1 hour';
  INSERT INTO public.password_reset_tokens (user_id, token, expires_at)
  VALUES (whose, encode(cs_auth.code_digest(code), 'hex'), timezone('UTC', issue_reset_for.expires_at));
END $$;

CREATE FUNCTION cs_auth.issue_reset(whose integer, OUT code text, OUT expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_auth.writer();
  PERFORM cs_auth.need_confirmation();
  SELECT i.code, i.expires_at INTO code, expires_at FROM cs_auth.issue_reset_for(whose) i;
END $$;

-- First step of redeeming: counts, stores the digest. Answers alike for known and unknown addresses.
CREATE FUNCTION cs_auth.reset_submit(email text, code text, OUT attempt uuid, OUT retry_after_ms bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = session_user AND l.kind = 'desk' AND l.revoked_at IS NULL) THEN
    RAISE EXCEPTION 'this login is not a desk''s' USING ERRCODE = 'CS010';
  END IF;
  retry_after_ms := cs_auth.count_attempt(cs_auth.reset_key(email));
  IF retry_after_ms = 0 THEN
    INSERT INTO cs_auth.attempts (login, address, user_id, nonce, purpose, code_sha256, code_xact)
    SELECT session_user, cs_auth.reset_key(reset_submit.email), (
        SELECT u.id FROM public.users u WHERE lower(u.email) = lower(btrim(reset_submit.email)) AND u.disabled_at IS NULL
        ORDER BY (u.email = reset_submit.email) DESC, u.id LIMIT 1),
      ''::bytea, 'reset', cs_auth.code_digest(coalesce(code, '')), pg_current_xact_id()
    RETURNING id INTO attempt;
  END IF;
END $$;

-- Second step, in a later transaction: 'reset', 'wrong' or 'stale'. All sessions of the person end.
CREATE FUNCTION cs_auth.reset_redeem(attempt uuid, hash text, client text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts;
  who record;
BEGIN
  PERFORM cs_auth.check_hash(hash);
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user AND t.purpose = 'reset' AND t.outcome IS NULL
    AND t.code_xact <> pg_current_xact_id() AND t.created_at > clock_timestamp() - interval '5 minutes' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'stale';
  END IF;
  SELECT u.id, u.email INTO who FROM public.users u WHERE u.id = a.user_id AND u.disabled_at IS NULL FOR NO KEY UPDATE;
  UPDATE public.password_reset_tokens r SET used_at = timezone('UTC', clock_timestamp())
  WHERE r.user_id = who.id AND r.token = encode(a.code_sha256, 'hex') AND r.used_at IS NULL AND r.expires_at > timezone('UTC', clock_timestamp());
  IF NOT FOUND THEN
    UPDATE cs_auth.attempts t SET outcome = 'wrong' WHERE t.id = attempt;
    RETURN 'wrong';
  END IF;
  UPDATE cs_auth.attempts t SET outcome = 'proven' WHERE t.id = attempt;
  PERFORM cs_auth.set_password(who.id, hash, NULL, 'password_reset');
  -- Whoever has forgotten a password has tried some: that is over now.
  PERFORM cs_auth.forgive(a.address);
  PERFORM cs_auth.forgive(sha256(convert_to(lower(btrim(who.email)), 'UTF8')));
  PERFORM cs_auth.note('password.reset', who.id, left(client, 200));
  RETURN 'reset';
END $$;

-- The second factor. ----------------------------------------------------------------------------------------------

-- A secret for somebody who has no second factor yet. It counts only when a first code has shown that it arrived.
CREATE FUNCTION cs_auth.make_factor(whose integer) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made bytea := cs_auth.random_bytes(20);
BEGIN
  INSERT INTO cs_auth.second_factors AS f (user_id, secret) VALUES (whose, made)
  ON CONFLICT (user_id) DO UPDATE SET secret = EXCLUDED.secret, made_at = EXCLUDED.made_at, last_step = 0 WHERE f.confirmed_at IS NULL;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('second_factor_exists', 'there is a second factor already');
  END IF;
  RETURN cs_auth.base32(made);
END $$;

-- Ten codes of 80 bits for the day on which the phone is lost; those before them are void.
CREATE FUNCTION cs_auth.make_recovery_codes(whose integer) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  codes text[];
BEGIN
  DELETE FROM cs_auth.recovery_codes r WHERE r.user_id = whose;
  SELECT array_agg(cs_auth.base32(cs_auth.random_bytes(10))) INTO codes FROM generate_series(1, 10);
  INSERT INTO cs_auth.recovery_codes (user_id, code_sha256) SELECT whose, cs_auth.code_digest(c) FROM unnest(codes) AS c;
  RETURN codes;
END $$;

-- The first code. NULL when it is wrong, otherwise the recovery codes. Nothing can be guessed here: who is asked was
-- shown the secret.
CREATE FUNCTION cs_auth.confirm_factor(whose integer, code text, client text) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  f cs_auth.second_factors;
  now_step bigint := cs_auth.totp_step();
BEGIN
  SELECT * INTO f FROM cs_auth.second_factors x
  WHERE x.user_id = whose AND x.confirmed_at IS NULL AND x.made_at > clock_timestamp() - interval '15 minutes' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('second_factor_not_begun', 'no secret waits for its first code');
  END IF;
  FOR step IN now_step - 1 .. now_step + 1 LOOP
    IF cs_auth.code_digest(cs_auth.totp(f.secret, step)) = cs_auth.code_digest(code) THEN
      UPDATE cs_auth.second_factors x SET confirmed_at = clock_timestamp(), last_step = step WHERE x.user_id = whose;
      UPDATE public.users u SET second_factor_at = timezone('UTC', clock_timestamp()) WHERE u.id = whose;
      PERFORM cs_auth.note('second_factor.set_up', whose, client);
      RETURN cs_auth.make_recovery_codes(whose);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION cs_auth.drop_factor(whose integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM cs_auth.second_factors f WHERE f.user_id = whose AND f.confirmed_at IS NOT NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE public.users u SET second_factor_at = NULL WHERE u.id = whose;
  RETURN true;
END $$;

CREATE FUNCTION cs_auth.second_factor_begin() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := cs_auth.writer();
BEGIN
  PERFORM cs_auth.need_confirmation();
  RETURN cs_auth.make_factor(me);
END $$;

CREATE FUNCTION cs_auth.second_factor_finish(code text) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN cs_auth.confirm_factor(cs_auth.writer(), code, NULL);
END $$;

-- The same for a role that signs in with a second factor only and a person who has none yet.
CREATE FUNCTION cs_auth.second_factor_begin_at_sign_in(attempt uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts := cs_auth.proven_attempt(attempt);
BEGIN
  RETURN CASE WHEN a.id IS NOT NULL THEN cs_auth.make_factor(a.user_id) END;
END $$;

CREATE FUNCTION cs_auth.second_factor_finish_at_sign_in(attempt uuid, code text, client text) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a cs_auth.attempts := cs_auth.proven_attempt(attempt);
  codes text[];
BEGIN
  IF a.id IS NOT NULL THEN
    codes := cs_auth.confirm_factor(a.user_id, code, left(client, 200));
    UPDATE cs_auth.attempts t SET factor_proven = true WHERE t.id = a.id AND codes IS NOT NULL;
  END IF;
  RETURN codes;
END $$;

-- Gives one's own up: with an attempt of confirm_challenge that proved the password and carries a code.
CREATE FUNCTION cs_auth.second_factor_disable(attempt uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := cs_auth.writer();
  a cs_auth.attempts;
BEGIN
  IF (SELECT u.role = ANY (w.second_factor_for) FROM public.users u CROSS JOIN public.workspace_settings w WHERE u.id = me) THEN
    PERFORM cs_ledger.refuse('second_factor_required', 'this role signs in with a second factor only');
  END IF;
  SELECT * INTO a FROM cs_auth.attempts t WHERE t.id = attempt AND t.login = session_user AND t.purpose = 'confirm' AND t.user_id = me
    AND t.outcome = 'proven' AND t.created_at > clock_timestamp() - interval '5 minutes' FOR UPDATE;
  IF NOT FOUND OR NOT coalesce(cs_auth.judge_code(a, NULL), false) THEN
    RETURN false;
  END IF;
  PERFORM cs_auth.drop_factor(me);
  PERFORM cs_auth.note('second_factor.disable', me, NULL);
  RETURN true;
END $$;

CREATE FUNCTION cs_auth.second_factor_new_codes() RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := cs_auth.writer();
BEGIN
  PERFORM cs_auth.need_confirmation();
  PERFORM 1 FROM cs_auth.second_factors f WHERE f.user_id = me AND f.confirmed_at IS NOT NULL FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('second_factor_missing', 'there is no second factor');
  END IF;
  PERFORM cs_auth.note('second_factor.new_recovery_codes', me, NULL);
  RETURN cs_auth.make_recovery_codes(me);
END $$;

-- Takes another's away, whose phone is lost: their sessions end. One's own goes with a code only.
CREATE FUNCTION cs_auth.reset_second_factor_of(whose integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF whose = cs_auth.user_id() THEN
    PERFORM cs_ledger.refuse('second_factor_own', 'one''s own second factor is given up with a code');
  END IF;
  IF NOT cs_auth.drop_factor(whose) THEN
    PERFORM cs_ledger.refuse('second_factor_missing', 'there is no second factor');
  END IF;
  PERFORM cs_auth.end_sessions(whose, NULL, 'second_factor_reset');
  PERFORM cs_auth.note('second_factor.reset', whose, NULL);
END $$;

CREATE FUNCTION cs_auth.reset_second_factor(whose integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_auth.writer();
  PERFORM cs_auth.need_confirmation();
  PERFORM cs_auth.reset_second_factor_of(whose);
END $$;

-- Which roles sign in with a second factor only. Who has none yet is asked for one at the next sign-in.
CREATE FUNCTION cs_auth.require_second_factor(roles text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_auth.writer();
  UPDATE public.workspace_settings w SET second_factor_for = (SELECT coalesce(array_agg(DISTINCT r ORDER BY r), '{}') FROM unnest(roles) AS r)
  WHERE w.second_factor_for IS DISTINCT FROM roles;
END $$;

-- What a person is shown of the own ways of signing in.
CREATE FUNCTION cs_auth.my_security(
  OUT second_factor_since timestamptz, OUT recovery_codes_left integer, OUT second_factor_required boolean, OUT confirmed_until timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.confirmed_at,
    (SELECT count(*) FROM cs_auth.recovery_codes r WHERE r.user_id = f.user_id AND r.used_at IS NULL AND f.confirmed_at IS NOT NULL)::integer,
    s.role = ANY (w.second_factor_for), s.confirmed_at + interval '5 minutes'
  FROM cs_auth.live_session() s CROSS JOIN public.workspace_settings w LEFT JOIN cs_auth.second_factors f ON f.user_id = s.user_id
$$;

-- Sessions. -------------------------------------------------------------------------------------------------------

-- Those that live: one's own, or everybody's for an admin.
CREATE FUNCTION cs_auth.session_list(everybody boolean) RETURNS TABLE (
  id bigint, desk text, login name, user_id integer, email text, name text, role text, client text,
  opened_at timestamptz, last_use timestamptz, expires_at timestamptz, is_this boolean
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me cs_auth.sessions := cs_auth.live_session();
BEGIN
  IF everybody AND me.role IS DISTINCT FROM 'admin' THEN
    RAISE EXCEPTION 'only admins see the sessions of others' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    SELECT s.id, l.label, s.login, u.id, u.email::text, btrim(concat_ws(' ', u.first_name, u.last_name)), s.role, s.client,
      s.opened_at, s.last_use, s.expires_at, s.id = me.id
    FROM cs_auth.sessions s JOIN public.users u ON u.id = s.user_id JOIN cs_auth.logins l ON l.login = s.login CROSS JOIN public.workspace_settings w
    WHERE s.ended_at IS NULL AND (everybody OR s.user_id = me.user_id)
      AND s.expires_at > clock_timestamp() AND s.last_use > clock_timestamp() - make_interval(mins => w.idle_minutes)
    ORDER BY s.last_use DESC, s.id DESC LIMIT 1000;
END $$;

-- Ends one: one's own, or anybody's for an admin. False when it had ended already.
CREATE FUNCTION cs_auth.revoke_session(session bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := cs_auth.writer();
  s record;
BEGIN
  SELECT x.user_id, x.login INTO s FROM cs_auth.sessions x
  WHERE x.id = session AND x.ended_at IS NULL AND (x.user_id = me OR cs_auth.role() = 'admin') FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM cs_auth.note('session.revoke', s.user_id, NULL, jsonb_build_object('of', s.login));
  RETURN cs_auth.end_sessions(s.user_id, s.login, 'revoked') > 0;
END $$;

-- Ends all of a person, but for the one that asks.
CREATE FUNCTION cs_auth.revoke_sessions_of(whose integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  me integer := cs_auth.writer();
  s record;
  ended integer := 0;
BEGIN
  IF whose <> me AND cs_auth.role() <> 'admin' THEN
    RAISE EXCEPTION 'only admins end the sessions of others' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOR s IN SELECT x.login FROM cs_auth.sessions x WHERE x.user_id = whose AND x.ended_at IS NULL AND x.login <> session_user ORDER BY x.id LOOP
    PERFORM cs_auth.note('session.revoke', whose, NULL, jsonb_build_object('of', s.login));
    ended := ended + cs_auth.end_sessions(whose, s.login, 'revoked');
  END LOOP;
  RETURN ended;
END $$;

-- Rights. ---------------------------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_auth FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  cs_auth.submit_code(uuid, text), cs_auth.change_password_at_sign_in(uuid, text, text), cs_auth.reset_submit(text, text),
  cs_auth.reset_redeem(uuid, text, text), cs_auth.second_factor_begin_at_sign_in(uuid), cs_auth.second_factor_finish_at_sign_in(uuid, text, text)
TO containerstacks_staff;
GRANT EXECUTE ON FUNCTION
  cs_auth.confirm_challenge(), cs_auth.confirm(uuid), cs_auth.confirmed(), cs_auth.change_password(uuid, text), cs_auth.my_security(),
  cs_auth.second_factor_begin(), cs_auth.second_factor_finish(text), cs_auth.second_factor_disable(uuid), cs_auth.second_factor_new_codes(),
  cs_auth.session_list(boolean), cs_auth.revoke_session(bigint), cs_auth.revoke_sessions_of(integer)
TO containerstacks_admin, containerstacks_support, containerstacks_finance;
GRANT EXECUTE ON FUNCTION cs_auth.issue_reset(integer), cs_auth.reset_second_factor(integer), cs_auth.require_second_factor(text[]) TO containerstacks_admin;

SELECT cs_meta.permit('admin,support,finance,agent', 'users', 'select', '*,-password_hash', 'true');
SELECT cs_meta.permit('admin', 'users', 'insert', 'id,email,password_hash,first_name,last_name,role,organization_id,email_verified,must_change_password', '(SELECT cs_auth.writing())');
SELECT cs_meta.permit('admin', 'users', 'update', 'email,first_name,last_name,role,organization_id,email_verified,disabled_at,must_change_password', '(SELECT cs_auth.writing())');
SELECT cs_meta.permit('agent', 'users', 'insert', 'id,email,password_hash,first_name,last_name,role,organization_id,email_verified,must_change_password', 'true');
SELECT cs_meta.permit('admin,support,finance,agent', 'workspace_settings', 'select', '*', 'true');
-- How people sign in is nothing for customers and back ends, and which roles need a second factor is set by
-- cs_auth.require_second_factor() alone: no rule gives them more than they hold.
UPDATE cs_meta.matrix SET columns = columns || ',-must_change_password,-second_factor_at' WHERE table_name = 'users' AND role IN ('customer', 'service');
UPDATE cs_meta.matrix SET columns = columns || ',-second_factor_for' WHERE table_name = 'workspace_settings' AND role = 'admin' AND operation = 'update';
