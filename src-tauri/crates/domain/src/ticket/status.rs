//! The states of a ticket and the moves between them.

use crate::stored::stored_enum;

stored_enum! {
    /// Where a ticket stands (the schema's "Status Values").
    TicketStatus, "ticket status" {
        /// New, or waiting for us again.
        Open = "open",
        /// Somebody is at it.
        InProgress = "in_progress",
        /// Answered for good, as we see it; the customer may disagree.
        Resolved = "resolved",
        /// Done with. Only reopening brings it back.
        Closed = "closed",
    }
}

stored_enum! {
    /// What a person can do to a ticket's status.
    TicketAction, "ticket action" {
        /// Begin to work on it.
        Start = "start",
        /// Give it back to the queue.
        Release = "release",
        /// Say that it is solved.
        Resolve = "resolve",
        /// File it.
        Close = "close",
        /// Take it up again.
        Reopen = "reopen",
    }
}

/// A move that the state machine doesn't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct RefusedMove {
    /// Where the ticket stands.
    pub from: TicketStatus,
    /// What was asked for.
    pub action: TicketAction,
}

impl RefusedMove {
    const fn sentence(self) -> &'static str {
        match (self.from, self.action) {
            (TicketStatus::Open, TicketAction::Release | TicketAction::Reopen) => "This ticket is open already.",
            (TicketStatus::InProgress, TicketAction::Start) => "Somebody is working on this ticket already.",
            (TicketStatus::InProgress, TicketAction::Reopen) => {
                "This ticket is in progress, so there is nothing to reopen."
            }
            (TicketStatus::Resolved, TicketAction::Resolve) => "This ticket is resolved already.",
            (TicketStatus::Resolved, _) => "This ticket is resolved. Reopen it to work on it again.",
            (TicketStatus::Closed, TicketAction::Close) => "This ticket is closed already.",
            (TicketStatus::Closed, _) => "This ticket is closed. Reopen it first.",
            (TicketStatus::Open | TicketStatus::InProgress, _) => "This can't be done to the ticket as it stands.",
        }
    }
}

impl TicketStatus {
    /// The status after `action`, or why there is none.
    pub const fn transition(self, action: TicketAction) -> Result<Self, RefusedMove> {
        match (self, action) {
            (Self::Open, TicketAction::Start) => Ok(Self::InProgress),
            (Self::Open | Self::InProgress, TicketAction::Resolve) => Ok(Self::Resolved),
            (Self::Open | Self::InProgress | Self::Resolved, TicketAction::Close) => Ok(Self::Closed),
            (Self::InProgress, TicketAction::Release) | (Self::Resolved | Self::Closed, TicketAction::Reopen) => {
                Ok(Self::Open)
            }
            (from, action) => Err(RefusedMove { from, action }),
        }
    }

    /// Every action with its outcome, in the order in which they are offered.
    pub fn actions(self) -> impl Iterator<Item = (TicketAction, Result<Self, RefusedMove>)> {
        TicketAction::ALL
            .iter()
            .map(move |action| (*action, self.transition(*action)))
    }

    /// The status after a reply of ours that the customer sees: whoever answers an open ticket works on it. A closed
    /// ticket takes no reply; notes are no replies and change nothing.
    pub const fn after_staff_reply(self) -> Result<Self, RefusedMove> {
        match self {
            Self::Open | Self::InProgress => Ok(Self::InProgress),
            Self::Resolved => Ok(Self::Resolved),
            Self::Closed => Err(RefusedMove {
                from: self,
                action: TicketAction::Start,
            }),
        }
    }

    /// The status after a reply of the customer's: a resolved ticket is open again.
    pub const fn after_customer_reply(self) -> Result<Self, RefusedMove> {
        match self {
            Self::Open | Self::Resolved => Ok(Self::Open),
            Self::InProgress => Ok(Self::InProgress),
            Self::Closed => Err(RefusedMove {
                from: self,
                action: TicketAction::Start,
            }),
        }
    }

    /// Whether we still owe something: open or in progress.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// What a move from `self` to `next` does to `tickets.resolved_at`: set it when the ticket becomes resolved (or is
    /// closed without having been), clear it when it is active again, otherwise leave it.
    pub const fn resolved_at_change(self, next: Self) -> ResolvedAt {
        match (self.is_active(), next.is_active()) {
            (true, false) => ResolvedAt::Set,
            (false, true) => ResolvedAt::Clear,
            _ => ResolvedAt::Keep,
        }
    }
}

/// What happens to `tickets.resolved_at` in a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedAt {
    /// It becomes the time of the move.
    Set,
    /// It becomes NULL.
    Clear,
    /// It stays.
    Keep,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_of_moves() {
        use TicketAction::{Close, Release, Reopen, Resolve, Start};
        use TicketStatus::{Closed, InProgress, Open, Resolved};
        let table = [
            (
                Open,
                [
                    (Start, Some(InProgress)),
                    (Release, None),
                    (Resolve, Some(Resolved)),
                    (Close, Some(Closed)),
                    (Reopen, None),
                ],
            ),
            (
                InProgress,
                [
                    (Start, None),
                    (Release, Some(Open)),
                    (Resolve, Some(Resolved)),
                    (Close, Some(Closed)),
                    (Reopen, None),
                ],
            ),
            (
                Resolved,
                [
                    (Start, None),
                    (Release, None),
                    (Resolve, None),
                    (Close, Some(Closed)),
                    (Reopen, Some(Open)),
                ],
            ),
            (
                Closed,
                [
                    (Start, None),
                    (Release, None),
                    (Resolve, None),
                    (Close, None),
                    (Reopen, Some(Open)),
                ],
            ),
        ];
        for (from, moves) in table {
            let found: Vec<_> = from.actions().map(|(action, outcome)| (action, outcome.ok())).collect();
            assert_eq!(found, moves, "{from}");
        }
    }

    #[test]
    fn every_refusal_has_a_sentence_of_its_own_kind() {
        for from in TicketStatus::ALL {
            for (_, outcome) in from.actions() {
                if let Err(refusal) = outcome {
                    assert!(
                        refusal.to_string().starts_with("This ticket is")
                            || refusal.to_string().starts_with("Somebody")
                    );
                }
            }
        }
    }

    #[test]
    fn replies_move_the_ticket() {
        assert_eq!(TicketStatus::Open.after_staff_reply(), Ok(TicketStatus::InProgress));
        assert_eq!(TicketStatus::Resolved.after_staff_reply(), Ok(TicketStatus::Resolved));
        assert_eq!(TicketStatus::Resolved.after_customer_reply(), Ok(TicketStatus::Open));
        assert!(TicketStatus::Closed.after_staff_reply().is_err());
        assert_eq!(
            TicketStatus::Closed.after_customer_reply().unwrap_err().to_string(),
            "This ticket is closed. Reopen it first."
        );
    }

    #[test]
    fn resolved_at_follows() {
        assert_eq!(
            TicketStatus::Open.resolved_at_change(TicketStatus::Closed),
            ResolvedAt::Set
        );
        assert_eq!(
            TicketStatus::Resolved.resolved_at_change(TicketStatus::Closed),
            ResolvedAt::Keep
        );
        assert_eq!(
            TicketStatus::Closed.resolved_at_change(TicketStatus::Open),
            ResolvedAt::Clear
        );
        assert_eq!(
            TicketStatus::Open.resolved_at_change(TicketStatus::InProgress),
            ResolvedAt::Keep
        );
    }
}
