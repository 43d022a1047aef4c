//! People and organizations: addresses, names, passwords.

use crate::text::{self, TextError, text_type};

text_type! {
    /// A first or a last name: 1 to 100 characters of one line (`users.first_name`, `users.last_name`).
    PersonName, |text| text::single_line(text, 1, 100)
}

text_type! {
    /// The name of an organization: 1 to 255 characters of one line (`organizations.name`).
    OrganizationName, |text| text::single_line(text, 1, 255)
}

text_type! {
    /// The address that stands on an organization's invoices: lines of up to 1000 characters together.
    BillingAddress, |text| text::multi_line(text, 1, 1000)
}

text_type! {
    /// What an API key is for: 1 to 255 characters of one line (`user_api_keys.name`).
    KeyName, |text| text::single_line(text, 1, 255)
}

/// Why an e-mail address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing was written.
    #[error("Enter an e-mail address.")]
    Empty,
    /// Longer than the column or than mail allows.
    #[error("The e-mail address is too long.")]
    TooLong,
    /// Not of the form `name@domain`.
    #[error("Write the address as name@domain, such as ana@example.com.")]
    Malformed,
}

/// An e-mail address, kept as written and compared without regard to case.
///
/// Only addresses of plain ASCII are taken: their comparison is the same in every locale of every database, and none
/// can be made to look like another. `users.email` holds up to 255 characters.
#[derive(Debug, Clone)]
pub struct EmailAddress {
    written: String,
    folded: String,
}

impl EmailAddress {
    /// The column's length.
    const MAX_CHARS: usize = 255;
    /// Longest part before the `@` (RFC 5321, 4.5.3.1.1).
    const MAX_LOCAL: usize = 64;
    /// Longest label of a domain name (RFC 1035, 2.3.4).
    const MAX_LABEL: usize = 63;

    /// Trims and checks an address.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let written = text.trim();
        if written.is_empty() {
            return Err(EmailError::Empty);
        }
        if written.len() > Self::MAX_CHARS {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = written.split_once('@').ok_or(EmailError::Malformed)?;
        if local.len() > Self::MAX_LOCAL {
            return Err(EmailError::TooLong);
        }
        if !is_local_part(local) || !is_domain(domain) {
            return Err(EmailError::Malformed);
        }
        Ok(Self {
            written: written.to_owned(),
            folded: written.to_ascii_lowercase(),
        })
    }

    /// The address as it was written, for display and for storing.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The address in small letters, for comparison.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// Characters, separated by single points, of RFC 5322's `dot-atom`.
fn is_local_part(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    })
}

/// At least two labels, so that a forgotten ending is noticed; `localhost` alone is taken for trying things out.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= EmailAddress::MAX_LABEL
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (domain.contains('.') || domain.eq_ignore_ascii_case("localhost")) && domain.split('.').all(is_label)
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for EmailAddress {}

impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl serde::Serialize for EmailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl<'de> serde::Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The name to show for a person: first and last name as far as known, otherwise the address.
pub fn display_name(first: Option<&PersonName>, last: Option<&PersonName>, email: &str) -> String {
    match (first, last) {
        (Some(first), Some(last)) => format!("{first} {last}"),
        (Some(one), None) | (None, Some(one)) => one.to_string(),
        (None, None) => email.to_owned(),
    }
}

/// Why a new password was refused. Never holds the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than the least.
    #[error("Choose a password of at least 12 characters.")]
    TooShort,
    /// More characters than the most; longer ones only make hashing slow.
    #[error("Choose a password of at most 128 characters.")]
    TooLong,
    /// It is the e-mail address, or the part before the `@`.
    #[error("Choose a password that isn't your e-mail address.")]
    IsEmail,
}

/// Least number of characters of a new password.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// Greatest number of characters of a new password.
pub const PASSWORD_MAX_CHARS: usize = 128;

/// Checks a password that a person chooses; old passwords are not judged by it.
///
/// Length is what counts (NIST SP 800-63B, 5.1.1.2): no rule on kinds of characters. The password is neither trimmed
/// nor changed.
pub fn check_new_password(password: &str, email: &EmailAddress) -> Result<(), PasswordError> {
    check_password_length(password)?;
    let folded = password.trim().to_lowercase();
    let local = email.folded().split_once('@').map(|(local, _)| local);
    if folded == email.folded() || Some(folded.as_str()) == local {
        return Err(PasswordError::IsEmail);
    }
    Ok(())
}

/// Checks how long a password is that a person chooses.
pub fn check_password_length(password: &str) -> Result<(), PasswordError> {
    if password.len() > PASSWORD_MAX_CHARS * 4 {
        return Err(PasswordError::TooLong);
    }
    let chars = password.chars().count();
    if chars < PASSWORD_MIN_CHARS {
        return Err(PasswordError::TooShort);
    }
    if chars > PASSWORD_MAX_CHARS {
        return Err(PasswordError::TooLong);
    }
    Ok(())
}

/// Reads an optional name: blank means none.
pub fn optional_name(text: Option<&str>) -> Result<Option<PersonName>, TextError> {
    text.map(str::trim)
        .filter(|name| !name.is_empty())
        .map(PersonName::parse)
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_daily_life_are_taken() {
        for good in [
            "ana@example.com",
            " Ana.Maria+billing@Mail.Example.co.uk ",
            "o'neil@x-y.io",
            "a@b.c",
            "root@localhost",
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn others_are_refused() {
        for bad in [
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "a b@example.com",
            "a@b@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a@-x.com",
            "a@x-.com",
            "a@x..com",
            "a@.com",
            "a@x.com.",
            "a@x_y.com",
            "аna@example.com",
            "ana@exämple.com",
            "a\0@example.com",
            "a@example.com\nBcc: b@example.com",
            "<a@x.com>",
            "a,b@x.com",
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(EmailError::Malformed), "{bad}");
        }
        assert_eq!(EmailAddress::parse("  "), Err(EmailError::Empty));
        assert_eq!(
            EmailAddress::parse(&format!("{}@x.com", "a".repeat(65))),
            Err(EmailError::TooLong)
        );
        assert_eq!(
            EmailAddress::parse(&format!("a@{}.com", "b.".repeat(200))),
            Err(EmailError::TooLong)
        );
    }

    #[test]
    fn case_is_kept_and_doesnt_count() {
        let written = EmailAddress::parse("Ana@Example.com").unwrap();
        assert_eq!(written, EmailAddress::parse("ana@example.COM").unwrap());
        assert_eq!(written.as_str(), "Ana@Example.com");
        assert_eq!(written.folded(), "ana@example.com");
    }

    #[test]
    fn password_rules() {
        let email = EmailAddress::parse("Ana.Rodrigues@example.com").unwrap();
        let check = |password: &str| check_new_password(password, &email);
        assert_eq!(check("elevenchars"), Err(PasswordError::TooShort));
        assert_eq!(check("twelve chars"), Ok(()));
        assert_eq!(check("äöüäöüäöüäöü"), Ok(()));
        assert_eq!(check(&"x".repeat(128)), Ok(()));
        assert_eq!(check(&"x".repeat(129)), Err(PasswordError::TooLong));
        assert_eq!(check(&"x".repeat(1 << 20)), Err(PasswordError::TooLong));
        assert_eq!(check("ana.rodrigues@EXAMPLE.com"), Err(PasswordError::IsEmail));
        assert_eq!(check("ana.rodrigues "), Err(PasswordError::IsEmail));
    }

    #[test]
    fn names() {
        let ana = PersonName::parse(" Ana ").unwrap();
        assert_eq!(display_name(Some(&ana), None, "a@b.c"), "Ana");
        assert_eq!(display_name(None, None, "a@b.c"), "a@b.c");
        assert_eq!(optional_name(Some("  ")), Ok(None));
        assert_eq!(optional_name(None), Ok(None));
        assert!(OrganizationName::parse("Brisa\u{202E}").is_err());
        assert!(OrganizationName::parse(&"x".repeat(256)).is_err());
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in "\\PC{0,80}") {
            if let Ok(email) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(email.as_str()), Ok(email));
            }
        }
    }
}
