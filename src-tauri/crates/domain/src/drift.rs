//! Drift: where a provider and the database differ, and what helps.

use crate::stored::stored_enum;

stored_enum! {
    /// What differs.
    DriftKind, "kind of drift" {
        /// The provider has it, and nobody pays for it: money is lost.
        Unbilled = "unbilled",
        /// Somebody pays for it, and the provider doesn't have it: a customer is overcharged.
        Overcharged = "overcharged",
        /// It was deleted here, and the provider still has it: money is lost.
        DeletedHere = "deleted_here",
        /// It is of another type than its plan sells.
        Plan = "plan",
        /// It doesn't run although it should, or runs although it shouldn't.
        Status = "status",
        /// It is in another region.
        Region = "region",
        /// It has another address.
        Address = "address",
    }
}

stored_enum! {
    /// What is taken over from the provider.
    TakeOver, "thing to take over" {
        /// Its region.
        Region = "region",
        /// Its address.
        Address = "address",
    }
}

stored_enum! {
    /// What helps against a difference. Each can be looked at before, and changes nothing until then.
    Remedy, "remedy" {
        /// It is given to an organization on a plan.
        Assign = "assign",
        /// It is deleted at its provider.
        Delete = "delete",
        /// Its assignment ends.
        EndAssignment = "end_assignment",
        /// It is put on the plan that sells what is there.
        ChangePlan = "change_plan",
        /// The provider makes it what its plan sells.
        Resize = "resize",
        /// It is started.
        Boot = "boot",
        /// It is shut down.
        Shutdown = "shutdown",
        /// What the provider says is taken over.
        TakeOver = "take_over",
    }
}

impl DriftKind {
    /// What helps, the more usual first. `missing` servers may come back: only what is gone is ended without looking.
    pub const fn remedies(self) -> &'static [Remedy] {
        match self {
            Self::Unbilled => &[Remedy::Assign, Remedy::Delete],
            Self::Overcharged => &[Remedy::EndAssignment],
            Self::DeletedHere => &[Remedy::Delete],
            Self::Plan => &[Remedy::ChangePlan, Remedy::Resize],
            Self::Status => &[Remedy::Boot],
            Self::Region | Self::Address => &[Remedy::TakeOver],
        }
    }

    /// What a person reads.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unbilled => "At the provider, billed to nobody",
            Self::Overcharged => "Billed here, not at the provider",
            Self::DeletedHere => "Deleted here, still at the provider",
            Self::Plan => "Another type than its plan",
            Self::Status => "Not in the state it should be in",
            Self::Region => "In another region",
            Self::Address => "At another address",
        }
    }
}
