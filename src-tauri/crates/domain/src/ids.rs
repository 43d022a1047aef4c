//! Typed keys of the rows: an id of one table can't be passed for an id of another.
//!
//! The documented tables count in `SERIAL` (`INTEGER`, so `i32`); tables that this product adds and that grow with
//! every run count in `BIGINT` (`i64`). On the wire an id is a plain number.

macro_rules! id_types {
    ( $repr:ty: $( $(#[$meta:meta])* $name:ident, )+ ) => { $(
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name($repr);

        impl $name {
            /// Takes the number that the database gave.
            pub const fn new(id: $repr) -> Self {
                Self(id)
            }

            /// The number, for a bind parameter.
            pub const fn get(self) -> $repr {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+ };
}

id_types! { i32:
    /// A row of `users`.
    UserId,
    /// A row of `organizations`.
    OrganizationId,
    /// A row of `wallets`.
    WalletId,
    /// A row of `vps_plans`.
    PlanId,
    /// A row of `vps_instances`.
    ServerId,
    /// A row of `container_plans`.
    ContainerPlanId,
    /// A row of `containers`.
    ContainerId,
    /// A row of `invoices`.
    InvoiceId,
    /// A row of `transactions`.
    TransactionId,
    /// A row of `tickets`.
    TicketId,
    /// A row of `ticket_messages`.
    MessageId,
    /// A row of `activity_logs`.
    ActivityId,
    /// A row of `notifications`.
    NotificationId,
    /// A row of `user_api_keys`.
    ApiKeyId,
    /// A row of `theme_settings`.
    ThemeId,
    /// A row of `provider_configs`.
    ProviderConfigId,
    /// A row of `stackscript_configs`.
    StackScriptId,
    /// A row of `networking_config`.
    NetworkingConfigId,
    /// A Linode at the provider: `vps_instances.linode_id`, not a key of ours.
    LinodeId,
}

id_types! { i64:
    /// A row of `billing_runs`.
    BillingRunId,
    /// A row of `adjustment_requests`.
    RequestId,
    /// A row of `wallet_holds`.
    HoldId,
    /// A row of `provider_syncs`.
    SyncId,
    /// A row of `provider_intents`.
    IntentId,
    /// A row of the usage segments behind the charges.
    UsageId,
    /// A session opened by `cs_auth.open`.
    SessionId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_number_on_the_wire() {
        let id = OrganizationId::new(42);
        assert_eq!(serde_json::to_string(&id).unwrap(), "42");
        assert_eq!(serde_json::from_str::<OrganizationId>("42").unwrap(), id);
        assert!(serde_json::from_str::<OrganizationId>("\"42\"").is_err());
        assert!(serde_json::from_str::<OrganizationId>("2147483648").is_err());
        assert_eq!("7".parse::<BillingRunId>().unwrap().get(), 7);
        assert_eq!(ServerId::new(-1).to_string(), "-1");
    }
}
