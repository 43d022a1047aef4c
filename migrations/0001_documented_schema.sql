-- The documented schema of the business: every table, column, type, default, check and index that
-- other programs rely on. Nothing here is ever renamed or dropped; what this product needs on top
-- comes in later, additive migrations.
--
-- Three documented things differ on purpose:
--   * users.role also knows 'support' and 'finance';
--   * the policies name a role and are safe when their settings are unset (0004 creates them);
--   * wallets.balance can't be updated directly (0003 guards it).

CREATE TABLE organizations (
  id SERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE users (
  id SERIAL PRIMARY KEY,
  email VARCHAR(255) UNIQUE NOT NULL,
  password_hash VARCHAR(255) NOT NULL,
  first_name VARCHAR(100),
  last_name VARCHAR(100),
  role VARCHAR(50) DEFAULT 'user' CHECK (role IN ('admin', 'user', 'support', 'finance')),
  organization_id INTEGER REFERENCES organizations(id),
  email_verified BOOLEAN DEFAULT FALSE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  last_login TIMESTAMP
);

CREATE TABLE wallets (
  id SERIAL PRIMARY KEY,
  organization_id INTEGER UNIQUE REFERENCES organizations(id),
  balance DECIMAL(10, 2) DEFAULT 0.00 CHECK (balance >= 0),
  currency VARCHAR(3) DEFAULT 'USD',
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE vps_plans (
  id SERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  provider VARCHAR(50) NOT NULL,
  linode_type VARCHAR(100),
  vcpus INTEGER,
  memory_mb INTEGER,
  disk_gb INTEGER,
  transfer_gb INTEGER,
  network_out_mbps INTEGER,
  base_cost DECIMAL(10, 4),
  markup_percentage DECIMAL(5, 2) DEFAULT 0,
  hourly_rate DECIMAL(10, 4),
  monthly_rate DECIMAL(10, 2),
  available_regions TEXT[],
  is_active BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE vps_instances (
  id SERIAL PRIMARY KEY,
  linode_id INTEGER,
  label VARCHAR(255),
  region VARCHAR(100),
  plan_id INTEGER REFERENCES vps_plans(id),
  organization_id INTEGER REFERENCES organizations(id),
  status VARCHAR(50),
  ipv4 VARCHAR(15),
  ipv6 VARCHAR(39),
  root_password VARCHAR(255),
  image VARCHAR(100),
  stackscript_id INTEGER,
  stackscript_data JSONB,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  last_billed_at TIMESTAMP
);

CREATE TABLE container_plans (
  id SERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  cpu_cores DECIMAL(3, 2),
  memory_mb INTEGER,
  disk_gb INTEGER,
  base_cost DECIMAL(10, 4),
  markup_percentage DECIMAL(5, 2) DEFAULT 0,
  hourly_rate DECIMAL(10, 4),
  monthly_rate DECIMAL(10, 2),
  is_active BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE containers (
  id SERIAL PRIMARY KEY,
  container_id VARCHAR(255) UNIQUE,
  name VARCHAR(255),
  image VARCHAR(255),
  plan_id INTEGER REFERENCES container_plans(id),
  organization_id INTEGER REFERENCES organizations(id),
  status VARCHAR(50),
  ports JSONB,
  environment JSONB,
  volumes JSONB,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  last_billed_at TIMESTAMP
);

CREATE TABLE invoices (
  id SERIAL PRIMARY KEY,
  organization_id INTEGER REFERENCES organizations(id),
  invoice_number VARCHAR(50) UNIQUE,
  amount DECIMAL(10, 2),
  status VARCHAR(50) DEFAULT 'pending',
  billing_period_start TIMESTAMP,
  billing_period_end TIMESTAMP,
  line_items JSONB,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  paid_at TIMESTAMP
);

CREATE TABLE transactions (
  id SERIAL PRIMARY KEY,
  organization_id INTEGER REFERENCES organizations(id),
  amount DECIMAL(10, 2),
  type VARCHAR(50),
  status VARCHAR(50),
  payment_method VARCHAR(50),
  payment_id VARCHAR(255),
  metadata JSONB,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE tickets (
  id SERIAL PRIMARY KEY,
  ticket_number VARCHAR(50) UNIQUE,
  subject VARCHAR(255) NOT NULL,
  description TEXT,
  status VARCHAR(50) DEFAULT 'open',
  priority VARCHAR(50) DEFAULT 'medium',
  category VARCHAR(100),
  user_id INTEGER REFERENCES users(id),
  organization_id INTEGER REFERENCES organizations(id),
  assigned_to INTEGER REFERENCES users(id),
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  resolved_at TIMESTAMP
);

CREATE TABLE ticket_messages (
  id SERIAL PRIMARY KEY,
  ticket_id INTEGER REFERENCES tickets(id) ON DELETE CASCADE,
  user_id INTEGER REFERENCES users(id),
  message TEXT NOT NULL,
  is_internal BOOLEAN DEFAULT FALSE,
  attachments JSONB,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE activity_logs (
  id SERIAL PRIMARY KEY,
  user_id INTEGER REFERENCES users(id),
  organization_id INTEGER REFERENCES organizations(id),
  action VARCHAR(100) NOT NULL,
  resource_type VARCHAR(50),
  resource_id VARCHAR(255),
  details JSONB,
  ip_address INET,
  user_agent TEXT,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE notifications (
  id SERIAL PRIMARY KEY,
  user_id INTEGER REFERENCES users(id),
  organization_id INTEGER REFERENCES organizations(id),
  title VARCHAR(255) NOT NULL,
  message TEXT,
  type VARCHAR(50),
  is_read BOOLEAN DEFAULT FALSE,
  metadata JSONB,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  read_at TIMESTAMP
);

CREATE TABLE user_api_keys (
  id SERIAL PRIMARY KEY,
  user_id INTEGER REFERENCES users(id),
  organization_id INTEGER REFERENCES organizations(id),
  name VARCHAR(255) NOT NULL,
  key_hash VARCHAR(255) NOT NULL,
  last_used_at TIMESTAMP,
  expires_at TIMESTAMP,
  is_active BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE password_reset_tokens (
  id SERIAL PRIMARY KEY,
  user_id INTEGER REFERENCES users(id),
  token VARCHAR(255) UNIQUE NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE theme_settings (
  id SERIAL PRIMARY KEY,
  name VARCHAR(100) UNIQUE NOT NULL,
  colors JSONB NOT NULL,
  is_active BOOLEAN DEFAULT FALSE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE provider_configs (
  id SERIAL PRIMARY KEY,
  provider_name VARCHAR(50) NOT NULL,
  api_endpoint VARCHAR(255),
  credentials JSONB,
  settings JSONB,
  is_active BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE stackscript_configs (
  id SERIAL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  script_id INTEGER,
  script_data JSONB,
  description TEXT,
  is_active BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE networking_config (
  id SERIAL PRIMARY KEY,
  type VARCHAR(50) NOT NULL,
  config JSONB NOT NULL,
  is_active BOOLEAN DEFAULT TRUE,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
