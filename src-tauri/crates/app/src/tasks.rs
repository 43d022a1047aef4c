//! Long work that goes on while the window shows something else: a billing run, a sync. It has a name, says how far it
//! is, can be told to stop, and what became of it stays until the program ends.

use std::{
    collections::VecDeque,
    future::Future,
    ops::ControlFlow,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long whoever leaves waits for what is told to stop, and how often they look.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(20);
/// How many that have ended are remembered.
const REMEMBERED: usize = 20;

/// What kind of work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// A billing run.
    Billing,
    /// A month's close.
    Close,
    /// A sync with a provider.
    Sync,
    /// Another workspace key.
    Rotation,
    /// A proof of the books.
    Proof,
    /// Filling a workspace with a demonstration.
    Demo,
}

impl TaskKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Billing,
        Self::Close,
        Self::Sync,
        Self::Rotation,
        Self::Proof,
        Self::Demo,
    ];

    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Billing => "billing",
            Self::Close => "close",
            Self::Sync => "sync",
            Self::Rotation => "rotation",
            Self::Proof => "proof",
            Self::Demo => "demo",
        }
    }

    /// Whether several go on side by side, told apart by their titles: an account that hangs keeps no other waiting.
    const fn is_one_of_many(self) -> bool {
        matches!(self, Self::Sync)
    }

    /// Whether it runs under the session of the person who started it. A demonstration is made by the workspace's owner.
    const fn is_a_persons(self) -> bool {
        !matches!(self, Self::Demo)
    }
}

/// Why a task failed, in the words that the window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFailure {
    /// The error's code.
    pub code: String,
    /// A sentence: what happened, what was not done, what to do.
    pub message: String,
    /// Names the failure in the log.
    pub request_id: String,
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// At work.
    Running,
    /// Told to stop; it ends after the step that it is in.
    Stopping,
    /// Ended, with a sentence of what it did.
    Done(String),
    /// Stopped before its end, with a sentence of what stays done.
    Cancelled(String),
    /// Failed.
    Failed(TaskFailure),
}

impl TaskState {
    /// Whether it goes on.
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Running | Self::Stopping)
    }
}

/// A task as the tray shows it.
#[derive(Debug, Clone)]
pub struct TaskView {
    /// Its number; later ones have higher numbers.
    pub id: u64,
    /// What kind of work.
    pub kind: TaskKind,
    /// What it is, such as "Billing run".
    pub title: String,
    /// What stopping it means, such as "Stops after the current charge; what was charged stays charged."
    pub on_cancel: String,
    /// How many steps are done.
    pub done: u64,
    /// Of how many; zero while that isn't known.
    pub total: u64,
    /// How long it has been at work, or was.
    pub elapsed_ms: u64,
    /// Where it stands.
    pub state: TaskState,
}

/// How work ends that was not cut short by an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// To its end.
    Done(String),
    /// It was told to stop, and did.
    Cancelled(String),
}

struct Task {
    id: u64,
    kind: TaskKind,
    title: String,
    on_cancel: String,
    progress: Progress,
    began: Instant,
    ended: Option<(TaskState, u64)>,
    /// Whoever started it has left: nobody is shown it.
    is_left: bool,
}

impl Task {
    fn view(&self) -> TaskView {
        let (state, elapsed_ms) = match &self.ended {
            Some((state, elapsed)) => (state.clone(), *elapsed),
            None if self.progress.is_told_to_stop() => (TaskState::Stopping, millis(self.began)),
            None => (TaskState::Running, millis(self.began)),
        };
        TaskView {
            id: self.id,
            kind: self.kind,
            title: self.title.clone(),
            on_cancel: self.on_cancel.clone(),
            done: self.progress.counts.done.load(Ordering::Relaxed),
            total: self.progress.counts.total.load(Ordering::Relaxed),
            elapsed_ms,
            state,
        }
    }
}

#[derive(Default)]
struct Counts {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

/// What work says of itself, and hears.
#[derive(Clone, Default)]
pub struct Progress {
    counts: Arc<Counts>,
}

impl Progress {
    /// Says how many steps are done of how many, and hears whether to go on.
    pub fn step(&self, done: u64, total: u64) -> ControlFlow<()> {
        self.counts.done.store(done, Ordering::Relaxed);
        self.counts.total.store(total, Ordering::Relaxed);
        if self.is_told_to_stop() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Whether it was told to stop.
    pub fn is_told_to_stop(&self) -> bool {
        self.counts.stop.load(Ordering::Relaxed)
    }
}

/// The tasks of a desk.
#[derive(Clone, Default)]
pub struct Tasks {
    known: Arc<Mutex<VecDeque<Task>>>,
    last_id: Arc<AtomicU64>,
}

impl Tasks {
    fn known(&self) -> MutexGuard<'_, VecDeque<Task>> {
        // Nothing that could panic is done under the lock; a poisoned list is still a list.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts work in the background, unless the same is under way: then that one's number is the error.
    pub fn start<F, Work>(&self, kind: TaskKind, title: &str, on_cancel: &str, work: F) -> Result<u64, u64>
    where
        F: FnOnce(Progress) -> Work,
        Work: Future<Output = Result<Ended, TaskFailure>> + Send + 'static,
    {
        let progress = Progress::default();
        let id = {
            let mut known = self.known();
            let is_same = |task: &&Task| task.kind == kind && (!kind.is_one_of_many() || task.title == title);
            if let Some(live) = known.iter().filter(is_same).find(|task| task.ended.is_none()) {
                return Err(live.id);
            }
            let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
            known.push_back(Task {
                id,
                kind,
                title: title.to_owned(),
                on_cancel: on_cancel.to_owned(),
                progress: progress.clone(),
                began: Instant::now(),
                ended: None,
                is_left: false,
            });
            id
        };
        let work = tokio::spawn(work(progress));
        let tasks = self.clone();
        tokio::spawn(async move {
            let state = match work.await {
                Ok(Ok(Ended::Done(told))) => TaskState::Done(told),
                Ok(Ok(Ended::Cancelled(told))) => TaskState::Cancelled(told),
                Ok(Err(failure)) => TaskState::Failed(failure),
                Err(_) => TaskState::Failed(TaskFailure {
                    code: "internal".to_owned(),
                    message: "The work was cut off by a fault of this program. What it had finished stays.".to_owned(),
                    request_id: String::new(),
                }),
            };
            tasks.end(id, state);
        });
        Ok(id)
    }

    fn end(&self, id: u64, state: TaskState) {
        let mut known = self.known();
        if let Some(task) = known.iter_mut().find(|task| task.id == id) {
            task.ended = Some((state, millis(task.began)));
        }
        known.retain(|task| !(task.is_left && task.ended.is_some()));
        while known.iter().filter(|task| task.ended.is_some()).count() > REMEMBERED {
            let Some(oldest) = known.iter().position(|task| task.ended.is_some()) else {
                break;
            };
            known.remove(oldest);
        }
    }

    /// All that are known, newest first.
    pub fn list(&self) -> Vec<TaskView> {
        let known = self.known();
        known
            .iter()
            .rev()
            .filter(|task| !task.is_left)
            .map(Task::view)
            .collect()
    }

    /// Tells one to stop after its current step. False when it has ended, or was never here.
    pub fn cancel(&self, id: u64) -> bool {
        let known = self.known();
        let live = known.iter().find(|task| task.id == id && task.ended.is_none());
        if let Some(task) = live {
            task.progress.counts.stop.store(true, Ordering::Relaxed);
        }
        live.is_some()
    }

    /// A person leaves: what runs under their session is stopped and waited for, and nobody after them is shown it.
    pub async fn leave_person(&self) {
        self.leave(|task| task.kind.is_a_persons()).await;
    }

    /// The desk leaves the workspace: so is everything.
    pub async fn leave_workspace(&self) {
        self.leave(|_| true).await;
    }

    async fn leave(&self, whose: impl Fn(&Task) -> bool) {
        {
            let mut known = self.known();
            known.retain(|task| task.ended.is_none() || !whose(task));
            for task in known.iter_mut().filter(|task| whose(task)) {
                task.is_left = true;
                task.progress.counts.stop.store(true, Ordering::Relaxed);
            }
        }
        let begun = Instant::now();
        // What does not stop in time goes on to the end of its step, which its session's end may refuse.
        while begun.elapsed() < PATIENCE && self.known().iter().any(|task| task.is_left) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Forgets those that have ended.
    pub fn clear(&self) {
        self.known().retain(|task| task.ended.is_none());
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ended(tasks: &Tasks, id: u64) -> TaskState {
        loop {
            let view = tasks.list().into_iter().find(|task| task.id == id).unwrap();
            if !view.state.is_live() {
                return view.state;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn work_that_is_told_to_stop_stops_after_its_step_and_says_what_stays() {
        let tasks = Tasks::default();
        let id = tasks
            .start(TaskKind::Billing, "Billing run", "", |progress| async move {
                let mut done = 0;
                while progress.step(done, 100).is_continue() {
                    done += 1;
                    tokio::task::yield_now().await;
                }
                Ok(Ended::Cancelled(format!("{done} stay charged.")))
            })
            .unwrap();
        assert_eq!(
            tasks.start(TaskKind::Billing, "Another", "", |_| async { unreachable!() }),
            Err(id)
        );
        assert!(tasks.cancel(id));
        assert!(matches!(ended(&tasks, id).await, TaskState::Cancelled(told) if told.ends_with("stay charged.")));
        assert!(!tasks.cancel(id), "what has ended can't be stopped");
        tasks.clear();
        assert!(tasks.list().is_empty());
    }

    #[tokio::test]
    async fn who_leaves_stops_their_work_and_takes_its_outcome_along() {
        let tasks = Tasks::default();
        let until_told = |progress: Progress| async move {
            while progress.step(0, 0).is_continue() {
                tokio::task::yield_now().await;
            }
            Ok(Ended::Cancelled(String::new()))
        };
        let done = tasks
            .start(TaskKind::Sync, "", "", |_| async { Ok(Ended::Done("seen".to_owned())) })
            .unwrap();
        ended(&tasks, done).await;
        tasks.start(TaskKind::Billing, "", "", until_told).unwrap();
        let demo = tasks.start(TaskKind::Demo, "", "", until_told).unwrap();
        tasks.leave_person().await;
        let left: Vec<u64> = tasks.list().iter().map(|task| task.id).collect();
        assert_eq!(left, [demo], "a demonstration is nobody's");
        assert!(
            tasks.start(TaskKind::Billing, "", "", until_told).is_ok(),
            "the next may start theirs"
        );
        tasks.leave_workspace().await;
        assert!(tasks.list().is_empty());
        assert!(tasks.known().is_empty(), "all of it has stopped");
    }

    #[tokio::test]
    async fn a_fault_ends_the_task_and_not_the_program() {
        let tasks = Tasks::default();
        let id = tasks
            .start(TaskKind::Sync, "Sync", "", |_| async { panic!("a fault") })
            .unwrap();
        assert!(matches!(ended(&tasks, id).await, TaskState::Failed(failure) if failure.code == "internal"));
    }

    #[tokio::test]
    async fn only_the_newest_that_have_ended_are_remembered() {
        let tasks = Tasks::default();
        for _ in 0..REMEMBERED + 5 {
            let id = tasks
                .start(TaskKind::Close, "Close", "", |_| async {
                    Ok(Ended::Done(String::new()))
                })
                .unwrap();
            ended(&tasks, id).await;
        }
        let known = tasks.list();
        assert_eq!(known.len(), REMEMBERED);
        assert!(known.windows(2).all(|pair| pair[0].id > pair[1].id));
    }
}
