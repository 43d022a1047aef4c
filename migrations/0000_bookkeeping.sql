-- What a database knows of itself: which migrations it has had, and which workspace it is. Made by the initialization,
-- before any migration runs.

CREATE SCHEMA cs_meta;
REVOKE ALL ON SCHEMA cs_meta FROM PUBLIC;
CREATE TABLE cs_meta.migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum BYTEA NOT NULL,
  applied_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  adopted BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE TABLE cs_meta.workspace (
  only_one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_one),
  id UUID NOT NULL DEFAULT gen_random_uuid(),
  name TEXT NOT NULL,
  role_prefix TEXT NOT NULL,
  is_test BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
