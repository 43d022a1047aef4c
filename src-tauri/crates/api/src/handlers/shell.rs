//! The frame of the window.

use std::time::Instant;

use super::pages;
use crate::{
    ApiError, Desk,
    contract::{ActiveTheme, Empty, PaletteAnswer, PaletteRequest, ShellSummary},
};

pub(crate) async fn summary(desk: &Desk, _: Empty) -> Result<ShellSummary, ApiError> {
    let session = desk.session().await?;
    let line = desk.line().await?;
    let mut connection = session.read().await?;
    // A duration, not a time of day: nothing of the product depends on it.
    let asked = Instant::now();
    let summary = app::shell::summary(&mut connection, session.person()?.id).await?;
    let latency_ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
    drop(connection);
    Ok(ShellSummary {
        latency_ms,
        server_time: summary.server_time,
        database_version: line.workspace.server_version,
        schema_version: line.workspace.schema_version,
        tickets_open: summary.tickets_open,
        tickets_mine_unanswered: summary.tickets_mine_unanswered,
        notifications_unread: summary.notifications_unread,
        organizations: summary.organizations,
        users: summary.users,
        servers: summary.servers,
        containers: summary.containers,
        drift: app::drift::count(&session).await?,
        last_billing_run: summary.last_billing_run,
        billed_until: summary.billed_until,
    })
}

pub(crate) async fn search(desk: &Desk, request: PaletteRequest) -> Result<PaletteAnswer, ApiError> {
    Ok(PaletteAnswer {
        hits: app::shell::search(&desk.session().await?, &request.query).await?,
    })
}

pub(crate) async fn theme(desk: &Desk, _: Empty) -> Result<ActiveTheme, ApiError> {
    let (name, theme) = app::themes::active(&desk.session().await?).await?;
    Ok(ActiveTheme {
        name,
        light: pages::tokens(&theme.light)?,
        dark: pages::tokens(&theme.dark)?,
        light_appearance: theme.light_appearance,
        dark_appearance: theme.dark_appearance,
        radius_rem: format!("{}rem", theme.radius_rem),
        notices: pages::notices(&theme),
    })
}
