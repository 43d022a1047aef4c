//! One list by time of what has happened to a server: what was asked for, what was charged, how the payer's money moved,
//! tickets that name it, the log, and the provider's events. What the provider doesn't answer is said, and the rest is
//! told.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    ids::ServerId,
    money::{Amount4, Money},
};
use serde::Serialize;
use store::{
    StoreError,
    servers::timeline::{self as stored, Charged, Place, Source},
};
use ts_rs::TS;

use super::live::{self, EventInfo, LiveReach};
use crate::{AppError, session::Session};

/// How many entries a window has.
const WINDOW: usize = 50;

/// An entry of a server's timeline.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TimelineEntry {
    /// event, intent, charge, money, ticket or log.
    pub source: &'static str,
    /// Its number among those of its source.
    #[ts(type = "number")]
    pub id: i64,
    /// When.
    #[ts(type = "Instant")]
    pub at: DateTime<Utc>,
    /// Its word: an event's action, an intent's kind, a transaction's type, the log's action.
    pub word: String,
    /// How far it is.
    pub state: Option<String>,
    /// What it says.
    pub text: Option<String>,
    /// How much money moved.
    #[ts(type = "Money | null")]
    pub amount: Option<Money>,
    /// In what.
    pub currency: Option<String>,
    /// Who.
    pub who: Option<String>,
    /// Of a charge: what it took for this server.
    pub charge: Option<TimelineCharge>,
}

/// What charges of a day took for a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TimelineCharge {
    /// How many hours.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost.
    #[ts(type = "string")]
    pub amount: Amount4,
    /// When the first of them began.
    #[ts(type = "Instant")]
    pub first_hour: DateTime<Utc>,
    /// When the last of them ended.
    #[ts(type = "Instant")]
    pub until: DateTime<Utc>,
    /// By how many runs.
    #[ts(type = "number")]
    pub runs: i64,
    /// The newest row of the ledger in which they are.
    pub transaction_id: Option<i32>,
}

/// A window of the timeline.
#[derive(Debug)]
pub struct Timeline {
    /// Newest first.
    pub entries: Vec<TimelineEntry>,
    /// Where the next window begins.
    pub next: Option<String>,
    /// Why the provider's events are not in it; `None` where they are, or nobody asked for them.
    pub unanswered: Option<AppError>,
}

fn cursor(place: Place) -> String {
    format!("{}.{}.{}", place.at.and_utc().timestamp_micros(), place.rank, place.id)
}

fn place(cursor: &str) -> Result<Place, AppError> {
    let parse = || {
        let mut parts = cursor.split('.');
        let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?.naive_utc();
        let (rank, id) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(Place { at, rank, id })
    };
    parse().ok_or(AppError::Store(StoreError::BadCursor))
}

/// A window behind a place. With `live` the provider is asked for its events, which are the newest hundred.
pub async fn timeline(
    session: &Session,
    live: Option<LiveReach<'_>>,
    server: ServerId,
    after: Option<&str>,
) -> Result<Timeline, AppError> {
    let before = after.map(place).transpose()?;
    let stored = read(session, server, before).await?;
    let (events, unanswered) = match live {
        None => (Vec::new(), None),
        Some(live) => match live::events(session, live, server).await {
            Ok(told) => (told.events, None),
            Err(error) => (Vec::new(), Some(error)),
        },
    };
    let entries = events
        .iter()
        .filter_map(of_event)
        .filter(|one| before.is_none_or(|before| one.0 < before));
    let (entries, next) = window(stored, entries);
    Ok(Timeline {
        entries,
        next: next.map(cursor),
        unanswered,
    })
}

/// What the database told, and from when on that is all of it.
struct Stored {
    entries: Vec<(Place, TimelineEntry)>,
    /// There is more behind this, or may be.
    reaches: Option<NaiveDateTime>,
}

async fn read(session: &Session, server: ServerId, before: Option<Place>) -> Result<Stored, AppError> {
    let mut connection = session.read().await?;
    let most = i64::try_from(WINDOW + 1).unwrap_or(i64::MAX);
    let rows = stored::entries(&mut connection, server, before, most).await?;
    // Whole days, so that one that was told in the window before is not told again in part.
    let until = before.map(|place| next_day(place.at));
    let charges = stored::charges(&mut connection, server, until).await?;
    let mut entries: Vec<(Place, TimelineEntry)> = rows.into_iter().map(of_row).collect();
    let days = by_day(&charges.rows, charges.reaches).into_iter();
    entries.extend(days.filter(|one| before.is_none_or(|before| one.0 < before)));
    Ok(Stored {
        entries,
        reaches: charges.reaches,
    })
}

/// When the day after begins.
fn next_day(at: NaiveDateTime) -> NaiveDateTime {
    let day = at.date().checked_add_days(chrono::Days::new(1));
    day.unwrap_or(at.date()).and_time(chrono::NaiveTime::MIN)
}

fn of_row(row: stored::Entry) -> (Place, TimelineEntry) {
    let entry = TimelineEntry {
        source: match row.source {
            Source::Log => "log",
            Source::Ticket => "ticket",
            Source::Money => "money",
            Source::Charge => "charge",
            Source::Intent => "intent",
            Source::Event => "event",
        },
        id: row.place.id,
        at: row.place.at.and_utc(),
        word: row.word,
        state: row.state,
        text: row.text,
        amount: row.amount,
        currency: row.currency,
        who: row.who,
        charge: None,
    };
    (row.place, entry)
}

fn of_event(event: &EventInfo) -> Option<(Place, TimelineEntry)> {
    let at = event.at?;
    let id = i64::try_from(event.id).ok()?;
    let place = Place {
        at: at.naive_utc(),
        rank: Source::Event.rank(),
        id,
    };
    let entry = TimelineEntry {
        source: "event",
        id,
        at,
        word: event.action.clone(),
        state: Some(event.status.clone()),
        text: event.message.clone(),
        amount: None,
        currency: None,
        who: event.username.clone(),
        charge: None,
    };
    Some((place, entry))
}

/// Hourly runs as one entry a day, at the day's last run. Of the day at which what was read ends nothing is told: part of it
/// may be missing.
fn by_day(charges: &[Charged], reaches: Option<NaiveDateTime>) -> Vec<(Place, TimelineEntry)> {
    let mut days: Vec<(Place, TimelineEntry)> = Vec::new();
    for charged in charges {
        let day = charged.run_at.date();
        if reaches.is_some_and(|reaches| day <= reaches.date()) {
            continue;
        }
        let newest = days.last_mut().filter(|(place, _)| place.at.date() == day);
        if let Some((_, entry)) = newest
            && let Some(whole) = &mut entry.charge
            && let Ok(sum) = whole.amount.checked_add(charged.amount)
        {
            whole.amount = sum;
            whole.hours += charged.hours;
            whole.runs += 1;
            whole.first_hour = whole.first_hour.min(charged.first_hour);
            whole.until = whole.until.max(charged.until);
            whole.transaction_id = whole.transaction_id.max(charged.transaction);
            continue;
        }
        let place = Place {
            at: charged.run_at,
            rank: Source::Charge.rank(),
            id: charged.run,
        };
        let entry = TimelineEntry {
            source: "charge",
            id: charged.run,
            at: charged.run_at.and_utc(),
            word: "charge".to_owned(),
            state: None,
            text: None,
            amount: None,
            currency: None,
            who: None,
            charge: Some(TimelineCharge {
                hours: charged.hours,
                amount: charged.amount,
                first_hour: charged.first_hour,
                until: charged.until,
                runs: 1,
                transaction_id: charged.transaction,
            }),
        };
        days.push((place, entry));
    }
    days
}

/// The newest of all, and where the next window begins.
fn window(stored: Stored, events: impl Iterator<Item = (Place, TimelineEntry)>) -> (Vec<TimelineEntry>, Option<Place>) {
    let mut all = stored.entries;
    all.extend(events);
    all.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    // Behind the day at which the charges end, others may belong before what is there.
    let end = stored.reaches.map(next_day);
    if let Some(end) = end {
        all.retain(|(place, _)| place.at >= end);
    }
    let more = all.len() > WINDOW;
    all.truncate(WINDOW);
    let next = match (more, end) {
        (true, _) => all.last().map(|(place, _)| *place),
        (false, Some(at)) => Some(Place { at, rank: 0, id: 0 }),
        (false, None) => None,
    };
    (all.into_iter().map(|(_, entry)| entry).collect(), next)
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};

    use super::*;

    fn at(day: u32, hour: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2030, 5, day)
            .unwrap()
            .and_hms_opt(hour, 0, 0)
            .unwrap()
    }

    fn charged(run: i64, day: u32, hour: u32) -> Charged {
        let until = at(day, hour).and_utc();
        Charged {
            run,
            run_at: at(day, hour),
            transaction: None,
            first_hour: until - TimeDelta::hours(1),
            until,
            hours: 1,
            amount: "0.0090".parse().unwrap(),
        }
    }

    fn entry(source: Source, id: i64, at: NaiveDateTime) -> (Place, TimelineEntry) {
        of_row(stored::Entry {
            place: Place {
                at,
                rank: source.rank(),
                id,
            },
            source,
            word: "boot".to_owned(),
            state: None,
            text: None,
            amount: None,
            currency: None,
            who: None,
        })
    }

    #[test]
    fn runs_of_a_day_are_one_entry_and_a_day_that_was_cut_is_none() {
        let runs = [charged(5, 3, 2), charged(4, 3, 1), charged(3, 2, 9), charged(2, 1, 8)];
        let days = by_day(&runs, None);
        assert_eq!(days.len(), 3);
        let first = days[0].1.charge.as_ref().unwrap();
        assert_eq!(
            (first.hours, first.runs, first.amount.to_string().as_str()),
            (2, 2, "0.0180")
        );
        assert_eq!(days[0].0.at, at(3, 2));
        assert_eq!(by_day(&runs, Some(at(1, 8))).len(), 2);
    }

    #[test]
    fn a_window_ends_where_it_is_complete() {
        let stored = || Stored {
            entries: vec![entry(Source::Intent, 1, at(3, 5)), entry(Source::Log, 2, at(1, 5))],
            reaches: Some(at(1, 9)),
        };
        let (entries, next) = window(stored(), std::iter::once(entry(Source::Event, 7, at(3, 5))));
        let told: Vec<_> = entries.iter().map(|entry| (entry.source, entry.id)).collect();
        assert_eq!(told, [("event", 7), ("intent", 1)]);
        let next = next.unwrap();
        assert!(next > entry(Source::Log, 2, at(1, 5)).0 && next < entry(Source::Log, 3, at(2, 0)).0);
        let all = Stored {
            reaches: None,
            ..stored()
        };
        assert_eq!(window(all, std::iter::empty()).1, None);
        let many = Stored {
            entries: (0..60).map(|id| entry(Source::Log, id, at(2, 0))).collect(),
            reaches: None,
        };
        let (entries, next) = window(many, std::iter::empty());
        assert_eq!((entries.len(), entries[0].id, next.unwrap().id), (WINDOW, 59, 10));
    }

    #[test]
    fn cursors_come_back_and_nonsense_is_refused() {
        let here = Place {
            at: at(3, 5),
            rank: 5,
            id: 77,
        };
        assert_eq!(place(&cursor(here)).unwrap(), here);
        for nonsense in ["", "1", "1.2", "a.b.c", "1.2.3.4", "99999999999999999999.1.1"] {
            assert!(place(nonsense).is_err(), "{nonsense}");
        }
    }
}
