//! What a server is doing.

use std::fmt;

/// What a server is doing. Linode's words are an open set; a new one is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It runs.
    Running,
    /// It is off.
    Offline,
    /// It is being started.
    Booting,
    /// Linode is at work on it.
    Busy,
    /// It is being started anew.
    Rebooting,
    /// It is being shut down.
    ShuttingDown,
    /// It is being made.
    Provisioning,
    /// It is being deleted.
    Deleting,
    /// It moves to another computer.
    Migrating,
    /// Its disks are made anew.
    Rebuilding,
    /// Another server is made after it.
    Cloning,
    /// It is filled from a backup.
    Restoring,
    /// It gets another type; the specification doesn't name this word, but the programs of Linode know it.
    Resizing,
    /// Linode has stopped it.
    Stopped,
    /// Linode has stopped it, since the account is not paid.
    BillingSuspension,
    /// A word that this program doesn't know.
    Other(String),
}

impl Status {
    const KNOWN: [(&'static str, Self); 15] = [
        ("running", Self::Running),
        ("offline", Self::Offline),
        ("booting", Self::Booting),
        ("busy", Self::Busy),
        ("rebooting", Self::Rebooting),
        ("shutting_down", Self::ShuttingDown),
        ("provisioning", Self::Provisioning),
        ("deleting", Self::Deleting),
        ("migrating", Self::Migrating),
        ("rebuilding", Self::Rebuilding),
        ("cloning", Self::Cloning),
        ("restoring", Self::Restoring),
        ("resizing", Self::Resizing),
        ("stopped", Self::Stopped),
        ("billing_suspension", Self::BillingSuspension),
    ];

    /// Reads Linode's word.
    pub fn of(word: &str) -> Self {
        let known = Self::KNOWN.into_iter().find(|(name, _)| *name == word);
        known.map_or_else(|| Self::Other(word.to_owned()), |(_, status)| status)
    }

    /// Linode's word.
    pub fn word(&self) -> &str {
        match self {
            Self::Other(word) => word,
            known => Self::KNOWN
                .iter()
                .find(|(_, status)| status == known)
                .map_or("", |(name, _)| name),
        }
    }

    /// Whether Linode is at work on it, so that it refuses more work for now. Nothing is said about unknown words.
    pub const fn is_passing(&self) -> Option<bool> {
        match self {
            Self::Running | Self::Offline | Self::Stopped | Self::BillingSuspension => Some(false),
            Self::Other(_) => None,
            _ => Some(true),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back() {
        for (word, status) in Status::KNOWN {
            assert_eq!(Status::of(word), status);
            assert_eq!(status.word(), word);
        }
        let new = Status::of("teleporting");
        assert_eq!((new.word(), new.is_passing()), ("teleporting", None));
        assert_eq!(Status::of("resizing").is_passing(), Some(true));
        assert_eq!(Status::of("offline").is_passing(), Some(false));
    }
}
