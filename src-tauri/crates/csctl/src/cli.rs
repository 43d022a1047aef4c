//! The command line, and its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// What an administrator does at a terminal, and what runs without a window.
#[derive(Parser)]
#[command(
    name = "csctl",
    version,
    about = "ContainerStacks without a window: databases, and what runs when no desk is open.",
    after_help = "Exit codes: 0 done, 1 failed, 2 bad usage, 3 done in part.",
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Answer as one JSON object on standard output; errors as {"error":{"code","message"}}
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The families of commands.
#[derive(Subcommand)]
pub enum Command {
    /// Make, migrate and look at a workspace's database
    Db {
        /// What to do with it.
        #[command(subcommand)]
        command: DbCommand,
    },
    /// Check that the database decides as it should and that its log is what it was
    #[command(after_help = crate::doctor::HELP)]
    Doctor(crate::doctor::DoctorArgs),
    /// Create, change and list organizations
    Org {
        /// What to do.
        #[command(subcommand)]
        command: crate::business::OrgCommand,
    },
    /// Create people, and let those back in who have lost password or phone
    User {
        /// What to do.
        #[command(subcommand)]
        command: crate::people::UserCommand,
    },
    /// Put money into a wallet, and collect what is due
    Deposit(crate::money::DepositArgs),
    /// Correct a wallet, either way
    Adjust(crate::money::AdjustArgs),
    /// Give a deposit or a charge back, or a part of it
    Refund(crate::money::RefundArgs),
    /// Look at corrections that wait for a second person, and decide
    Request {
        /// What to do.
        #[command(subcommand)]
        command: crate::money::RequestCommand,
    },
    /// Complete a pending transaction, or give it up
    Transaction {
        /// What to do.
        #[command(subcommand)]
        command: crate::money::TransactionCommand,
    },
    /// Charge what has been used
    Billing {
        /// What to do.
        #[command(subcommand)]
        command: crate::billing::BillingCommand,
    },
    /// Do by a schedule what must happen when no desk is open
    #[command(after_help = crate::agent::HELP, args_conflicts_with_subcommands = true)]
    Agent(crate::agent::AgentArgs),
    /// Close a month, make invoices by hand, and look at them
    Invoices {
        /// What to do.
        #[command(subcommand)]
        command: crate::invoices::InvoicesCommand,
    },
    /// Show and change the settings of the business
    Settings {
        /// What to do.
        #[command(subcommand)]
        command: crate::settings::SettingsCommand,
    },
    /// Add and list accounts at providers, and give them tokens
    Provider {
        /// What to do.
        #[command(subcommand)]
        command: crate::provider::ProviderCommand,
    },
    /// Read what providers say of their servers, and where that differs from what is here
    #[command(after_help = crate::sync::HELP, args_conflicts_with_subcommands = true)]
    Sync(crate::sync::SyncArgs),
    /// List, offer, change and remove StackScripts
    Script {
        /// What to do.
        #[command(subcommand)]
        command: crate::script::ScriptCommand,
    },
    /// Say what servers' addresses are called
    Network {
        /// What to do.
        #[command(subcommand)]
        command: crate::network::NetworkCommand,
    },
    /// Create, list and import plans
    Plan {
        /// What to do.
        #[command(subcommand)]
        command: crate::plan::PlanCommand,
    },
    /// Give a server or container to an organization on a plan
    #[command(
        after_help = "With --dry-run it says what the next run would charge for the time from the start until now."
    )]
    Assign(crate::assign::AssignArgs),
    /// Take an assignment back of which nothing has been charged, or end one
    Unassign(crate::assign::UnassignArgs),
    /// Record and list containers
    Container {
        /// What to do.
        #[command(subcommand)]
        command: crate::assign::ContainerCommand,
    },
    /// Order servers, and turn on, resize, rebuild, delete … those that are there
    #[command(after_help = crate::server::HELP)]
    Server {
        /// What to do.
        #[command(subcommand)]
        command: crate::server::ServerCommand,
    },
    /// Add, list, revoke and replace desks
    Desk {
        /// What to do.
        #[command(subcommand)]
        command: crate::desk::DeskCommand,
    },
    /// Take backups, look at them, verify them, restore them, and remove old ones
    Backup {
        /// What to do.
        #[command(subcommand)]
        command: crate::backup::BackupCommand,
    },
    /// Rotate the workspace key, and say what is sealed under which
    Key {
        /// What to do.
        #[command(subcommand)]
        command: crate::rotation::KeyCommand,
    },
    /// Open, look at and answer tickets
    Ticket {
        /// What to do.
        #[command(subcommand)]
        command: crate::ticket::TicketCommand,
    },
}

/// `csctl db …`
#[derive(Subcommand)]
pub enum DbCommand {
    /// Make a workspace: in an empty database, or in one that was made from the documented schema
    #[command(after_help = INIT_HELP)]
    Init(InitArgs),
    /// Bring a workspace's schema to this program's version
    #[command(
        after_help = "Each migration is a transaction of its own; two that run at once stand in line. Safe to repeat."
    )]
    Migrate(MigrateArgs),
    /// Make a believable business to look at: 42 organizations, six months of servers, usage, invoices and tickets
    #[command(
        after_help = "Everything in it goes through the program's own rules, with a clock that moves; the workspace is one for tests."
    )]
    Demo(crate::demo::DemoArgs),
    /// Say what a database holds and whether this program fits it; changes nothing
    Status(StatusArgs),
}

const INIT_HELP: &str = "\
The database must exist. Its login is an administrator's: a superuser, or the owner of the database with CREATEROLE.
A database made by hand from the documented schema is adopted with its rows, none of which is lost or changed; one that
differs from the documentation is refused with the list of differences. All of it is one transaction: after an error
or an interruption nothing has changed, and the same command can be given again. On a database that is a workspace
already it migrates, adds the admin if nobody has the address, and writes new logins if the file isn't there yet.

Example:
  createdb books
  csctl db init --database-url postgres://postgres@localhost/books \\
    --admin-email ana@example.com --admin-password-stdin --credentials-file desk.urls < password.txt";

/// Where the database is.
#[derive(Args)]
pub struct Place {
    /// postgres://LOGIN@HOST:PORT/DATABASE without a password, or - for the first line of standard input
    ///
    /// Without it, `CONTAINERSTACKS_DATABASE_URL` is taken, which may hold a password. A password is never
    /// taken from the command line, where every user of the computer sees it: it comes from the environment,
    /// from PGPASSWORD, from the file named by PGPASSFILE (or ~/.pgpass), from --database-url-file, or from
    /// standard input. TLS is verify-full unless the URL says otherwise (?sslmode=…) or the host is this computer.
    #[arg(long, value_name = "URL", conflicts_with = "database_url_file")]
    pub database_url: Option<String>,
    /// A file that only you may read (mode 0600) whose first line is the URL; it may hold a password
    #[arg(long, value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,
}

/// `csctl db init`
#[derive(Args)]
pub struct InitArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The address with which the first admin signs in; an admin who has it already is left alone
    #[arg(long, value_name = "ADDRESS")]
    pub admin_email: String,
    /// Read the first admin's password from standard input (a line, at least 12 characters)
    #[arg(long, required_unless_present = "dry_run")]
    pub admin_password_stdin: bool,
    /// The first admin's first name
    #[arg(long, value_name = "NAME")]
    pub admin_first_name: Option<String>,
    /// The first admin's last name
    #[arg(long, value_name = "NAME")]
    pub admin_last_name: Option<String>,
    /// The business's name, shown on every desk [default: the database's name]
    #[arg(long, value_name = "BUSINESS")]
    pub name: Option<String>,
    /// A new file (mode 0600) for two connection URLs, a line each: the first desk's login, and last the agent's
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    pub credentials_file: Option<PathBuf>,
    /// A file (mode 0600) for the key that seals the workspace's secrets, such as providers' tokens
    ///
    /// It is made, unless it is there, and its key becomes the workspace's unless another was made before. Keep a copy
    /// in a safe place: without the key the sealed secrets are lost. Desks and csctl need it to sync accounts.
    #[arg(long, value_name = "FILE")]
    pub workspace_key_file: Option<PathBuf>,
    /// Mark the database as one for tests, in which a run's time may be ahead of the server's clock
    #[arg(long)]
    pub test: bool,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl db migrate`
#[derive(Args)]
pub struct MigrateArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl db status`
#[derive(Args)]
pub struct StatusArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
