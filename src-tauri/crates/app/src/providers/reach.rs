//! How providers are reached: time-outs, clocks and chance.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use providers::{
    docker::{Docker, DockerHost, DockerOptions, Tls},
    linode::{Linode, LinodeOptions, Timeouts},
    pace::{Pace, RunningPace},
};
use secrecy::SecretString;

use crate::AppError;

/// A check of a token is a single question: a person waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// How providers are reached.
#[derive(Clone)]
pub struct Reach {
    timeouts: Timeouts,
    pace: Arc<dyn Pace>,
}

impl Reach {
    /// With these time-outs, and clocks and chance of the caller's.
    pub fn new(timeouts: Timeouts, pace: Arc<dyn Pace>) -> Self {
        Self { timeouts, pace }
    }

    /// As a running program does it: a whole call may take three minutes.
    pub fn running() -> Self {
        Self::new(Timeouts::default(), Arc::new(RunningPace::new(now, chance)))
    }

    /// For a single question that a person waits for.
    pub fn patient() -> Self {
        Self::running().within(PATIENCE)
    }

    /// The same, but no call takes longer.
    #[must_use]
    pub fn within(mut self, longest: Duration) -> Self {
        let all = &mut self.timeouts;
        for part in [&mut all.connect, &mut all.silence, &mut all.attempt, &mut all.call] {
            *part = longest.min(*part);
        }
        self
    }

    /// The client of an account. Nothing is sent yet.
    pub(crate) fn linode(&self, endpoint: Option<&str>, token: &SecretString) -> Result<Linode, AppError> {
        self.client(LinodeOptions::new(token.clone()), endpoint)
    }

    /// A client of what everybody may read. Nothing is sent yet.
    pub(crate) fn anonymous(&self, endpoint: Option<&str>) -> Result<Linode, AppError> {
        self.client(LinodeOptions::anonymous(), endpoint)
    }

    /// The client of a Docker host. Nothing is sent yet.
    pub(crate) fn docker(&self, host: DockerHost, tls: Option<Tls>) -> Result<Docker, AppError> {
        let mut options = DockerOptions::new(host);
        options.tls = tls;
        let all = &mut options.timeouts;
        all.connect = all.connect.min(self.timeouts.connect);
        all.call = all.call.min(self.timeouts.call);
        all.silence = all.silence.min(self.timeouts.call);
        Ok(Docker::new(options, Arc::clone(&self.pace))?)
    }

    fn client(&self, mut options: LinodeOptions, endpoint: Option<&str>) -> Result<Linode, AppError> {
        if let Some(endpoint) = endpoint {
            endpoint.clone_into(&mut options.base_url);
        }
        options.timeouts = self.timeouts;
        Ok(Linode::new(options, Arc::clone(&self.pace))?)
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reach")
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

fn now() -> DateTime<Utc> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a provider tells the end of a limit by the wall clock; no rule goes by it"
    )]
    Utc::now()
}

/// From 0 to below 1.
fn chance() -> f64 {
    let mut bytes = [0u8; 4];
    #[expect(
        clippy::disallowed_methods,
        reason = "it spreads waits of many desks, and is no input of any rule"
    )]
    let drawn = getrandom::fill(&mut bytes);
    if drawn.is_err() {
        return 0.5;
    }
    f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
