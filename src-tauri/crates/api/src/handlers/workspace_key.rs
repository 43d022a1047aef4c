//! The workspace's key: take it, make it, save it, rotate it.

use app::{
    rotation::{self, Rotated, Why},
    tasks::{Ended, TaskKind},
};
use domain::role::Action;

use super::tasks;
use crate::{
    ApiError, Desk,
    contract::{
        Empty, GiveWorkspaceKeyRequest, KeyStanding, MakeWorkspaceKeyRequest, RotateKeyRequest, SettleSecretRequest,
        TaskStarted, WorkspaceKeyMade,
    },
};

pub(crate) async fn give(desk: &Desk, request: GiveWorkspaceKeyRequest) -> Result<Empty, ApiError> {
    desk.give_workspace_key(&request.key).await?;
    Ok(Empty {})
}

pub(crate) async fn make(desk: &Desk, request: MakeWorkspaceKeyRequest) -> Result<WorkspaceKeyMade, ApiError> {
    let path = desk.make_workspace_key(request.replace).await?;
    Ok(WorkspaceKeyMade {
        path: path.map(|path| path.display().to_string()),
    })
}

pub(crate) async fn copy(desk: &Desk, _: Empty) -> Result<WorkspaceKeyMade, ApiError> {
    let path = desk.copy_workspace_key().await?;
    Ok(WorkspaceKeyMade {
        path: Some(path.display().to_string()),
    })
}

pub(crate) async fn standing(desk: &Desk, _: Empty) -> Result<KeyStanding, ApiError> {
    let standing = rotation::standing(&desk.session().await?).await?;
    Ok(KeyStanding {
        version: standing.keys.last().map(|key| key.version),
        is_under_way: standing.is_under_way(),
        left: standing.left(),
        exposed: standing.exposed,
    })
}

pub(crate) async fn rotate(desk: &Desk, request: RotateKeyRequest) -> Result<TaskStarted, ApiError> {
    let session = desk.session().await?;
    session.may(Action::EditProvider)?;
    let why = Why::parse(request.lost.as_deref())?;
    // Before it begins, so that the form says at once what is missing.
    desk.workspace_key().await?;
    let keys = desk.workspace_keys().await?;
    tasks::start(
        desk,
        TaskKind::Rotation,
        "Rotating the workspace key",
        "Stops after the current step; what is sealed under either key stays readable. Rotate again to finish.",
        move |progress| async move {
            let done = rotation::run(&session, &keys, &why, |done, of| progress.step(done, of)).await?;
            Ok(told(&done, &why))
        },
    )
}

fn told(done: &Rotated, why: &Why) -> Ended {
    let values = |number: u64| match number {
        1 => "1 secret was".to_owned(),
        many => format!("{many} secrets were"),
    };
    let mut told = format!(
        "The workspace key is version {}. {} sealed anew",
        done.version,
        values(done.resealed)
    );
    if done.is_stopped {
        told.push_str("; then it was stopped. What is left stays under the older key: rotate again to finish.");
        return Ended::Cancelled(told);
    }
    match done.retired.as_slice() {
        [] => told.push('.'),
        [version] => told.push_str(&format!(", and version {version} is retired.")),
        many => {
            let many: Vec<String> = many.iter().map(ToString::to_string).collect();
            told.push_str(&format!(", and versions {} are retired.", many.join(", ")));
        }
    }
    if !done.unopened.is_empty() {
        let names: Vec<String> = done
            .unopened
            .iter()
            .take(5)
            .map(|one| {
                one.label
                    .clone()
                    .unwrap_or_else(|| format!("{} {}", one.table, one.row))
            })
            .collect();
        told.push_str(&format!(
            " {} could not be opened with any key here, and have to be entered anew: {}.",
            done.unopened.len(),
            names.join(", ")
        ));
    }
    told.push_str(match why {
        Why::Routine => " Other desks that hold the older key follow by themselves. Save a copy of the new key.",
        Why::Lost(_) => {
            " Save a copy of the new key and enter it at the other desks; then replace the tokens that the page lists."
        }
    });
    Ended::Done(told)
}

pub(crate) async fn settle(desk: &Desk, request: SettleSecretRequest) -> Result<Empty, ApiError> {
    rotation::settle(&desk.session().await?, &request.table, &request.column, request.row).await?;
    Ok(Empty {})
}
