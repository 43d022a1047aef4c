//! One account and the connection to it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, ClientBuilder, header::HeaderValue, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret, SecretString};

use super::{
    Call, LinodeError, LinodeOptions,
    limits::{Limits, RateLeft},
    options::{Base, Proxy, Timeouts},
};
use crate::pace::Pace;

/// How long a connection is kept that nothing goes over: less than servers usually do.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// One account at Linode.
pub struct Linode {
    pub(super) http: Client,
    pub(super) base: Base,
    pub(super) token: Option<SecretString>,
    pub(super) timeouts: Timeouts,
    pub(super) busy: Duration,
    pub(super) parallel: usize,
    pub(super) largest_answer: usize,
    pub(super) most_pages: u64,
    limits: Mutex<Limits>,
    pub(super) pace: Arc<dyn Pace>,
}

impl fmt::Debug for Linode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linode")
            .field("host", &self.base.host())
            .finish_non_exhaustive()
    }
}

impl Linode {
    /// Prepares to ask; nothing is sent yet.
    pub fn new(options: LinodeOptions, pace: Arc<dyn Pace>) -> Result<Self, LinodeError> {
        let base = options.address()?;
        let agent = HeaderValue::from_str(&options.user_agent).map_err(|_| LinodeError::Address {
            why: "the program's name holds characters that can't be sent".to_owned(),
        })?;
        options.token.as_ref().map(bearer).transpose()?;
        let parallel = options.parallel.clamp(1, 16);
        let builder = Client::builder()
            .tls_backend_preconfigured(certificates(&base)?)
            .http1_only()
            // A token goes to the address that a person entered, not where an answer points.
            .redirect(Policy::none())
            // What is put again is decided here alone: a library doesn't know what an order is.
            .retry(reqwest::retry::never())
            .user_agent(agent)
            .connect_timeout(options.timeouts.connect)
            .read_timeout(options.timeouts.silence)
            // An order over a connection that the other side is just closing ends as one whose outcome is not known.
            .pool_idle_timeout(LONGEST_IDLE)
            .pool_max_idle_per_host(parallel);
        let http = way(builder, &base, &options.proxy)?
            .build()
            .map_err(|error| LinodeError::Certificates { why: error.to_string() })?;
        Ok(Self {
            http,
            base,
            token: options.token,
            timeouts: options.timeouts,
            busy: options.busy,
            parallel,
            largest_answer: options.largest_answer,
            most_pages: options.most_pages,
            limits: Mutex::default(),
            pace,
        })
    }

    /// How many requests the last answer said are left, if any has said so.
    pub fn rate_left(&self) -> Option<RateLeft> {
        self.limits().told()
    }

    /// When a call that begins now has to be over.
    pub(super) fn deadline(&self, call: &Call) -> Duration {
        self.pace.elapsed().saturating_add(call.longest(self.timeouts.call))
    }

    pub(super) fn limits(&self) -> std::sync::MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the address: a proxy only where everything is encrypted through it.
fn way(builder: ClientBuilder, base: &Base, proxy: &Proxy) -> Result<ClientBuilder, LinodeError> {
    Ok(match proxy {
        _ if base.here => builder.no_proxy(),
        Proxy::Surroundings => builder,
        Proxy::Direct => builder.no_proxy(),
        Proxy::At(address) => {
            // The library's own words would repeat the address, and with it the password.
            let refused = || LinodeError::Address {
                why: "the proxy's address is none that begins with http:// or https:// and names a computer".to_owned(),
            };
            let address = url::Url::parse(address.expose_secret().trim()).map_err(|_| refused())?;
            if !matches!(address.scheme(), "http" | "https") || address.host_str().is_none_or(str::is_empty) {
                return Err(refused());
            }
            let proxy = reqwest::Proxy::all(address).map_err(|_| refused())?;
            builder.no_proxy().proxy(proxy)
        }
    })
}

/// The header, marked so that no debug output shows it.
pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, LinodeError> {
    let token = token.expose_secret().trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(LinodeError::Token);
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| LinodeError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The computer's own authorities, over the cryptography that the database connections use. Nobody is trusted where
/// nothing is encrypted.
fn certificates(base: &Base) -> Result<ClientConfig, LinodeError> {
    let failed = |error: rustls::Error| LinodeError::Certificates { why: error.to_string() };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = if base.is_plain() {
        builder.with_root_certificates(RootCertStore::empty())
    } else {
        builder.with_platform_verifier().map_err(failed)?
    };
    Ok(builder.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_is_none_is_told_without_its_password() {
        for odd in ["proxy.example", "socks5://me:pr0xy-pass@proxy.example", "http://", ""] {
            let base = LinodeOptions::anonymous().address().unwrap();
            let error = way(Client::builder(), &base, &Proxy::At(SecretString::from(odd))).unwrap_err();
            assert!(matches!(error, LinodeError::Address { .. }), "{odd}");
            assert!(!format!("{error} {error:?}").contains("pr0xy-pass"));
        }
    }
}
