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

impl Reason {
    pub(super) fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            reason: reason.into(),
        }
    }
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinodeError {
    /// The configured address can't be used: ask for another.
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// The token can't be sent: ask for another.
    Token,
    /// This computer's certificates can't be used.
    Certificates {
        /// What is wrong with them.
        why: String,
    },
    /// The token is wrong, revoked or expired: ask for another.
    Unauthorized,
    /// The token is good, but not for this.
    Forbidden {
        /// The scope that Linode names, if it does.
        needs: Option<String>,
    },
    /// Linode itself says that there is no such thing.
    NotFound {
        /// The path asked for.
        what: String,
    },
    /// Too many questions, and waiting would take too long.
    RateLimited {
        /// After how long it may be asked again, if it says so.
        retry_after: Option<Duration>,
    },
    /// A job of this server is still running.
    Busy,
    /// Linode is down.
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// Whether it says that it is closed for maintenance.
        maintenance: bool,
    },
    /// Somebody answered, but not Linode's API: a proxy, a portal, or a server that is failing.
    NotJson {
        /// The HTTP status.
        status: u16,
    },
    /// JSON, but not what was asked for.
    Unreadable {
        /// The path asked for.
        what: String,
    },
    /// The answer ended early.
    Truncated,
    /// No answer in time.
    Timeout,
    /// No connection, or one that was lost before an answer.
    Unreachable {
        /// The computer asked for.
        host: String,
        /// What the system says.
        cause: String,
    },
    /// The certificate is not trusted, or not for this name, or there is no encryption: somebody may be on the way.
    Untrusted {
        /// The computer asked for.
        host: String,
        /// What the check says.
        cause: String,
    },
    /// Linode refused what was asked.
    Rejected(Vec<Reason>),
    /// More than this program reads at once.
    TooLarge {
        /// What the limit is, with its unit.
        limit: String,
    },
    /// The person or the program ended it.
    Cancelled,
}

/// What did not happen, for the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Undone {
    /// No request left this computer.
    NotAsked,
    /// No answer was made use of.
    NotRead,
    /// The same, where an older state is on the screen.
    LastStays,
    /// Linode itself said no.
    NotCarriedOut,
    /// Linode itself said not now.
    Request,
    /// There was an answer, larger than is read.
    AnswerUnread,
    /// Nobody who can be trusted was there.
    NotSent,
}

impl Undone {
    const fn sentence(self, write: bool) -> &'static str {
        match self {
            Self::NotAsked => "Linode was not asked.",
            Self::NotSent => "Nothing was sent.",
            Self::Request => "The request was not carried out.",
            Self::NotCarriedOut => "It was not carried out.",
            Self::NotRead | Self::LastStays | Self::AnswerUnread if write => "Nothing was changed.",
            Self::NotRead => "Nothing was read.",
            Self::LastStays => "Nothing was read; the last known state stays.",
            Self::AnswerUnread => "It was not read.",
        }
    }
}

impl LinodeError {
    /// The sentence: of a question, or of a write that was certainly not carried out.
    pub(super) fn sentence(&self, write: bool) -> String {
        let (undone, advice) = self.end();
        let said = format!("{}. {}", self.happened(write), undone.sentence(write));
        match advice {
            Some(advice) => format!("{said} {advice}"),
            None => said,
        }
    }

    /// What happened, without a full stop.
    pub(super) fn happened(&self, write: bool) -> String {
        match self {
            Self::Address { why } => format!("The address of Linode's API can't be used: {why}"),
            Self::Token => "The token holds characters that no token has".to_owned(),
            Self::Certificates { why } => {
                format!("This computer's list of certificate authorities can't be used: {why}")
            }
            Self::Unauthorized => "Linode doesn't accept the token of this account".to_owned(),
            Self::Forbidden { needs } => {
                let may = if write { "do" } else { "read" };
                let scope = needs.as_ref().map(|scope| format!(": it needs the scope {scope}"));
                format!(
                    "The token of this account may not {may} this{}",
                    scope.unwrap_or_default()
                )
            }
            Self::NotFound { what } => format!("Linode has nothing under {what}"),
            Self::RateLimited { .. } => "Linode takes no more requests for now".to_owned(),
            Self::Busy => "Linode is still at work on this server".to_owned(),
            Self::Unavailable { status, maintenance } => {
                let happened = if *maintenance {
                    "Linode is closed for maintenance"
                } else {
                    "Linode has a disturbance"
                };
                format!("{happened} (status {status})")
            }
            Self::NotJson { status } => {
                format!("Something on the way to Linode answered instead of it (status {status})")
            }
            Self::Unreadable { what } => format!("Linode's answer about {what} can't be understood"),
            Self::Truncated => "Linode's answer broke off".to_owned(),
            Self::Timeout => "Linode didn't answer in time".to_owned(),
            Self::Unreachable { host, cause } => format!("{host} can't be reached ({cause})"),
            Self::Untrusted { host, cause } => {
                format!("No encrypted connection to {host} that can be trusted ({cause})")
            }
            Self::Rejected(reasons) => format!("Linode refused the request: {}", joined(reasons)),
            Self::TooLarge { limit } => format!("Linode's answer is larger than {limit}"),
            Self::Cancelled => "The request to Linode was cancelled".to_owned(),
        }
    }

    /// What was not done, and what to do.
    fn end(&self) -> (Undone, Option<String>) {
        let (undone, advice) = match self {
            Self::Address { .. } | Self::Certificates { .. } => (Undone::NotAsked, ""),
            Self::Token => (Undone::NotAsked, "Copy the token again."),
            Self::Unauthorized => (Undone::NotRead, "Enter a token that is valid."),
            Self::Busy => (Undone::Request, "Try again when the job is done."),
            Self::NotJson { .. } => (Undone::NotRead, "Check the network and the address."),
            Self::Truncated => (Undone::NotRead, "Try again."),
            Self::RateLimited { retry_after } => return (Undone::NotRead, Some(again(*retry_after))),
            Self::Forbidden { .. } | Self::NotFound { .. } | Self::Unreadable { .. } | Self::Cancelled => {
                (Undone::NotRead, "")
            }
            Self::Unavailable { .. } | Self::Timeout | Self::Unreachable { .. } => (Undone::LastStays, ""),
            Self::Untrusted { .. } => (
                Undone::NotSent,
                "Check the address, the network and this computer's clock.",
            ),
            Self::Rejected(_) => (Undone::NotCarriedOut, ""),
            Self::TooLarge { .. } => (Undone::AnswerUnread, ""),
        };
        (undone, (!advice.is_empty()).then(|| advice.to_owned()))
    }

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

impl fmt::Display for LinodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(false))
    }
}

impl std::error::Error for LinodeError {}

fn again(retry_after: Option<Duration>) -> String {
    let Some(wait) = retry_after else {
        return "Try again in a minute.".to_owned();
    };
    match wait.as_secs() + u64::from(wait.subsec_nanos() > 0) {
        0 | 1 => "Try again in a second.".to_owned(),
        seconds => format!("Try again in {seconds} seconds."),
    }
}

pub(super) fn joined(reasons: &[Reason]) -> String {
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
