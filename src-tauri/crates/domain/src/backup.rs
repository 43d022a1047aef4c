//! Which backups are kept.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Utc};

/// How many of each are kept. A day, week (of ISO, from Monday) or month without a backup takes no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// The newest.
    pub last: u32,
    /// The newest of each day.
    pub daily: u32,
    /// The newest of each week.
    pub weekly: u32,
    /// The newest of each month.
    pub monthly: u32,
}

impl Retention {
    /// Whether it keeps anything at all.
    pub fn keeps_nothing(self) -> bool {
        self == Self::default()
    }
}

/// A backup, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Of which instant it is.
    pub taken_at: DateTime<Utc>,
    /// Whether it is known to be damaged: then it stands for no day, and nothing here removes it.
    pub is_damaged: bool,
    /// Whether it was restored and found equal.
    pub is_proven: bool,
}

/// Why a backup is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// One of the newest.
    Last,
    /// The newest of its day.
    Daily,
    /// The newest of its week.
    Weekly,
    /// The newest of its month.
    Monthly,
    /// The newest of all that may be whole.
    Newest,
    /// The newest that was proven by a restore.
    NewestProven,
    /// Damaged: a person decides.
    Damaged,
}

/// Which day, week or month an instant is in.
type Span<'a> = &'a dyn Fn(DateTime<Utc>) -> (i32, u32);

/// For each backup of one workspace, in any order, why it is kept. One without a reason goes.
pub fn keep(backups: &[Candidate], rules: Retention) -> Vec<Vec<Reason>> {
    let mut newest_first: Vec<usize> = (0..backups.len()).collect();
    newest_first.sort_by_key(|place| std::cmp::Reverse(backups[*place].taken_at));
    let sound: Vec<usize> = newest_first
        .iter()
        .copied()
        .filter(|place| !backups[*place].is_damaged)
        .collect();
    let mut reasons = vec![Vec::new(); backups.len()];
    for place in sound.iter().take(count(rules.last)) {
        reasons[*place].push(Reason::Last);
    }
    let day = |at: DateTime<Utc>| (at.year(), at.ordinal());
    let week = |at: DateTime<Utc>| (at.iso_week().year(), at.iso_week().week());
    let month = |at: DateTime<Utc>| (at.year(), at.month());
    let spans: [(u32, Reason, Span<'_>); 3] = [
        (rules.daily, Reason::Daily, &day),
        (rules.weekly, Reason::Weekly, &week),
        (rules.monthly, Reason::Monthly, &month),
    ];
    for (most, reason, span) in spans {
        let mut seen = BTreeSet::new();
        for place in &sound {
            let is_first = seen.insert(span(backups[*place].taken_at));
            if is_first && seen.len() <= count(most) {
                reasons[*place].push(reason);
            }
        }
    }
    if let Some(place) = sound.first() {
        reasons[*place].push(Reason::Newest);
    }
    if let Some(place) = sound.iter().find(|place| backups[**place].is_proven) {
        reasons[*place].push(Reason::NewestProven);
    }
    for (place, backup) in backups.iter().enumerate() {
        if backup.is_damaged {
            reasons[place].push(Reason::Damaged);
        }
    }
    reasons
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Candidate {
        Candidate {
            taken_at: format!("{text}:00Z").parse().unwrap(),
            is_damaged: false,
            is_proven: false,
        }
    }

    fn kept(backups: &[Candidate], rules: Retention) -> Vec<usize> {
        let reasons = keep(backups, rules);
        (0..backups.len()).filter(|place| !reasons[*place].is_empty()).collect()
    }

    #[test]
    fn the_newest_of_each_day_week_and_month_is_kept() {
        let backups = [
            at("2026-11-26T03:00"),
            at("2026-11-26T01:00"),
            at("2026-11-25T03:00"),
            at("2026-11-22T03:00"), // the Sunday before
            at("2026-11-21T03:00"),
            at("2026-10-31T23:59"),
            at("2026-10-01T00:00"),
            at("2026-08-01T00:00"),
        ];
        let daily = Retention {
            daily: 3,
            ..Retention::default()
        };
        assert_eq!(kept(&backups, daily), [0, 2, 3], "days without any take no place");
        let weekly = Retention {
            weekly: 2,
            ..Retention::default()
        };
        assert_eq!(kept(&backups, weekly), [0, 3]);
        let monthly = Retention {
            monthly: 3,
            ..Retention::default()
        };
        assert_eq!(kept(&backups, monthly), [0, 5, 7]);
        let last = Retention {
            last: 2,
            ..Retention::default()
        };
        assert_eq!(kept(&backups, last), [0, 1]);
        let reasons = keep(&backups, Retention { daily: 1, ..weekly });
        assert_eq!(reasons[0], [Reason::Daily, Reason::Weekly, Reason::Newest]);
    }

    #[test]
    fn the_newest_and_the_newest_proven_always_stay() {
        let mut backups = [
            at("2026-11-26T03:00"),
            at("2026-11-25T03:00"),
            at("2026-11-24T03:00"),
            at("2026-11-23T03:00"),
        ];
        backups[2].is_proven = true;
        backups[3].is_proven = true;
        let one = Retention {
            last: 1,
            ..Retention::default()
        };
        assert_eq!(kept(&backups, one), [0, 2]);
        assert_eq!(kept(&backups, Retention::default()), [0, 2], "even by no rule at all");
        assert!(Retention::default().keeps_nothing() && !one.keeps_nothing());
    }

    #[test]
    fn a_damaged_one_stands_for_nothing_and_is_left_to_a_person() {
        let mut backups = [at("2026-11-26T03:00"), at("2026-11-26T02:00"), at("2026-11-25T03:00")];
        backups[0].is_damaged = true;
        backups[0].is_proven = true;
        let daily = Retention {
            daily: 1,
            ..Retention::default()
        };
        let reasons = keep(&backups, daily);
        assert_eq!(reasons[0], [Reason::Damaged]);
        assert_eq!(reasons[1], [Reason::Daily, Reason::Newest]);
        assert!(reasons[2].is_empty());
    }

    #[test]
    fn order_does_not_matter_and_weeks_are_those_of_iso() {
        // 2027-01-03 is the Sunday of ISO week 53 of 2026.
        let backups = [at("2026-12-28T03:00"), at("2027-01-04T03:00"), at("2027-01-03T03:00")];
        let weekly = Retention {
            weekly: 5,
            ..Retention::default()
        };
        assert_eq!(kept(&backups, weekly), [1, 2]);
        assert!(keep(&[], weekly).is_empty());
    }
}
