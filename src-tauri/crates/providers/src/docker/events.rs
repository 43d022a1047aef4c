//! What happens to the containers of a host, with every break mended or told.
//!
//! An engine keeps its last few hundred events, until it is restarted. After a break it is asked for the newest one
//! that is known here: if it still has that, it has all that came later, and nothing was missed; if it hasn't, only
//! reading the whole list again helps.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    pin::Pin,
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Asked, Call, ContainerId, Docker, DockerError,
    body::Objects,
    client::Ask,
    logs::stamp,
    read::{below, named_texts, text},
    split::Within,
};

/// What is asked for: not what happens within (`exec_…`), and not what changes nothing.
const WANTED: [&str; 13] = [
    "create",
    "start",
    "restart",
    "stop",
    "die",
    "kill",
    "oom",
    "pause",
    "unpause",
    "rename",
    "update",
    "destroy",
    "health_status",
];
/// Events that are known again when they are repeated: more than an engine keeps.
const KNOWN: usize = 512;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Something that happened to a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by the host's clock.
    pub at: DateTime<Utc>,
    /// What, in the engine's word: `start`, `die`, `health_status: healthy`, …
    pub action: String,
    /// The container.
    pub id: ContainerId,
    /// Its name then.
    pub name: Option<String>,
    /// Its image.
    pub image: Option<String>,
    /// How it ended, if it did.
    pub exit_code: Option<i64>,
    /// Its labels, and what else the engine says.
    pub attributes: BTreeMap<String, String>,
}

/// Why the whole list has to be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relist {
    /// Nothing is known yet.
    First,
    /// Something may have been missed.
    Missed,
}

/// What is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Something happened.
    Event(Event),
    /// The list has to be read now: what happens from here on will be told.
    Relist(Relist),
    /// The host is away; it is being tried again. Told once a break.
    Away(DockerError),
}

/// What tells two events apart.
type Identity = (DateTime<Utc>, ContainerId, String);

/// A stream that is being opened: it, and whether nothing was missed before it.
type Opening = Pin<Box<dyn Future<Output = Result<(Objects, bool), DockerError>> + Send>>;

/// What happens on a host. Dropping it ends it.
pub struct Events {
    docker: Docker,
    call: Call,
    /// Kept here and not in the wait: a slow host is reached also by somebody who never waits for long.
    opening: Option<Opening>,
    live: Option<Objects>,
    news: VecDeque<News>,
    known: VecDeque<Identity>,
    begun: bool,
    away: bool,
    tries: u32,
    /// Not before this, by [`crate::pace::Pace::elapsed`].
    again: Option<Duration>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("connected", &self.live.is_some())
            .finish_non_exhaustive()
    }
}

impl Docker {
    /// What happens to the containers of this host. Nothing is sent before the first wait. The call ends all of it.
    pub fn events(&self, call: &Call) -> Events {
        Events {
            docker: self.clone(),
            call: call.clone(),
            opening: None,
            live: None,
            news: VecDeque::new(),
            known: VecDeque::new(),
            begun: false,
            away: false,
            tries: 0,
            again: None,
        }
    }
}

impl Event {
    /// Reads one; nothing if it is none of a container.
    fn read(value: &Value) -> Option<Self> {
        if text(value, "Type").is_some_and(|kind| kind != "container") {
            return None;
        }
        let actor = below(value, "Actor");
        let id = text(actor, "ID").or_else(|| text(value, "id"))?;
        let attributes = named_texts(actor, "Attributes");
        let exact = value.get("timeNano").and_then(Value::as_i64).filter(|nano| *nano > 0);
        let at = match exact {
            Some(nano) => DateTime::from_timestamp_nanos(nano),
            None => DateTime::from_timestamp(value.get("time")?.as_i64()?, 0)?,
        };
        Some(Self {
            at,
            action: text(value, "Action").or_else(|| text(value, "status"))?,
            id: ContainerId::parse(&id)?,
            name: attributes.get("name").cloned(),
            image: attributes.get("image").cloned(),
            exit_code: attributes.get("exitCode").and_then(|code| code.parse().ok()),
            attributes,
        })
    }

    fn identity(&self) -> Identity {
        (self.at, self.id.clone(), self.action.clone())
    }

    fn is_wanted(&self) -> bool {
        let word = self.action.split(':').next().unwrap_or_default();
        WANTED.contains(&word)
    }
}

impl Events {
    /// The next piece of news. An error ends nothing: asked again, it tries again; only a cancelled call stays
    /// cancelled. Dropping the wait loses no news, and no connection that was being made.
    pub async fn next(&mut self) -> Result<News, DockerError> {
        let call = self.call.clone();
        call.run(Asked::Question, self.wait()).await
    }

    async fn wait(&mut self) -> Result<News, DockerError> {
        loop {
            if let Some(news) = self.news.pop_front() {
                return Ok(news);
            }
            if self.live.is_none() {
                if let Some(again) = self.again {
                    let docker = self.docker.clone();
                    let now = docker.pace().elapsed();
                    let left = again.saturating_sub(now);
                    if !left.is_zero() {
                        docker.pace().pause(left).await;
                    }
                    self.again = None;
                }
                if let Err(error) = self.connect().await {
                    self.broke(error)?;
                }
                continue;
            }
            match self.object().await {
                Ok(Some(object)) => {
                    // The engine speaks: the next break is a new one.
                    self.tries = 0;
                    let read: Option<Value> = serde_json::from_slice(&object).ok();
                    if let Some(event) = read.as_ref().and_then(Event::read)
                        && self.is_new(&event)
                    {
                        return Ok(News::Event(event));
                    }
                }
                Ok(None) => self.broke(DockerError::Truncated { asked: Asked::Question })?,
                Err(error) => self.broke(error)?,
            }
        }
    }

    async fn object(&mut self) -> Result<Option<Vec<u8>>, DockerError> {
        let heartbeat = self.docker.timeouts().heartbeat;
        let Some(live) = &mut self.live else { return Ok(None) };
        loop {
            if let Ok(object) = tokio::time::timeout(heartbeat, live.next()).await {
                return object;
            }
            // Nothing may happen for hours; the host must still be there.
            self.docker.ping(&Call::new()).await?;
            self.tries = 0;
        }
    }

    /// Opens the stream from the newest known event on, and says whether anything was missed.
    async fn connect(&mut self) -> Result<(), DockerError> {
        let known = &self.known;
        let docker = &self.docker;
        let opening = self
            .opening
            .get_or_insert_with(|| Box::pin(open(docker.clone(), known.clone())));
        let opened = opening.await;
        self.opening = None;
        let (live, kept) = opened?;
        self.live = Some(live);
        self.away = false;
        if !self.begun {
            self.news.push_back(News::Relist(Relist::First));
        } else if !kept {
            self.news.push_back(News::Relist(Relist::Missed));
        }
        self.begun = true;
        Ok(())
    }

    /// What passes is told and tried again; what doesn't is for whoever asked.
    fn broke(&mut self, error: DockerError) -> Result<(), DockerError> {
        self.live = None;
        self.tries = self.tries.saturating_add(1);
        self.again = Some(self.docker.pace().elapsed().saturating_add(self.backoff()));
        if !error.is_passing() {
            return Err(error);
        }
        if !self.away {
            self.away = true;
            self.news.push_back(News::Away(error));
        }
        Ok(())
    }

    fn is_new(&mut self, event: &Event) -> bool {
        let identity = event.identity();
        if !event.is_wanted() || self.known.contains(&identity) {
            return false;
        }
        if self.known.len() == KNOWN {
            self.known.pop_front();
        }
        self.known.push_back(identity);
        true
    }

    /// Half fixed, half by chance: many desks that lost a host together must not come back together.
    fn backoff(&self) -> Duration {
        let whole = FIRST_WAIT * 2_u32.pow(self.tries.clamp(1, 7) - 1);
        let chance = self.docker.pace().chance();
        let chance = if chance.is_finite() {
            chance.clamp(0.0, 1.0)
        } else {
            0.5
        };
        whole.min(LONGEST_WAIT).mul_f64(0.5 + 0.5 * chance)
    }
}

async fn open(docker: Docker, known: VecDeque<Identity>) -> Result<(Objects, bool), DockerError> {
    let anchor = known.iter().map(|(at, ..)| *at).max();
    let kept = match anchor {
        None => false,
        Some(at) => still_has(&docker, at, &known).await?,
    };
    let mut ask = ask();
    if let Some(at) = anchor {
        ask = ask.with("since", stamp(at));
    }
    let body = docker.open(ask, &Call::new()).await?.body;
    let largest = docker.bounds().answer;
    Ok((Objects::new(body, Within::Stream, largest, "its events"), kept))
}

/// Whether the engine still has an event of this moment that is known here.
async fn still_has(docker: &Docker, at: DateTime<Utc>, known: &VecDeque<Identity>) -> Result<bool, DockerError> {
    let ask = ask().with("since", stamp(at)).with("until", stamp(at));
    let body = docker.open(ask, &Call::new()).await?.body;
    let mut objects = Objects::new(body, Within::Stream, docker.bounds().answer, "its events");
    let search = async {
        while let Some(object) = objects.next().await? {
            let read: Option<Value> = serde_json::from_slice(&object).ok();
            let event = read.as_ref().and_then(Event::read);
            if event.is_some_and(|event| known.contains(&event.identity())) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    tokio::time::timeout(docker.timeouts().call, search)
        .await
        .unwrap_or_else(|_| Err(docker.slow(Asked::Question)))
}

fn ask() -> Ask<'static> {
    let filters = json!({"type": ["container"], "event": WANTED});
    Ask::get("/events", "its events").with("filters", filters.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::docker::read::fuzz::{any_json, broken};

    const ID: &str = "e90e34656806b9d7c4f2a1d0e5c6b7a8e90e34656806b9d7c4f2a1d0e5c6b7a8";

    fn usual() -> Value {
        json!({
            "status": "die", "id": ID, "from": "shop/web:1", "Type": "container", "Action": "die",
            "Actor": {"ID": ID, "Attributes": {"exitCode": "137", "image": "shop/web:1", "name": "web", "a": "b"}},
            "scope": "local", "time": 1_767_268_800, "timeNano": 1_767_268_800_000_000_001_i64
        })
    }

    #[test]
    fn a_usual_event() {
        let event = Event::read(&usual()).unwrap();
        assert_eq!((event.action.as_str(), event.exit_code), ("die", Some(137)));
        assert_eq!(event.name.as_deref(), Some("web"));
        assert_eq!(event.at.timestamp_subsec_nanos(), 1);
        let mut older = usual();
        older["Actor"] = Value::Null;
        older["timeNano"] = Value::Null;
        assert_eq!(Event::read(&older).unwrap().id.as_str(), ID);
        let mut image = usual();
        image["Type"] = json!("image");
        assert_eq!(Event::read(&image), None);
    }

    #[test]
    fn what_happens_within_is_not_wanted() {
        let wanted = |action: &str| {
            let mut value = usual();
            value["Action"] = json!(action);
            Event::read(&value).unwrap().is_wanted()
        };
        assert!(wanted("health_status: unhealthy") && wanted("start"));
        assert!(!wanted("exec_start: /bin/check") && !wanted("attach") && !wanted("top"));
    }

    proptest! {
        #[test]
        fn any_event_is_read_or_refused(json in any_json(), changed in broken(usual())) {
            let _read = Event::read(&json);
            let _read = Event::read(&changed);
        }
    }
}
