//! Roles, and what each may read and write: the product's matrix as data.
//!
//! The database enforces the same matrix by grants and policies; what is decided here is what the program offers and
//! which sentence it gives when it doesn't.

mod action;
mod matrix;

pub use action::{Action, Refusal};
pub use matrix::{Area, Grant, Limit, Scope};

use crate::stored::stored_enum;

stored_enum! {
    /// A person's role (`users.role`, whose check is widened by `support` and `finance`).
    Role, "role" {
        /// Runs the business: everything.
        Admin = "admin",
        /// Answers customers.
        Support = "support",
        /// Keeps the books.
        Finance = "finance",
        /// A customer. Never signs in at a desk.
        User = "user",
    }
}

impl Role {
    /// The last part of the database role that the person's session is lent: `containerstacks_` and this in a
    /// workspace without a name of its own.
    pub const fn database_role_suffix(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Support => "support",
            Self::Finance => "finance",
            Self::User => "customer",
        }
    }

    /// Whether the role signs in at a desk.
    pub const fn works_at_desk(self) -> bool {
        !matches!(self, Self::User)
    }

    /// The role's people, in a sentence.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Admin => "admins",
            Self::Support => "support staff",
            Self::Finance => "finance staff",
            Self::User => "customers",
        }
    }

    /// What the matrix grants in an area.
    pub const fn grant(self, area: Area) -> Grant {
        matrix::grant(area, self)
    }

    /// Whether the role can read something in the area; [`Role::grant`] says what.
    pub const fn can_read(self, area: Area) -> bool {
        !matches!(self.grant(area).read, Scope::Nothing)
    }

    /// Whether the role can write something in the area; [`Role::grant`] says what.
    pub const fn can_write(self, area: Area) -> bool {
        !matches!(self.grant(area).write, Scope::Nothing)
    }

    /// Whether the role may do this, or the sentence of why not.
    pub fn may(self, action: Action) -> Result<(), Refusal> {
        action.check(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_their_database_roles() {
        assert_eq!(Role::parse("user").unwrap().database_role_suffix(), "customer");
        assert_eq!(Role::parse("admin").unwrap().database_role_suffix(), "admin");
        assert!(Role::parse("root").is_err());
        assert_eq!(Role::ALL.iter().filter(|role| role.works_at_desk()).count(), 3);
    }
}
