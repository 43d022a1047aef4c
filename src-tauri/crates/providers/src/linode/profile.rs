//! Whose token it is, and what it may do.

use serde_json::Value;

use super::lenient::{flag, text};

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name at Linode.
    pub username: String,
    /// Whether this user may do only what was granted to them one by one.
    pub restricted: Option<bool>,
    /// What the token may do, if Linode says so.
    pub scopes: Option<Scopes>,
}

impl Profile {
    pub(super) fn read(json: &[u8], scopes: Option<Scopes>) -> Option<Self> {
        let value: Value = serde_json::from_slice(json).ok()?;
        Some(Self {
            username: text(&value, "username")?,
            restricted: flag(&value, "restricted"),
            scopes,
        })
    }
}

/// What a token may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    granted: Vec<String>,
}

impl Scopes {
    /// Reads `linodes:read_only account:read_write`, with spaces or commas between.
    pub fn parse(header: &str) -> Self {
        let granted = header
            .split([' ', ','])
            .map(str::trim)
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect();
        Self { granted }
    }

    /// Whether a scope such as `linodes:read_only` is covered. To write includes to read; `*` is all.
    pub fn cover(&self, wanted: &str) -> bool {
        let (area, right) = parts(wanted);
        self.granted.iter().any(|granted| {
            let (granted_area, granted_right) = parts(granted);
            (granted_area == "*" || granted_area == area)
                && (granted_right == right || matches!(granted_right, "read_write" | "*"))
        })
    }

    /// The scopes, as Linode writes them.
    pub fn granted(&self) -> &[String] {
        &self.granted
    }
}

/// Area and right; an area alone is all of it.
fn parts(scope: &str) -> (&str, &str) {
    scope.split_once(':').unwrap_or((scope, "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_write_includes_to_read() {
        let scopes = Scopes::parse("linodes:read_write, account:read_only");
        assert!(scopes.cover("linodes:read_only") && scopes.cover("linodes:read_write"));
        assert!(scopes.cover("account:read_only") && !scopes.cover("account:read_write"));
        assert!(!scopes.cover("images:read_only"));
        assert!(Scopes::parse("*").cover("images:read_write"));
        assert!(!Scopes::parse("").cover("images:read_only"));
        assert!(Scopes::parse("linodes").cover("linodes:read_write"));
    }

    #[test]
    fn a_profile_needs_a_name() {
        assert_eq!(Profile::read(b"{}", None), None);
        let profile = Profile::read(br#"{"username": "me", "restricted": null}"#, None).unwrap();
        assert_eq!((profile.username.as_str(), profile.restricted), ("me", None));
    }
}
