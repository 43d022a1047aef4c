//! The use-cases, one function each, and the desk that they happen at.
//!
//! Only this crate begins and commits transactions. It knows neither Tauri nor the command line: what
//! surrounds it comes in as a [`host::Host`].

mod error;

pub mod activity;
pub mod agent;
pub mod api_keys;
pub mod assignment;
pub mod backup;
pub mod billing;
pub mod books;
pub mod containers;
pub mod context;
pub mod corrections;
pub mod customer_view;
pub mod dashboard;
pub mod database;
pub mod demo;
pub mod desk;
pub mod desks;
pub mod drift;
pub mod explain;
pub mod export;
pub mod holds;
pub mod host;
pub mod intents;
pub mod invitation;
pub mod invoices;
pub mod live;
pub mod margin;
pub mod networking;
pub mod notifications;
pub mod organizations;
pub mod password;
pub mod passwords;
pub mod plans;
pub mod preferences;
pub mod preview;
pub mod profiles;
pub mod providers;
pub mod rotation;
pub mod rules;
pub mod scripts;
pub mod second_factor;
pub mod servers;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod sync;
pub mod tasks;
pub mod themes;
pub mod tickets;
pub mod transactions;
pub mod trust;
pub mod users;
pub mod visibility;
pub mod workspace_key;

pub use error::{AppError, KeyProblem, TokenProblem};

/// The words of the field, for programs that know only the use-cases.
pub use domain;

/// What the lower rooms say, for the contract with the window, which knows only the use-cases.
pub mod views {
    pub use providers::linode::{LinodeError, WriteError};
    pub use store::{
        StoreError,
        activity::{ActivityChange, ActivityEntry, ActivityFact, ActivityRow},
        api_keys::ApiKeyRow,
        billing::{ChargeRow, ParkedRow, RunRow, Skipped},
        connect::TlsMode,
        containers::{Binding, ContainerRow},
        corrections::{Collection, RequestRow},
        customer_view::{ViewPart, Viewed, ViewedMessage, Viewing},
        dashboard::{Bar, RunBrief, Tally},
        describe,
        desk::{PALETTE_KINDS, PaletteHit},
        desks::DeskRow,
        drift::{DriftRow, DriftSum, ReadAccount},
        explain::{
            ChargeOfInvoice, ExplainedCharge, ExplainedInvoice, ExplainedLine, ExplainedOrganization,
            ExplainedTransaction, Mark, Refund, SumOfType,
        },
        intents::IntentRow,
        invoices::{InvoiceRow, SellerRow, ToldRow},
        list::{Filter, FilterOp, ListRequest, Page, Sort},
        live::{Change, Topic},
        margin::{MarginMonth, MarginRow, MarginTotal},
        messages::TicketMessage,
        notifications::{NotificationRow, NotificationTarget},
        organizations::{Billed, OrganizationRow},
        plans::{PlanRow, PriceAlarm, PriceRow},
        proof::{Breach, PreviewRow, ProofRow, Waiting},
        providers::{AccountRow, LastSync, RateRow, TokenState},
        security::{Security, SessionRow},
        servers::{Observed, Presence, ServerPlan, ServerRow, ServerWallet},
        sync::{GoneServer, SyncNote, SyncRow},
        tickets::{TicketCounts, TicketQueue, TicketRow},
        transactions::TransactionRow,
        users::{StaffMember, UserRow},
        visibility::{Onlooker, RowKind},
        workspace_keys::{ExposedRow, KnownKey, SealedCount},
    };
    pub use vault::{KeyTextError, KeychainState, SealedFileError, VaultError};
}
