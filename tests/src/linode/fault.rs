//! What can be ordered to go wrong.

use super::Account;

/// What goes wrong with a request.
#[derive(Clone)]
pub enum Fault {
    /// This answer instead of the real one.
    Answer(Reply),
    /// The real answer, with more headers.
    Headers(Vec<(String, String)>),
    /// The real answer with its body replaced; `{…}` of any shape.
    Body(String),
    /// The real answer, cut after so many bytes of its body, and the connection closed.
    Cut(usize),
    /// The real answer's first bytes as a whole answer: valid HTTP, broken JSON.
    Shortened(usize),
    /// The connection reset before the request was carried out.
    Reset,
    /// The request carried out, then the connection reset: the answer is lost.
    Lost,
    /// The request carried out, then this answer, of somebody on the way.
    CarriedOut(Reply),
    /// The real answer, a byte at a time.
    Bytewise,
    /// No answer.
    Silence,
    /// The head of the real answer and half of its body, then silence.
    Stall,
    /// The real answer once so many requests have been under way at once.
    Together(usize),
    /// A change of the account right before the real answer.
    Change(fn(&mut Account)),
}

/// A whole answer.
#[derive(Clone, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers besides those of the framing.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Reply {
    /// An error as Linode words it.
    pub fn error(status: u16, reason: &str) -> Self {
        let body = serde_json::json!({"errors": [{ "reason": reason }]}).to_string();
        Self::of("application/json", status, body)
    }

    /// An error about a field, as Linode words it.
    pub fn on_field(field: &str, reason: &str) -> Self {
        let body = serde_json::json!({"errors": [{"field": field, "reason": reason}]}).to_string();
        Self::of("application/json", 400, body)
    }

    /// What was asked for.
    pub fn ok(body: &serde_json::Value) -> Self {
        Self::of("application/json", 200, body.to_string())
    }

    /// A page of somebody on the way.
    pub fn html(status: u16) -> Self {
        let body = format!("<html><head><title>{status}</title></head><body>nginx</body></html>");
        Self::of("text/html", status, body)
    }

    /// A status and nothing else.
    pub fn empty(status: u16) -> Self {
        let status_only = Self::default();
        Self { status, ..status_only }
    }

    fn of(kind: &str, status: u16, body: String) -> Self {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Self { status, headers, body }
    }

    /// One more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<Reply> for Fault {
    fn from(reply: Reply) -> Self {
        Self::Answer(reply)
    }
}

/// A fault and when it is due.
pub(super) struct Order {
    method: Option<String>,
    path: String,
    query: Option<String>,
    nth: Option<u64>,
    met: u64,
    fault: Fault,
}

impl Order {
    /// For `path`, `path?query`, or either after a method: `POST /linode/instances`.
    pub(super) fn new(target: &str, nth: Option<u64>, fault: Fault) -> Self {
        let (method, target) = target
            .split_once(' ')
            .map_or((None, target), |(method, target)| (Some(method.to_owned()), target));
        let (path, query) = parts(target);
        Self {
            method,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            nth,
            met: 0,
            fault,
        }
    }

    /// Counts a request and gives the fault if it is due.
    pub(super) fn meets(&mut self, method: &str, target: &str) -> Option<Fault> {
        let (path, query) = parts(target);
        let has = |wanted: &String| query.is_some_and(|query| query.split('&').any(|pair| pair == wanted));
        if self.method.as_ref().is_some_and(|own| own != method)
            || path != self.path
            || !self.query.as_ref().is_none_or(has)
        {
            return None;
        }
        self.met += 1;
        (self.nth.is_none_or(|nth| nth == self.met)).then(|| self.fault.clone())
    }
}

fn parts(target: &str) -> (&str, Option<&str>) {
    target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)))
}
