//! What can go wrong at Linode, each with a sentence for a person.

use std::{fmt, time::Duration};

/// Why Linode refused, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The field meant, as a path (`ipv4[0].range`).
    pub field: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// What can go wrong at Linode; a variant for each thing that a caller does differently. None holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinodeError {
    /// The configured address can't be used: ask for another.
    #[error("The address of Linode's API can't be used: {why}. Linode was not asked.")]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// The token can't be sent: ask for another.
    #[error("The token holds characters that no token has. Linode was not asked. Copy the token again.")]
    Token,
    /// This computer's certificates can't be used.
    #[error("This computer's list of certificate authorities can't be used: {why}. Linode was not asked.")]
    Certificates {
        /// What is wrong with them.
        why: String,
    },
    /// The token is wrong, revoked or expired: ask for another.
    #[error("Linode doesn't accept the token of this account. Nothing was read. Enter a token that is valid.")]
    Unauthorized,
    /// The token is good, but not for this.
    #[error("The token of this account may not read this{}. Nothing was read.", needs.as_ref().map(|scope| format!(": it needs the scope {scope}")).unwrap_or_default())]
    Forbidden {
        /// The scope that Linode names, if it does.
        needs: Option<String>,
    },
    /// Linode itself says that there is no such thing.
    #[error("Linode has nothing under {what}. Nothing was read.")]
    NotFound {
        /// The path asked for.
        what: String,
    },
    /// Too many questions, and waiting would take too long.
    #[error("Linode takes no more requests for now. Nothing was read. {}", again(*retry_after))]
    RateLimited {
        /// After how long it may be asked again, if it says so.
        retry_after: Option<Duration>,
    },
    /// A job of this server is still running.
    #[error("Linode is still at work on this server. The request was not carried out. Try again when the job is done.")]
    Busy,
    /// Linode is down.
    #[error("{} (status {status}). Nothing was read; the last known state stays.", if *maintenance { "Linode is closed for maintenance" } else { "Linode has a disturbance" })]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// Whether it says that it is closed for maintenance.
        maintenance: bool,
    },
    /// Somebody answered, but not Linode's API: a proxy, a portal, or a server that is failing.
    #[error(
        "Something on the way to Linode answered instead of it (status {status}). Nothing was read. Check the network and the address."
    )]
    NotJson {
        /// The HTTP status.
        status: u16,
    },
    /// JSON, but not what was asked for.
    #[error("Linode's answer about {what} can't be understood. Nothing was read.")]
    Unreadable {
        /// The path asked for.
        what: String,
    },
    /// The answer ended early.
    #[error("Linode's answer broke off. Nothing was read. Try again.")]
    Truncated,
    /// No answer in time.
    #[error("Linode didn't answer in time. Nothing was read; the last known state stays.")]
    Timeout,
    /// No connection, or one that was lost before an answer.
    #[error("{host} can't be reached ({cause}). Nothing was read; the last known state stays.")]
    Unreachable {
        /// The computer asked for.
        host: String,
        /// What the system says.
        cause: String,
    },
    /// The certificate is not trusted, or not for this name, or there is no encryption: somebody may be on the way.
    #[error(
        "No encrypted connection to {host} that can be trusted ({cause}). Nothing was sent. Check the address, the network and this computer's clock."
    )]
    Untrusted {
        /// The computer asked for.
        host: String,
        /// What the check says.
        cause: String,
    },
    /// Linode refused what was asked.
    #[error("Linode refused the request: {}. It was not carried out.", joined(.0))]
    Rejected(Vec<Reason>),
    /// More than this program reads at once.
    #[error("Linode's answer is larger than {limit}. It was not read.")]
    TooLarge {
        /// What the limit is, with its unit.
        limit: String,
    },
    /// The person or the program ended it.
    #[error("The request to Linode was cancelled. Nothing was read.")]
    Cancelled,
}

impl LinodeError {
    /// Its word for programs: stable, one for each variant that a caller does something else about.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "provider_address",
            Self::Token => "provider_token_malformed",
            Self::Certificates { .. } => "provider_certificates",
            Self::Unauthorized => "provider_token_refused",
            Self::Forbidden { .. } => "provider_scope_missing",
            Self::NotFound { .. } => "provider_not_found",
            Self::RateLimited { .. } => "provider_limited",
            Self::Busy => "provider_busy",
            Self::Unavailable { .. } => "provider_unavailable",
            Self::NotJson { .. } => "provider_not_json",
            Self::Unreadable { .. } => "provider_unreadable",
            Self::Truncated => "provider_truncated",
            Self::Timeout => "provider_timeout",
            Self::Unreachable { .. } => "provider_unreachable",
            Self::Untrusted { .. } => "provider_untrusted",
            Self::Rejected(_) => "provider_rejected",
            Self::TooLarge { .. } => "provider_too_large",
            Self::Cancelled => "provider_cancelled",
        }
    }

    /// Whether the same question may well be answered later, without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Busy
            | Self::Unavailable { .. }
            | Self::NotJson { .. }
            | Self::Truncated
            | Self::Timeout
            | Self::Unreachable { .. } => true,
            Self::Address { .. }
            | Self::Token
            | Self::Certificates { .. }
            | Self::Unauthorized
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Untrusted { .. }
            | Self::Unreadable { .. }
            | Self::Rejected(_)
            | Self::TooLarge { .. }
            | Self::Cancelled => false,
        }
    }
}

fn again(retry_after: Option<Duration>) -> String {
    let Some(wait) = retry_after else {
        return "Try again in a minute.".to_owned();
    };
    match wait.as_secs() + u64::from(wait.subsec_nanos() > 0) {
        0 | 1 => "Try again in a second.".to_owned(),
        seconds => format!("Try again in {seconds} seconds."),
    }
}

fn joined(reasons: &[Reason]) -> String {
    let said: Vec<String> = reasons
        .iter()
        .map(|reason| reason.to_string().trim_end_matches('.').to_owned())
        .collect();
    said.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_a_sentence() {
        let forbidden = LinodeError::Forbidden {
            needs: Some("linodes:read_only".to_owned()),
        };
        let limited = LinodeError::RateLimited {
            retry_after: Some(Duration::from_millis(1500)),
        };
        let rejected = LinodeError::Rejected(vec![
            Reason {
                field: Some("label".to_owned()),
                reason: "Too short.".to_owned(),
            },
            Reason {
                field: None,
                reason: "No room".to_owned(),
            },
        ]);
        assert_eq!(
            forbidden.to_string(),
            "The token of this account may not read this: it needs the scope linodes:read_only. Nothing was read."
        );
        assert_eq!(
            limited.to_string(),
            "Linode takes no more requests for now. Nothing was read. Try again in 2 seconds."
        );
        assert_eq!(
            rejected.to_string(),
            "Linode refused the request: label: Too short; No room. It was not carried out."
        );
    }
}
