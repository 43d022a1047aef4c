-- What the documentation says beside its CREATE TABLE statements: indexes, the non-negative balance,
-- the trigger for updated_at "on all tables". Written so that it also completes a database that
-- somebody made from the document by hand, whatever part of it they had done, without touching a row.

-- Whatever the narrower check is called.
DO $$
DECLARE
  k record;
BEGIN
  FOR k IN SELECT c.conname FROM pg_catalog.pg_constraint c
           JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attname = 'role'
           WHERE c.conrelid = 'public.users'::regclass AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum] LOOP
    EXECUTE format('ALTER TABLE public.users DROP CONSTRAINT %I', k.conname);
  END LOOP;
END $$;
ALTER TABLE users ADD CONSTRAINT users_role_check CHECK (role IN ('admin', 'user', 'support', 'finance'));

DO $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint
    WHERE conrelid = 'public.wallets'::regclass AND contype = 'c'
      AND pg_get_constraintdef(oid) ~ 'balance >= \(?0'
  ) THEN
    ALTER TABLE wallets ADD CONSTRAINT wallets_balance_check CHECK (balance >= 0);
  END IF;
END $$;

-- The documented names.
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email);
CREATE INDEX IF NOT EXISTS idx_users_org ON users(organization_id);
CREATE INDEX IF NOT EXISTS idx_vps_org ON vps_instances(organization_id);
CREATE INDEX IF NOT EXISTS idx_vps_linode ON vps_instances(linode_id);
CREATE INDEX IF NOT EXISTS idx_containers_org ON containers(organization_id);
CREATE INDEX IF NOT EXISTS idx_invoices_org ON invoices(organization_id);
CREATE INDEX IF NOT EXISTS idx_invoices_status ON invoices(status);
CREATE INDEX IF NOT EXISTS idx_transactions_org ON transactions(organization_id);
CREATE INDEX IF NOT EXISTS idx_activity_user ON activity_logs(user_id);
CREATE INDEX IF NOT EXISTS idx_activity_org ON activity_logs(organization_id);
CREATE INDEX IF NOT EXISTS idx_activity_time ON activity_logs(created_at DESC);
CREATE INDEX IF NOT EXISTS idx_notifications_user ON notifications(user_id);
CREATE INDEX IF NOT EXISTS idx_notifications_unread ON notifications(user_id, is_read);
-- Documented in words, without a name.
CREATE INDEX IF NOT EXISTS idx_users_role ON users(role);
CREATE INDEX IF NOT EXISTS idx_vps_status ON vps_instances(status);
CREATE INDEX IF NOT EXISTS idx_activity_action ON activity_logs(action);

-- As documented, but in UTC whatever time zone the session has set.
CREATE OR REPLACE FUNCTION update_updated_at_column()
RETURNS TRIGGER AS $$
BEGIN
  NEW.updated_at = pg_catalog.timezone('UTC', CURRENT_TIMESTAMP);
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;

DO $$
DECLARE
  t text;
  made_by_hand name;
BEGIN
  FOREACH t IN ARRAY ARRAY[
    'users', 'organizations', 'wallets', 'vps_plans', 'vps_instances', 'container_plans', 'containers',
    'tickets', 'theme_settings', 'provider_configs', 'stackscript_configs', 'networking_config'
  ] LOOP
    FOR made_by_hand IN SELECT g.tgname FROM pg_catalog.pg_trigger g
        WHERE g.tgrelid = format('public.%I', t)::regclass AND g.tgfoid = 'public.update_updated_at_column()'::regprocedure LOOP
      EXECUTE format('DROP TRIGGER %I ON public.%I', made_by_hand, t);
    END LOOP;
    EXECUTE format(
      'CREATE TRIGGER %I BEFORE UPDATE ON public.%I FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()',
      'update_' || t || '_updated_at', t);
  END LOOP;
END $$;
