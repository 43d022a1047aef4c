//! How an account is reached.

use std::{net::IpAddr, time::Duration};

use secrecy::SecretString;
use url::{Host, Url};

use super::LinodeError;

/// How long each part may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until there is a connection.
    pub connect: Duration,
    /// Without a byte of the answer.
    pub silence: Duration,
    /// One try, from the first byte sent to the last one read.
    pub attempt: Duration,
    /// A whole call: all pages, all tries, all waits.
    pub call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(20),
            attempt: Duration::from_secs(45),
            call: Duration::from_mins(3),
        }
    }
}

/// What stands between this computer and Linode. An address on this computer itself is reached directly, whatever is
/// chosen. The address of a proxy may hold a password and shows up in no debug output.
#[derive(Debug, Clone, Default)]
pub enum Proxy {
    /// What the surroundings name (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`).
    #[default]
    Surroundings,
    /// Nothing, whatever the surroundings name.
    Direct,
    /// This one: `http://[name:password@]host:port`. It carries the encrypted connection and sees no token.
    At(SecretString),
}

/// How an account is reached. The token shows up in no debug output.
#[derive(Debug, Clone)]
pub struct LinodeOptions {
    /// Where the API is. HTTPS, except on this computer itself.
    pub base_url: String,
    /// The personal access token; without one only what everybody may read is answered.
    pub token: Option<SecretString>,
    /// How long each part may take.
    pub timeouts: Timeouts,
    /// How long a write waits at most, all in all, while Linode is at work on the server.
    pub busy: Duration,
    /// What stands between.
    pub proxy: Proxy,
    /// What the program calls itself.
    pub user_agent: String,
    /// How many pages are fetched side by side (1 to 16).
    pub parallel: usize,
    /// The largest answer that is read, in bytes.
    pub largest_answer: usize,
    /// The longest list that is read, in pages of 500.
    pub most_pages: u64,
}

impl LinodeOptions {
    /// The public address of the API.
    pub const PUBLIC: &'static str = "https://api.linode.com/v4";

    /// Linode itself, with a token.
    pub fn new(token: SecretString) -> Self {
        Self {
            base_url: Self::PUBLIC.to_owned(),
            token: Some(token),
            timeouts: Timeouts::default(),
            busy: Duration::from_mins(1),
            proxy: Proxy::default(),
            user_agent: concat!("ContainerStacks/", env!("CARGO_PKG_VERSION")).to_owned(),
            parallel: 4,
            largest_answer: 16 * 1024 * 1024,
            most_pages: 400,
        }
    }

    /// Linode itself, without a token: what it sells, where, and for how much.
    pub fn anonymous() -> Self {
        Self {
            token: None,
            ..Self::new(SecretString::default())
        }
    }

    /// The address, if a token may be sent there.
    pub(super) fn address(&self) -> Result<Base, LinodeError> {
        let refused = |why: &str| LinodeError::Address { why: why.to_owned() };
        let url = Url::parse(self.base_url.trim()).map_err(|error| refused(&error.to_string()))?;
        let here = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err(refused("it names no computer")),
        };
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            _ => {
                return Err(refused(
                    "it must begin with https://, or anybody on the way could read the token",
                ));
            }
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it must not hold a name or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("it must end with the path"));
        }
        Ok(Base { url, here })
    }
}

/// A checked address.
#[derive(Debug, Clone)]
pub(super) struct Base {
    url: Url,
    /// Whether it is on this computer, where no proxy of the environment is meant.
    pub(super) here: bool,
}

impl Base {
    pub(super) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The address of a path below the base.
    pub(super) fn join(&self, path: &str, query: &[(&str, u64)]) -> Url {
        let mut url = self.url.clone();
        let whole = format!("{}{path}", self.url.path().trim_end_matches('/'));
        url.set_path(&whole);
        if !query.is_empty() {
            url.query_pairs_mut()
                .extend_pairs(query.iter().map(|(name, value)| (*name, value.to_string())));
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Result<Base, LinodeError> {
        let mut options = LinodeOptions::new(SecretString::from("t0ken"));
        address.clone_into(&mut options.base_url);
        options.address()
    }

    #[test]
    fn a_token_goes_only_where_nobody_listens() {
        assert!(at(LinodeOptions::PUBLIC).is_ok());
        assert!(at("http://127.0.0.1:8080/v4").is_ok());
        assert!(at("http://[::1]:8080").is_ok());
        for open in [
            "http://api.linode.com/v4",
            "ftp://127.0.0.1/v4",
            "https://me:secret@api.linode.com/v4",
            "https://api.linode.com/v4?page=1",
            "api.linode.com",
            "",
        ] {
            let Err(LinodeError::Address { why }) = at(open) else {
                panic!("{open} was taken");
            };
            assert!(!why.contains("secret"), "{why}");
        }
    }

    #[test]
    fn a_path_is_below_the_base() {
        for base in ["https://api.linode.com/v4", "https://api.linode.com/v4/"] {
            let url = at(base)
                .unwrap()
                .join("/linode/instances", &[("page", 2), ("page_size", 500)]);
            assert_eq!(
                url.as_str(),
                "https://api.linode.com/v4/linode/instances?page=2&page_size=500"
            );
        }
        let url = at("http://127.0.0.1:1").unwrap().join("/profile", &[]);
        assert_eq!(url.as_str(), "http://127.0.0.1:1/profile");
    }

    #[test]
    fn the_token_is_not_shown() {
        let options = LinodeOptions::new(SecretString::from("t0ken"));
        assert!(!format!("{options:?}").contains("t0ken"));
        let proxy = Proxy::At(SecretString::from("http://me:pr0xy-pass@proxy.example:3128"));
        assert!(!format!("{:?}", LinodeOptions { proxy, ..options }).contains("pr0xy-pass"));
    }
}
