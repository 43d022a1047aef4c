//! One server, and what its provider says of it now.

use std::time::Duration;

use app::{
    AppError, intents,
    providers::Reach,
    servers::{
        self, LiveReach, Offer, OrderChoices, ServerAddresses, ServerBackups, ServerEvents, ServerFirewalls,
        ServerStats, ServerTransfer, timeline,
    },
    session::Session,
    workspace_key::Ring,
};
use chrono::{Datelike, NaiveDate};
use domain::{
    ids::{OrganizationId, ProviderConfigId, ServerId},
    role::Action as Deed,
};

use super::field;
use crate::{
    ApiError, Desk, ErrorCode,
    contract::{
        Action, GetRequest, OrderChoicesRequest, OrderOffersRequest, RootPassword, ServerDetail, ServerMonthRequest,
        TimelineAnswer, TimelineRequest, Unanswered,
    },
};

/// A person waits for each of these, beside everything else that the page shows.
const PATIENCE: Duration = Duration::from_secs(12);

/// Why only some are told what the provider says now.
const NOT_LENT: &str = "Only admins ask the provider itself: the account's token opens all that the account has. What is known here is shown.";

/// How a server's provider is asked from this desk.
struct Live {
    session: Session,
    keys: Ring,
    reach: Reach,
    server: ServerId,
}

impl Live {
    async fn open(desk: &Desk, server: i32) -> Result<Self, AppError> {
        let session = desk.session().await?;
        session.may(Deed::EditServer)?;
        Ok(Self {
            keys: desk.workspace_key().await?,
            reach: reach(),
            server: ServerId::new(server),
            session,
        })
    }

    const fn by(&self) -> LiveReach<'_> {
        LiveReach {
            keys: &self.keys,
            reach: &self.reach,
        }
    }
}

fn reach() -> Reach {
    Reach::patient().within(PATIENCE)
}

/// `2026-11`.
fn month(text: Option<&str>) -> Result<Option<(u16, u8)>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let parsed = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
        .ok()
        .and_then(|day| Some((u16::try_from(day.year()).ok()?, u8::try_from(day.month()).ok()?)));
    field("month", parsed.ok_or("Give a month such as 2026-11.")).map(Some)
}

pub(crate) async fn get(desk: &Desk, request: GetRequest) -> Result<ServerDetail, ApiError> {
    let session = desk.session().await?;
    let detail = servers::detail(&session, ServerId::new(request.id)).await?;
    let mut actions: Vec<Action> = detail
        .actions
        .into_iter()
        .map(|(name, outcome)| Action {
            name: name.to_owned(),
            allowed: outcome.is_ok(),
            reason: outcome.err(),
        })
        .collect();
    let without = match session.may(Deed::EditServer) {
        Ok(()) => desk.workspace_key().await.err().map(ApiError::from),
        Err(_) => Some(ApiError::new(ErrorCode::Forbidden, NOT_LENT)),
    };
    actions.push(Action {
        name: "live".to_owned(),
        allowed: without.is_none(),
        reason: without.as_ref().map(|error| error.message.clone()),
    });
    Ok(ServerDetail {
        server: detail.known.row,
        deleted_at: detail.known.deleted_at,
        plan: detail.known.plan,
        wallet: detail.known.wallet,
        observed: detail.known.observed,
        open: detail.open,
        actions,
        live_code: without.map(|error| error.code),
    })
}

pub(crate) async fn stats(desk: &Desk, request: ServerMonthRequest) -> Result<ServerStats, ApiError> {
    let month = month(request.month.as_deref())?;
    let live = Live::open(desk, request.id).await?;
    Ok(servers::stats(&live.session, live.by(), live.server, month).await?)
}

pub(crate) async fn transfer(desk: &Desk, request: ServerMonthRequest) -> Result<ServerTransfer, ApiError> {
    let month = month(request.month.as_deref())?;
    let live = Live::open(desk, request.id).await?;
    Ok(servers::transfer(&live.session, live.by(), live.server, month).await?)
}

pub(crate) async fn addresses(desk: &Desk, request: GetRequest) -> Result<ServerAddresses, ApiError> {
    let live = Live::open(desk, request.id).await?;
    Ok(servers::addresses(&live.session, live.by(), live.server).await?)
}

pub(crate) async fn firewalls(desk: &Desk, request: GetRequest) -> Result<ServerFirewalls, ApiError> {
    let live = Live::open(desk, request.id).await?;
    Ok(servers::firewalls(&live.session, live.by(), live.server).await?)
}

pub(crate) async fn backups(desk: &Desk, request: GetRequest) -> Result<ServerBackups, ApiError> {
    let live = Live::open(desk, request.id).await?;
    Ok(servers::backups(&live.session, live.by(), live.server).await?)
}

pub(crate) async fn events(desk: &Desk, request: GetRequest) -> Result<ServerEvents, ApiError> {
    let live = Live::open(desk, request.id).await?;
    Ok(servers::events(&live.session, live.by(), live.server).await?)
}

pub(crate) async fn timeline(desk: &Desk, request: TimelineRequest) -> Result<TimelineAnswer, ApiError> {
    let session = desk.session().await?;
    let opened = if request.with_provider {
        Some(Live::open(desk, request.id).await)
    } else {
        None
    };
    let live = opened.as_ref().and_then(|opened| opened.as_ref().ok()).map(Live::by);
    let server = ServerId::new(request.id);
    let told = timeline::timeline(&session, live, server, request.after.as_deref()).await?;
    let unopened = opened.and_then(Result::err);
    let unanswered = told.unanswered.or(unopened).map(ApiError::from);
    Ok(TimelineAnswer {
        entries: told.entries,
        next: told.next,
        unanswered: unanswered.map(|error| Unanswered {
            code: error.code,
            message: error.message,
        }),
    })
}

pub(crate) async fn order_choices(desk: &Desk, request: OrderChoicesRequest) -> Result<OrderChoices, ApiError> {
    let organization = request.organization_id.map(OrganizationId::new);
    Ok(servers::order_choices(&desk.session().await?, organization, request.search.as_deref()).await?)
}

pub(crate) async fn order_offers(desk: &Desk, request: OrderOffersRequest) -> Result<Offer, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditServer)?;
    let keys = desk.workspace_key().await?;
    let profile = desk.line().await?.profile.id;
    let reach = reach();
    let live = LiveReach {
        keys: &keys,
        reach: &reach,
    };
    let account = ProviderConfigId::new(request.account_id);
    let offer = servers::offers(&session, live, desk.offers(), &profile, account).await?;
    Ok(Offer::clone(&offer))
}

pub(crate) async fn root_password(desk: &Desk, request: GetRequest) -> Result<RootPassword, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditServer)?;
    let keys = desk.workspace_key().await?;
    let password = intents::show_password(&session, &keys, ServerId::new(request.id)).await?;
    Ok(RootPassword { password })
}
