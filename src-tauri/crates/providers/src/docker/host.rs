//! Where an engine is, from the text that a person enters.

use std::{fmt, path::PathBuf, str::FromStr};

/// The longest path of a socket: the system's own structure holds no more.
const LONGEST_SOCKET: usize = 107;
const TLS_PORT: u16 = 2376;

/// Where an engine is. Read from `unix:///path`, `tcp://name:port` or `ssh://user@name:port`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DockerHost {
    /// A socket on this computer.
    Unix {
        /// The socket's absolute path.
        path: PathBuf,
    },
    /// A port, encrypted unless the options choose otherwise.
    Tcp {
        /// A name or an address; one of IPv6 without its brackets.
        name: String,
        /// The port.
        port: u16,
    },
    /// The engine of a computer that `ssh` reaches.
    Ssh {
        /// The account there; else what ssh's configuration says.
        user: Option<String>,
        /// A name, an address, or a host of ssh's configuration.
        name: String,
        /// The port; else what ssh's configuration says.
        port: Option<u16>,
    },
}

/// What is wrong with a text that should say where an engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostMistake {
    /// Nothing entered.
    #[error("it is empty; write unix:///var/run/docker.sock, tcp://name:2376 or ssh://user@name")]
    Empty,
    /// Blanks or control characters.
    #[error("it holds blanks or characters that no address has")]
    Characters,
    /// No such way.
    #[error("it must begin with unix://, tcp:// or ssh://")]
    Way,
    /// A page's address.
    #[error("write tcp:// instead of http:// or https://; it is encrypted unless you choose otherwise")]
    Web,
    /// Windows' pipes.
    #[error("named pipes of Windows are not supported; write unix://, tcp:// or ssh://")]
    Pipe,
    /// `unix://` without an absolute path.
    #[error("the socket needs its whole path, as in unix:///var/run/docker.sock")]
    SocketPath,
    /// A path that no socket can have.
    #[error("the path of the socket is longer than the 107 bytes that a socket can have")]
    SocketLong,
    /// No name of a computer.
    #[error("it names no computer")]
    Name,
    /// A port that is none.
    #[error("the port must be a number from 1 to 65535")]
    Port,
    /// A password, which would be kept in plain sight.
    #[error("it must not hold a password; ssh uses keys, tcp certificates")]
    Password,
    /// `tcp://user@…`.
    #[error("a tcp address has no user; the client certificate says who you are")]
    User,
    /// A path where there is none.
    #[error("it must end after the name and the port")]
    Path,
    /// An account that ssh would take for an option, or that no system has.
    #[error("the user holds characters that no account has")]
    Account,
}

impl FromStr for DockerHost {
    type Err = HostMistake;

    fn from_str(text: &str) -> Result<Self, HostMistake> {
        let text = text.trim();
        if text.is_empty() {
            return Err(HostMistake::Empty);
        }
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(HostMistake::Characters);
        }
        let (way, rest) = text.split_once("://").ok_or(HostMistake::Way)?;
        match way.to_ascii_lowercase().as_str() {
            "unix" => socket(rest),
            "tcp" => port(rest),
            "ssh" => account(rest),
            "http" | "https" => Err(HostMistake::Web),
            "npipe" => Err(HostMistake::Pipe),
            _ => Err(HostMistake::Way),
        }
    }
}

fn socket(rest: &str) -> Result<DockerHost, HostMistake> {
    // An address' usual escapes and queries mean nothing here: the rest is the path.
    if !rest.starts_with('/') || rest.ends_with('/') {
        return Err(HostMistake::SocketPath);
    }
    if rest.len() > LONGEST_SOCKET {
        return Err(HostMistake::SocketLong);
    }
    Ok(DockerHost::Unix {
        path: PathBuf::from(rest),
    })
}

fn port(rest: &str) -> Result<DockerHost, HostMistake> {
    let parts = Parts::of(rest)?;
    if parts.user.is_some() {
        return Err(HostMistake::User);
    }
    Ok(DockerHost::Tcp {
        name: parts.name,
        port: parts.port.unwrap_or(TLS_PORT),
    })
}

fn account(rest: &str) -> Result<DockerHost, HostMistake> {
    let Parts { user, name, port } = Parts::of(rest)?;
    let plausible = |user: &String| {
        let letters = |letter: char| letter.is_ascii_alphanumeric() || "._-@+$\\".contains(letter);
        !user.starts_with('-') && user.chars().all(letters)
    };
    if !user.as_ref().is_none_or(plausible) {
        return Err(HostMistake::Account);
    }
    Ok(DockerHost::Ssh { user, name, port })
}

/// `user@name:port`, checked.
struct Parts {
    user: Option<String>,
    name: String,
    port: Option<u16>,
}

impl Parts {
    fn of(rest: &str) -> Result<Self, HostMistake> {
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#']) {
            return Err(HostMistake::Path);
        }
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(HostMistake::Password);
        }
        if user == Some("") {
            return Err(HostMistake::Account);
        }
        let (name, port) = named(place)?;
        let port = match port {
            None => None,
            Some(digits) => Some(number(digits)?),
        };
        Ok(Self {
            user: user.map(str::to_owned),
            name,
            port,
        })
    }
}

/// The name and the digits behind it.
fn named(place: &str) -> Result<(String, Option<&str>), HostMistake> {
    if let Some(within) = place.strip_prefix('[') {
        let (address, behind) = within.split_once(']').ok_or(HostMistake::Name)?;
        address.parse::<std::net::Ipv6Addr>().map_err(|_| HostMistake::Name)?;
        let port = match behind {
            "" => None,
            _ => Some(behind.strip_prefix(':').ok_or(HostMistake::Name)?),
        };
        return Ok((address.to_owned(), port));
    }
    let (name, port) = match place.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (place, None),
    };
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    // A name that begins with a dash would be an option of ssh.
    if name.is_empty() || name.len() > 253 || name.starts_with(['-', '.']) || !name.chars().all(letters) {
        return Err(HostMistake::Name);
    }
    Ok((name.to_owned(), port))
}

fn number(digits: &str) -> Result<u16, HostMistake> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|port: &u16| plain && *port > 0);
    number.ok_or(HostMistake::Port)
}

impl fmt::Display for DockerHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = |name: &str| {
            if name.contains(':') {
                format!("[{name}]")
            } else {
                name.to_owned()
            }
        };
        match self {
            Self::Unix { path } => write!(f, "unix://{}", path.display()),
            Self::Tcp { name, port } => write!(f, "tcp://{}:{port}", bracketed(name)),
            Self::Ssh { user, name, port } => {
                f.write_str("ssh://")?;
                if let Some(user) = user {
                    write!(f, "{user}@")?;
                }
                f.write_str(&bracketed(name))?;
                port.map_or(Ok(()), |port| write!(f, ":{port}"))
            }
        }
    }
}

impl DockerHost {
    /// Its name in a sentence.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Unix { path } => path.display().to_string(),
            Self::Tcp { name, .. } | Self::Ssh { name, .. } => name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mistake(text: &str) -> HostMistake {
        text.parse::<DockerHost>().expect_err(text)
    }

    #[test]
    fn what_is_right_is_written_back() {
        for (text, written) in [
            ("unix:///var/run/docker.sock", None),
            (" unix:///var/run/docker.sock\n", Some("unix:///var/run/docker.sock")),
            ("tcp://docker.example:2376", None),
            ("TCP://docker.example/", Some("tcp://docker.example:2376")),
            ("tcp://[2001:db8::1]:2376", None),
            ("tcp://203.0.113.4:1", None),
            ("ssh://ops@docker.example:2222", None),
            ("ssh://docker-host_1", None),
            ("ssh://ops@[::1]:22", None),
        ] {
            let host: DockerHost = text.parse().expect(text);
            assert_eq!(host.to_string(), written.unwrap_or(text));
        }
    }

    #[test]
    fn each_mistake_has_its_sentence() {
        for (text, expected) in [
            ("", HostMistake::Empty),
            ("docker.example", HostMistake::Way),
            ("/var/run/docker.sock", HostMistake::Way),
            ("ftp://docker.example", HostMistake::Way),
            ("https://docker.example:2376", HostMistake::Web),
            ("npipe:////./pipe/docker_engine", HostMistake::Pipe),
            ("unix://docker.sock", HostMistake::SocketPath),
            ("unix:///", HostMistake::SocketPath),
            ("tcp://", HostMistake::Name),
            ("tcp://:2376", HostMistake::Name),
            ("tcp://a b", HostMistake::Characters),
            ("tcp://docker.example:", HostMistake::Port),
            ("tcp://docker.example:0", HostMistake::Port),
            ("tcp://docker.example:+80", HostMistake::Port),
            ("tcp://docker.example:70000", HostMistake::Port),
            ("tcp://docker.example:2376/path", HostMistake::Path),
            ("tcp://docker.example?x=1", HostMistake::Path),
            ("tcp://me@docker.example", HostMistake::User),
            ("tcp://2001:db8::1", HostMistake::Port),
            ("tcp://[nonsense]:1", HostMistake::Name),
            ("tcp://[::1]x", HostMistake::Name),
            ("ssh://me:secret@docker.example", HostMistake::Password),
            ("ssh://-oProxyCommand=x@docker.example", HostMistake::Account),
            ("ssh://-oProxyCommand", HostMistake::Name),
            ("ssh://me@-docker", HostMistake::Name),
            ("ssh://@docker.example", HostMistake::Account),
            ("ssh://me;reboot@docker.example", HostMistake::Account),
            ("ssh://docker.example;reboot", HostMistake::Name),
        ] {
            assert_eq!(mistake(text), expected, "{text}");
            assert!(!expected.to_string().contains("secret"));
        }
        assert_eq!(
            mistake(&format!("unix:///{}", "x".repeat(107))),
            HostMistake::SocketLong
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _read = text.parse::<DockerHost>();
        }

        #[test]
        fn what_is_read_is_read_again(text in "(unix|tcp|ssh)://[a-z@:/\\[\\].0-9-]{0,24}") {
            if let Ok(host) = text.parse::<DockerHost>() {
                prop_assert_eq!(host.to_string().parse(), Ok(host));
            }
        }
    }
}
