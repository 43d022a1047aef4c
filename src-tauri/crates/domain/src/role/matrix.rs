//! The matrix of roles and areas (the product's section "Trust", its table), row by row.

use super::Role;
use crate::stored::stored_enum;

stored_enum! {
    /// Something that the matrix has a row for. Rows that name several things are split.
    Area, "area" {
        /// Organizations.
        Organizations = "organizations",
        /// People; never their hashes.
        Users = "users",
        /// Servers: their rows.
        Servers = "servers",
        /// Containers: their rows.
        Containers = "containers",
        /// Power of servers and containers: on, off, reboot.
        Power = "power",
        /// Wallets.
        Wallets = "wallets",
        /// The ledger.
        Transactions = "transactions",
        /// Invoices.
        Invoices = "invoices",
        /// Metered usage.
        Usage = "usage",
        /// Plans and their prices.
        Plans = "plans",
        /// What a plan costs us, and the markup.
        PlanCosts = "plan_costs",
        /// Tickets and their messages.
        Tickets = "tickets",
        /// Internal notes in tickets.
        Notes = "notes",
        /// Accounts at providers.
        Providers = "providers",
        /// StackScripts.
        Scripts = "scripts",
        /// Networking configuration.
        Networking = "networking",
        /// API keys.
        ApiKeys = "api_keys",
        /// Who has which role, and desks.
        Roles = "roles",
        /// Themes.
        Themes = "themes",
        /// Settings of the business.
        Settings = "settings",
        /// The activity log.
        ActivityLog = "activity_log",
        /// Notifications.
        Notifications = "notifications",
    }
}

stored_enum! {
    /// Which part of an area a grant is limited to.
    Limit, "limit" {
        /// Rows of the person's own organization.
        OwnOrganization = "own_organization",
        /// Rows of the own organization, without root passwords.
        OwnWithoutRootPassword = "own_without_root_password",
        /// Rows of the own organization, without internal notes.
        OwnWithoutNotes = "own_without_notes",
        /// Without what it costs us.
        WithoutCost = "without_cost",
        /// Active ones only, without what they cost us.
        ActiveWithoutCost = "active_without_cost",
        /// Tickets of the category `billing`.
        BillingCategory = "billing_category",
        /// The active one.
        ActiveOnly = "active_only",
        /// What the person did.
        OwnActs = "own_acts",
        /// What was done to money.
        MoneyActs = "money_acts",
        /// What is addressed to the person.
        OwnRows = "own_rows",
    }
}

impl Limit {
    /// The limit as the end of a sentence: "You see servers …".
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::OwnOrganization => "of your own organization",
            Self::OwnWithoutRootPassword => "of your own organization, without root passwords",
            Self::OwnWithoutNotes => "of your own organization, without internal notes",
            Self::WithoutCost => "without what they cost us",
            Self::ActiveWithoutCost => "that are active, without what they cost us",
            Self::BillingCategory => "in the category billing",
            Self::ActiveOnly => "that is active",
            Self::OwnActs => "about what you did",
            Self::MoneyActs => "about money",
            Self::OwnRows => "addressed to you",
        }
    }
}

/// How much of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// None of it.
    Nothing,
    /// The part that the limit names.
    Limited(Limit),
    /// All of it.
    Everything,
}

/// What one role may do in one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// What it reads.
    pub read: Scope,
    /// What it writes.
    pub write: Scope,
}

const NO: Grant = Grant {
    read: Scope::Nothing,
    write: Scope::Nothing,
};
const R: Grant = Grant {
    read: Scope::Everything,
    write: Scope::Nothing,
};
const RW: Grant = Grant {
    read: Scope::Everything,
    write: Scope::Everything,
};

const fn r(limit: Limit) -> Grant {
    Grant {
        read: Scope::Limited(limit),
        write: Scope::Nothing,
    }
}

const fn rw(limit: Limit) -> Grant {
    Grant {
        read: Scope::Limited(limit),
        write: Scope::Limited(limit),
    }
}

/// One row: what admin, support, finance and customer have.
type Row = (Area, [Grant; 4]);

// Kept by hand so that it can be laid beside the product's table.
#[rustfmt::skip]
const MATRIX: [Row; 22] = {
    use Area::{
        ActivityLog, ApiKeys, Containers, Invoices, Networking, Notes, Notifications,
        Organizations, PlanCosts, Plans, Power, Providers, Roles, Scripts, Servers, Settings,
        Themes, Tickets, Transactions, Usage, Users, Wallets,
    };
    use Limit::{
        ActiveOnly, ActiveWithoutCost, BillingCategory, MoneyActs, OwnActs, OwnOrganization,
        OwnRows, OwnWithoutNotes, OwnWithoutRootPassword, WithoutCost,
    };
    /// Reads all, writes in the category `billing`.
    const R_RW_BILLING: Grant = Grant {
        read: Scope::Everything,
        write: Scope::Limited(BillingCategory),
    };
    [
        //              admin         support         finance         customer
        (Organizations, [RW,          R,              R,              r(OwnOrganization)]),
        (Users,         [RW,          R,              R,              r(OwnOrganization)]),
        (Servers,       [RW,          R,              R,              r(OwnWithoutRootPassword)]),
        (Containers,    [RW,          R,              R,              r(OwnOrganization)]),
        (Power,         [RW,          RW,             NO,             NO]),
        (Wallets,       [RW,          R,              RW,             r(OwnOrganization)]),
        (Transactions,  [RW,          R,              RW,             r(OwnOrganization)]),
        (Invoices,      [RW,          R,              RW,             r(OwnOrganization)]),
        (Usage,         [RW,          R,              RW,             r(OwnOrganization)]),
        (Plans,         [RW,          r(WithoutCost), R,              r(ActiveWithoutCost)]),
        (PlanCosts,     [RW,          NO,             R,              NO]),
        (Tickets,       [RW,          RW,             R_RW_BILLING,   rw(OwnWithoutNotes)]),
        (Notes,         [RW,          RW,             R_RW_BILLING,   NO]),
        (Providers,     [RW,          NO,             NO,             NO]),
        (Scripts,       [RW,          NO,             NO,             NO]),
        (Networking,    [RW,          NO,             NO,             NO]),
        (ApiKeys,       [RW,          NO,             NO,             NO]),
        (Roles,         [RW,          NO,             NO,             NO]),
        (Themes,        [RW,          R,              R,              r(ActiveOnly)]),
        (Settings,      [RW,          NO,             NO,             NO]),
        (ActivityLog,   [R,           r(OwnActs),     r(MoneyActs),   r(OwnOrganization)]),
        (Notifications, [rw(OwnRows), rw(OwnRows),    rw(OwnRows),    rw(OwnRows)]),
    ]
};

pub(super) const fn grant(area: Area, role: Role) -> Grant {
    // Rows and columns stand in the order of their enumerations; a test holds them to it.
    MATRIX[area as usize].1[role as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_stand_in_order() {
        assert_eq!(Area::ALL.len(), MATRIX.len());
        for (area, (row, _)) in Area::ALL.iter().zip(MATRIX) {
            assert_eq!(*area, row);
        }
        let columns = [Role::Admin, Role::Support, Role::Finance, Role::User];
        assert_eq!(Role::ALL, columns);
    }

    #[test]
    fn nobody_writes_what_he_cannot_read() {
        for area in Area::ALL {
            for role in Role::ALL {
                assert!(!role.can_write(*area) || role.can_read(*area), "{role} {area}");
            }
        }
    }

    #[test]
    fn samples_of_the_table() {
        assert_eq!(Role::Support.grant(Area::Organizations), R);
        assert_eq!(
            Role::Finance.grant(Area::Tickets).write,
            Scope::Limited(Limit::BillingCategory)
        );
        assert_eq!(
            Role::Support.grant(Area::Plans).read,
            Scope::Limited(Limit::WithoutCost)
        );
        assert!(!Role::Support.can_read(Area::PlanCosts));
        assert!(!Role::User.can_read(Area::Notes));
        assert!(!Role::Finance.can_write(Area::Power));
        assert!(Role::Support.can_write(Area::Power));
        assert!(!Role::Admin.can_write(Area::ActivityLog));
        assert!(!Role::Finance.can_read(Area::Settings));
    }
}
