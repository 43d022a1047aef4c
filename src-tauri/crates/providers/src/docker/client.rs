//! One engine: how a request is put, and what is known of the engine itself.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Method, Request, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use serde_json::Value;
use url::form_urlencoded;

use super::{
    Asked, Call, DockerError, DockerHost, DockerOptions, Server,
    answer::{new_enough, no_answer, refusal, said_version},
    body::{Body, Objects},
    connect::Connector,
    options::{Bounds, Timeouts},
    split::Within,
};
use crate::pace::Pace;

/// How much of a refusal is read.
const LONGEST_REFUSAL: usize = 64 * 1024;
/// Idle connections that are kept, and for how long.
const KEPT: usize = 4;
const KEPT_FOR: Duration = Duration::from_mins(1);

/// One engine. A copy of it uses the same connections.
#[derive(Clone)]
pub struct Docker {
    inner: Arc<Inner>,
}

struct Inner {
    http: Client<Connector, Full<Bytes>>,
    host: DockerHost,
    timeouts: Timeouts,
    bounds: Bounds,
    agent: HeaderValue,
    pace: Arc<dyn Pace>,
}

impl fmt::Debug for Docker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Docker")
            .field("host", &self.inner.host)
            .finish_non_exhaustive()
    }
}

/// One request.
pub(super) struct Ask<'a> {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    asked: Asked,
    /// What it is about, in a sentence.
    what: &'a str,
    /// Beyond the usual deadline.
    extra: Duration,
}

impl<'a> Ask<'a> {
    pub(super) fn get(path: impl Into<String>, what: &'a str) -> Self {
        Self::of(Method::GET, path.into(), Asked::Question, what)
    }

    pub(super) fn post(path: impl Into<String>, what: &'a str) -> Self {
        Self::of(Method::POST, path.into(), Asked::Change, what)
    }

    pub(super) fn delete(path: impl Into<String>, what: &'a str) -> Self {
        Self::of(Method::DELETE, path.into(), Asked::Change, what)
    }

    fn of(method: Method, path: String, asked: Asked, what: &'a str) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body: None,
            asked,
            what,
            extra: Duration::ZERO,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn json(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn granting(mut self, extra: Duration) -> Self {
        self.extra = extra;
        self
    }
}

/// The head of a good answer, and its body to come.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

impl Docker {
    /// Prepares to ask; nothing is sent yet.
    pub fn new(options: DockerOptions, pace: Arc<dyn Pace>) -> Result<Self, DockerError> {
        let connector = Connector::new(&options)?;
        let agent = HeaderValue::from_str(&options.user_agent).map_err(|_| DockerError::Rejected {
            said: "the program's name holds characters that can't be sent".to_owned(),
        })?;
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEPT_FOR)
            .pool_max_idle_per_host(KEPT)
            .build(connector);
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                host: options.host,
                timeouts: options.timeouts,
                bounds: options.bounds,
                agent,
                pace,
            }),
        })
    }

    /// Where it is.
    pub fn host(&self) -> &DockerHost {
        &self.inner.host
    }

    /// Whether an engine answers at all. The cheapest question.
    pub async fn ping(&self, call: &Call) -> Result<(), DockerError> {
        let answer = self.whole(Ask::get("/_ping", "itself"), call).await?;
        if answer.trim_ascii() == b"OK" {
            return Ok(());
        }
        Err(DockerError::NotDocker {
            host: self.inner.host.told(),
            status: 200,
        })
    }

    /// What the engine and its computer are.
    pub async fn server(&self, call: &Call) -> Result<Server, DockerError> {
        let version = self.value(Ask::get("/version", "its version"), call).await?;
        if let Some(said) = version.get("ApiVersion").and_then(Value::as_str) {
            new_enough(said, &self.inner.host)?;
        }
        let info = self.value(Ask::get("/info", "itself"), call).await?;
        Server::read(&version, &info).ok_or_else(|| DockerError::NotDocker {
            host: self.inner.host.told(),
            status: 200,
        })
    }

    pub(super) fn pace(&self) -> &dyn Pace {
        &*self.inner.pace
    }

    pub(super) fn timeouts(&self) -> &Timeouts {
        &self.inner.timeouts
    }

    pub(super) fn bounds(&self) -> &Bounds {
        &self.inner.bounds
    }

    pub(super) fn slow(&self, asked: Asked) -> DockerError {
        DockerError::Timeout {
            host: self.inner.host.told(),
            asked,
        }
    }

    /// Puts a request and reads all of the answer, within the deadline.
    pub(super) async fn whole(&self, ask: Ask<'_>, call: &Call) -> Result<Vec<u8>, DockerError> {
        let asked = ask.asked;
        let deadline = self.inner.timeouts.call + ask.extra;
        call.run(asked, async {
            let work = async { self.send(ask).await?.body.whole(self.inner.bounds.answer).await };
            tokio::time::timeout(deadline, work)
                .await
                .unwrap_or_else(|_| Err(self.slow(asked)))
        })
        .await
    }

    /// The same, of an answer that is JSON.
    pub(super) async fn value(&self, ask: Ask<'_>, call: &Call) -> Result<Value, DockerError> {
        let (asked, what) = (ask.asked, ask.what.to_owned());
        let body = self.whole(ask, call).await?;
        self.parse(&body, what, asked)
    }

    /// Puts a request whose answer is only its status.
    pub(super) async fn status(&self, ask: Ask<'_>, call: &Call) -> Result<StatusCode, DockerError> {
        let asked = ask.asked;
        let deadline = self.inner.timeouts.call + ask.extra;
        call.run(asked, async {
            let work = async {
                let answer = self.send(ask).await?;
                // Read to its end, or the connection could not be used again.
                answer.body.whole(self.inner.bounds.answer).await?;
                Ok(answer.status)
            };
            tokio::time::timeout(deadline, work)
                .await
                .unwrap_or_else(|_| Err(self.slow(asked)))
        })
        .await
    }

    /// Every entry of a list, one at a time.
    pub(super) async fn list<T>(
        &self,
        ask: Ask<'_>,
        about: &'static str,
        call: &Call,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Listing<T>, DockerError> {
        let work = async {
            let body = self.send(ask).await?.body;
            let mut objects = Objects::new(body, Within::List, self.inner.bounds.answer, about);
            let mut listing = Listing {
                items: Vec::new(),
                unreadable: 0,
            };
            while let Some(object) = objects.next().await? {
                let entry: Option<Value> = serde_json::from_slice(&object).ok();
                match entry.as_ref().and_then(&read) {
                    Some(item) => listing.items.push(item),
                    None => listing.unreadable += 1,
                }
                if listing.items.len() + listing.unreadable > self.inner.bounds.entries {
                    return Err(DockerError::TooLarge {
                        limit: format!("{} entries", self.inner.bounds.entries),
                    });
                }
            }
            Ok(listing)
        };
        call.run(Asked::Question, async {
            tokio::time::timeout(self.inner.timeouts.call, work)
                .await
                .unwrap_or_else(|_| Err(self.slow(Asked::Question)))
        })
        .await
    }

    /// Puts a request whose answer goes on: only its head has a deadline.
    pub(super) async fn open(&self, ask: Ask<'_>, call: &Call) -> Result<Answer, DockerError> {
        let asked = ask.asked;
        call.run(asked, async {
            tokio::time::timeout(self.inner.timeouts.call, self.send(ask))
                .await
                .unwrap_or_else(|_| Err(self.slow(asked)))
        })
        .await
    }

    pub(super) fn parse(&self, body: &[u8], what: String, asked: Asked) -> Result<Value, DockerError> {
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if !matches!(first, Some(b'{' | b'[')) {
            return Err(DockerError::NotDocker {
                host: self.inner.host.told(),
                status: 200,
            });
        }
        serde_json::from_slice(body).map_err(|error| {
            if error.is_eof() {
                DockerError::Truncated { asked }
            } else {
                DockerError::Unreadable { what, asked }
            }
        })
    }

    async fn send(&self, ask: Ask<'_>) -> Result<Answer, DockerError> {
        let Ask {
            method,
            path,
            query,
            body,
            asked,
            what,
            ..
        } = ask;
        tracing::debug!(%method, path, "asking a Docker host");
        let mut request = Request::builder()
            .method(method)
            .uri(address(&path, &query)?)
            // Docker's own client says the same where the address is a socket.
            .header(HOST, "docker")
            .header(USER_AGENT, self.inner.agent.clone())
            .header(ACCEPT, "application/json");
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(Full::new(Bytes::from(body.unwrap_or_default())))
            .map_err(|error| unsendable(&error.to_string()))?;
        let response = self
            .inner
            .http
            .request(request)
            .await
            .map_err(|error| no_answer(&error, asked, &self.inner.host))?;
        let (head, incoming) = response.into_parts();
        let body = Body::new(incoming, asked);
        if let Some(said) = said_version(&head.headers) {
            new_enough(said, &self.inner.host)?;
        }
        if head.status.is_success() || head.status == StatusCode::NOT_MODIFIED {
            return Ok(Answer {
                status: head.status,
                headers: head.headers,
                body,
            });
        }
        let said = body.beginning(LONGEST_REFUSAL).await;
        Err(refusal(
            head.status,
            &head.headers,
            &said,
            asked,
            what,
            &self.inner.host,
        ))
    }
}

/// A list that was read to its end.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// What could be read.
    pub items: Vec<T>,
    /// How many entries could not: they exist, and nothing is known of them.
    pub unreadable: usize,
}

/// Always the same host, as connections are kept by it: the connector knows where the engine is.
fn address(path: &str, query: &[(&'static str, String)]) -> Result<Uri, DockerError> {
    let mut target = path.to_owned();
    if !query.is_empty() {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(query);
        target.push('?');
        target.push_str(&pairs.finish());
    }
    Uri::builder()
        .scheme("http")
        .authority("docker")
        .path_and_query(target)
        .build()
        .map_err(|error| unsendable(&error.to_string()))
}

fn unsendable(why: &str) -> DockerError {
    DockerError::Rejected {
        said: format!("it can't be sent: {why}"),
    }
}
