use std::fmt;

/// The name of a secret. Its text is the account in the keychain, below the service `containerstacks`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// The password of the desk's own login in the database of a profile.
    DeskPassword {
        /// The profile's id.
        profile: String,
    },
    /// The key that seals the columns of a profile's database.
    WorkspaceKey {
        /// The profile's id.
        profile: String,
    },
    /// The password of the superuser of the local workspace's server.
    LocalSuperuser,
    /// The token of the session that is open in a profile's database.
    SessionToken {
        /// The profile's id.
        profile: String,
    },
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeskPassword { profile } => write!(f, "desk-password/{profile}"),
            Self::WorkspaceKey { profile } => write!(f, "workspace-key/{profile}"),
            Self::LocalSuperuser => f.write_str("local-superuser"),
            Self::SessionToken { profile } => write!(f, "session-token/{profile}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_have_the_same_text() {
        let profile = || "local-superuser".to_owned();
        let names = [
            SecretName::DeskPassword { profile: profile() },
            SecretName::WorkspaceKey { profile: profile() },
            SecretName::LocalSuperuser,
            SecretName::SessionToken { profile: profile() },
        ];
        let mut texts: Vec<String> = names.iter().map(ToString::to_string).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), names.len());
    }
}
