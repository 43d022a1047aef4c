//! Whether the database can be trusted.

use app::trust::{Isolation, LogState};

use crate::{
    ApiError, Desk,
    contract::{Empty, TrustFinding, TrustState, TrustStatus},
};

pub(crate) async fn status(desk: &Desk, _: Empty) -> Result<TrustStatus, ApiError> {
    let status = desk.trust().await?;
    let (isolation, isolation_message, findings) = match status.isolation {
        Isolation::Pending => (TrustState::Pending, "Not checked yet.".to_owned(), Vec::new()),
        Isolation::Sound { facts, attacks } => (
            TrustState::Sound,
            format!("{facts} facts of the database are as they should be, and {attacks} attacks were refused."),
            Vec::new(),
        ),
        Isolation::Red(findings) => (
            TrustState::Red,
            "The database no longer decides as it should. This desk writes nothing until that is put right; tell whoever \
             administers it to run csctl doctor."
                .to_owned(),
            findings
                .into_iter()
                .map(|finding| TrustFinding {
                    subject: finding.subject().to_owned(),
                    object: finding.object,
                    says: finding.says,
                    remedy: finding.remedy,
                })
                .collect(),
        ),
        Isolation::Unchecked(why) => (
            TrustState::Unchecked,
            format!("The check could not be made ({why}). It is tried again in some minutes."),
            Vec::new(),
        ),
    };
    let (log, log_message, log_position) = match status.log {
        LogState::Unknown => (TrustState::Pending, "Not looked at yet.".to_owned(), None),
        LogState::Sound { position } => (
            TrustState::Sound,
            format!("The log is what it was, up to entry {position} of its chain."),
            Some(position),
        ),
        LogState::Changed(breaks) => (
            TrustState::Red,
            format!(
                "The history of the activity log has changed. {} Keep this computer as it is, and have csctl doctor look at the database.",
                breaks.first().map(ToString::to_string).unwrap_or_default()
            ),
            breaks.first().map(|found| found.position),
        ),
    };
    Ok(TrustStatus {
        isolation,
        isolation_message,
        findings,
        log,
        log_message,
        log_position,
    })
}
