//! Encryption from certificates that are held in memory.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::ExposeSecret;

use super::{DockerError, Tls};

/// The client's side: the given authority alone, else those that this computer trusts.
pub(super) fn config(tls: &Tls) -> Result<Arc<ClientConfig>, DockerError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(&error.to_string()))?;
    let builder = match &tls.authority {
        Some(pem) => builder.with_root_certificates(roots(pem)?),
        None => builder
            .with_platform_verifier()
            .map_err(|error| refused(&error.to_string()))?,
    };
    let config = match (&tls.certificate, &tls.key) {
        (None, None) => builder.with_no_client_auth(),
        (Some(_), None) => return Err(refused("there is a certificate without its key")),
        (None, Some(_)) => return Err(refused("there is a key without its certificate")),
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate, "the client's certificate")?;
            // No error of the reader: it may quote what it could not read.
            let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes())
                .map_err(|_| refused("the key is no private key in PEM, or it is under a passphrase"))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| refused(&error.to_string()))?
        }
    };
    Ok(Arc::new(config))
}

fn roots(pem: &str) -> Result<RootCertStore, DockerError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(pem, "the authority's certificate")? {
        store
            .add(certificate)
            .map_err(|_| refused("the authority's certificate can't be read"))?;
    }
    Ok(store)
}

fn certificates(pem: &str, what: &str) -> Result<Vec<CertificateDer<'static>>, DockerError> {
    let unreadable = || refused(&format!("{what} is none in PEM"));
    let read: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| unreadable())?;
    if read.is_empty() { Err(unreadable()) } else { Ok(read) }
}

fn refused(why: &str) -> DockerError {
    DockerError::Certificates {
        why: super::error::quoted(why),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn what_is_no_certificate_is_told_without_repeating_the_key() {
        let nothing = Tls {
            authority: None,
            certificate: None,
            key: None,
        };
        let why = |tls: &Tls| config(tls).expect_err("refused").to_string();
        let lone = Tls {
            key: Some(SecretString::from("k3y")),
            ..nothing.clone()
        };
        assert!(why(&lone).contains("a key without its certificate"));
        let wrong = Tls {
            authority: Some("nonsense".to_owned()),
            ..nothing.clone()
        };
        assert!(why(&wrong).contains("the authority's certificate is none in PEM"));
        let cut = Tls {
            authority: Some("-----BEGIN CERTIFICATE-----\nAAAA".to_owned()),
            ..nothing
        };
        assert!(why(&cut).contains("is none in PEM"));
        assert!(!format!("{lone:?}").contains("k3y"));
    }
}
