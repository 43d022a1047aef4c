//! Tickets: states, priorities, categories, messages, and when an answer is due.
//!
//! Statuses and priorities are the schema's; the moves between them and the targets are the product's (section
//! "Support").

mod sla;
mod status;

pub use sla::{Due, Target, due};
pub use status::{RefusedMove, ResolvedAt, TicketAction, TicketStatus};

use crate::stored::stored_enum;
use crate::text::{self, text_type};

stored_enum! {
    /// How urgent a ticket is (the schema's "Priority Levels").
    Priority, "priority" {
        /// Not urgent.
        Low = "low",
        /// Normal: the documented default.
        Medium = "medium",
        /// Important.
        High = "high",
        /// Critical.
        Urgent = "urgent",
    }
}

stored_enum! {
    /// The categories that are offered. The column is free text; a row may hold another.
    KnownCategory, "ticket category" {
        /// Anything else.
        General = "general",
        /// Servers, containers, networks.
        Technical = "technical",
        /// Money; finance may answer these.
        Billing = "billing",
        /// Sign-in, people, settings.
        Account = "account",
        /// Complaints about what a customer's machine does.
        Abuse = "abuse",
    }
}

text_type! {
    /// A ticket's category: free text up to 100 characters (`tickets.category`).
    TicketCategory, |text| text::single_line(text, 1, 100)
}

impl TicketCategory {
    /// The category as one of those that are offered, if it is one.
    pub fn known(&self) -> Option<KnownCategory> {
        KnownCategory::parse(self.as_str()).ok()
    }

    /// Whether finance may write in tickets of this category. Exact, as the database's policy compares it.
    pub fn is_billing(&self) -> bool {
        self.known() == Some(KnownCategory::Billing)
    }
}

impl From<KnownCategory> for TicketCategory {
    fn from(known: KnownCategory) -> Self {
        Self(known.as_str().to_owned())
    }
}

text_type! {
    /// What a ticket is about: 1 to 255 characters of one line (`tickets.subject`).
    Subject, |text| text::single_line(text, 1, 255)
}

text_type! {
    /// A reply or an internal note: 1 to 20,000 characters, line ends as `\n`. It is markdown by convention and
    /// untrusted always; whoever shows it escapes it.
    MessageBody, |text| text::multi_line(text, 1, 20_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_free_but_billing_is_exact() {
        assert!(TicketCategory::parse("billing").unwrap().is_billing());
        for other in ["Billing", "billing & more", "invoices"] {
            let category = TicketCategory::parse(other).unwrap();
            assert!(!category.is_billing() && category.known().is_none(), "{other}");
        }
        assert_eq!(
            TicketCategory::from(KnownCategory::Abuse).known(),
            Some(KnownCategory::Abuse)
        );
        assert!(TicketCategory::parse(&"c".repeat(101)).is_err());
    }

    #[test]
    fn messages_are_bounded() {
        assert!(MessageBody::parse(" \n ").is_err());
        assert!(MessageBody::parse(&"m".repeat(20_000)).is_ok());
        assert!(MessageBody::parse(&"m".repeat(20_001)).is_err());
        assert_eq!(
            MessageBody::parse("<b>hi</b>\r\n\r\nthere").unwrap().as_str(),
            "<b>hi</b>\n\nthere"
        );
    }

    #[test]
    fn stored_words() {
        for priority in Priority::ALL {
            assert_eq!(Priority::parse(priority.as_str()), Ok(*priority));
            assert_eq!(serde_json::to_value(priority).unwrap(), priority.as_str());
        }
        assert!(Priority::parse("Urgent").is_err());
        assert!(Priority::Urgent > Priority::Low);
    }
}
