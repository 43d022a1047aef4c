//! User data: what cloud-init reads at a server's first start.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;

use super::Reason;

/// Linode takes so many bytes, counted before they are encoded.
const MOST_BYTES: usize = 65_535;

/// User data. It needs an image that can do `cloud-init` and a region that has `Metadata`. It may hold secrets, and
/// shows up in no debug output.
#[derive(Clone)]
pub struct UserData {
    pub(super) plain: SecretString,
    pub(super) encoded: SecretString,
}

impl UserData {
    /// Takes data as a person wrote it; encoded it is here.
    pub fn new(plain: &str) -> Result<Self, Reason> {
        let flaw = |flaw: String| Reason::new("metadata.user_data", flaw);
        if plain.is_empty() {
            return Err(flaw("it is empty".to_owned()));
        }
        if plain.len() > MOST_BYTES {
            return Err(flaw(format!("it has {} bytes, more than {MOST_BYTES}", plain.len())));
        }
        Ok(Self {
            plain: SecretString::from(plain),
            encoded: SecretString::from(STANDARD.encode(plain)),
        })
    }
}

impl fmt::Debug for UserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserData([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn it_is_sent_in_the_usual_alphabet_and_filled_up() {
        for (plain, encoded) in [("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("ûÿþ>", "w7vDv8O+Pg==")] {
            assert_eq!(UserData::new(plain).unwrap().encoded.expose_secret(), encoded);
        }
    }

    #[test]
    fn the_limit_counts_bytes_before_they_are_encoded() {
        let most = UserData::new(&"x".repeat(MOST_BYTES)).unwrap();
        assert_eq!(most.encoded.expose_secret().len(), 87_380);
        let more = UserData::new(&"ü".repeat(32_768)).unwrap_err();
        assert_eq!(
            more.to_string(),
            "metadata.user_data: it has 65536 bytes, more than 65535"
        );
        assert!(UserData::new("").is_err());
        assert!(!format!("{:?}", UserData::new("s3cret").unwrap()).contains("s3cret"));
    }
}
