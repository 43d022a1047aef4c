//! The commands: declared once, here. The declaration gives the enum that is dispatched on, the TypeScript
//! contract, and which cached answers a change makes stale.

use app::views::{ListRequest, OrganizationRow, Page, ServerRow, TransactionRow, UserRow};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::TS;

use crate::{
    ApiError, Desk,
    contract::{
        ActiveTheme, AddServerRequest, AppState, ConnectRequest, CreateLocalRequest, CreateOrganizationRequest,
        CreateTicketRequest, CreateUserRequest, Created, DepositAnswer, DepositRequest, Empty, ExportAnswer,
        ExportRequest, GetRequest, OrganizationDetail, PaletteAnswer, PaletteRequest, PostMessageAnswer,
        PostMessageRequest, RenameOrganizationRequest, SetRoleRequest, ShellSummary, SignInRequest, TaskList,
        TaskRequest, TaskStarted, TicketDetail, TicketListRequest, TicketPage, TrustStatus, UpdateTicketRequest,
    },
    handlers,
};

/// What cached answers are made of. A read names the tags that it provides, a change those it makes stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// Organizations.
    Organizations,
    /// Users.
    Users,
    /// Servers.
    Servers,
    /// The ledger.
    Transactions,
    /// Balances.
    Wallets,
    /// Tickets.
    Tickets,
    /// The theme.
    Theme,
    /// The frame's counts.
    Shell,
    /// Where the program stands.
    State,
    /// Preferences of this desk.
    Preferences,
    /// Containers.
    Containers,
    /// Plans and prices.
    Plans,
    /// Invoices.
    Invoices,
    /// Billing runs, and what waits for a price or a decision.
    Billing,
    /// Accounts at providers, and what they say.
    Providers,
    /// The log.
    Activity,
    /// One's notifications.
    Notifications,
    /// The business's settings.
    Settings,
    /// Sums of the whole business.
    Dashboard,
    /// Long work of this desk.
    Tasks,
}

/// Whether a command changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It reads.
    Read,
    /// It changes.
    Write,
}

/// A command's request and answer in TypeScript.
pub(crate) struct Signature {
    pub(crate) request: String,
    pub(crate) answer: String,
}

fn read<T: DeserializeOwned>(payload: Value) -> Result<T, ApiError> {
    // serde's message names fields, never values that could be secret: only its category is passed on.
    serde_json::from_value(payload)
        .map_err(|error| ApiError::bad_request(&format!("{:?} error in the request", error.classify())))
}

fn write<T: Serialize>(answer: T) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|_| ApiError::bad_request("an answer that can't be written"))
}

macro_rules! commands {
    ( $( $(#[$meta:meta])* $variant:ident = $name:literal, $kind:ident [ $( $tag:ident )* ], $request:ty => $answer:ty, $handler:path; )+ ) => {
        /// Every command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum CommandName {
            $( $(#[$meta])* $variant, )+
        }

        impl CommandName {
            /// All of them, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// Reads a name of the wire.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$variant), )+ _ => None }
            }

            /// Whether it changes something.
            pub const fn kind(self) -> Kind {
                match self { $( Self::$variant => Kind::$kind, )+ }
            }

            /// The tags that it provides or makes stale.
            pub const fn tags(self) -> &'static [Tag] {
                match self { $( Self::$variant => &[$( Tag::$tag, )*], )+ }
            }

            pub(crate) fn signature(self, config: &ts_rs::Config) -> Signature {
                match self {
                    $( Self::$variant => Signature {
                        request: <$request as TS>::name(config),
                        answer: <$answer as TS>::name(config),
                    }, )+
                }
            }

            pub(crate) fn visit_types(self, visitor: &mut impl ts_rs::TypeVisitor) {
                match self {
                    $( Self::$variant => {
                        visitor.visit::<$request>();
                        visitor.visit::<$answer>();
                        // Also what the arguments of a generic type are.
                        <$answer as TS>::visit_generics(visitor);
                    } )+
                }
            }

            pub(crate) async fn run(self, desk: &Desk, payload: Value) -> Result<Value, ApiError> {
                match self {
                    $( Self::$variant => write::<$answer>($handler(desk, read::<$request>(payload)?).await?), )+
                }
            }
        }
    };
}

commands! {
    /// Where the program stands.
    AppState = "app.state", Read [State], Empty => AppState, handlers::program::state;
    /// Makes a local workspace.
    AppCreateLocal = "app.create_local", Write [State], CreateLocalRequest => AppState, handlers::program::create_local;
    /// Adds a server by hand.
    AppAddServer = "app.add_server", Write [State], AddServerRequest => AppState, handlers::program::add_server;
    /// Opens a profile or tries it again.
    AppConnect = "app.connect", Write [State Organizations Users Servers Transactions Wallets Tickets Theme Shell], ConnectRequest => AppState, handlers::program::connect;
    /// Forgets a profile.
    AppForgetProfile = "app.forget_profile", Write [State], ConnectRequest => AppState, handlers::program::forget;
    /// Signs a person in.
    SessionSignIn = "session.sign_in", Write [State Organizations Users Servers Transactions Wallets Tickets Theme Shell], SignInRequest => AppState, handlers::program::sign_in;
    /// Signs out.
    SessionSignOut = "session.sign_out", Write [State], Empty => AppState, handlers::program::sign_out;
    /// The person is active.
    SessionTouch = "session.touch", Write [], Empty => Empty, handlers::program::touch;
    /// Preferences of this desk.
    PreferencesGet = "preferences.get", Read [Preferences], Empty => app::preferences::Preferences, handlers::program::preferences;
    /// Changes them.
    PreferencesSet = "preferences.set", Write [Preferences], app::preferences::Preferences => app::preferences::Preferences, handlers::program::set_preferences;
    /// The frame's counts.
    ShellSummary = "shell.summary", Read [Shell], Empty => ShellSummary, handlers::shell::summary;
    /// Whether the database decides as it should, and its log is what it was.
    TrustStatus = "trust.status", Read [Shell], Empty => TrustStatus, handlers::trust::status;
    /// Looks for anything.
    PaletteSearch = "palette.search", Read [Organizations Users Servers Tickets], PaletteRequest => PaletteAnswer, handlers::shell::search;
    /// Long work of this desk.
    TasksList = "tasks.list", Read [Tasks], Empty => TaskList, handlers::tasks::list;
    /// Stops one after its current step.
    TasksCancel = "tasks.cancel", Write [Tasks], TaskRequest => Empty, handlers::tasks::cancel;
    /// Forgets those that have ended.
    TasksClear = "tasks.clear", Write [Tasks], Empty => Empty, handlers::tasks::clear;
    /// Charges what has been used up to now.
    BillingRun = "billing.run", Write [Tasks], Empty => TaskStarted, handlers::billing::run;
    /// The active theme.
    ThemesActive = "themes.active", Read [Theme], Empty => ActiveTheme, handlers::shell::theme;
    /// A window of organizations.
    OrganizationsList = "organizations.list", Read [Organizations Wallets], ListRequest => Page<OrganizationRow>, handlers::records::organizations;
    /// One organization.
    OrganizationsGet = "organizations.get", Read [Organizations Wallets Users Servers Transactions Tickets], GetRequest => OrganizationDetail, handlers::records::organization;
    /// A new one.
    OrganizationsCreate = "organizations.create", Write [Organizations Wallets Shell], CreateOrganizationRequest => Created, handlers::records::create_organization;
    /// Another name.
    OrganizationsRename = "organizations.rename", Write [Organizations Users Servers Transactions Tickets], RenameOrganizationRequest => Empty, handlers::records::rename_organization;
    /// As CSV.
    OrganizationsExport = "organizations.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_organizations;
    /// A window of users.
    UsersList = "users.list", Read [Users], ListRequest => Page<UserRow>, handlers::records::users;
    /// A new one.
    UsersCreate = "users.create", Write [Users Organizations Shell], CreateUserRequest => Created, handlers::records::create_user;
    /// Another role.
    UsersSetRole = "users.set_role", Write [Users Organizations Tickets], SetRoleRequest => Empty, handlers::records::set_role;
    /// As CSV.
    UsersExport = "users.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_users;
    /// A window of servers.
    ServersList = "servers.list", Read [Servers], ListRequest => Page<ServerRow>, handlers::records::servers;
    /// As CSV.
    ServersExport = "servers.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_servers;
    /// A window of the ledger.
    TransactionsList = "transactions.list", Read [Transactions], ListRequest => Page<TransactionRow>, handlers::records::transactions;
    /// Puts money into a wallet.
    TransactionsDeposit = "transactions.deposit", Write [Transactions Wallets Organizations Tickets], DepositRequest => DepositAnswer, handlers::records::deposit;
    /// As CSV.
    TransactionsExport = "transactions.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_transactions;
    /// A window of a queue.
    TicketsList = "tickets.list", Read [Tickets], TicketListRequest => TicketPage, handlers::tickets::list;
    /// A ticket's workspace.
    TicketsGet = "tickets.get", Read [Tickets], GetRequest => TicketDetail, handlers::tickets::get;
    /// A new one.
    TicketsCreate = "tickets.create", Write [Tickets Shell Organizations], CreateTicketRequest => Created, handlers::tickets::create;
    /// A reply that the customer sees.
    TicketsReply = "tickets.reply", Write [Tickets Shell], PostMessageRequest => PostMessageAnswer, handlers::tickets::reply;
    /// A note for staff.
    TicketsNote = "tickets.note", Write [Tickets], PostMessageRequest => PostMessageAnswer, handlers::tickets::note;
    /// A decision.
    TicketsUpdate = "tickets.update", Write [Tickets Shell], UpdateTicketRequest => TicketDetail, handlers::tickets::update;
}
