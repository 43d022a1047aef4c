//! Whether the database can be trusted: that it decides as this program made it decide, and that its log is what it was.

mod guard;
pub mod log;

use std::ops::ControlFlow;

use sqlx::Connection;
use store::{
    connect::{self, Address},
    isolation, log_chain,
};

pub use guard::{Guard, Isolation, LogState, Status};
pub use store::{
    isolation::{Checked, Finding, Level},
    log_chain::Head,
};

pub use store::agent::LastBackup;

use crate::{AppError, session::Session};
use log::Verified;

/// What the doctor has found.
#[derive(Debug)]
pub struct Diagnosis {
    /// Who may what.
    pub isolation: Checked,
    /// The log's chain, where this login may recompute it.
    pub log: Option<Verified>,
    /// What the remembered head says, if one was given.
    pub remembered: Option<Option<log::Break>>,
    /// Rows of the log that were put there past the sequencer.
    pub passed_by: Vec<i32>,
    /// When an agent took the last backup, where this login may see it.
    pub backups: Option<LastBackup>,
}

impl Diagnosis {
    /// Whether anything is wrong.
    pub fn is_red(&self) -> bool {
        self.isolation.is_red()
            || self.log.as_ref().is_some_and(|log| !log.breaks.is_empty())
            || matches!(self.remembered, Some(Some(_)))
            || !self.passed_by.is_empty()
    }
}

/// Checks everything that this login may: the catalogue, the attacks, and all of the log, hashed here from its rows.
/// A head that was remembered elsewhere is looked for in the chain.
pub async fn diagnose(
    address: &Address,
    client: &str,
    remembered: Option<&Head>,
    watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Diagnosis, AppError> {
    let mut connection = address.connect(client).await?;
    connect::check_workspace(&mut connection).await?;
    let mut found = isolation::check(&mut connection).await?;
    found.findings.extend(isolation::log_settings(&mut connection).await?);
    found.findings.sort_by_key(|finding| finding.level);
    let mut diagnosis = Diagnosis {
        isolation: found,
        log: None,
        remembered: None,
        passed_by: Vec::new(),
        backups: store::agent::last_backup(&mut connection).await?,
    };
    if log_chain::reach(&mut connection).await? == log_chain::Reach::Rows {
        // What was committed until now is sealed first, so that it is looked at too.
        while log_chain::seal(&mut connection, SEAL_MOST).await? == SEAL_MOST {}
        diagnosis.log = Some(log::verify(&mut connection, Head::beginning(), watch).await?);
        if let Some(remembered) = remembered {
            diagnosis.remembered = Some(log::compare(&mut connection, remembered).await?);
        }
        if log_chain::may_see_sequencer(&mut connection).await? {
            diagnosis.passed_by = log_chain::passed_by(&mut connection).await?;
        }
    }
    drop(connection.close().await);
    Ok(diagnosis)
}

/// Chains what was committed to the log, for a program without a window that has written to it.
pub async fn seal_log(session: &Session) -> Result<(), AppError> {
    let mut connection = session.read().await?;
    while log_chain::seal(&mut connection, SEAL_MOST).await? == SEAL_MOST {}
    Ok(())
}

const SEAL_MOST: i32 = 10_000;
