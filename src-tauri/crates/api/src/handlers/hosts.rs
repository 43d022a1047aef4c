//! Docker hosts.

use std::ops::ControlFlow;

use app::{
    AppError,
    hosts::{self, CheckedHost, NewHost, Papers},
    providers::{Account, Reach},
    session::Session,
    sync::containers::{self as sync, HostOrder, HostReport},
    tasks::{Ended, TaskKind},
    views::DockerError,
    workspace_key::Ring,
};
use domain::{ids::ProviderConfigId, provider::AccountLabel, role::Action as Deed};
use secrecy::ExposeSecret;

use super::{field, tasks};
use crate::{
    ApiError, Desk,
    contract::{
        CheckHostRequest, CreateHostRequest, HostChecked, HostRequest, ImageList, ImageRow, PapersRequest,
        ReplaceHostRequest, TaskStarted,
    },
};

/// The keys of this desk, where it has any: a socket and ssh need none.
pub(super) async fn keys(desk: &Desk) -> Option<Ring> {
    desk.workspace_key().await.ok()
}

fn papers(request: PapersRequest) -> Papers {
    let text = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    Papers {
        authority: text(request.authority),
        certificate: text(request.certificate),
        key: Some(request.key).filter(|key| !key.expose_secret().trim().is_empty()),
    }
}

fn checked(host: CheckedHost) -> HostChecked {
    HostChecked {
        id: host.id.get(),
        engine: host.engine,
    }
}

/// Papers are sealed: without the key the form says so, and not the engine.
async fn sealing(desk: &Desk, papers: &Papers) -> Result<Option<Ring>, ApiError> {
    if papers.is_empty() {
        return Ok(keys(desk).await);
    }
    Ok(Some(desk.workspace_key().await?))
}

pub(crate) async fn create(desk: &Desk, request: CreateHostRequest) -> Result<HostChecked, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditProvider)?;
    let new = NewHost {
        label: field("label", AccountLabel::parse(&request.label))?,
        endpoint: request.endpoint,
        papers: papers(request.papers),
    };
    let keys = sealing(desk, &new.papers).await?;
    Ok(checked(
        hosts::create(&session, keys.as_ref(), &new, &Reach::patient()).await?,
    ))
}

pub(crate) async fn replace(desk: &Desk, request: ReplaceHostRequest) -> Result<HostChecked, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::EditProvider)?;
    let papers = papers(request.papers);
    let keys = sealing(desk, &papers).await?;
    let id = ProviderConfigId::new(request.id);
    let endpoint = Some(request.endpoint.as_str());
    let done = hosts::replace(&session, keys.as_ref(), id, endpoint, &papers, &Reach::patient()).await?;
    Ok(checked(done))
}

pub(crate) async fn check(desk: &Desk, request: CheckHostRequest) -> Result<HostChecked, ApiError> {
    let session = desk.session().await?;
    let keys = keys(desk).await;
    let id = ProviderConfigId::new(request.id);
    let done = hosts::check(&session, keys.as_ref(), id, request.accept_other, &Reach::patient()).await?;
    Ok(checked(done))
}

pub(crate) async fn images(desk: &Desk, request: HostRequest) -> Result<ImageList, ApiError> {
    let session = desk.session().await?;
    let keys = keys(desk).await;
    let listed = hosts::images(
        &session,
        keys.as_ref(),
        ProviderConfigId::new(request.id),
        &Reach::patient(),
    )
    .await?;
    let mut images: Vec<ImageRow> = listed
        .items
        .into_iter()
        .flat_map(|image| {
            let (size, created) = (image.size, image.created);
            image.tags.into_iter().map(move |name| ImageRow { name, size, created })
        })
        .collect();
    images.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(ImageList { images })
}

/// Reads a host's containers, in the background.
pub(super) async fn sync(
    desk: &Desk,
    session: Session,
    account: &Account,
    allow_gone: bool,
) -> Result<TaskStarted, ApiError> {
    let keys = keys(desk).await;
    let (host, label) = (account.id, account.label.clone());
    tasks::start(
        desk,
        TaskKind::Sync,
        &format!("Sync of {label}"),
        "Stops reading; nothing is written.",
        move |progress| async move {
            let order = HostOrder {
                host,
                key: keys.as_ref(),
                allow_gone,
                dry_run: false,
            };
            let watch = |done, of| -> ControlFlow<()> { progress.step(done, of) };
            match sync::run(&session, &order, &Reach::running(), watch).await {
                Ok(report) => Ok(Ended::Done(told(&label, &report))),
                Err(AppError::Docker(DockerError::Cancelled { .. })) => {
                    Ok(Ended::Cancelled(format!("{label}: stopped. Nothing was written.")))
                }
                Err(error) => Err(error),
            }
        },
    )
}

fn told(label: &str, report: &HostReport) -> String {
    let mut told = format!(
        "{label}: {} added, {} changed, {} unchanged, {} gone, {} back.",
        report.added,
        report.changed,
        report.unchanged,
        report.gone.len(),
        report.returned
    );
    if report.skipped > 0 {
        told.push_str(&format!(" {} could not be read; look at the sync.", report.skipped));
    }
    told
}
