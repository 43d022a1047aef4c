//! Margin's vocabulary.

use crate::stored::stored_enum;

stored_enum! {
    /// By what a month's revenue and cost are told.
    Grouping, "grouping" {
        /// By plan.
        Plan = "plan",
        /// By organization.
        Organization = "organization",
        /// By server and container.
        Server = "server",
    }
}
