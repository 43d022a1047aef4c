//! Long work in the background: start it, look at it, stop it.

use std::future::Future;

use app::{
    AppError,
    tasks::{Ended, Progress, TaskFailure, TaskKind, TaskState, TaskView},
};

use crate::{
    ApiError, Desk, ErrorCode, Tag,
    contract::{self, Empty, TaskFailureCode, TaskList, TaskRequest, TaskRow, TaskStarted},
};

/// Starts work in the background. Refused while the same is under way on this desk.
pub(crate) fn start<F, Work>(
    desk: &Desk,
    kind: TaskKind,
    title: &str,
    on_cancel: &str,
    work: F,
) -> Result<TaskStarted, ApiError>
where
    F: FnOnce(Progress) -> Work,
    Work: Future<Output = Result<Ended, AppError>> + Send + 'static,
{
    desk.tasks()
        .start(kind, title, on_cancel, |progress| {
            let work = work(progress);
            async move { work.await.map_err(failure) }
        })
        .map(|task| TaskStarted { task })
        .map_err(|_| {
            ApiError::new(
                ErrorCode::TaskUnderWay,
                "This is under way already: look at the tasks. Nothing was started.",
            )
        })
}

fn failure(error: AppError) -> TaskFailure {
    let error = ApiError::from(error);
    TaskFailure {
        code: error.code.as_word(),
        message: error.message,
        request_id: error.request_id,
    }
}

/// What the end of such work makes stale.
fn stale(kind: TaskKind) -> Vec<Tag> {
    match kind {
        TaskKind::Billing | TaskKind::Close => vec![
            Tag::Billing,
            Tag::Transactions,
            Tag::Wallets,
            Tag::Invoices,
            Tag::Organizations,
            Tag::Notifications,
            Tag::Activity,
            Tag::Dashboard,
            Tag::Shell,
        ],
        TaskKind::Sync => vec![
            Tag::Providers,
            Tag::Servers,
            Tag::Containers,
            Tag::Organizations,
            Tag::Billing,
            Tag::Activity,
            Tag::Dashboard,
            Tag::Shell,
        ],
        TaskKind::Rotation => vec![Tag::Providers, Tag::Desks, Tag::Activity],
        TaskKind::Proof => vec![Tag::Billing],
        TaskKind::Demo => vec![Tag::State],
    }
}

fn row(view: TaskView) -> TaskRow {
    let (state, outcome, failure) = match view.state {
        TaskState::Running => (contract::TaskState::Running, None, None),
        TaskState::Stopping => (contract::TaskState::Stopping, None, None),
        TaskState::Done(told) => (contract::TaskState::Done, Some(told), None),
        TaskState::Cancelled(told) => (contract::TaskState::Cancelled, Some(told), None),
        TaskState::Failed(failure) => (
            contract::TaskState::Failed,
            Some(failure.message),
            Some(TaskFailureCode {
                code: failure.code,
                request_id: failure.request_id,
            }),
        ),
    };
    TaskRow {
        id: view.id,
        kind: view.kind.as_str(),
        title: view.title,
        on_cancel: view.on_cancel,
        done: view.done,
        total: view.total,
        elapsed_ms: view.elapsed_ms,
        state,
        outcome,
        failure,
        stale: stale(view.kind),
    }
}

pub(crate) async fn list(desk: &Desk, _: Empty) -> Result<TaskList, ApiError> {
    Ok(TaskList {
        tasks: desk.tasks().list().into_iter().map(row).collect(),
    })
}

pub(crate) async fn cancel(desk: &Desk, request: TaskRequest) -> Result<Empty, ApiError> {
    if desk.tasks().cancel(request.id) {
        Ok(Empty {})
    } else {
        Err(ApiError::new(
            ErrorCode::NotFound,
            "This has ended already; there is nothing to stop.",
        ))
    }
}

pub(crate) async fn clear(desk: &Desk, _: Empty) -> Result<Empty, ApiError> {
    desk.tasks().clear();
    Ok(Empty {})
}
