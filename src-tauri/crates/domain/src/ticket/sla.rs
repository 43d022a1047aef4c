//! When an answer is due: a first reply and a resolution per priority.

use chrono::{NaiveDateTime, TimeDelta};

use super::{Priority, TicketStatus};
use crate::stored::stored_enum;

stored_enum! {
    /// Which promise is next.
    Target, "target" {
        /// The customer hears from a person.
        FirstReply = "first_reply",
        /// The matter is settled.
        Resolution = "resolution",
    }
}

impl Priority {
    /// Time from the ticket's creation within which the target is to be met, around the clock.
    ///
    /// | | first reply | resolution |
    /// | --- | --- | --- |
    /// | urgent | 1 h | 8 h |
    /// | high | 4 h | 24 h |
    /// | medium | 8 h | 72 h |
    /// | low | 24 h | 168 h |
    pub const fn target(self, target: Target) -> TimeDelta {
        TimeDelta::hours(match (self, target) {
            (Self::Urgent, Target::FirstReply) => 1,
            (Self::High, Target::FirstReply) => 4,
            (Self::Urgent, Target::Resolution) | (Self::Medium, Target::FirstReply) => 8,
            (Self::High, Target::Resolution) | (Self::Low, Target::FirstReply) => 24,
            (Self::Medium, Target::Resolution) => 72,
            (Self::Low, Target::Resolution) => 168,
        })
    }
}

/// The next target of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Due {
    /// Which one.
    pub target: Target,
    /// When, in UTC.
    pub at: NaiveDateTime,
}

impl Due {
    /// Whether it has been missed at `now`. The instant itself is still in time.
    pub fn is_overdue(self, now: NaiveDateTime) -> bool {
        now > self.at
    }

    /// Time left at `now`; negative when missed.
    pub fn left(self, now: NaiveDateTime) -> TimeDelta {
        self.at.signed_duration_since(now)
    }
}

/// The next target of a ticket, or none when nothing is owed any more (resolved, closed).
///
/// `first_reply_at` is the time of our first message that the customer sees. A change of priority counts from the
/// creation too, so that raising it never buys time. Resolution starts over at a reopening only if the caller passes
/// the time of that as `created_at`.
pub fn due(
    status: TicketStatus,
    priority: Priority,
    created_at: NaiveDateTime,
    first_reply_at: Option<NaiveDateTime>,
) -> Option<Due> {
    if !status.is_active() {
        return None;
    }
    let target = if first_reply_at.is_some() {
        Target::Resolution
    } else {
        Target::FirstReply
    };
    // A date that no calendar has (a creation at the end of time) is simply never due.
    let at = created_at.checked_add_signed(priority.target(target))?;
    Some(Due { target, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn first_the_reply_then_the_resolution() {
        let created = at("2026-03-01T10:00:00");
        let due_of = |status, reply| due(status, Priority::Urgent, created, reply);
        assert_eq!(
            due_of(TicketStatus::Open, None),
            Some(Due {
                target: Target::FirstReply,
                at: at("2026-03-01T11:00:00")
            })
        );
        let replied = Some(at("2026-03-01T10:30:00"));
        assert_eq!(
            due_of(TicketStatus::InProgress, replied),
            Some(Due {
                target: Target::Resolution,
                at: at("2026-03-01T18:00:00")
            })
        );
        assert_eq!(due_of(TicketStatus::Resolved, replied), None);
        assert_eq!(due_of(TicketStatus::Closed, None), None);
        assert_eq!(due(TicketStatus::Open, Priority::Low, NaiveDateTime::MAX, None), None);
    }

    #[test]
    fn more_urgent_is_sooner_and_a_reply_before_a_resolution() {
        for pair in Priority::ALL.windows(2) {
            for target in Target::ALL {
                assert!(pair[0].target(*target) > pair[1].target(*target));
            }
        }
        for priority in Priority::ALL {
            assert!(priority.target(Target::FirstReply) < priority.target(Target::Resolution));
        }
    }

    #[test]
    fn overdue_begins_after_the_instant() {
        let due = Due {
            target: Target::FirstReply,
            at: at("2026-03-01T11:00:00"),
        };
        assert!(!due.is_overdue(at("2026-03-01T11:00:00")));
        assert!(due.is_overdue(at("2026-03-01T11:00:01")));
        assert_eq!(due.left(at("2026-03-01T11:00:01")), TimeDelta::seconds(-1));
    }
}
