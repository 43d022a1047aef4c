//! The dashboard, the log, the themes, the settings of the business; archiving and disabling.

use app::{
    activity, dashboard,
    export::{self, Exportable},
    organizations, settings, themes, users,
    views::{ActivityEntry, ActivityRow, ListRequest, Page},
};
use domain::{
    dashboard::percent,
    ids::{ActivityId, OrganizationId, ThemeId, UserId},
    role::Action as Deed,
    settings::Setting,
    theme::{Mode, Reason, ResolvedTheme},
};

use crate::{
    ApiError, Desk,
    contract::{
        Action, ActivateThemeRequest, ArchiveOrganizationRequest, AttentionItem, ChangeSettingsRequest, Consequences,
        CurrencyWallets, DashboardRun, DashboardSummary, Empty, ExportAnswer, ExportRequest, GetRequest, LogoPicture,
        LogoState, PeriodRequest, RevenueAnswer, RevenueBar, RevenueMargin, SetDisabledRequest, SetLogoRequest,
        SettingChange, SettingValue, SettingsAnswer, SettingsChanged, ThemeCard, ThemeList, ThemeNotice,
    },
};

pub(crate) async fn revenue(desk: &Desk, request: PeriodRequest) -> Result<RevenueAnswer, ApiError> {
    let report = dashboard::revenue(&desk.session().await?, request.period, None).await?;
    let costs = report.margin.is_some();
    let figures = report.figures;
    Ok(RevenueAnswer {
        now: figures.now,
        currency: figures.currency,
        since: figures.since,
        ends: figures.ends,
        charged_until: figures.charged_until,
        earlier_since: figures.earlier_since,
        earlier_until: figures.earlier_until,
        revenue: report.revenue,
        earlier_revenue: figures.earlier_revenue,
        change: report.change,
        month_end: report.month_end,
        margin: report.margin.map(|margin| RevenueMargin {
            cost: margin.cost,
            margin: margin.margin,
            percent: margin.percent,
            points: margin.points,
        }),
        bars: figures
            .bars
            .into_iter()
            .map(|bar| RevenueBar {
                at: bar.at,
                revenue: bar.revenue,
                cost: costs.then_some(bar.cost),
                margin: costs.then(|| bar.revenue - bar.cost),
                margin_percent: percent(bar.revenue - bar.cost, bar.revenue).filter(|_| costs),
                ahead: bar.ahead,
            })
            .collect(),
    })
}

pub(crate) async fn export_revenue(desk: &Desk, request: PeriodRequest) -> Result<ExportAnswer, ApiError> {
    let done = dashboard::export(
        &desk.session().await?,
        request.period,
        None,
        &desk.host().downloads_dir(),
    )
    .await?;
    Ok(ExportAnswer {
        path: done.path.display().to_string(),
        rows: done.rows,
    })
}

pub(crate) async fn summary(desk: &Desk, _: Empty) -> Result<DashboardSummary, ApiError> {
    let (summary, attention) = dashboard::summary(&desk.session().await?, None).await?;
    Ok(DashboardSummary {
        now: summary.now,
        currency: summary.currency,
        hourly: summary.hourly,
        held: summary.held,
        foreign_wallets: summary.foreign_wallets,
        owing: summary.owing.count,
        owed: summary.owing.amount.unwrap_or_default(),
        overdue: summary.overdue.count,
        overdue_amount: summary.overdue.amount.unwrap_or_default(),
        overdue_since: summary.overdue.oldest.map(|at| at.and_utc()),
        attention: attention
            .into_iter()
            .map(|item| AttentionItem {
                concern: item.concern,
                count: item.count,
                unassigned: item.unassigned,
                amount: item.amount,
                since: item.since,
            })
            .collect(),
        schedule: summary.schedule,
        runs: summary
            .runs
            .into_iter()
            .map(|run| DashboardRun {
                id: run.id,
                run_at: run.run_at.and_utc(),
                duration_ms: run
                    .finished_at
                    .map(|finished| (finished - run.started_at).num_milliseconds().max(0)),
                status: run.status,
                organizations: run.organizations,
                charged: run.charged,
                parked: run.parked,
                skipped: run.skipped,
            })
            .collect(),
        fleet: summary.fleet,
        regions: summary.regions,
        containers: summary.containers,
        tickets: summary.tickets,
        first_reply_seconds: summary.first_reply_seconds,
    })
}

pub(crate) async fn activity(desk: &Desk, request: ListRequest) -> Result<Page<ActivityRow>, ApiError> {
    Ok(activity::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn activity_entry(desk: &Desk, request: GetRequest) -> Result<ActivityEntry, ApiError> {
    Ok(activity::get(&desk.session().await?, ActivityId::new(request.id)).await?)
}

pub(crate) async fn export_activity(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    let done = export::csv(
        &desk.session().await?,
        Exportable::Activity,
        &request.list,
        &request.columns,
        &desk.host().downloads_dir(),
    )
    .await?;
    Ok(ExportAnswer {
        path: done.path.display().to_string(),
        rows: done.rows,
    })
}

/// A theme's notices as the window shows them.
pub(crate) fn notices(theme: &ResolvedTheme) -> Vec<ThemeNotice> {
    theme
        .notices
        .iter()
        .map(|notice| ThemeNotice {
            mode: notice.mode,
            token: notice.token.map(|token| token.to_string()),
            before: notice.before.map(|color| color.to_string()),
            after: notice.after.map(|color| color.to_string()),
            reason: notice.reason.sentence().to_owned(),
        })
        .collect()
}

/// A palette as the window takes it.
pub(crate) fn tokens(palette: &domain::theme::Palette) -> Result<serde_json::Value, ApiError> {
    serde_json::to_value(palette).map_err(|_| ApiError::bad_request("a theme that can't be written"))
}

/// Nothing of the row is shown when it is about the whole theme, or when both modes had to be given up.
fn broken(theme: &ResolvedTheme) -> Option<String> {
    let gives_up = |reason: Reason| {
        matches!(
            reason,
            Reason::InvalidBackground | Reason::InvalidMode | Reason::TooManyUnreadable | Reason::Unrepairable
        )
    };
    let of_mode = |mode: Mode| {
        theme
            .notices
            .iter()
            .find(|notice| notice.mode == Some(mode) && gives_up(notice.reason))
    };
    let of_theme = theme
        .notices
        .iter()
        .find(|notice| notice.mode.is_none() && matches!(notice.reason, Reason::UnknownShape | Reason::UnknownPreset));
    let shown = *theme
        == ResolvedTheme {
            notices: theme.notices.clone(),
            ..ResolvedTheme::built_in()
        };
    of_theme
        .or_else(|| of_mode(Mode::Light).or_else(|| of_mode(Mode::Dark)).filter(|_| shown))
        .map(|notice| notice.reason.sentence().to_owned())
}

fn card(
    id: Option<i32>,
    name: String,
    active: bool,
    updated_at: Option<chrono::DateTime<chrono::Utc>>,
    theme: &ResolvedTheme,
) -> Result<ThemeCard, ApiError> {
    Ok(ThemeCard {
        id,
        name,
        active,
        updated_at,
        light: tokens(&theme.light)?,
        dark: tokens(&theme.dark)?,
        light_appearance: theme.light_appearance,
        dark_appearance: theme.dark_appearance,
        radius_rem: format!("{}rem", theme.radius_rem),
        adjusted: theme.adjusted(),
        broken: broken(theme),
        notices: notices(theme),
    })
}

pub(crate) async fn themes(desk: &Desk, _: Empty) -> Result<ThemeList, ApiError> {
    let session = desk.session().await?;
    let stored = themes::list(&session).await?;
    let none_active = !stored.iter().any(|(row, _)| row.is_active);
    let mut cards = vec![card(
        None,
        "Built-in".to_owned(),
        none_active,
        None,
        &ResolvedTheme::built_in(),
    )?];
    for (row, theme) in stored {
        cards.push(card(Some(row.id), row.name, row.is_active, row.updated_at, &theme)?);
    }
    Ok(ThemeList {
        themes: cards,
        actions: vec![Action::of(session.role(), "activate", Deed::EditTheme)],
    })
}

pub(crate) async fn activate_theme(desk: &Desk, request: ActivateThemeRequest) -> Result<Empty, ApiError> {
    themes::activate(&desk.session().await?, request.id.map(ThemeId::new)).await?;
    Ok(Empty {})
}

pub(crate) async fn settings(desk: &Desk, _: Empty) -> Result<SettingsAnswer, ApiError> {
    let (stored, wallets) = settings::get(&desk.session().await?).await?;
    Ok(SettingsAnswer {
        values: Setting::ALL
            .iter()
            .map(|key| SettingValue {
                key: *key,
                value: stored.settings.value(*key),
            })
            .collect(),
        updated_at: stored.updated_at,
        wallets: wallets
            .into_iter()
            .map(|(currency, wallets)| CurrencyWallets { currency, wallets })
            .collect(),
    })
}

fn logo_state(logo: Option<settings::LogoAnswer>) -> LogoState {
    LogoState {
        logo: logo.map(|logo| LogoPicture {
            png: logo.png_base64(),
            width: logo.width,
            height: logo.height,
        }),
    }
}

pub(crate) async fn logo(desk: &Desk, _: Empty) -> Result<LogoState, ApiError> {
    Ok(logo_state(settings::logo(&desk.session().await?).await?))
}

pub(crate) async fn set_logo(desk: &Desk, request: SetLogoRequest) -> Result<LogoState, ApiError> {
    let file = request.file.map(|file| settings::from_base64(&file)).transpose()?;
    Ok(logo_state(
        settings::set_logo(&desk.session().await?, file, false).await?,
    ))
}

pub(crate) async fn change_settings(desk: &Desk, request: ChangeSettingsRequest) -> Result<SettingsChanged, ApiError> {
    let values: Vec<(Setting, String)> = request.values.into_iter().map(|each| (each.key, each.value)).collect();
    let changed = settings::change(
        &desk.session().await?,
        &values,
        Some(request.expected_updated_at),
        false,
    )
    .await?;
    Ok(SettingsChanged {
        changed: changed
            .into_iter()
            .map(|change| SettingChange {
                key: change.setting,
                before: change.before,
                after: change.after,
            })
            .collect(),
    })
}

pub(crate) async fn archive_consequences(desk: &Desk, request: GetRequest) -> Result<Consequences, ApiError> {
    let sentences =
        organizations::archive_consequences(&desk.session().await?, OrganizationId::new(request.id)).await?;
    Ok(Consequences { sentences })
}

pub(crate) async fn archive_organization(desk: &Desk, request: ArchiveOrganizationRequest) -> Result<Empty, ApiError> {
    let session = desk.session().await?;
    organizations::archive(&session, OrganizationId::new(request.id), request.expected_updated_at).await?;
    Ok(Empty {})
}

pub(crate) async fn restore_organization(desk: &Desk, request: ArchiveOrganizationRequest) -> Result<Empty, ApiError> {
    let session = desk.session().await?;
    organizations::restore(&session, OrganizationId::new(request.id), request.expected_updated_at).await?;
    Ok(Empty {})
}

pub(crate) async fn set_disabled(desk: &Desk, request: SetDisabledRequest) -> Result<Empty, ApiError> {
    users::set_disabled(&desk.session().await?, UserId::new(request.id), request.disabled).await?;
    Ok(Empty {})
}
