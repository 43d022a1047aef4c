//! User data: what cloud-init reads at a server's first start.

use std::fmt;

use secrecy::SecretString;

use super::Reason;

/// Linode takes so many bytes, counted before they are encoded.
const MOST_BYTES: usize = 65_535;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
            encoded: SecretString::from(base64(plain.as_bytes())),
        })
    }
}

impl fmt::Debug for UserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserData([REDACTED])")
    }
}

/// The usual alphabet, filled up with `=`.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            let six = (bits >> (18 - 6 * place)) & 0x3f;
            let letter = usize::try_from(six).ok().and_then(|six| ALPHABET.get(six));
            // Three bytes make four letters, two make three, one makes two.
            text.push(
                letter
                    .filter(|_| place <= group.len())
                    .map_or('=', |letter| char::from(*letter)),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
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
