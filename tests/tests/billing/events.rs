//! What happens in a seeded world, as a stream of events that a database, the domain's own crate and the model all play.

use chrono::DateTime;

use super::model::Thing;

/// What a plan says of its price.
#[derive(Debug, Clone, Copy)]
pub enum Offer {
    Rate {
        rate: i64,
        cap: Option<i64>,
    },
    /// A cost, and what is put on it in hundredths of a percent.
    Markup {
        cost: i64,
        markup: i64,
        cap: Option<i64>,
    },
    /// Nothing at all.
    Unpriced,
    /// A number that is none.
    NotANumber,
}

impl Offer {
    /// The rate, half up, and the cap; a plan that would pay the customer has no price.
    pub fn price(self) -> Option<(i64, Option<i64>)> {
        match self {
            Self::Rate { rate, cap } => Some((rate, cap)),
            Self::Markup { cost, markup, cap } => {
                let exact = cost * (10_000 + markup);
                (exact >= 0).then_some(((exact + 5_000) / 10_000, cap))
            }
            Self::Unpriced | Self::NotANumber => None,
        }
    }
}

/// How a resource's time with an organization ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Deleted,
    /// It is nobody's.
    Unassigned,
    /// Another program has removed the row.
    Removed,
}

#[derive(Debug, Clone)]
pub enum Event {
    /// With a wallet, or without one yet.
    Organization {
        id: i32,
        wallet: bool,
    },
    Plan {
        plan: Thing,
        offer: Offer,
    },
    Create {
        resource: Thing,
        organization: i32,
        plan: Option<i32>,
    },
    /// Seen at the provider, and nobody's.
    Find {
        resource: Thing,
    },
    /// From a time that may have passed long ago.
    Assign {
        resource: Thing,
        organization: i32,
        plan: Option<i32>,
        start: i64,
    },
    End {
        resource: Thing,
        ending: Ending,
    },
    HandOver {
        resource: Thing,
        organization: i32,
    },
    ChangePlan {
        resource: Thing,
        plan: Option<i32>,
    },
    ChangePrice {
        plan: Thing,
        offer: Offer,
    },
    /// Every other one collects what is due, as a deposit of this program does.
    Deposit {
        organization: i32,
        cents: i64,
        collects: bool,
    },
    Wallet {
        organization: i32,
    },
    Currency {
        organization: i32,
        foreign: bool,
    },
    Archive {
        organization: i32,
        archived: bool,
    },
    /// An archived organization gets nothing.
    RefusedCreation {
        resource: Thing,
        organization: i32,
    },
    /// Some are previewed.
    Run {
        batches: Vec<Vec<i32>>,
        previewed: bool,
    },
    /// The clock was put back: a run before the last one is refused, and nothing changes.
    RefusedRun {
        before: i64,
    },
}

#[derive(Debug, Clone)]
pub struct Happening {
    pub at: i64,
    pub event: Event,
}

impl std::fmt::Display for Happening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", stamp(self.at), self.event)
    }
}

pub fn stamp(at: i64) -> String {
    let time = DateTime::from_timestamp(at, 0).unwrap();
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}
