//! The commands: declared once, here. The declaration gives the enum that is dispatched on, the TypeScript
//! contract, and which cached answers a change makes stale.

use std::pin::Pin;

use app::{
    assignment::{AssignedTogether, PlanChanged, Release},
    plans::ImportReport,
    views::{
        ActivityEntry, ActivityRow, ApiKeyRow, ChargeRow, ContainerRow, IntentRow, InvoiceRow, ListRequest,
        NotificationRow, OrganizationRow, Page, PlanRow, RequestRow, RunRow, Security, ServerRow, SyncRow,
        TransactionRow, UserRow, Viewed,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::TS;

// Tests are allowed wildcards as it is.
#[cfg_attr(
    not(test),
    expect(
        clippy::wildcard_imports,
        reason = "the declaration names every request and answer there is"
    )
)]
use crate::{ApiError, Desk, contract::*, handlers};

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
    /// What is done to servers at their providers.
    Intents,
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
    /// Who works at which desk.
    Sessions,
    /// How people sign in.
    Security,
    /// API keys.
    ApiKeys,
    /// Whether this session looks as a customer, and what it sees.
    CustomerView,
    /// The desks.
    Desks,
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

/// A command at work.
type Work<'a> = Pin<Box<dyn Future<Output = Result<Value, ApiError>> + Send + 'a>>;

/// Gives a command's work a place of its own. One future of all commands together asks for as much stack as all of them
/// do, which is more than a thread has.
#[inline(never)]
fn apart<'a, F>(work: impl FnOnce() -> F) -> Work<'a>
where
    F: Future<Output = Result<Value, ApiError>> + Send + 'a,
{
    Box::pin(work())
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

            pub(crate) fn run(self, desk: &Desk, payload: Value) -> Work<'_> {
                match self {
                    $( Self::$variant => apart(move || async move { write::<$answer>($handler(desk, read::<$request>(payload)?).await?) }), )+
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
    /// A code of the second factor, on the way in.
    SignInGiveCode = "sign_in.give_code", Write [State Organizations Users Servers Transactions Wallets Tickets Theme Shell], CodeRequest => AppState, handlers::people::give_code;
    /// Another password, on the way in.
    SignInChoosePassword = "sign_in.choose_password", Write [State Organizations Users Servers Transactions Wallets Tickets Theme Shell], PasswordRequest => AppState, handlers::people::choose_password;
    /// A second factor, on the way in.
    SignInBeginFactor = "sign_in.begin_factor", Write [], Empty => FactorOffer, handlers::people::begin_factor_at_sign_in;
    /// Its first code.
    SignInFinishFactor = "sign_in.finish_factor", Write [], CodeRequest => RecoveryCodes, handlers::people::finish_factor_at_sign_in;
    /// The recovery codes are put away.
    SignInGoOn = "sign_in.go_on", Write [State Organizations Users Servers Transactions Wallets Tickets Theme Shell], Empty => AppState, handlers::people::go_on;
    /// Another person signs in.
    SignInAbandon = "sign_in.abandon", Write [State], Empty => AppState, handlers::people::abandon;
    /// A new password with a reset code.
    SignInRedeemReset = "sign_in.redeem_reset", Write [], RedeemResetRequest => Empty, handlers::people::redeem_reset;
    /// The password once more, before dangerous work.
    AccountConfirm = "account.confirm", Write [], PasswordRequest => Empty, handlers::people::confirm;
    /// Another password.
    AccountChangePassword = "account.change_password", Write [Sessions], ChangePasswordRequest => Empty, handlers::people::change_password;
    /// How the person signs in.
    AccountSecurity = "account.security", Read [Security], Empty => Security, handlers::people::security;
    /// A second factor; counts from its first code on.
    AccountBeginFactor = "account.begin_factor", Write [], Empty => FactorOffer, handlers::people::begin_factor;
    /// Its first code.
    AccountFinishFactor = "account.finish_factor", Write [Security Users], CodeRequest => RecoveryCodes, handlers::people::finish_factor;
    /// Gives it up.
    AccountDisableFactor = "account.disable_factor", Write [Security Users], DisableFactorRequest => Empty, handlers::people::disable_factor;
    /// Other recovery codes.
    AccountNewRecoveryCodes = "account.new_recovery_codes", Write [Security], Empty => RecoveryCodes, handlers::people::new_recovery_codes;
    /// Who works at which desk.
    SessionsList = "sessions.list", Read [Sessions], SessionsRequest => SessionList, handlers::people::sessions;
    /// Ends a session.
    SessionsRevoke = "sessions.revoke", Write [Sessions], SessionRequest => Empty, handlers::people::revoke_session;
    /// Ends a person's other sessions.
    SessionsRevokePerson = "sessions.revoke_person", Write [Sessions], GetRequest => SessionsEnded, handlers::people::revoke_person;
    /// A code with which somebody chooses a new password.
    UsersResetPassword = "users.reset_password", Write [], GetRequest => ResetCode, handlers::people::reset_password;
    /// Takes a second factor away.
    UsersResetSecondFactor = "users.reset_second_factor", Write [Users Sessions], GetRequest => Empty, handlers::people::reset_second_factor;
    /// Which roles sign in with a second factor only.
    SecurityPolicy = "security.policy", Read [Security], Empty => SecurityPolicy, handlers::people::policy;
    /// Says which.
    SecuritySetPolicy = "security.set_policy", Write [Security], SecurityPolicyRequest => Empty, handlers::people::set_policy;
    /// A window of API keys.
    ApiKeysList = "api_keys.list", Read [ApiKeys], ListRequest => Page<ApiKeyRow>, handlers::people::api_keys;
    /// A new one.
    ApiKeysCreate = "api_keys.create", Write [ApiKeys], CreateApiKeyRequest => CreatedApiKey, handlers::people::create_api_key;
    /// Makes one worthless.
    ApiKeysRevoke = "api_keys.revoke", Write [ApiKeys], GetRequest => Empty, handlers::people::revoke_api_key;
    /// As CSV.
    ApiKeysExport = "api_keys.export", Read [], ExportRequest => ExportAnswer, handlers::people::export_api_keys;
    /// Preferences of this desk.
    PreferencesGet = "preferences.get", Read [Preferences], Empty => app::preferences::Preferences, handlers::program::preferences;
    /// Changes them.
    PreferencesSet = "preferences.set", Write [Preferences], app::preferences::Preferences => app::preferences::Preferences, handlers::program::set_preferences;
    /// The frame's counts.
    ShellSummary = "shell.summary", Read [Shell], Empty => ShellSummary, handlers::shell::summary;
    /// Whether the database decides as it should, and its log is what it was.
    TrustStatus = "trust.status", Read [Shell], Empty => TrustStatus, handlers::trust::status;
    /// Looks for anything.
    PaletteSearch = "palette.search", Read [Organizations Users Servers Tickets Invoices], PaletteRequest => PaletteAnswer, handlers::shell::search;
    /// Long work of this desk.
    TasksList = "tasks.list", Read [Tasks], Empty => TaskList, handlers::tasks::list;
    /// Stops one after its current step.
    TasksCancel = "tasks.cancel", Write [Tasks], TaskRequest => Empty, handlers::tasks::cancel;
    /// Forgets those that have ended.
    TasksClear = "tasks.clear", Write [Tasks], Empty => Empty, handlers::tasks::clear;
    /// What has changed since the last poll.
    LivePoll = "live.poll", Read [], LiveRequest => LiveAnswer, handlers::live::poll;
    /// A window of invoices.
    InvoicesList = "invoices.list", Read [Invoices], ListRequest => Page<InvoiceRow>, handlers::invoices::list;
    /// One invoice.
    InvoicesGet = "invoices.get", Read [Invoices], GetRequest => InvoiceDetail, handlers::invoices::get;
    /// As CSV.
    InvoicesExport = "invoices.export", Read [], ExportRequest => ExportAnswer, handlers::invoices::export;
    /// As PDF, workbook or lines.
    InvoicesSave = "invoices.save", Read [], SaveInvoicesRequest => SaveInvoicesAnswer, handlers::invoices::save;
    /// Withdraws one.
    InvoicesCancel = "invoices.cancel", Write [Invoices Organizations Tickets], CancelInvoiceRequest => Empty, handlers::invoices::cancel;
    /// What closing a month would do.
    InvoicesClosePreview = "invoices.close_preview", Read [Invoices Billing], CloseRequest => ClosePreviewAnswer, handlers::invoices::close_preview;
    /// Charges what has been used up to now.
    BillingRun = "billing.run", Write [Tasks Billing], Empty => TaskStarted, handlers::billing::run;
    /// Where billing stands.
    BillingOverview = "billing.overview", Read [Billing Wallets Settings], Empty => BillingOverview, handlers::billing::overview;
    /// A window of the runs.
    BillingRuns = "billing.runs", Read [Billing], ListRequest => Page<RunRow>, handlers::billing::runs;
    /// As CSV.
    BillingRunsExport = "billing.runs_export", Read [], ExportRequest => ExportAnswer, handlers::billing::export_runs;
    /// One run, and whom it left out.
    BillingRunDetail = "billing.run_detail", Read [Billing], RunRequest => RunDetail, handlers::billing::detail;
    /// A window of what runs charged.
    BillingCharges = "billing.charges", Read [Billing], ListRequest => Page<ChargeRow>, handlers::billing::charges;
    /// As CSV.
    BillingChargesExport = "billing.charges_export", Read [], ExportRequest => ExportAnswer, handlers::billing::export_charges;
    /// What waits for a price or a decision.
    BillingParked = "billing.parked", Read [Billing Servers Containers Plans], Empty => ParkedList, handlers::billing::parked;
    /// Decides on what waits.
    BillingResolveParked = "billing.resolve_parked", Write [Billing Servers Containers Activity], ResolveParkedRequest => Empty, handlers::billing::resolve_parked;
    /// Whether the books are right.
    BillingBooks = "billing.books", Read [Billing], Empty => Books, handlers::billing::books;
    /// Proves all of the books.
    BillingProve = "billing.prove", Write [Tasks Billing], Empty => TaskStarted, handlers::billing::prove;
    /// Proves what has moved in them.
    BillingProveChanges = "billing.prove_changes", Write [], Empty => Empty, handlers::billing::prove_changes;
    /// What stands behind a row of the ledger, an invoice or a balance.
    BillingExplain = "billing.explain", Read [Billing Transactions Invoices Wallets Plans], ExplainRequest => Explanation, handlers::billing::explain;
    /// A window of one's own notifications.
    NotificationsList = "notifications.list", Read [Notifications], ListRequest => Page<NotificationRow>, handlers::notifications::list;
    /// Marks some as read, or as not read.
    NotificationsMarkRead = "notifications.mark_read", Write [Notifications Shell], MarkRequest => MarkAnswer, handlers::notifications::mark;
    /// Marks all as read that were seen.
    NotificationsMarkAllRead = "notifications.mark_all_read", Write [Notifications Shell], MarkAllRequest => MarkAnswer, handlers::notifications::mark_all;
    /// Accounts at providers, and whether this desk has the workspace's key.
    ProvidersList = "providers.list", Read [Providers Servers Containers], Empty => ProviderList, handlers::providers::list;
    /// A new account; its token is checked at the provider first.
    ProvidersCreate = "providers.create", Write [Providers], CreateProviderRequest => ProviderChecked, handlers::providers::create;
    /// Another name.
    ProvidersRename = "providers.rename", Write [Providers Servers Containers], RenameProviderRequest => Empty, handlers::providers::rename;
    /// Another token.
    ProvidersReplaceToken = "providers.replace_token", Write [Providers], ReplaceTokenRequest => ProviderChecked, handlers::providers::replace_token;
    /// Asks the provider of an account once more whose its token is, and what it may do.
    ProvidersCheck = "providers.check", Write [Providers], GetRequest => ProviderChecked, handlers::providers::check;
    /// On or off.
    ProvidersSetActive = "providers.set_active", Write [Providers], SetProviderActiveRequest => Empty, handlers::providers::set_active;
    /// Reads an account's servers, in the background.
    ProvidersSync = "providers.sync", Write [Tasks], SyncProviderRequest => TaskStarted, handlers::providers::sync;
    /// A new Docker host; its engine is asked first.
    HostsCreate = "hosts.create", Write [Providers Containers], CreateHostRequest => HostChecked, handlers::hosts::create;
    /// Another address of one, or other papers; the engine stays the one that it was.
    HostsReplace = "hosts.replace", Write [Providers], ReplaceHostRequest => HostChecked, handlers::hosts::replace;
    /// Asks one what it is.
    HostsCheck = "hosts.check", Write [Providers], CheckHostRequest => HostChecked, handlers::hosts::check;
    /// The images that one has, as it says now.
    HostsImages = "hosts.images", Read [], HostRequest => ImageList, handlers::hosts::images;
    /// A window of the syncs.
    ProvidersSyncs = "providers.syncs", Read [Providers], ListRequest => Page<SyncRow>, handlers::providers::syncs;
    /// As CSV.
    ProvidersExportSyncs = "providers.export_syncs", Read [], ExportRequest => ExportAnswer, handlers::providers::export_syncs;
    /// The regions of an account, asked of its provider.
    ProvidersRegions = "providers.regions", Read [], GetRequest => RegionList, handlers::setup::regions;
    /// Which of them are sold.
    ProvidersSetRegions = "providers.set_regions", Write [Providers Activity], SetRegionsRequest => Empty, handlers::setup::set_regions;
    /// StackScripts as they are offered.
    ScriptsList = "scripts.list", Read [Providers], Empty => ScriptList, handlers::setup::scripts;
    /// Offers another.
    ScriptsCreate = "scripts.create", Write [Providers Activity], ScriptFields => Created, handlers::setup::create_script;
    /// Changes one.
    ScriptsEdit = "scripts.edit", Write [Providers Activity], EditScriptRequest => Empty, handlers::setup::edit_script;
    /// Offers one no more.
    ScriptsRemove = "scripts.remove", Write [Providers Activity], SeenRequest => Empty, handlers::setup::remove_script;
    /// What the provider says of one.
    ScriptsLookUp = "scripts.look_up", Read [], LookUpScriptRequest => LookedUpScript, handlers::setup::look_up_script;
    /// The business's networking.
    NetworkingList = "networking.list", Read [Providers], Empty => NetworkList, handlers::setup::networking;
    /// A new row of it.
    NetworkingCreate = "networking.create", Write [Providers Activity], CreateNetworkRequest => Created, handlers::setup::create_network;
    /// Changes one.
    NetworkingEdit = "networking.edit", Write [Providers Activity], EditNetworkRequest => Empty, handlers::setup::edit_network;
    /// Removes one.
    NetworkingRemove = "networking.remove", Write [Providers Activity], SeenRequest => Empty, handlers::setup::remove_network;
    /// What an address is called where nobody has chosen another name.
    NetworkingNameOf = "networking.name_of", Read [Providers], AddressRequest => AddressName, handlers::setup::name_of;
    /// Where providers and database differ, by kind, and how old what is known is.
    DriftOverview = "drift.overview", Read [Servers Containers Providers Plans Intents], Empty => DriftOverview, handlers::drift::overview;
    /// A window of the differences, with what helps.
    DriftList = "drift.list", Read [Servers Containers Providers Plans Intents], ListRequest => Page<DriftItem>, handlers::drift::list;
    /// As CSV.
    DriftExport = "drift.export", Read [], ExportRequest => ExportAnswer, handlers::drift::export_drift;
    /// What taking over what a provider says would do; changes nothing.
    DriftTakeOverPreview = "drift.take_over_preview", Read [Servers], TakeOverRequest => app::drift::TakenOver, handlers::drift::preview_take_over;
    /// Takes over what a provider says of a server.
    DriftTakeOver = "drift.take_over", Write [Servers Activity], TakeOverRequest => app::drift::TakenOver, handlers::drift::take_over;
    /// Revenue less provider cost, month by month.
    MarginMonths = "margin.months", Read [Billing Plans Transactions], Empty => MarginMonths, handlers::drift::months;
    /// A month's rows of it, and what they come to.
    MarginList = "margin.list", Read [Billing Plans Transactions], MarginRequest => MarginAnswer, handlers::drift::margin_of;
    /// As CSV.
    MarginExport = "margin.export", Read [], MarginRequest => ExportAnswer, handlers::drift::export_margin;
    /// Takes the workspace's key from a person.
    WorkspaceKeyGive = "workspace_key.give", Write [Providers], GiveWorkspaceKeyRequest => Empty, handlers::workspace_key::give;
    /// Makes one.
    WorkspaceKeyMake = "workspace_key.make", Write [Providers], MakeWorkspaceKeyRequest => WorkspaceKeyMade, handlers::workspace_key::make;
    /// Writes it into a private file.
    WorkspaceKeyCopy = "workspace_key.copy", Write [], Empty => WorkspaceKeyMade, handlers::workspace_key::copy;
    /// How the keys stand.
    WorkspaceKeyStanding = "workspace_key.standing", Read [Providers], Empty => KeyStanding, handlers::workspace_key::standing;
    /// Makes another, and seals everything anew under it.
    WorkspaceKeyRotate = "workspace_key.rotate", Write [Tasks Providers Desks], RotateKeyRequest => TaskStarted, handlers::workspace_key::rotate;
    /// Strikes a secret off that was changed where it is used.
    WorkspaceKeySettle = "workspace_key.settle", Write [Providers Activity], SettleSecretRequest => Empty, handlers::workspace_key::settle;
    /// Issues one for what isn't usage.
    InvoicesIssue = "invoices.issue", Write [Invoices Organizations], IssueInvoiceRequest => IssuedInvoice, handlers::invoices::issue;
    /// Issues a credit note over one.
    InvoicesCredit = "invoices.credit", Write [Invoices Organizations], CreditInvoiceRequest => IssuedInvoice, handlers::invoices::credit;
    /// Takes one that was made by hand from the wallet.
    InvoicesPay = "invoices.pay", Write [Invoices Transactions Wallets Organizations Billing], PayInvoiceRequest => CorrectionAnswer, handlers::invoices::pay;
    /// Closes a month.
    InvoicesClose = "invoices.close", Write [Tasks Invoices Billing Transactions Wallets Organizations Tickets], CloseRequest => TaskStarted, handlers::invoices::close;
    /// The active theme.
    ThemesActive = "themes.active", Read [Theme], Empty => ActiveTheme, handlers::shell::theme;
    /// A window of organizations.
    OrganizationsList = "organizations.list", Read [Organizations Wallets], ListRequest => Page<OrganizationRow>, handlers::records::organizations;
    /// One organization.
    OrganizationsGet = "organizations.get", Read [Organizations Wallets Users Servers Transactions Invoices Tickets], GetRequest => OrganizationDetail, handlers::records::organization;
    /// A new one.
    OrganizationsCreate = "organizations.create", Write [Organizations Wallets Shell], CreateOrganizationRequest => Created, handlers::records::create_organization;
    /// Another name.
    OrganizationsRename = "organizations.rename", Write [Organizations Users Servers Transactions Tickets], RenameOrganizationRequest => Empty, handlers::records::rename_organization;
    /// What archiving would mean.
    OrganizationsArchiveConsequences = "organizations.archive_consequences", Read [Organizations Wallets Servers Containers Users Tickets], GetRequest => Consequences, handlers::pages::archive_consequences;
    /// Puts one away.
    OrganizationsArchive = "organizations.archive", Write [Organizations Shell Activity], ArchiveOrganizationRequest => Empty, handlers::pages::archive_organization;
    /// Takes it back.
    OrganizationsRestore = "organizations.restore", Write [Organizations Shell Activity], ArchiveOrganizationRequest => Empty, handlers::pages::restore_organization;
    /// As CSV.
    OrganizationsExport = "organizations.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_organizations;
    /// A window of users.
    UsersList = "users.list", Read [Users], ListRequest => Page<UserRow>, handlers::records::users;
    /// A new one.
    UsersCreate = "users.create", Write [Users Organizations Shell], CreateUserRequest => Created, handlers::records::create_user;
    /// Another role.
    UsersSetRole = "users.set_role", Write [Users Organizations Tickets], SetRoleRequest => Empty, handlers::records::set_role;
    /// Out, or in again.
    UsersSetDisabled = "users.set_disabled", Write [Users Organizations Tickets Activity], SetDisabledRequest => Empty, handlers::pages::set_disabled;
    /// As CSV.
    UsersExport = "users.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_users;
    /// A window of servers.
    ServersList = "servers.list", Read [Servers], ListRequest => Page<ServerRow>, handlers::records::servers;
    /// A server with what is known around it.
    ServersGet = "servers.get", Read [Servers Intents Wallets Plans], GetRequest => ServerDetail, handlers::servers::get;
    /// A server's curves, asked of its provider.
    ServersStats = "servers.stats", Read [], ServerMonthRequest => app::servers::ServerStats, handlers::servers::stats;
    /// What it has sent, asked of its provider.
    ServersTransfer = "servers.transfer", Read [], ServerMonthRequest => app::servers::ServerTransfer, handlers::servers::transfer;
    /// Its addresses, asked of its provider.
    ServersAddresses = "servers.addresses", Read [Intents], GetRequest => app::servers::ServerAddresses, handlers::servers::addresses;
    /// The firewalls before it, asked of its provider.
    ServersFirewalls = "servers.firewalls", Read [], GetRequest => app::servers::ServerFirewalls, handlers::servers::firewalls;
    /// Its backups, asked of its provider.
    ServersProviderBackups = "servers.provider_backups", Read [Intents], GetRequest => app::servers::ServerBackups, handlers::servers::backups;
    /// Its events, asked of its provider.
    ServersProviderEvents = "servers.provider_events", Read [], GetRequest => app::servers::ServerEvents, handlers::servers::events;
    /// What has happened to it, by time.
    ServersTimeline = "servers.timeline", Read [Intents Servers Transactions Tickets Billing], TimelineRequest => TimelineAnswer, handlers::servers::timeline;
    /// Tells root's password, behind the confirmation.
    ServersRootPassword = "servers.root_password", Write [Activity], GetRequest => RootPassword, handlers::servers::root_password;
    /// What an order chooses among, as far as the database knows.
    ServersOrderChoices = "servers.order_choices", Read [Plans Providers Wallets], OrderChoicesRequest => app::servers::OrderChoices, handlers::servers::order_choices;
    /// What an account's provider offers, asked now or some minutes ago.
    ServersOrderOffers = "servers.order_offers", Read [Providers], OrderOffersRequest => app::servers::Offer, handlers::servers::order_offers;
    /// What ordering a server would hold and cost, or why it can't be ordered.
    ServersOrderPreview = "servers.order_preview", Read [Servers Wallets Plans Intents], OrderServerRequest => app::intents::Preview, handlers::intents::preview_order;
    /// Orders a server.
    ServersOrderPlace = "servers.order_place", Write [Intents Servers Wallets Organizations Activity], OrderServerRequest => IntentPlaced, handlers::intents::order;
    /// What something done to a server would hold, cost or end, or why it can't be done.
    ServersActPreview = "servers.act_preview", Read [Servers Wallets Plans Intents], ActOnServerRequest => app::intents::Preview, handlers::intents::preview_act;
    /// Has something done to a server at its provider.
    ServersAct = "servers.act", Write [Intents Servers Wallets Organizations Activity], ActOnServerRequest => IntentPlaced, handlers::intents::act;
    /// A window of what is and was done to servers.
    ServersIntents = "servers.intents", Read [Intents], ListRequest => Page<IntentRow>, handlers::intents::list;
    /// One of it: how far it is.
    IntentsGet = "intents.get", Read [Intents], IntentRequest => IntentRow, handlers::intents::get;
    /// Takes one back that still waits.
    IntentsWithdraw = "intents.withdraw", Write [Intents Servers Wallets Activity], IntentRequest => Empty, handlers::intents::withdraw;
    /// As CSV.
    ServersExport = "servers.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_servers;
    /// A window of containers.
    ContainersList = "containers.list", Read [Containers], ListRequest => Page<ContainerRow>, handlers::assignments::containers;
    /// One, with its plan and its wallet.
    ContainersGet = "containers.get", Read [Containers Plans Wallets Intents], ContainerRequest => ContainerDetail, handlers::containers::get;
    /// One as its host describes it now.
    ContainersInspect = "containers.inspect", Read [Containers], ContainerRequest => app::containers::live::Inspected, handlers::containers::inspect;
    /// A piece of its log, as its host has it now.
    ContainersLogs = "containers.logs", Read [], LogsRequest => app::containers::live::LogPiece, handlers::containers::logs;
    /// What it uses now.
    ContainersStats = "containers.stats", Read [], StatsRequest => app::containers::live::Measured, handlers::containers::stats;
    /// What making one would hold and cost, or why it can't be made.
    ContainersOrderPreview = "containers.order_preview", Read [Containers Wallets Plans Intents], OrderContainerRequest => app::intents::Preview, handlers::containers::preview_order;
    /// Has one made on its host, and started.
    ContainersOrder = "containers.order", Write [Intents Containers Wallets Organizations Activity Shell], OrderContainerRequest => IntentPlaced, handlers::containers::order;
    /// What something done to one would end, or why it can't be done.
    ContainersActPreview = "containers.act_preview", Read [Containers Wallets Plans Intents], ActOnContainerRequest => app::intents::Preview, handlers::containers::preview_act;
    /// Has something done to one on its host.
    ContainersAct = "containers.act", Write [Intents Containers Wallets Organizations Activity], ActOnContainerRequest => IntentPlaced, handlers::containers::act;
    /// One that was found or made on a host.
    ContainersRecord = "containers.record", Write [Containers Shell], RecordContainerRequest => Created, handlers::assignments::record;
    /// As CSV.
    ContainersExport = "containers.export", Read [], ExportRequest => ExportAnswer, handlers::assignments::export_containers;
    /// What assigning would do; changes nothing.
    AssignmentsPreview = "assignments.preview", Read [Servers Containers Plans Organizations], AssignRequest => AssignedTogether, handlers::assignments::preview;
    /// Gives servers or containers to an organization.
    AssignmentsAssign = "assignments.assign", Write [Servers Containers Plans Organizations Tickets Billing], AssignRequest => AssignedTogether, handlers::assignments::assign;
    /// What another plan would do; changes nothing.
    AssignmentsPreviewPlan = "assignments.preview_plan", Read [Servers Containers Plans], ChangePlanRequest => PlanChanged, handlers::assignments::preview_plan;
    /// Another plan for hours that begin from now.
    AssignmentsChangePlan = "assignments.change_plan", Write [Servers Containers Plans Organizations Tickets Billing], ChangePlanRequest => PlanChanged, handlers::assignments::change_plan;
    /// How an assignment can be taken back; changes nothing.
    AssignmentsRelease = "assignments.release", Read [Servers Containers Billing], ResourceRequest => Release, handlers::assignments::release;
    /// Takes one back of which nothing was charged.
    AssignmentsUndo = "assignments.undo", Write [Servers Containers Plans Organizations Tickets Billing], ResourceRequest => Release, handlers::assignments::undo;
    /// Ends one now.
    AssignmentsEnd = "assignments.end", Write [Servers Containers Plans Organizations Tickets Billing], ResourceRequest => Release, handlers::assignments::end;
    /// A window of plans.
    PlansList = "plans.list", Read [Plans], ListRequest => Page<PlanRow>, handlers::plans::list;
    /// A plan with the history of its price.
    PlansGet = "plans.get", Read [Plans], PlanRequest => PlanDetail, handlers::plans::get;
    /// What a price comes to.
    PlansPrice = "plans.price", Read [], PriceFields => PriceAnswer, handlers::plans::price_of;
    /// Plans that something can be put on.
    PlansChoices = "plans.choices", Read [Plans], PlanChoicesRequest => PlanChoices, handlers::plans::choices;
    /// A new one.
    PlansCreate = "plans.create", Write [Plans], CreatePlanRequest => Created, handlers::plans::create;
    /// Another description.
    PlansEdit = "plans.edit", Write [Plans Servers Containers], EditPlanRequest => Empty, handlers::plans::edit;
    /// Another price.
    PlansChangePrice = "plans.change_price", Write [Plans Servers Containers], ChangePriceRequest => ChangePriceAnswer, handlers::plans::change_price;
    /// Whether it is sold.
    PlansSetActive = "plans.set_active", Write [Plans], SetPlanActiveRequest => Empty, handlers::plans::set_active;
    /// What an import from Linode's price list would do; changes nothing.
    PlansImportPreview = "plans.import_preview", Read [Plans], ImportPlansRequest => ImportReport, handlers::plans::import_preview;
    /// Imports from Linode's price list.
    PlansImport = "plans.import", Write [Plans Servers], ImportPlansRequest => ImportReport, handlers::plans::import;
    /// As CSV.
    PlansExport = "plans.export", Read [], ExportRequest => ExportAnswer, handlers::plans::export_plans;
    /// A window of the ledger.
    TransactionsList = "transactions.list", Read [Transactions], ListRequest => Page<TransactionRow>, handlers::records::transactions;
    /// Puts money into a wallet.
    TransactionsDeposit = "transactions.deposit", Write [Transactions Wallets Organizations Tickets Invoices Billing], DepositRequest => DepositAnswer, handlers::records::deposit;
    /// Corrects a wallet, or asks a second person for it.
    TransactionsAdjust = "transactions.adjust", Write [Transactions Wallets Organizations Tickets Invoices Billing], AdjustRequest => CorrectionAnswer, handlers::corrections::adjust;
    /// Gives a transaction back, or asks a second person for it.
    TransactionsRefund = "transactions.refund", Write [Transactions Wallets Organizations Tickets Invoices Billing Dashboard], RefundRequest => CorrectionAnswer, handlers::corrections::refund;
    /// Completes a pending transaction, or gives it up.
    TransactionsSettle = "transactions.settle", Write [Transactions Wallets Organizations Tickets Invoices Billing], SettleTransactionRequest => SettledAnswer, handlers::corrections::settle;
    /// A window of the requests for a second person.
    RequestsList = "requests.list", Read [Transactions], ListRequest => Page<RequestRow>, handlers::corrections::requests;
    /// Decides on one.
    RequestsDecide = "requests.decide", Write [Transactions Wallets Organizations Tickets Invoices Billing Dashboard], DecideRequestRequest => CorrectionAnswer, handlers::corrections::decide;
    /// As CSV.
    TransactionsExport = "transactions.export", Read [], ExportRequest => ExportAnswer, handlers::records::export_transactions;
    /// A window of a queue.
    TicketsList = "tickets.list", Read [Tickets], TicketListRequest => TicketPage, handlers::tickets::list;
    /// A ticket's workspace.
    TicketsGet = "tickets.get", Read [Tickets Wallets Servers Invoices], GetRequest => TicketDetail, handlers::tickets::get;
    /// A new one.
    TicketsCreate = "tickets.create", Write [Tickets Shell Organizations], CreateTicketRequest => Created, handlers::tickets::create;
    /// A reply that the customer sees.
    TicketsReply = "tickets.reply", Write [Tickets Shell], PostMessageRequest => PostMessageAnswer, handlers::tickets::reply;
    /// A note for staff.
    TicketsNote = "tickets.note", Write [Tickets], PostMessageRequest => PostMessageAnswer, handlers::tickets::note;
    /// A decision.
    TicketsUpdate = "tickets.update", Write [Tickets Shell], UpdateTicketRequest => TicketDetail, handlers::tickets::update;
    /// A period's revenue and cost.
    DashboardRevenue = "dashboard.revenue", Read [Dashboard Transactions Billing Plans], PeriodRequest => RevenueAnswer, handlers::pages::revenue;
    /// As CSV.
    DashboardExport = "dashboard.export", Read [], PeriodRequest => ExportAnswer, handlers::pages::export_revenue;
    /// Where the business stands.
    DashboardSummary = "dashboard.summary", Read [Dashboard Wallets Transactions Invoices Billing Servers Containers Tickets Plans], Empty => DashboardSummary, handlers::pages::summary;
    /// A window of the log.
    ActivityList = "activity.list", Read [Activity], ListRequest => Page<ActivityRow>, handlers::pages::activity;
    /// One entry.
    ActivityGet = "activity.get", Read [Activity], GetRequest => ActivityEntry, handlers::pages::activity_entry;
    /// As CSV.
    ActivityExport = "activity.export", Read [], ExportRequest => ExportAnswer, handlers::pages::export_activity;
    /// The themes.
    ThemesList = "themes.list", Read [Theme], Empty => ThemeList, handlers::pages::themes;
    /// Which one all desks show.
    ThemesActivate = "themes.activate", Write [Theme Activity], ActivateThemeRequest => Empty, handlers::pages::activate_theme;
    /// The logo on documents.
    SettingsLogo = "settings.logo", Read [Settings], Empty => LogoState, handlers::pages::logo;
    /// Another logo for documents that are issued from now on, or none.
    SettingsSetLogo = "settings.set_logo", Write [Settings Activity], SetLogoRequest => LogoState, handlers::pages::set_logo;
    /// The settings of the business.
    SettingsGet = "settings.get", Read [Settings Wallets], Empty => SettingsAnswer, handlers::pages::settings;
    /// Changes them.
    SettingsChange = "settings.change", Write [Settings Dashboard Activity], ChangeSettingsRequest => SettingsChanged, handlers::pages::change_settings;
    /// Looks as a customer of an organization.
    CustomerViewStart = "customer_view.start", Write [CustomerView Activity], StartViewRequest => CustomerView, handlers::customer_view::start;
    /// Stops looking.
    CustomerViewStop = "customer_view.stop", Write [CustomerView Activity], Empty => CustomerView, handlers::customer_view::stop;
    /// Whether it looks now.
    CustomerViewState = "customer_view.state", Read [CustomerView], Empty => CustomerView, handlers::customer_view::state;
    /// A part of what the customer sees.
    CustomerViewGet = "customer_view.get", Read [CustomerView], ViewPartRequest => Viewed, handlers::customer_view::get;
    /// A conversation as the customer sees it.
    CustomerViewMessages = "customer_view.messages", Read [CustomerView], GetRequest => ViewedThread, handlers::customer_view::messages;
    /// Who can see a row.
    RowsWhoSees = "rows.who_sees", Read [Users Desks], WhoSeesRequest => WhoSees, handlers::customer_view::who_sees;
    /// The desks.
    DesksList = "desks.list", Read [Desks], Empty => DeskList, handlers::desks::list;
    /// Cuts one off.
    DesksRevoke = "desks.revoke", Write [Desks Activity], RevokeDeskRequest => RevokedDesk, handlers::desks::revoke;
    /// Writes an invitation for another.
    DesksInvite = "desks.invite", Write [Desks Activity], InviteDeskRequest => InvitedDesk, handlers::desks::invite;
    /// Opens an invitation.
    AppOpenInvitation = "app.open_invitation", Write [State], OpenInvitationRequest => AppState, handlers::desks::open_invitation;
}
