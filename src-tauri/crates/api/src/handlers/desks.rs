//! Desks and invitations.

use app::desks::{self, DeskInvitation};
use domain::desk::DeskLabel;
use secrecy::ExposeSecret;

use super::{field, program};
use crate::{
    ApiError, Desk,
    contract::{
        AppState, DeskList, Empty, InviteDeskRequest, InvitedDesk, OpenInvitationRequest, RevokeDeskRequest,
        RevokedDesk,
    },
};

pub(crate) async fn list(desk: &Desk, _: Empty) -> Result<DeskList, ApiError> {
    let rows = desks::list(&desk.session().await?).await?;
    let means = desks::means(desk).await?;
    Ok(DeskList {
        rows,
        invite_problem: means.problem,
        holds_workspace_key: means.holds_workspace_key,
        command: means.command,
    })
}

pub(crate) async fn revoke(desk: &Desk, request: RevokeDeskRequest) -> Result<RevokedDesk, ApiError> {
    Ok(RevokedDesk {
        held_workspace_key: desks::revoke(&desk.session().await?, &request.login).await?,
    })
}

pub(crate) async fn invite(desk: &Desk, request: InviteDeskRequest) -> Result<InvitedDesk, ApiError> {
    let administrator = request.administrator.trim().to_owned();
    if administrator.is_empty() {
        return Err(app::AppError::invalid("administrator", "Enter the login of the server's administrator.").into());
    }
    let done = desks::invite(
        desk,
        DeskInvitation {
            label: field("label", DeskLabel::parse(&request.label))?,
            replaces: request.replaces,
            administrator,
            password: request.password,
            with_workspace_key: request.with_workspace_key,
        },
    )
    .await?;
    Ok(InvitedDesk {
        path: done.file.display().to_string(),
        passphrase: done.passphrase.expose_secret().to_owned(),
        login: done.login,
        until: done.until,
    })
}

pub(crate) async fn open_invitation(desk: &Desk, request: OpenInvitationRequest) -> Result<AppState, ApiError> {
    let standing = desk.open_invitation(&request.content, request.passphrase).await?;
    program::answer(desk, standing).await
}
