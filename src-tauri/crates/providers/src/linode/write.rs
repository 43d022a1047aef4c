//! Whatever changes something at Linode: sent once, and put again only where that can't do it twice.
//!
//! Linode knows no key that would make a second order the first one. So an order whose answer is lost (no answer in
//! time, a connection that broke, a failing server) ends as [`WriteError::Unknown`], and whoever ordered looks first:
//! by [`Linode::find_created`](super::Linode::find_created), by the events, by the server itself.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;

use super::{
    Call, Linode, LinodeError, Reason,
    answer::{Again, LONGEST_REASON, shortened},
    ask::{Answer, MOST_TRIES, Request, unreadable},
    error::joined,
    limits::Bucket,
};

/// The wait before a busy server is asked again, doubled each time.
const FIRST_BUSY: Duration = Duration::from_secs(2);
const LONGEST_BUSY: Duration = Duration::from_secs(16);

/// How a write can fail: each is another thing for a caller to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// Linode would refuse it: nothing was sent. The fields have Linode's names.
    Invalid(Vec<Reason>),
    /// Certainly nothing was changed.
    NotDone(LinodeError),
    /// It may have been carried out, or may still be. Look before doing it again.
    Unknown {
        /// What was asked for, for a sentence (`created the server`).
        what: &'static str,
        /// How the answer was lost.
        cause: LinodeError,
    },
}

impl WriteError {
    /// Its word for programs: stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "provider_invalid",
            Self::NotDone(error) => error.code(),
            Self::Unknown { .. } => "provider_outcome_unknown",
        }
    }

    /// Whether certainly nothing was changed at Linode.
    pub const fn is_undone(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::NotDone(_))
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(reasons) => write!(f, "Linode would refuse this: {}. Nothing was sent.", joined(reasons)),
            Self::NotDone(error) => f.write_str(&error.sentence(true)),
            Self::Unknown { what, cause } => write!(
                f,
                "It is not known whether Linode has {what}: {}. Look there before you do it again.",
                first_small(&cause.happened(true))
            ),
        }
    }
}

impl std::error::Error for WriteError {}

/// For the middle of a sentence; names keep their letters.
fn first_small(sentence: &str) -> String {
    match sentence.split_once(' ') {
        Some((first @ ("The" | "Something" | "No" | "This"), rest)) => format!("{} {rest}", first.to_lowercase()),
        _ => sentence.to_owned(),
    }
}

/// A write that Linode has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<T> {
    /// What it answers.
    pub value: T,
    /// What it warns of, in its own words.
    pub warnings: Vec<String>,
}

/// What may be done about a lost answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// Nothing: a second time could do it twice.
    Tell,
    /// It is sent again: a second time leaves things as the first did.
    Repeat,
}

/// What may be done about a server that Linode is at work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Busy {
    /// It is waited for.
    Wait,
    /// It is told: what would be lost was decided on before that work.
    Tell,
}

/// A write, ready to be sent.
pub(super) struct Order<'a> {
    pub(super) what: &'static str,
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) bucket: Bucket,
    pub(super) lost: Lost,
    pub(super) busy: Busy,
    pub(super) body: Option<SecretString>,
    /// What no word of an answer may repeat.
    pub(super) secrets: Vec<&'a SecretString>,
}

impl<'a> Order<'a> {
    /// A POST of nothing: told when its answer is lost, waited for while the server is busy.
    pub(super) fn post(what: &'static str, path: &'a str, bucket: Bucket) -> Self {
        Self {
            what,
            method: Method::POST,
            path,
            bucket,
            lost: Lost::Tell,
            busy: Busy::Wait,
            body: None,
            secrets: Vec::new(),
        }
    }

    /// A PUT of a state: the same however often it is sent.
    pub(super) fn put(what: &'static str, path: &'a str, bucket: Bucket) -> Self {
        Self {
            method: Method::PUT,
            lost: Lost::Repeat,
            ..Self::post(what, path, bucket)
        }
    }

    pub(super) fn with(mut self, body: &impl Serialize) -> Result<Self, WriteError> {
        let json = serde_json::to_string(body).map_err(|_| WriteError::NotDone(unreadable(self.path)))?;
        self.body = Some(SecretString::from(json));
        Ok(self)
    }

    pub(super) fn telling_busy(self) -> Self {
        let busy = Busy::Tell;
        Self { busy, ..self }
    }
}

/// Whether Linode may have carried an order out by now.
struct State(AtomicBool);

impl State {
    fn may_be_done(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    fn set(&self, may_be_done: bool) {
        self.0.store(may_be_done, Ordering::SeqCst);
    }
}

impl Linode {
    /// Sends an order. Cancelled before it was sent, nothing was changed; later, that is not known. To drop the future
    /// is to never learn it.
    pub(super) async fn write(&self, order: &Order<'_>, call: &Call) -> Result<Answer, WriteError> {
        let state = State(AtomicBool::new(false));
        let ended = tokio::select! {
            biased;
            () = call.cancelled() => Err(LinodeError::Cancelled),
            answer = self.send(order, &state, self.deadline(call)) => answer,
        };
        ended.map_err(|error| {
            if state.may_be_done() {
                let what = order.what;
                WriteError::Unknown { what, cause: error }
            } else {
                WriteError::NotDone(error)
            }
        })
    }

    /// The same, and reads the answer; one that can't be read leaves open what was done.
    pub(super) async fn write_for<T>(
        &self,
        order: &Order<'_>,
        call: &Call,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Done<T>, WriteError> {
        let answer = self.write(order, call).await?;
        let value = std::str::from_utf8(&answer.body).ok().and_then(read);
        let value = value.ok_or_else(|| WriteError::Unknown {
            what: order.what,
            cause: unreadable(order.path),
        })?;
        let warnings = warnings(&answer.body, &order.secrets);
        Ok(Done { value, warnings })
    }

    /// The same, where the answer says nothing.
    pub(super) async fn write_only(&self, order: &Order<'_>, call: &Call) -> Result<Done<()>, WriteError> {
        let answer = self.write(order, call).await?;
        let warnings = warnings(&answer.body, &order.secrets);
        Ok(Done { value: (), warnings })
    }

    async fn send(&self, order: &Order<'_>, state: &State, deadline: Duration) -> Result<Answer, LinodeError> {
        let body = order.body.as_ref().map_or("{}", |body| body.expose_secret());
        let request = Request {
            method: &order.method,
            path: order.path,
            query: &[],
            filter: None,
            body: (order.method != Method::DELETE).then_some(body),
        };
        let patience = self.pace.elapsed().saturating_add(self.busy).min(deadline);
        let (mut tried, mut busy) = (0, FIRST_BUSY);
        loop {
            self.turn(order.bucket, deadline).await?;
            let open = state.may_be_done();
            state.set(true);
            let failure = match self.attempt(request, order.bucket, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            // An earlier try whose answer was lost stays open, whatever a later one is told.
            state.set(open || !failure.undone);
            let error = quiet(failure.error, &order.secrets);
            let path = order.path;
            tried += 1;
            tracing::debug!(path, tried, error = %error, "an order to Linode failed");
            let now = self.pace.elapsed();
            if error == LinodeError::Busy && order.busy == Busy::Wait {
                let wait = busy + self.backoff(1);
                if now + wait >= patience {
                    return Err(error);
                }
                tried -= 1;
                busy = (busy * 2).min(LONGEST_BUSY);
                self.pace.pause(wait).await;
                continue;
            }
            let wait = self.backoff(tried);
            if let Again::Closed(told) = failure.again {
                self.limits().close(order.bucket, now, told.unwrap_or(wait));
            }
            let safe = failure.undone || order.lost == Lost::Repeat;
            if failure.again == Again::No || !safe || tried == MOST_TRIES {
                return Err(error);
            }
            if failure.again == Again::Soon {
                if now + wait >= deadline {
                    return Err(error);
                }
                self.pace.pause(wait).await;
            }
        }
    }
}

/// The error without words that repeat a secret.
fn quiet(error: LinodeError, secrets: &[&SecretString]) -> LinodeError {
    let LinodeError::Rejected(reasons) = error else {
        return error;
    };
    let repeats = |text: &str| repeats(text, secrets);
    let reasons = reasons.into_iter().map(|reason| Reason {
        reason: if repeats(&reason.reason) {
            "its reason is not shown, because it repeats what is secret".to_owned()
        } else {
            reason.reason
        },
        field: reason.field.filter(|field| !repeats(field)),
    });
    LinodeError::Rejected(reasons.collect())
}

/// Line by line: words of an answer come without the ends of lines. What was cut may end within a secret.
fn repeats(text: &str, secrets: &[&SecretString]) -> bool {
    let cut = !secrets.is_empty() && text.chars().count() >= LONGEST_REASON;
    cut || secrets.iter().any(|secret| {
        let lines = secret.expose_secret().split(char::is_control);
        lines.filter(|line| !line.is_empty()).any(|line| text.contains(line))
    })
}

/// What an answer warns of: texts, or objects that hold one.
fn warnings(body: &[u8], secrets: &[&SecretString]) -> Vec<String> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(Value::Array(said)) = answer.get("warnings") else {
        return Vec::new();
    };
    let told = |warning: &Value| {
        let object = ["detail", "title", "reason", "message"]
            .iter()
            .find_map(|key| warning.get(key).and_then(Value::as_str));
        let text = warning.as_str().or(object)?;
        let text = shortened(text);
        (!text.is_empty() && !repeats(&text, secrets)).then_some(text)
    };
    said.iter().filter_map(told).take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_a_sentence() {
        let what = "created the server";
        let cause = LinodeError::NotJson { status: 502 };
        let unknown = WriteError::Unknown { what, cause };
        assert_eq!(
            unknown.to_string(),
            "It is not known whether Linode has created the server: something on the way to Linode answered instead of it (status 502). Look there before you do it again."
        );
        assert_eq!(
            WriteError::NotDone(LinodeError::Forbidden { needs: None }).to_string(),
            "The token of this account may not do this. Nothing was changed."
        );
        assert_eq!(
            WriteError::NotDone(LinodeError::Busy).to_string(),
            "Linode is still at work on this server. The request was not carried out. Try again when the job is done."
        );
        let reason = Reason::new("label", "it has fewer than 3 characters");
        assert_eq!(
            WriteError::Invalid(vec![reason]).to_string(),
            "Linode would refuse this: label: it has fewer than 3 characters. Nothing was sent."
        );
    }

    #[test]
    fn no_word_repeats_a_secret() {
        let secret = SecretString::from("hunter2-hunter2");
        let said = vec![
            Reason::new("root_pass", "hunter2-hunter2 is too weak"),
            Reason::new("hunter2-hunter2", "no such field"),
            Reason::new("region", "no room"),
        ];
        let error = quiet(LinodeError::Rejected(said), &[&secret]);
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("hunter2") && shown.contains("region: no room"),
            "{shown}"
        );
        let data = SecretString::from("#cloud-config\r\ntoken: hunter3");
        assert!(repeats("bad line: token: hunter3", &[&data]) && !repeats("bad line", &[&data]));
        assert!(
            repeats(&"x".repeat(LONGEST_REASON), &[&data]),
            "cut, perhaps within a secret"
        );
        let body = br#"{"warnings": ["old", {"title": "t", "detail": "slow"}, {"detail": "hunter2-hunter2"}, 7]}"#;
        assert_eq!(warnings(body, &[&secret]), ["old", "slow"]);
        assert!(warnings(b"{", &[]).is_empty() && warnings(br#"{"warnings": 3}"#, &[]).is_empty());
    }
}
