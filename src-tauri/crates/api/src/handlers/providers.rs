//! Accounts at providers and their syncs.

use app::{
    AppError,
    desk::KeyState,
    export::Exportable,
    hosts, plans,
    providers::{self, Added, NewAccount, Reach},
    sync::{self, Order, SyncReport},
    tasks::{Ended, TaskKind},
    views::{LinodeError, ListRequest, Page, SyncRow},
};
use domain::{ids::ProviderConfigId, provider::AccountLabel, role::Action as Deed};

use super::{field, records::export, tasks};
use crate::{
    ApiError, Desk,
    contract::{
        Action, CreateProviderRequest, Empty, ExportAnswer, ExportRequest, GetRequest, ProviderChecked, ProviderList,
        RenameProviderRequest, ReplaceTokenRequest, SetProviderActiveRequest, SyncProviderRequest, TaskStarted,
        WorkspaceKeyState,
    },
};

pub(crate) async fn list(desk: &Desk, _: Empty) -> Result<ProviderList, ApiError> {
    let session = desk.session().await?;
    let accounts = providers::list(&session).await?;
    let hosts = hosts::list(&session).await?;
    let key = match desk.workspace_key_state().await? {
        KeyState::NotMade => WorkspaceKeyState::NotMade,
        KeyState::Missing => WorkspaceKeyState::Missing,
        KeyState::Wrong => WorkspaceKeyState::Wrong,
        KeyState::Locked => WorkspaceKeyState::Locked,
        KeyState::Held { .. } => WorkspaceKeyState::Held,
    };
    let refusal = session.role().may(Deed::EditProvider).err().map(|why| why.to_string());
    let without_key = match key {
        WorkspaceKeyState::Held => None,
        WorkspaceKeyState::NotMade => Some("Make the workspace key first: it seals the tokens."),
        WorkspaceKeyState::Missing | WorkspaceKeyState::Wrong => {
            Some("Enter the workspace key first: it seals the tokens.")
        }
        WorkspaceKeyState::Locked => Some("Unlock the keychain first: it holds the workspace key."),
    };
    let action = |name: &str, reason: Option<String>| Action {
        name: name.to_owned(),
        allowed: reason.is_none(),
        reason,
    };
    let with_key = refusal.clone().or_else(|| without_key.map(str::to_owned));
    Ok(ProviderList {
        accounts,
        hosts,
        key,
        key_is_temporary: desk.host().keychain_is_temporary(),
        actions: vec![
            action("create", with_key.clone()),
            action("replace_token", with_key.clone()),
            action("sync", with_key),
            // A socket and ssh need no papers, so no key either.
            action("create_host", refusal.clone()),
            action("edit", refusal),
        ],
    })
}

fn checked(added: Added) -> ProviderChecked {
    ProviderChecked {
        id: added.id.get(),
        username: added.username,
    }
}

pub(crate) async fn create(desk: &Desk, request: CreateProviderRequest) -> Result<ProviderChecked, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditProvider)?;
    let new = NewAccount {
        label: field("label", AccountLabel::parse(&request.label))?,
        endpoint: Some(request.endpoint),
        token: request.token,
    };
    let key = desk.workspace_key().await?;
    Ok(checked(
        providers::create(&session, &key, &new, &Reach::patient()).await?,
    ))
}

pub(crate) async fn replace_token(desk: &Desk, request: ReplaceTokenRequest) -> Result<ProviderChecked, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditProvider)?;
    let key = desk.workspace_key().await?;
    let id = ProviderConfigId::new(request.id);
    let added = providers::replace_token(&session, &key, id, &request.token, &Reach::patient()).await?;
    Ok(checked(added))
}

pub(crate) async fn check(desk: &Desk, request: GetRequest) -> Result<ProviderChecked, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditProvider)?;
    let key = desk.workspace_key().await?;
    let id = ProviderConfigId::new(request.id);
    Ok(checked(providers::check(&session, &key, id, &Reach::patient()).await?))
}

pub(crate) async fn rename(desk: &Desk, request: RenameProviderRequest) -> Result<Empty, ApiError> {
    let label = field("label", AccountLabel::parse(&request.label))?;
    providers::rename(&desk.session().await?, ProviderConfigId::new(request.id), &label).await?;
    Ok(Empty {})
}

pub(crate) async fn set_active(desk: &Desk, request: SetProviderActiveRequest) -> Result<Empty, ApiError> {
    let id = ProviderConfigId::new(request.id);
    providers::set_active(&desk.session().await?, id, request.active).await?;
    Ok(Empty {})
}

pub(crate) async fn sync(desk: &Desk, request: SyncProviderRequest) -> Result<TaskStarted, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditProvider)?;
    let account = providers::get(&session, ProviderConfigId::new(request.id)).await?;
    if account.provider.eq_ignore_ascii_case("docker") {
        return super::hosts::sync(desk, session, &account, request.allow_gone).await;
    }
    // Before it begins, so that the form says at once what is missing.
    let key = desk.workspace_key().await?;
    tasks::start(
        desk,
        TaskKind::Sync,
        &format!("Sync of {}", account.label),
        "Stops reading; what is written already stays.",
        move |progress| async move {
            let order = Order {
                account: account.id,
                key: Some(&key),
                token: None,
                endpoint: None,
                allow_gone: request.allow_gone,
                dry_run: false,
            };
            match sync::run(&session, &order, &Reach::running(), |done, of| progress.step(done, of)).await {
                Ok(report) => {
                    let endpoint = account.endpoint.as_deref();
                    // The servers are read all the same; the next sync asks again.
                    let reach = Reach::patient();
                    if let Err(error) = plans::refresh_prices(&session, endpoint, &reach, plans::Refresh::IfOld).await {
                        tracing::warn!(%error, "a price list could not be read");
                    }
                    Ok(Ended::Done(told(&account.label, &report)))
                }
                Err(AppError::Provider(LinodeError::Cancelled)) => Ok(Ended::Cancelled(format!(
                    "{}: stopped. What was written before stays.",
                    account.label
                ))),
                Err(error) => Err(error),
            }
        },
    )
}

fn told(label: &str, report: &SyncReport) -> String {
    let mut told = format!(
        "{label}: {} added, {} changed, {} unchanged, {} gone, {} back.",
        report.added,
        report.changed,
        report.unchanged,
        report.gone.len(),
        report.returned
    );
    if report.skipped > 0 {
        told.push_str(&format!(
            " {} could not be read or written; look at the sync.",
            report.skipped
        ));
    } else if !report.complete {
        told.push_str(" Servers moved while the list was read, so nothing is proven gone; sync again.");
    }
    told
}

pub(crate) async fn syncs(desk: &Desk, request: ListRequest) -> Result<Page<SyncRow>, ApiError> {
    Ok(sync::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn export_syncs(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Syncs, request).await
}
