//! Events: what Linode does and has done, one by one.

use std::{fmt, time::Duration};

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::{
    lenient::{count, flag, text, time, whole},
    list::Item,
};

/// An event. Linode keeps them for 90 days; a later one has a larger number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub id: u64,
    /// What is done (`linode_boot`); an open set.
    pub action: String,
    /// How far it is.
    pub status: EventStatus,
    /// When it began, UTC.
    pub created: Option<NaiveDateTime>,
    /// To what it is done.
    pub entity: Option<Entity>,
    /// What else it concerns: the image of a rebuild, the configuration of a start.
    pub secondary: Option<Entity>,
    /// Who had it done; Linode itself if absent.
    pub username: Option<String>,
    /// What Linode says about it.
    pub message: Option<String>,
    /// 0 to 100.
    pub percent: Option<u8>,
    /// How long it has taken.
    pub duration: Option<Duration>,
    /// How long it will still take.
    pub remaining: Option<Duration>,
    /// How fast it goes, in Linode's words (`464.00 MB/s`).
    pub rate: Option<String>,
    /// Whether it was seen in Linode's own pages.
    pub seen: Option<bool>,
}

/// How far an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventStatus {
    /// It will begin.
    Scheduled,
    /// It has begun.
    Started,
    /// It is done.
    Finished,
    /// It came to nothing.
    Failed,
    /// It is a message about something that needs no time.
    Notification,
    /// It was called off; the specification doesn't name this word, but the programs of Linode know it.
    Canceled,
    /// Nothing, or a word that this program doesn't know.
    Other(String),
}

/// What an event or other work is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What tells it apart from others of its kind.
    pub id: EntityId,
    /// `linode`, `disk`, `backup`, `ipaddress` …
    pub kind: Option<String>,
    /// Its name.
    pub label: Option<String>,
}

/// Most things have a number; some have a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityId {
    /// A number.
    Number(u64),
    /// A name, or a number written as text.
    Text(String),
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Entity {
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            id: whole(value, "id")
                .map(EntityId::Number)
                .or_else(|| text(value, "id").map(EntityId::Text))?,
            kind: text(value, "type"),
            label: text(value, "label"),
        })
    }

    /// Its number, however it is written.
    pub fn number(&self) -> Option<u64> {
        match &self.id {
            EntityId::Number(number) => Some(*number),
            EntityId::Text(text) => text.parse().ok(),
        }
    }

    /// Whether it is the server of this number.
    pub fn is_instance(&self, id: u64) -> bool {
        self.kind.as_deref() == Some("linode") && self.number() == Some(id)
    }
}

impl EventStatus {
    fn of(word: Option<String>) -> Self {
        match word.as_deref() {
            Some("scheduled") => Self::Scheduled,
            Some("started") => Self::Started,
            Some("finished") => Self::Finished,
            Some("failed") => Self::Failed,
            Some("notification") => Self::Notification,
            Some("canceled" | "cancelled") => Self::Canceled,
            _ => Self::Other(word.unwrap_or_default()),
        }
    }

    /// Whether nothing more will come of it. An unknown word is no end.
    pub const fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Finished | Self::Failed | Self::Notification | Self::Canceled
        )
    }
}

/// A number of seconds, with or without a fraction, or `hours:minutes:seconds`.
fn span(object: &Value, key: &str) -> Option<Duration> {
    let value = object.get(key)?;
    if let Some(text) = value.as_str() {
        let mut seconds = 0_u64;
        let parts: Vec<&str> = text.split(':').collect();
        if parts.len() > 4 {
            return None;
        }
        for part in parts {
            let part: u64 = part.trim().parse().ok()?;
            seconds = seconds.checked_mul(60)?.checked_add(part)?;
        }
        return Some(Duration::from_secs(seconds));
    }
    let seconds = value.as_f64().filter(|seconds| *seconds >= 0.0)?;
    Duration::try_from_secs_f64(seconds).ok()
}

impl Item for Event {
    type Key = u64;

    fn key(&self) -> u64 {
        self.id
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        let entity = |key: &str| value.get(key).and_then(Entity::from_value);
        Some(Self {
            id: whole(&value, "id")?,
            action: text(&value, "action").unwrap_or_default(),
            status: EventStatus::of(text(&value, "status")),
            created: time(&value, "created"),
            entity: entity("entity"),
            secondary: entity("secondary_entity"),
            username: text(&value, "username"),
            message: text(&value, "message"),
            percent: count(&value, "percent_complete")
                .and_then(|percent| u8::try_from(percent).ok())
                .filter(|percent| *percent <= 100),
            duration: span(&value, "duration"),
            remaining: span(&value, "time_remaining"),
            rate: text(&value, "rate"),
            seen: flag(&value, "seen"),
        })
    }
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    after: Option<u64>,
    instance: Option<u64>,
    action: Option<String>,
    since: Option<NaiveDateTime>,
}

impl EventFilter {
    /// All events.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only with a larger number than this.
    #[must_use]
    pub fn after(mut self, id: u64) -> Self {
        self.after = Some(id);
        self
    }

    /// Only about this server.
    #[must_use]
    pub fn about(mut self, instance: u64) -> Self {
        self.instance = Some(instance);
        self
    }

    /// Only of this action (`linode_boot`).
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// Only since this time, UTC, by Linode's clock.
    #[must_use]
    pub fn since(mut self, time: NaiveDateTime) -> Self {
        self.since = Some(time);
        self
    }

    /// Whether an event is meant; a filter that Linode overlooks must not bring others.
    pub(super) fn takes(&self, event: &Event) -> bool {
        self.after.is_none_or(|after| event.id > after)
            && self.action.as_ref().is_none_or(|action| *action == event.action)
            && self
                .instance
                .is_none_or(|id| event.entity.as_ref().is_some_and(|entity| entity.is_instance(id)))
            && self
                .since
                .is_none_or(|since| event.created.is_none_or(|created| created >= since))
    }

    /// The header, in this order.
    pub(super) fn header(&self, order: &str) -> String {
        let mut filter = Map::new();
        if let Some(id) = self.after {
            filter.insert("id".to_owned(), json!({ "+gt": id }));
        }
        if let Some(id) = self.instance {
            filter.insert("entity.id".to_owned(), json!(id));
            filter.insert("entity.type".to_owned(), json!("linode"));
        }
        if let Some(action) = &self.action {
            filter.insert("action".to_owned(), json!(action));
        }
        if let Some(since) = self.since {
            let since = since.format("%Y-%m-%dT%H:%M:%S").to_string();
            filter.insert("created".to_owned(), json!({ "+gte": since }));
        }
        filter.insert("+order_by".to_owned(), json!("id"));
        filter.insert("+order".to_owned(), json!(order));
        super::lenient::ascii(&Value::Object(filter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_many_shapes() {
        let json = r#"{"id": 123, "action": "linode_resize", "created": "2018-01-01T00:01:01", "status": "started", "percent_complete": 20,
            "duration": 300.56, "time_remaining": "0:01:20", "rate": "464.00 MB/s", "username": "me", "message": null, "seen": false, "read": false,
            "entity": {"id": "9", "label": "web", "type": "linode", "url": "/v4/linode/instances/9"}, "secondary_entity": {"id": "linode/debian12", "type": "image"}}"#;
        let event = Event::read(json).unwrap();
        assert_eq!(event.duration, Some(Duration::from_millis(300_560)));
        assert_eq!(event.remaining, Some(Duration::from_secs(80)));
        assert_eq!(event.percent, Some(20));
        assert!(event.entity.as_ref().unwrap().is_instance(9));
        assert_eq!(
            event.secondary.unwrap().id,
            EntityId::Text("linode/debian12".to_owned())
        );
        let odd = r#"{"id": 124, "status": "dreaming", "percent_complete": 900, "duration": -1, "time_remaining": 0, "entity": {"id": null}}"#;
        let odd = Event::read(odd).unwrap();
        assert_eq!(odd.status, EventStatus::Other("dreaming".to_owned()));
        assert_eq!(
            (odd.percent, odd.duration, odd.remaining),
            (None, None, Some(Duration::ZERO))
        );
        assert_eq!(
            (odd.entity, odd.action.as_str(), odd.status.is_over()),
            (None, "", false)
        );
        for text in ["1:2:3:4:5", "soon", "99999999999999999999", "9999999999999999999:9:9"] {
            assert_eq!(span(&json!({ "at": text }), "at"), None, "{text}");
        }
        assert_eq!(Event::read(r#"{"id": null}"#), None);
    }

    #[test]
    fn a_filter_is_ascii_and_not_trusted() {
        let since = time(&json!({"at": "2026-01-01T12:00:00"}), "at").unwrap();
        let filter = EventFilter::new().after(7).about(9).action("bücher").since(since);
        let header = filter.header("desc");
        assert!(header.is_ascii());
        assert_eq!(
            serde_json::from_str::<Value>(&header).unwrap(),
            json!({"id": {"+gt": 7}, "entity.id": 9, "entity.type": "linode", "action": "bücher",
                "created": {"+gte": "2026-01-01T12:00:00"}, "+order_by": "id", "+order": "desc"})
        );
        let event = |id: u64, server: u64| {
            let json = json!({"id": id, "action": "linode_boot", "status": "started", "entity": {"id": server, "type": "linode"}});
            Event::read(&json.to_string()).unwrap()
        };
        let filter = EventFilter::new().after(7).about(9);
        assert!(filter.takes(&event(8, 9)));
        assert!(!filter.takes(&event(7, 9)) && !filter.takes(&event(8, 10)));
    }
}
