-- What this product needs on top of the documented schema: nullable columns, new tables, indexes.
-- All times are TIMESTAMP without zone and mean UTC: the database's TimeZone is pinned to UTC.

-- People and organizations are switched off, never deleted: books hang on them.
ALTER TABLE users ADD COLUMN disabled_at TIMESTAMP;
ALTER TABLE organizations ADD COLUMN archived_at TIMESTAMP;
CREATE INDEX idx_users_email_lower ON users (lower(email));

-- Resources remember whose account they are in, and when they went.
ALTER TABLE vps_instances
  ADD COLUMN provider_config_id INTEGER REFERENCES provider_configs(id),
  ADD COLUMN deleted_at TIMESTAMP;
ALTER TABLE containers
  ADD COLUMN provider_config_id INTEGER REFERENCES provider_configs(id),
  ADD COLUMN deleted_at TIMESTAMP;

-- A price in force from an instant on. A plan without any row has always cost what its own row says.
CREATE TABLE plan_prices (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_kind VARCHAR(20) NOT NULL CHECK (plan_kind IN ('vps', 'container')),
  plan_id INTEGER NOT NULL,
  effective_from TIMESTAMP NOT NULL,
  base_cost DECIMAL(10, 4) CHECK (base_cost >= 0),
  markup_percentage DECIMAL(5, 2),
  hourly_rate DECIMAL(10, 4) CHECK (hourly_rate >= 0),
  monthly_rate DECIMAL(10, 2) CHECK (monthly_rate >= 0),
  recorded_by INTEGER REFERENCES users(id),
  recorded_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT plan_prices_one_per_instant UNIQUE (plan_kind, plan_id, effective_from)
);

-- Under which terms a resource runs: whose it is, on which plan, from when until when. Together with
-- the prices these half-open spans are all that an hour's cost depends on, so that the stored detail
-- grows with changes and not with hours.
CREATE TABLE resource_terms (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  resource_kind VARCHAR(20) NOT NULL CHECK (resource_kind IN ('vps', 'container')),
  resource_id INTEGER NOT NULL,
  organization_id INTEGER NOT NULL REFERENCES organizations(id),
  plan_id INTEGER,
  starts_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP,
  recorded_by INTEGER REFERENCES users(id),
  recorded_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT resource_terms_ends_after_start CHECK (ends_at >= starts_at),
  CONSTRAINT resource_terms_one_start UNIQUE (resource_kind, resource_id, starts_at)
);
-- At most one open span per resource.
CREATE UNIQUE INDEX resource_terms_one_open ON resource_terms (resource_kind, resource_id) WHERE ends_at IS NULL;
CREATE INDEX resource_terms_organization ON resource_terms (organization_id, resource_kind, resource_id);
CREATE INDEX resource_terms_open ON resource_terms (organization_id) WHERE ends_at IS NULL;

-- One run of the biller, by anybody, safe to lose at any instant.
CREATE TABLE billing_runs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_at TIMESTAMP NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'completed', 'partial', 'failed', 'cancelled')),
  started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  finished_at TIMESTAMP,
  started_by INTEGER REFERENCES users(id),
  -- Whether it collects one organization's arrears at a deposit: what it charges carries the time of the deposit.
  collects BOOLEAN NOT NULL DEFAULT FALSE,
  organizations INTEGER NOT NULL DEFAULT 0 CHECK (organizations >= 0),
  resources INTEGER NOT NULL DEFAULT 0 CHECK (resources >= 0),
  hours BIGINT NOT NULL DEFAULT 0 CHECK (hours >= 0),
  charged DECIMAL(14, 2) NOT NULL DEFAULT 0,
  carried DECIMAL(14, 4) NOT NULL DEFAULT 0,
  skipped JSONB NOT NULL DEFAULT '[]',
  error TEXT,
  CONSTRAINT billing_runs_finish CHECK ((status = 'open') = (finished_at IS NULL))
);
CREATE INDEX billing_runs_newest ON billing_runs (run_at DESC, id DESC);

-- How far an organization has been charged, and the fraction of a cent it carries. Hours are charged
-- in the order (beginning, kind, id); the mark is the last hour that was charged, so that money that
-- runs out in mid-run stops at an exact place.
CREATE TABLE organization_meters (
  organization_id INTEGER PRIMARY KEY REFERENCES organizations(id),
  charged_until TIMESTAMP,
  mark_kind VARCHAR(20) CHECK (mark_kind IN ('vps', 'container')),
  mark_resource_id INTEGER,
  carry DECIMAL(6, 4) NOT NULL DEFAULT 0 CHECK (carry >= 0 AND carry < 0.01),
  arrears DECIMAL(14, 4) NOT NULL DEFAULT 0 CHECK (arrears >= 0)
) WITH (fillfactor = 50);

-- What a charge transaction is made of. The chain (organization, from) → (organization, until) has no
-- gap and no fork: the database itself refuses to charge an hour twice.
CREATE TABLE billing_charges (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id BIGINT NOT NULL REFERENCES billing_runs(id),
  organization_id INTEGER NOT NULL REFERENCES organizations(id),
  transaction_id INTEGER UNIQUE REFERENCES transactions(id),
  usage_month DATE NOT NULL CHECK (extract(day FROM usage_month) = 1),
  charged_from TIMESTAMP,
  from_kind VARCHAR(20),
  from_resource_id INTEGER,
  charged_until TIMESTAMP NOT NULL,
  until_kind VARCHAR(20),
  until_resource_id INTEGER,
  hours BIGINT NOT NULL CHECK (hours >= 0),
  usage DECIMAL(14, 4) NOT NULL CHECK (usage >= 0),
  carry_in DECIMAL(6, 4) NOT NULL CHECK (carry_in >= 0 AND carry_in < 0.01),
  amount DECIMAL(12, 2) NOT NULL CHECK (amount >= 0),
  carry_out DECIMAL(6, 4) NOT NULL CHECK (carry_out >= 0 AND carry_out < 0.01),
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT billing_charges_adds_up CHECK (usage + carry_in = amount + carry_out),
  CONSTRAINT billing_charges_one_per_from
    UNIQUE NULLS NOT DISTINCT (organization_id, usage_month, charged_from, from_kind, from_resource_id)
);
CREATE INDEX billing_charges_run ON billing_charges (run_id);

-- Detail per resource, month and rate, written when a span ends, a price changes or a month closes, and
-- at once for hours that come late. Until then it follows from terms, prices and marks.
CREATE TABLE usage_details (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organizations(id),
  resource_kind VARCHAR(20) NOT NULL CHECK (resource_kind IN ('vps', 'container')),
  resource_id INTEGER NOT NULL,
  plan_id INTEGER,
  usage_month DATE NOT NULL CHECK (extract(day FROM usage_month) = 1),
  first_hour TIMESTAMP NOT NULL,
  hours INTEGER NOT NULL CHECK (hours > 0),
  hourly_rate DECIMAL(10, 4) NOT NULL CHECK (hourly_rate >= 0),
  monthly_cap DECIMAL(10, 2) CHECK (monthly_cap >= 0),
  amount DECIMAL(14, 4) NOT NULL CHECK (amount >= 0 AND amount <= hourly_rate * hours),
  charge_id BIGINT REFERENCES billing_charges(id),
  CONSTRAINT usage_details_one_per_hour UNIQUE (resource_kind, resource_id, first_hour)
);
CREATE INDEX usage_details_organization ON usage_details (organization_id, usage_month);

-- What can't be priced waits here, visible to finance, while the run goes on.
CREATE TABLE parked_resources (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  resource_kind VARCHAR(20) NOT NULL CHECK (resource_kind IN ('vps', 'container')),
  resource_id INTEGER NOT NULL,
  organization_id INTEGER REFERENCES organizations(id),
  reason VARCHAR(40) NOT NULL CHECK (reason IN ('no_plan', 'no_rate', 'inactive_currency', 'adopted', 'gone', 'no_wallet')),
  parked_from TIMESTAMP NOT NULL,
  parked_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  resolved_at TIMESTAMP,
  resolved_by INTEGER REFERENCES users(id),
  resolution VARCHAR(40)
);
CREATE UNIQUE INDEX parked_resources_one_open ON parked_resources (resource_kind, resource_id) WHERE resolved_at IS NULL;

-- A refund or adjustment above the limit waits here for a second person.
CREATE TABLE adjustment_requests (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organizations(id),
  type VARCHAR(50) NOT NULL CHECK (type IN ('refund', 'adjustment')),
  amount DECIMAL(10, 2) NOT NULL CHECK (amount <> 0),
  reason TEXT NOT NULL,
  refund_of INTEGER REFERENCES transactions(id),
  requested_by INTEGER NOT NULL REFERENCES users(id),
  requested_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  decided_by INTEGER REFERENCES users(id),
  decided_at TIMESTAMP,
  decision VARCHAR(20) CHECK (decision IN ('approved', 'refused')),
  CONSTRAINT adjustment_requests_decided CHECK ((decided_at IS NULL) = (decision IS NULL) AND (decided_by IS NULL) = (decision IS NULL)),
  CONSTRAINT adjustment_requests_two_people CHECK (decided_by <> requested_by)
);

-- Money moves only by rows of transactions; these columns say why, by whom, and make each write repeatable.
ALTER TABLE transactions
  ADD COLUMN idempotency_key VARCHAR(100),
  ADD COLUMN reason TEXT,
  ADD COLUMN refund_of INTEGER REFERENCES transactions(id),
  ADD COLUMN request_id BIGINT REFERENCES adjustment_requests(id),
  ADD COLUMN run_id BIGINT REFERENCES billing_runs(id),
  ADD COLUMN usage_month DATE,
  ADD COLUMN created_by INTEGER REFERENCES users(id);
-- Per organization, so that a clash tells nothing of another organization's rows.
CREATE UNIQUE INDEX transactions_idempotency ON transactions (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX transactions_request ON transactions (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX transactions_newest ON transactions (created_at DESC, id DESC);
CREATE INDEX transactions_refund_of ON transactions (refund_of) WHERE refund_of IS NOT NULL;

-- Lowers what may be ordered while a server is being made, never what usage may take.
CREATE TABLE wallet_holds (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organizations(id),
  amount DECIMAL(10, 2) NOT NULL CHECK (amount > 0),
  purpose TEXT NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  released_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX wallet_holds_live ON wallet_holds (organization_id) WHERE released_at IS NULL;

-- Gap-free numbers: the row is locked until the invoice that uses the number is committed.
CREATE TABLE invoice_counters (
  year INTEGER PRIMARY KEY CHECK (year BETWEEN 2000 AND 9999),
  last_number INTEGER NOT NULL DEFAULT 0 CHECK (last_number >= 0)
);

ALTER TABLE invoices
  ADD COLUMN amount_paid DECIMAL(10, 2) CHECK (amount_paid >= 0),
  ADD COLUMN carry_in DECIMAL(6, 4),
  ADD COLUMN carry_out DECIMAL(6, 4),
  ADD COLUMN corrects INTEGER REFERENCES invoices(id),
  ADD COLUMN created_by INTEGER REFERENCES users(id);
CREATE INDEX invoices_newest ON invoices (created_at DESC, id DESC);

-- Conversations: which message is the newest (a reply to an older state is held back), and a key that
-- makes sending repeatable.
ALTER TABLE tickets ADD COLUMN last_message_id INTEGER, ADD COLUMN last_message_at TIMESTAMP, ADD COLUMN last_from_customer BOOLEAN,
  ADD COLUMN first_reply_at TIMESTAMP, ADD COLUMN client_key VARCHAR(100);
ALTER TABLE ticket_messages ADD COLUMN client_key VARCHAR(100);
CREATE UNIQUE INDEX tickets_client_key ON tickets (organization_id, client_key) WHERE client_key IS NOT NULL;
CREATE UNIQUE INDEX ticket_messages_client_key ON ticket_messages (ticket_id, client_key) WHERE client_key IS NOT NULL;
CREATE INDEX ticket_messages_thread ON ticket_messages (ticket_id, id);
CREATE INDEX tickets_queue ON tickets (status, assigned_to);
CREATE INDEX tickets_newest ON tickets (updated_at DESC, id DESC);
CREATE INDEX tickets_organization ON tickets (organization_id);
-- Conversations that were there before. Their own times stay as they are.
ALTER TABLE tickets DISABLE TRIGGER update_tickets_updated_at;
UPDATE tickets t SET last_message_id = m.last_id, last_message_at = m.last_at, first_reply_at = m.first_reply_at,
  last_from_customer = (
    SELECT coalesce(u.role, 'user') = 'user' FROM ticket_messages x LEFT JOIN users u ON u.id = x.user_id
    WHERE x.ticket_id = t.id AND NOT coalesce(x.is_internal, false) ORDER BY x.id DESC LIMIT 1)
FROM (
  SELECT x.ticket_id, max(x.id) AS last_id, (array_agg(x.created_at ORDER BY x.id DESC))[1] AS last_at,
    min(x.created_at) FILTER (WHERE u.role <> 'user' AND NOT coalesce(x.is_internal, false)) AS first_reply_at
  FROM ticket_messages x LEFT JOIN users u ON u.id = x.user_id GROUP BY x.ticket_id
) m
WHERE m.ticket_id = t.id;
ALTER TABLE tickets ENABLE TRIGGER update_tickets_updated_at;

-- The business's settings: one row, typed, audited.
CREATE TABLE workspace_settings (
  id BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (id),
  currency VARCHAR(3) NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
  low_mark_days INTEGER NOT NULL DEFAULT 3 CHECK (low_mark_days BETWEEN 0 AND 365),
  grace_hours INTEGER NOT NULL DEFAULT 72 CHECK (grace_hours BETWEEN 0 AND 8760),
  grace_action VARCHAR(20) NOT NULL DEFAULT 'nothing' CHECK (grace_action IN ('nothing', 'shutdown')),
  second_person_above DECIMAL(10, 2) NOT NULL DEFAULT 100.00 CHECK (second_person_above >= 0),
  idle_minutes INTEGER NOT NULL DEFAULT 30 CHECK (idle_minutes BETWEEN 1 AND 1440),
  session_hours INTEGER NOT NULL DEFAULT 12 CHECK (session_hours BETWEEN 1 AND 168),
  billing_schedule VARCHAR(10) NOT NULL DEFAULT 'hourly' CHECK (billing_schedule IN ('hourly', 'daily')),
  seller_name TEXT NOT NULL DEFAULT '',
  seller_address TEXT NOT NULL DEFAULT '',
  invoice_terms TEXT NOT NULL DEFAULT '',
  updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO workspace_settings DEFAULT VALUES;
CREATE TRIGGER update_workspace_settings_updated_at BEFORE UPDATE ON workspace_settings
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- A database adopted with balances that its transactions don't explain gets one opening adjustment per
-- wallet. The ledger's trigger does not exist yet: the balances stay as they are, and are explained from now on.
INSERT INTO transactions (organization_id, amount, type, status, reason, idempotency_key, metadata)
SELECT w.organization_id, w.balance - coalesce(s.moved, 0), 'adjustment', 'completed',
       'Opening balance at adoption', 'opening-adjustment', '{"opening": true}'
FROM wallets w
LEFT JOIN (
  SELECT organization_id, sum(CASE type WHEN 'charge' THEN -abs(amount) WHEN 'deposit' THEN abs(amount) ELSE amount END) AS moved
  FROM transactions WHERE coalesce(status, 'completed') = 'completed' GROUP BY organization_id
) s ON s.organization_id = w.organization_id
WHERE w.organization_id IS NOT NULL AND w.balance IS NOT NULL AND w.balance <> coalesce(s.moved, 0);
