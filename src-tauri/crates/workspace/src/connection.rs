use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use crate::SUPERUSER;

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// The folder of its Unix socket.
    Socket(PathBuf),
    /// 127.0.0.1.
    Loopback,
}

/// How to reach the server; holds no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Where to connect: over TCP if that was asked for and the server has it, else over the socket.
    pub host: Host,
    /// The folder of its Unix socket, which there always is.
    pub socket_dir: PathBuf,
    /// The TCP port, which is also part of the socket's name.
    pub port: u16,
    /// The superuser.
    pub user: &'static str,
}

impl Connection {
    pub(crate) fn new(socket_dir: PathBuf, port: u16, over_tcp: bool) -> Self {
        let host = if over_tcp {
            Host::Loopback
        } else {
            Host::Socket(socket_dir.clone())
        };
        Self {
            host,
            socket_dir,
            port,
            user: SUPERUSER,
        }
    }

    /// The socket itself.
    pub fn socket(&self) -> PathBuf {
        self.socket_dir.join(socket_name(self.port))
    }

    /// A URL that sqlx and libpq take. TLS is switched off: nothing leaves the computer.
    pub fn url(&self, database: &str, password: &SecretString) -> SecretString {
        let password = percent_encoded(password.expose_secret());
        let database = percent_encoded(database);
        let (user, port) = (self.user, self.port);
        let url = match &self.host {
            Host::Socket(dir) => {
                let dir = percent_encoded(&dir.to_string_lossy());
                format!("postgres://{user}:{password}@localhost:{port}/{database}?host={dir}&sslmode=disable")
            }
            Host::Loopback => {
                format!(
                    "postgres://{user}:{password}@{}:{port}/{database}?sslmode=disable",
                    Ipv4Addr::LOCALHOST
                )
            }
        };
        url.into()
    }
}

/// PostgreSQL's name for a socket.
pub(crate) fn socket_name(port: u16) -> String {
    format!(".s.PGSQL.{port}")
}

/// Encodes all but unreserved characters, a space as `%20`: libpq doesn't read `+` as one.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_escapes_everything_that_could_end_a_part() {
        let connection = Connection::new(PathBuf::from("/a b/run"), 5432, false);
        let url = connection.url("x/y", &"p@ss:w?rd".into());
        assert_eq!(
            url.expose_secret(),
            "postgres://containerstacks_local:p%40ss%3Aw%3Frd@localhost:5432/x%2Fy?host=%2Fa%20b%2Frun&sslmode=disable"
        );
    }

    #[test]
    fn tcp_is_used_when_it_is_there() {
        let connection = Connection::new(PathBuf::from("/run"), 6000, true);
        let url = connection.url("postgres", &"p".into());
        assert_eq!(
            url.expose_secret(),
            "postgres://containerstacks_local:p@127.0.0.1:6000/postgres?sslmode=disable"
        );
        assert_eq!(connection.socket(), PathBuf::from("/run/.s.PGSQL.6000"));
    }
}
