//! The dashboard's vocabulary: stretches of time, changes between them, what needs somebody.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::stored::stored_enum;

stored_enum! {
    /// What is summed up. Days and months are those of UTC, as in billing.
    Period, "period" {
        /// This hour and the 23 before it, hour by hour.
        Day = "day",
        /// Today and the six days before it, day by day.
        Week = "week",
        /// This month, day by day.
        Month = "month",
    }
}

stored_enum! {
    /// Something that somebody should look at, the most pressing first.
    Concern, "concern" {
        /// No billing run for longer than the schedule allows.
        BillingOverdue = "billing_overdue",
        /// No agent has been heard of where one was set up.
        AgentMissing = "agent_missing",
        /// Backups that an agent was set up to take fail, or nobody takes them any more.
        BackupMissed = "backup_missed",
        /// Servers that the provider doesn't have any more.
        ServersGone = "servers_gone",
        /// Customers who have waited for a first answer for longer than promised.
        LateTickets = "late_tickets",
        /// Servers that run at the provider and are billed to nobody.
        UnassignedServers = "unassigned_servers",
        /// Plans whose type costs us more than we charge; of no concern to roles that see no cost.
        PlansBelowCost = "plans_below_cost",
        /// Resources that wait for a price or a decision.
        ParkedResources = "parked_resources",
        /// Organizations whose wallet is empty while their resources go on.
        EmptyWallets = "empty_wallets",
        /// Invoices that are due for longer than the time of grace.
        OverdueInvoices = "overdue_invoices",
        /// Servers that don't run, or have failed.
        ServersDown = "servers_down",
    }
}

/// A part of a whole in percent, to one decimal, half away from zero; none of nothing.
pub fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_mul(Decimal::ONE_HUNDRED)?
        .checked_div(whole)
        .map(|exact| exact.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero))
}

/// How much more a value is than the one before it, in percent; none when there was nothing before.
pub fn change(now: Decimal, before: Decimal) -> Option<Decimal> {
    percent(now.checked_sub(before)?, before.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn percents_have_one_decimal_and_a_whole() {
        assert_eq!(percent(of("33.8"), of("100")), Some(of("33.8")));
        assert_eq!(percent(of("1"), of("3")), Some(of("33.3")));
        assert_eq!(percent(of("-1"), of("800")), Some(of("-0.1")));
        assert_eq!(percent(of("1"), Decimal::ZERO), None);
    }

    #[test]
    fn a_change_says_its_direction() {
        assert_eq!(change(of("106.2"), of("100")), Some(of("6.2")));
        assert_eq!(change(of("50"), of("100")), Some(of("-50")));
        // From a loss to nothing is an improvement.
        assert_eq!(change(Decimal::ZERO, of("-10")), Some(of("100")));
        assert_eq!(change(of("5"), Decimal::ZERO), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(a in any::<i64>(), b in any::<i64>()) {
            let (a, b) = (Decimal::new(a, 2), Decimal::new(b, 2));
            let _ = percent(a, b);
            let _ = change(a, b);
        }
    }
}
