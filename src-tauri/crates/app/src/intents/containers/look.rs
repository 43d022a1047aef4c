//! What has become of an intent of a container that was sent: asked of the host, never sent again. Only what was made
//! under its mark and not started is started, or removed: both are the same however often they are done.

use domain::intent::{IntentState, Wanted};
use providers::docker::{Container, ContainerState, DockerError, Summary};
use store::intents::Why;

use super::carry::Work;
use crate::{AppError, intents::carry::Carried};

/// So long after it was sent the host may still carry it out, whatever became of the connection: longer than a lease.
const WINDOW_SECONDS: i64 = 600;

/// Looks, and writes down what is seen.
pub(super) async fn look(work: Work<'_>) -> Result<Carried, AppError> {
    let Some(wanted) = work.lent.intent.wanted.clone() else {
        return work.lent.unreadable().await;
    };
    if matches!(wanted, Wanted::Create(_)) {
        return match work.marked().await {
            Ok(Some(found)) => Box::pin(recorded(work, &found)).await,
            Ok(None) => nothing(work).await,
            Err(error) => Ok(work.lent.leave(Some(AppError::Docker(error))).await),
        };
    }
    let id = work.external_id()?.to_owned();
    match work.host.docker.container(&id, &work.call).await {
        Ok(None) if wanted == Wanted::Remove => work.settle_now().await,
        Ok(None) => {
            work.refused(DockerError::NotFound {
                what: format!("container {id}"),
            })
            .await
        }
        Ok(Some(container)) if is_done(&work, &wanted, &container) => work.settle_now().await,
        Ok(Some(_)) => nothing(work).await,
        Err(error) => Ok(work.lent.leave(Some(AppError::Docker(error))).await),
    }
}

/// Records the container of a creation, after a start where that was cut off.
pub(super) async fn recorded(work: Work<'_>, found: &Summary) -> Result<Carried, AppError> {
    let id = found.id.to_string();
    if found.state == ContainerState::Created {
        return work.start_made(&id).await;
    }
    match work.host.docker.container(&id, &work.call).await {
        Ok(Some(container)) => work.record(&container).await,
        Ok(None) => nothing(work).await,
        Err(error) => Ok(work.lent.leave(Some(AppError::Docker(error))).await),
    }
}

/// Whether the container looks as it does when this is done.
fn is_done(work: &Work<'_>, wanted: &Wanted, container: &Container) -> bool {
    let runs = matches!(container.state, ContainerState::Running | ContainerState::Restarting);
    match wanted {
        Wanted::Start => runs,
        Wanted::Stop => matches!(
            container.state,
            ContainerState::Exited | ContainerState::Created | ContainerState::Dead
        ),
        Wanted::Restart => {
            let started = container.started.map(|at| at.naive_utc());
            runs && started
                .zip(work.of.sent_at)
                .is_some_and(|(started, sent)| started >= sent)
        }
        _ => false,
    }
}

/// The host knows nothing of it: not yet, or, when it was sent long enough ago, not at all.
async fn nothing(work: Work<'_>) -> Result<Carried, AppError> {
    if work
        .lent
        .intent
        .sent_for
        .is_some_and(|seconds| seconds >= WINDOW_SECONDS)
    {
        let why = Why {
            code: "provider_knows_nothing".to_owned(),
            sentence:
                "Its answer was lost, and the Docker host shows nothing of it. It was not carried out; ask for it again."
                    .to_owned(),
        };
        return work.lent.fail("provider_knows_nothing", why).await;
    }
    let why = Why {
        code: "provider_outcome_unknown".to_owned(),
        sentence: "Its answer was lost, and the Docker host shows nothing of it as yet. It is looked for again; nothing is done twice."
            .to_owned(),
    };
    work.lent.forget(&why).await?;
    Ok(Carried::now(work.lent.id(), IntentState::Unknown, None))
}
