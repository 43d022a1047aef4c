//! A demonstration: a believable small business with six months of customers, servers, usage, invoices and tickets.
//! Nothing of it is inserted as a finished row: a world is invented from a seed ([`world`]), and what happens in it goes
//! through the product's own use-cases with a clock that moves ([`play`]).

mod catalogue;
mod fleet;
mod names;
mod play;
mod talks;
mod world;

use std::ops::ControlFlow;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::user::EmailAddress;
use secrecy::SecretString;

use crate::{AppError, session::Session};
use play::Player;
use world::World;

/// What to make.
pub struct Demo {
    /// The same seed and the same end give the same business.
    pub seed: u64,
    /// Until when; the database's time if not given.
    pub until: Option<DateTime<Utc>>,
    /// The first admin, who answers some of the tickets.
    pub admin: EmailAddress,
    /// What the business's other people sign in with.
    pub password: SecretString,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Organizations.
    pub organizations: usize,
    /// Servers and containers, with those that have gone.
    pub resources: usize,
    /// Billing runs.
    pub runs: usize,
    /// Invoices.
    pub invoices: usize,
    /// Tickets.
    pub tickets: usize,
    /// Addresses of the business's people beside the first admin.
    pub staff: Vec<String>,
    /// Whether it was told to stop before its end.
    pub stopped: bool,
}

/// Fills a workspace that is one for tests and has no organization yet, over an administrator's session. `watch` hears
/// how much has happened of how much, and may stop it: what has happened stays.
pub async fn fill(
    session: &Session,
    demo: &Demo,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Report, AppError> {
    let found = store::demo::look(&mut *session.read().await?).await?;
    if !found.is_test {
        return Err(AppError::NotForDemo(
            "This workspace is a real business, in which time can't be moved. Nothing was changed; make a workspace for tests.",
        ));
    }
    if found.organizations > 0 {
        return Err(AppError::NotForDemo(
            "This workspace has organizations already. Nothing was changed; a demonstration begins in an empty one.",
        ));
    }
    let until = demo
        .until
        .unwrap_or(found.now)
        .duration_trunc(TimeDelta::minutes(1))
        .unwrap_or(found.now);
    let world = World::invent(demo.seed, until);
    let total = u64::try_from(world.events.len()).unwrap_or(u64::MAX);
    let mut player = Player::begin(session, demo, &world).await?;
    let mut next_look = world.begins + TimeDelta::days(2);
    for (done, (at, event)) in world.events.iter().enumerate() {
        if watch(u64::try_from(done).unwrap_or(u64::MAX), total).is_break() {
            return Ok(player.report(true));
        }
        player.play(*at, *event).await?;
        if *at >= next_look {
            store::demo::refresh_statistics(&mut *session.read().await?).await?;
            next_look = *at + TimeDelta::days(14);
        }
    }
    Ok(player.report(false))
}
