//! Connections: where to, how protected, and what every one of them is told first.

use std::{path::PathBuf, str::FromStr, time::Duration};

use sqlx::{
    PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};

use crate::{StoreError, migrate};

/// How the line to the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Encrypted, the certificate is trusted and made for this host name. The default.
    VerifyFull,
    /// Encrypted, the certificate is trusted, whatever its name.
    VerifyCa,
    /// Encrypted towards anybody.
    Require,
    /// Not encrypted. For sockets and loopback.
    Disable,
}

/// Where a database is and who asks.
#[derive(Clone)]
pub struct Address {
    /// A host name, an address, or the folder of a socket (begins with `/`).
    pub host: String,
    /// The port; for a socket it names the socket's file.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The login.
    pub login: String,
    /// Its password.
    pub password: String,
    /// How the line is protected.
    pub tls: TlsMode,
    /// A certificate authority to trust besides the system's.
    pub root_certificate: Option<PathBuf>,
}

impl Address {
    /// Reads a `postgres://` URL. TLS is `verify-full` unless the URL says otherwise or the host is this computer.
    pub fn from_url(url: &str) -> Result<Self, StoreError> {
        let parsed = url::Url::parse(url).map_err(|_| StoreError::BadValue)?;
        if !matches!(parsed.scheme(), "postgres" | "postgresql") {
            return Err(StoreError::BadValue);
        }
        let decode = |text: &str| percent_decode(text).ok_or(StoreError::BadValue);
        let pairs: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
        let option = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let host = match option("host") {
            Some(host) => host,
            None => decode(parsed.host_str().unwrap_or("127.0.0.1"))?,
        };
        let port = match option("port").map(|port| u16::from_str(&port)).transpose() {
            Ok(port) => port.or(parsed.port()).unwrap_or(5432),
            Err(_) => return Err(StoreError::BadValue),
        };
        let near = host.starts_with('/') || matches!(host.as_str(), "127.0.0.1" | "localhost" | "::1" | "[::1]");
        let tls = match option("sslmode").as_deref() {
            Some("verify-full") => TlsMode::VerifyFull,
            Some("verify-ca") => TlsMode::VerifyCa,
            Some("require" | "prefer" | "allow") => TlsMode::Require,
            Some("disable") => TlsMode::Disable,
            Some(_) => return Err(StoreError::BadValue),
            None if near => TlsMode::Disable,
            None => TlsMode::VerifyFull,
        };
        Ok(Self {
            host,
            port,
            database: decode(parsed.path().trim_start_matches('/'))?,
            login: decode(parsed.username())?,
            password: decode(parsed.password().unwrap_or_default())?,
            tls,
            root_certificate: option("sslrootcert").map(PathBuf::from),
        })
    }

    /// The address as a URL that [`Address::from_url`] reads back. It holds the password.
    pub fn to_url(&self) -> String {
        let sslmode = match self.tls {
            TlsMode::VerifyFull => "verify-full",
            TlsMode::VerifyCa => "verify-ca",
            TlsMode::Require => "require",
            TlsMode::Disable => "disable",
        };
        let encode = |text: &str| {
            url::form_urlencoded::byte_serialize(text.as_bytes())
                .collect::<String>()
                .replace('+', "%20")
        };
        let (place, socket) = if self.host.starts_with('/') {
            (
                format!("localhost:{}", self.port),
                format!("&host={}", encode(&self.host)),
            )
        } else {
            (format!("{}:{}", self.host, self.port), String::new())
        };
        let certificate = self
            .root_certificate
            .as_ref()
            .map(|path| format!("&sslrootcert={}", encode(&path.to_string_lossy())))
            .unwrap_or_default();
        format!(
            "postgres://{}:{}@{place}/{}?sslmode={sslmode}{socket}{certificate}",
            encode(&self.login),
            encode(&self.password),
            encode(&self.database),
        )
    }

    pub(crate) fn options(&self, client: &str) -> PgConnectOptions {
        // Started empty: nothing of the environment (PGUSER, PGPASSWORD, ~/.pgpass) is mixed in.
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&self.host)
            .port(self.port)
            .username(&self.login)
            .password(&self.password)
            .database(&self.database)
            .application_name(client)
            .ssl_mode(match self.tls {
                TlsMode::VerifyFull => PgSslMode::VerifyFull,
                TlsMode::VerifyCa => PgSslMode::VerifyCa,
                TlsMode::Require => PgSslMode::Require,
                TlsMode::Disable => PgSslMode::Disable,
            })
            .options([
                ("TimeZone", "UTC"),
                ("DateStyle", "ISO"),
                ("lock_timeout", "10s"),
                ("statement_timeout", "60s"),
                ("idle_in_transaction_session_timeout", "60s"),
            ]);
        if self.host.starts_with('/') {
            options = options.socket(&self.host);
        }
        if let Some(path) = &self.root_certificate {
            options = options.ssl_root_cert(path);
        }
        options
    }

    /// One connection of its own, for chores.
    pub async fn connect(&self, client: &str) -> Result<PgConnection, StoreError> {
        use sqlx::ConnectOptions as _;
        let options = self.options(client);
        match tokio::time::timeout(Duration::from_secs(10), options.connect()).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(StoreError::Unreachable(sqlx::Error::PoolTimedOut)),
        }
    }

    /// A pool for a desk: few connections, each checked before use and given back when idle. The first is
    /// made at once, so that a wrong address says so here.
    pub async fn pool(&self, client: &str, connections: u32) -> Result<PgPool, StoreError> {
        drop(self.connect(client).await?);
        Ok(PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(Duration::from_mins(5))
            .test_before_acquire(true)
            .connect_lazy_with(self.options(client)))
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}:{}/{}", self.login, self.host, self.port, self.database)
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Makes the transaction that has just begun read one state of the database, whatever others write.
pub async fn hold_snapshot(transaction: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(transaction)
        .await?;
    Ok(())
}

/// What a desk learns of the workspace before anybody has signed in.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The schema's version.
    pub schema_version: i32,
    /// Whether a run's time may be ahead of the clock here.
    pub is_test: bool,
    /// The business's name.
    pub name: String,
    /// The server's version, such as "15.18".
    pub server_version: String,
}

/// Reads what the workspace says of itself and refuses one that this program does not fit.
pub async fn check_workspace(connection: &mut PgConnection) -> Result<Workspace, StoreError> {
    let row: Result<(i32, bool, String, String), sqlx::Error> = sqlx::query_as(
        "SELECT schema_version, is_test, name, current_setting('server_version') FROM cs_auth.workspace()",
    )
    .fetch_one(connection)
    .await;
    let (schema_version, is_test, name, server_version) = match row {
        Err(sqlx::Error::Database(answer))
            // No such schema, no such function, or no right to the schema: not one of ours.
            if matches!(answer.code().as_deref(), Some("3F000" | "42883" | "42501")) =>
        {
            return Err(StoreError::NotInitialized);
        }
        other => other?,
    };
    migrate::check_version(schema_version)?;
    Ok(Workspace {
        schema_version,
        is_test,
        name,
        server_version: server_version.split(' ').next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_survives_the_way_there_and_back() {
        for url in [
            "postgres://desk_1:p%40ss%2Fw%20rd@db.example:6432/books?sslmode=verify-full",
            "postgres://d:x@localhost:5433/books?sslmode=disable&host=%2Ftmp%2Fa%20b",
        ] {
            let address = Address::from_url(url).unwrap();
            assert_eq!(address.to_url(), url);
        }
    }

    #[test]
    fn remote_lines_verify_fully_unless_told_otherwise() {
        assert_eq!(
            Address::from_url("postgres://a:b@db.example/x").unwrap().tls,
            TlsMode::VerifyFull
        );
        assert_eq!(
            Address::from_url("postgres://a:b@127.0.0.1/x").unwrap().tls,
            TlsMode::Disable
        );
        assert!(Address::from_url("mysql://a:b@h/x").is_err());
        assert!(Address::from_url("postgres://a:b@h/x?sslmode=maybe").is_err());
    }

    #[test]
    fn debugging_shows_no_password() {
        let address = Address::from_url("postgres://a:hunter2@h/x").unwrap();
        assert!(!format!("{address:?}").contains("hunter2"));
    }
}
