//! Actions that the program offers, and the sentence when a role may not.

use super::{Area, Limit, Role, Scope};
use crate::stored::stored_enum;
use crate::ticket::TicketCategory;

stored_enum! {
    /// Something that a person asks the program to do. Each belongs to an area of the matrix.
    Action, "action" {
        /// Create an organization with its wallet.
        CreateOrganization = "create_organization",
        /// Rename an organization.
        EditOrganization = "edit_organization",
        /// Put an organization away, or take it back; its books stay.
        ArchiveOrganization = "archive_organization",
        /// Create a person.
        CreateUser = "create_user",
        /// Change a person's name, address or organization, or disable the person.
        EditUser = "edit_user",
        /// Give a person another role.
        ChangeRole = "change_role",
        /// Give a person a way to choose a new password.
        ResetPassword = "reset_password",
        /// Take away a person's second factor, whose phone is lost.
        ResetSecondFactor = "reset_second_factor",
        /// End the sessions of others, and see them.
        EndSessions = "end_sessions",
        /// Make and revoke API keys.
        ManageApiKeys = "manage_api_keys",
        /// Change a server's row.
        EditServer = "edit_server",
        /// Change a container's row.
        EditContainer = "edit_container",
        /// Turn a server or container on or off, or reboot it.
        PowerResource = "power_resource",
        /// Put money into a wallet.
        PostDeposit = "post_deposit",
        /// Give money back.
        PostRefund = "post_refund",
        /// Correct a wallet.
        PostAdjustment = "post_adjustment",
        /// Run billing, or preview it.
        RunBilling = "run_billing",
        /// Close a month, write and cancel invoices.
        ManageInvoices = "manage_invoices",
        /// Change plans and prices.
        EditPlan = "edit_plan",
        /// Write to the customer in a ticket.
        ReplyToTicket = "reply_to_ticket",
        /// Write an internal note in a ticket.
        WriteNote = "write_note",
        /// Change a ticket's status, priority, category or assignment.
        EditTicket = "edit_ticket",
        /// Change or activate a theme.
        EditTheme = "edit_theme",
        /// Change the settings of the business.
        EditSettings = "edit_settings",
        /// Change accounts at providers.
        EditProvider = "edit_provider",
        /// Change which StackScripts are offered, and how.
        EditScript = "edit_script",
        /// Change what addresses are called.
        EditNetworking = "edit_networking",
        /// Look at the business as a customer sees it.
        SeeAsCustomer = "see_as_customer",
        /// Add, replace and revoke desks.
        ManageDesks = "manage_desks",
        /// Ask who can see a row.
        AskWhoSees = "ask_who_sees",
    }
}

impl Action {
    /// The area of the matrix in which this is a write. Seeing as a customer is none: it has a rule of its own.
    pub const fn area(self) -> Option<Area> {
        Some(match self {
            Self::CreateOrganization | Self::EditOrganization | Self::ArchiveOrganization => Area::Organizations,
            Self::CreateUser | Self::EditUser | Self::ResetPassword | Self::ResetSecondFactor => Area::Users,
            Self::ChangeRole | Self::EndSessions | Self::ManageDesks | Self::AskWhoSees => Area::Roles,
            Self::ManageApiKeys => Area::ApiKeys,
            Self::EditServer => Area::Servers,
            Self::EditContainer => Area::Containers,
            Self::PowerResource => Area::Power,
            Self::PostDeposit | Self::PostRefund | Self::PostAdjustment => Area::Transactions,
            Self::RunBilling => Area::Usage,
            Self::ManageInvoices => Area::Invoices,
            Self::EditPlan => Area::Plans,
            Self::ReplyToTicket | Self::EditTicket => Area::Tickets,
            Self::WriteNote => Area::Notes,
            Self::EditTheme => Area::Themes,
            Self::EditSettings => Area::Settings,
            Self::EditProvider => Area::Providers,
            Self::EditScript => Area::Scripts,
            Self::EditNetworking => Area::Networking,
            Self::SeeAsCustomer => return None,
        })
    }

    /// The action in a sentence: "Only admins can …".
    const fn phrase(self) -> &'static str {
        match self {
            Self::CreateOrganization => "create organizations",
            Self::EditOrganization => "change organizations",
            Self::ArchiveOrganization => "archive organizations",
            Self::CreateUser => "create users",
            Self::EditUser => "change users",
            Self::ChangeRole => "change roles",
            Self::ResetPassword => "reset passwords",
            Self::ResetSecondFactor => "reset second factors",
            Self::EndSessions => "see and end the sessions of others",
            Self::ManageApiKeys => "change API keys",
            Self::EditServer => "change servers",
            Self::EditContainer => "change containers",
            Self::PowerResource => "turn servers and containers on or off",
            Self::PostDeposit => "post deposits",
            Self::PostRefund => "post refunds",
            Self::PostAdjustment => "post adjustments",
            Self::RunBilling => "run billing",
            Self::ManageInvoices => "change invoices",
            Self::EditPlan => "change plans and prices",
            Self::ReplyToTicket => "reply to tickets",
            Self::WriteNote => "write internal notes",
            Self::EditTicket => "change tickets",
            Self::EditTheme => "change themes",
            Self::EditSettings => "change settings",
            Self::EditProvider => "change providers",
            Self::EditScript => "change StackScripts",
            Self::EditNetworking => "change networking",
            Self::SeeAsCustomer => "see the business as a customer",
            Self::ManageDesks => "add and revoke desks",
            Self::AskWhoSees => "ask who can see a row",
        }
    }

    /// How much of it a role has. Seeing as a customer: admins and support staff, in any organization.
    const fn scope(self, role: Role) -> Scope {
        match self.area() {
            Some(area) => role.grant(area).write,
            None if matches!(role, Role::Admin | Role::Support) => Scope::Everything,
            None => Scope::Nothing,
        }
    }

    pub(super) fn check(self, role: Role) -> Result<(), Refusal> {
        match self.scope(role) {
            Scope::Nothing => Err(Refusal {
                action: self,
                limit: None,
            }),
            Scope::Limited(_) | Scope::Everything => Ok(()),
        }
    }

    /// Checks a role against a ticket of this category: finance writes only in `billing`.
    ///
    /// For actions outside of tickets it is the plain check.
    pub fn check_in_category(self, role: Role, category: Option<&TicketCategory>) -> Result<(), Refusal> {
        match self.scope(role) {
            Scope::Limited(Limit::BillingCategory) if !category.is_some_and(TicketCategory::is_billing) => {
                Err(Refusal {
                    action: self,
                    limit: Some(Limit::BillingCategory),
                })
            }
            _ => self.check(role),
        }
    }
}

/// An action that the role may not do here; its `Display` is the sentence for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Refusal {
    action: Action,
    limit: Option<Limit>,
}

impl Refusal {
    /// What was refused.
    pub const fn action(self) -> Action {
        self.action
    }

    /// The sentence: who can, or where the person could.
    pub fn sentence(self) -> String {
        let phrase = self.action.phrase();
        if let Some(limit) = self.limit {
            return format!("Your role can {phrase} only {}.", limit.phrase());
        }
        let who: Vec<&str> = Role::ALL
            .iter()
            .filter(|role| role.works_at_desk() && self.action.scope(**role) == Scope::Everything)
            .map(|role| role.plural())
            .collect();
        format!("Only {} can {phrase}.", who.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_who_can() {
        let sentence = |role: Role, action| role.may(action).unwrap_err().to_string();
        assert_eq!(
            sentence(Role::Support, Action::CreateOrganization),
            "Only admins can create organizations."
        );
        assert_eq!(
            sentence(Role::Support, Action::PostDeposit),
            "Only admins and finance staff can post deposits."
        );
        assert_eq!(
            sentence(Role::Finance, Action::PowerResource),
            "Only admins and support staff can turn servers and containers on or off."
        );
        assert_eq!(
            sentence(Role::Finance, Action::SeeAsCustomer),
            "Only admins and support staff can see the business as a customer."
        );
    }

    #[test]
    fn finance_writes_in_billing_tickets_only() {
        let billing = TicketCategory::parse("billing").unwrap();
        let technical = TicketCategory::parse("technical").unwrap();
        for action in [Action::ReplyToTicket, Action::WriteNote, Action::EditTicket] {
            assert_eq!(action.check_in_category(Role::Finance, Some(&billing)), Ok(()));
            assert!(action.check_in_category(Role::Finance, None).is_err());
            assert_eq!(action.check_in_category(Role::Support, Some(&technical)), Ok(()));
        }
        assert_eq!(
            Action::ReplyToTicket
                .check_in_category(Role::Finance, Some(&technical))
                .unwrap_err()
                .to_string(),
            "Your role can reply to tickets only in the category billing."
        );
    }

    #[test]
    fn admins_may_do_everything_and_every_refusal_names_somebody() {
        for action in Action::ALL {
            assert_eq!(Role::Admin.may(*action), Ok(()), "{action}");
            for role in Role::ALL {
                if let Err(refusal) = role.may(*action) {
                    assert!(refusal.to_string().starts_with("Only admins"), "{refusal}");
                }
            }
        }
    }
}
