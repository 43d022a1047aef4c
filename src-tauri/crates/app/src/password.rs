//! From a password to what is stored and what is proven with it. The password itself never leaves this
//! computer: the database gets a proof bound to its own nonce.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, SaltString},
};
use base64::{
    Engine,
    alphabet::BCRYPT,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use store::auth::Derivation;
use zeroize::Zeroizing;

use crate::AppError;

/// Parameters of new hashes (OWASP's first choice for Argon2id): memory in KiB, passes, lanes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What a server may ask of us at most: a hostile one must not be able to stall the desk.
const MOST_MEMORY_KIB: u32 = 262_144;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 8;
const MOST_BCRYPT_COST: u32 = 15;
const HASH_BYTES: usize = 32;

/// The PHC string of a new password.
pub fn hash_new(password: &SecretString) -> Result<String, AppError> {
    let mut salt = [0u8; 16];
    #[expect(
        clippy::disallowed_methods,
        reason = "a salt only has to be new, and is no input of any rule"
    )]
    getrandom::fill(&mut salt).map_err(|_| AppError::Internal("no randomness"))?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| AppError::Internal("salt"))?;
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)).map_err(|_| AppError::Internal("parameters"))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(password.expose_secret().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| AppError::Internal("hashing"))
}

/// The same on a thread that nobody waits for.
pub(crate) async fn hash_in_background(password: &SecretString) -> Result<String, AppError> {
    let password = password.clone();
    tokio::task::spawn_blocking(move || hash_new(&password))
        .await
        .map_err(|_| AppError::Internal("hashing was cut off"))?
}

/// The proof for a challenge: HMAC-SHA-256 of the nonce under the hash. Takes some 20 ms of a core.
pub fn prove(password: &SecretString, derivation: &Derivation, nonce: &[u8]) -> Result<Vec<u8>, AppError> {
    let key = derive(password, derivation)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| AppError::Internal("mac"))?;
    mac.update(nonce);
    Ok(mac.finalize().into_bytes().to_vec())
}

fn derive(password: &SecretString, derivation: &Derivation) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let unusable = || AppError::Internal("the server asks for a derivation that this program refuses");
    match derivation {
        Derivation::Argon2id { parameters, salt } => {
            let (memory, passes, lanes) = read_parameters(parameters).ok_or_else(unusable)?;
            let params = Params::new(memory, passes, lanes, Some(HASH_BYTES)).map_err(|_| unusable())?;
            let salt = STANDARD_NO_PAD.decode(salt).map_err(|_| unusable())?;
            let mut hash = Zeroizing::new(vec![0u8; HASH_BYTES]);
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(password.expose_secret().as_bytes(), &salt, &mut hash)
                .map_err(|_| unusable())?;
            Ok(hash)
        }
        Derivation::Bcrypt { cost, salt } => {
            if *cost > MOST_BCRYPT_COST {
                return Err(unusable());
            }
            // The last of the 22 characters carries two bits that bcrypt ignores.
            let lenient = GeneralPurposeConfig::new()
                .with_decode_allow_trailing_bits(true)
                .with_decode_padding_mode(DecodePaddingMode::RequireNone);
            let salt: [u8; 16] = GeneralPurpose::new(&BCRYPT, lenient)
                .decode(salt)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(unusable)?;
            let parts =
                bcrypt::hash_with_salt(password.expose_secret().as_bytes(), *cost, salt).map_err(|_| unusable())?;
            let text = Zeroizing::new(parts.to_string());
            // "$2y$10$" and 22 characters of salt come first; the stored hash is the rest.
            Ok(Zeroizing::new(text.get(29..).ok_or_else(unusable)?.as_bytes().to_vec()))
        }
    }
}

fn read_parameters(text: &str) -> Option<(u32, u32, u32)> {
    let mut values = [None; 3];
    for part in text.split(',') {
        let (name, value) = part.split_once('=')?;
        let place = ["m", "t", "p"].iter().position(|known| *known == name)?;
        values[place] = value.parse::<u32>().ok();
    }
    let [Some(memory), Some(passes), Some(lanes)] = values else {
        return None;
    };
    (memory <= MOST_MEMORY_KIB && passes <= MOST_PASSES && lanes <= MOST_LANES).then_some((memory, passes, lanes))
}

/// 256 random bits as letters and digits: passwords of logins, which no person types.
pub fn random_secret() -> Result<SecretString, AppError> {
    let mut bytes = Zeroizing::new([0u8; 64]);
    let mut secret = String::with_capacity(44);
    while secret.len() < 44 {
        #[expect(clippy::disallowed_methods, reason = "a secret is drawn, never computed")]
        getrandom::fill(bytes.as_mut()).map_err(|_| AppError::Internal("no randomness"))?;
        // Bytes beyond the last multiple of 62 are left out, so that every character is equally likely.
        for byte in bytes.iter().filter(|byte| **byte < 248).take(44 - secret.len()) {
            secret.push(char::from(
                b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[usize::from(byte % 62)],
            ));
        }
    }
    Ok(SecretString::from(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn a_new_hash_proves_itself() {
        let stored = hash_new(&secret("correct horse battery")).unwrap();
        let parts: Vec<&str> = stored.split('$').collect();
        assert_eq!((parts[1], parts[2], parts[3]), ("argon2id", "v=19", "m=19456,t=2,p=1"));
        let derivation = Derivation::Argon2id {
            parameters: parts[3].to_owned(),
            salt: parts[4].to_owned(),
        };
        let key = derive(&secret("correct horse battery"), &derivation).unwrap();
        assert_eq!(STANDARD_NO_PAD.encode(&*key), parts[5]);
        assert_ne!(
            prove(&secret("correct horse battery"), &derivation, b"nonce").unwrap(),
            prove(&secret("correct horse batterz"), &derivation, b"nonce").unwrap()
        );
    }

    #[test]
    fn old_hashes_verify() {
        let stored = bcrypt::hash("an old password", 4).unwrap();
        let derivation = Derivation::Bcrypt {
            cost: 4,
            salt: stored[7..29].to_owned(),
        };
        assert_eq!(
            &derive(&secret("an old password"), &derivation).unwrap()[..],
            &stored.as_bytes()[29..]
        );
    }

    #[test]
    fn a_hostile_server_cannot_stall_the_desk() {
        for parameters in ["m=4194304,t=2,p=1", "m=19456,t=9999,p=1", "m=1", "m=x,t=1,p=1", ""] {
            let derivation = Derivation::Argon2id {
                parameters: parameters.to_owned(),
                salt: "c29tZXNhbHRzb21lc2FsdA".to_owned(),
            };
            assert!(prove(&secret("x"), &derivation, b"n").is_err(), "{parameters}");
        }
        assert!(
            prove(
                &secret("x"),
                &Derivation::Bcrypt {
                    cost: 31,
                    salt: "a".repeat(22)
                },
                b"n"
            )
            .is_err()
        );
    }

    #[test]
    fn secrets_are_long_and_differ() {
        let (one, two) = (random_secret().unwrap(), random_secret().unwrap());
        assert_eq!(one.expose_secret().len(), 44);
        assert_ne!(one.expose_secret(), two.expose_secret());
    }
}
