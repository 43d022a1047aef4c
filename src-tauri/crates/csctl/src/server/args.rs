//! The arguments of `csctl server`.

use std::{net::IpAddr, path::PathBuf};

use clap::{ArgGroup, Args, Subcommand};

use crate::{cli::Place, key::KeyArgs};

/// How long `--wait` waits at most.
const LONGEST_WAIT: u64 = 3600;

/// What comes behind the help.
pub const HELP: &str = "\
Everything is written down first, and carried out by whoever holds the workspace key: this command, where it is given the
key; otherwise the agent, within a minute or so. What was cut off in between is found by `csctl server sweep` and by the
agent: nothing is ordered twice, and what costs money is recorded. Given again under the same --key it answers with the
first.

Exit codes: 0 done, at work at the provider, or left to the agent; 1 not carried out; 2 bad usage; 3 nobody knows yet.";

/// `csctl server …`
#[derive(Subcommand)]
pub enum ServerCommand {
    /// Order a server for an organization
    Order(OrderArgs),
    /// Start a server
    Boot(ActArgs),
    /// Shut a server down
    Shutdown(ActArgs),
    /// Start a server anew
    Reboot(ActArgs),
    /// Put a server on another plan, at the provider and for what it costs
    Resize(ResizeArgs),
    /// Make a server's disks anew: all that is on them is lost
    Rebuild(RebuildArgs),
    /// Give a server another name
    Rename(RenameArgs),
    /// Give root another password, drawn here; the server has to be off
    ResetPassword(PasswordArgs),
    /// Set the name that one of its addresses leads back to
    Rdns(RdnsArgs),
    /// Switch backups on or off; off deletes them
    Backups(BackupsArgs),
    /// Make a snapshot, which replaces the one before
    Snapshot(RenameArgs),
    /// Fill a server from one of its backups: all that is on it is lost
    Restore(RestoreArgs),
    /// Delete a server with its backups; its hours end
    Delete(DeleteArgs),
    /// Show a server: what the database knows of it, and what its provider said last
    Show(ShowArgs),
    /// Ask its provider for its curves: CPU, disk and network of the last 24 hours, or of a month
    Stats(LookArgs),
    /// Ask its provider what it has sent this month, or sent and received in one of the past
    Transfer(LookArgs),
    /// Ask its provider for its addresses and their names
    Addresses(LookArgs),
    /// Ask its provider for the firewalls before it and their rules
    Firewalls(LookArgs),
    /// Ask its provider for its backups
    ListBackups(LookArgs),
    /// Ask its provider for its newest events
    Events(LookArgs),
    /// What has happened to it, newest first: asked for, charged, written in tickets, logged, and told by its provider
    Timeline(LookArgs),
    /// List what was asked for, newest first, or one of it
    Intents(IntentsArgs),
    /// Take back what still waits
    Withdraw(WithdrawArgs),
    /// Carry out what waits, and look for what was cut off
    Sweep(SweepArgs),
}

/// What all of these take.
#[derive(Args)]
pub struct Common {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the workspace key is.
    #[command(flatten)]
    pub workspace_key: KeyArgs,
    /// In whose name: the address of an admin, or of support staff for power
    #[arg(long = "as", value_name = "ADDRESS")]
    pub acting: Option<String>,
    /// Wait until the provider is done with it, at most so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "600", value_parser = clap::value_parser!(u64).range(1..=LONGEST_WAIT))]
    pub wait: Option<u64>,
    /// Say what would be asked for and held, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl server order`
#[derive(Args)]
pub struct OrderArgs {
    /// What all take.
    #[command(flatten)]
    pub common: Common,
    /// In which account: its number or name [default: the only one]
    #[arg(long)]
    pub account: Option<String>,
    /// For whom: an organization's number or name
    #[arg(long)]
    pub organization: String,
    /// On which plan: its number or name
    #[arg(long)]
    pub plan: String,
    /// Its name: 3 to 64 letters, digits, - _ .
    #[arg(long)]
    pub label: String,
    /// The provider's region, such as eu-central
    #[arg(long)]
    pub region: String,
    /// What it is made from.
    #[command(flatten)]
    pub system: SystemArgs,
    /// Switch backups on, which costs extra at the provider
    #[arg(long)]
    pub backups: bool,
    /// Give it an address within the provider's own network, too
    #[arg(long)]
    pub private_ip: bool,
    /// Tell root's password, once: on a terminal or as JSON
    #[arg(long)]
    pub show_password: bool,
    /// A key of your own: given again, the order stays the one that it was
    #[arg(long)]
    pub key: String,
}

/// What a system is made from.
#[derive(Args)]
pub struct SystemArgs {
    /// The id of an image, such as linode/debian12
    #[arg(long)]
    pub image: String,
    /// A file with public SSH keys that may enter as root, one a line
    #[arg(long, value_name = "FILE")]
    pub authorized_keys_file: Option<PathBuf>,
    /// The provider's number of a StackScript that sets it up
    #[arg(long, value_name = "NUMBER")]
    pub stackscript: Option<u32>,
    /// Read the answers to the StackScript from standard input, a NAME=VALUE on each line
    #[arg(long, requires = "stackscript")]
    pub answers_stdin: bool,
}

/// A server and nothing more.
#[derive(Args)]
pub struct ActArgs {
    /// What all take.
    #[command(flatten)]
    pub common: Common,
    /// Which server: its number or label
    #[arg(long)]
    pub server: String,
    /// A key of your own: given again, it is done once
    #[arg(long)]
    pub key: Option<String>,
}

/// `csctl server reset-password`
#[derive(Args)]
pub struct PasswordArgs {
    /// Of which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// Tell root's password, once: on a terminal or as JSON
    #[arg(long)]
    pub show_password: bool,
}

/// `csctl server resize`
#[derive(Args)]
pub struct ResizeArgs {
    /// Of which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// On which plan: its number or name
    #[arg(long)]
    pub plan: String,
    /// Let it run on while it is copied
    #[arg(long)]
    pub warm: bool,
    /// Let its disk follow
    #[arg(long)]
    pub resize_disk: bool,
}

/// `csctl server rebuild`
#[derive(Args)]
pub struct RebuildArgs {
    /// Of which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// What it is made from.
    #[command(flatten)]
    pub system: SystemArgs,
    /// Tell root's password, once: on a terminal or as JSON
    #[arg(long)]
    pub show_password: bool,
    /// All that is on it may be lost
    #[arg(long)]
    pub yes: bool,
}

/// `csctl server rename` and `csctl server snapshot`
#[derive(Args)]
pub struct RenameArgs {
    /// Of which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// The name
    #[arg(long)]
    pub label: String,
}

/// `csctl server rdns`
#[derive(Args)]
pub struct RdnsArgs {
    /// Of which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// The address
    #[arg(long)]
    pub address: IpAddr,
    /// Its name, which must lead to the address already; without one the provider's own comes back
    #[arg(long)]
    pub name: Option<String>,
}

/// `csctl server backups`
#[derive(Args)]
#[command(group = ArgGroup::new("which").required(true).args(["on", "off"]))]
pub struct BackupsArgs {
    /// Of which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// On
    #[arg(long)]
    pub on: bool,
    /// Off: all of the server's backups are deleted
    #[arg(long)]
    pub off: bool,
}

/// `csctl server restore`
#[derive(Args)]
pub struct RestoreArgs {
    /// Of which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// The provider's number of the backup
    #[arg(long, value_name = "NUMBER")]
    pub backup: u64,
    /// All that is on it may be lost
    #[arg(long)]
    pub yes: bool,
}

/// `csctl server delete`
#[derive(Args)]
pub struct DeleteArgs {
    /// Which server.
    #[command(flatten)]
    pub of: ActArgs,
    /// It and its backups may be lost; without this the final charge is told, and nothing is done
    #[arg(long)]
    pub yes: bool,
}

/// `csctl server intents`
#[derive(Args)]
pub struct IntentsArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Only this one
    #[arg(long, value_name = "NUMBER")]
    pub id: Option<i64>,
    /// Only of this server: its number or label
    #[arg(long)]
    pub server: Option<String>,
    /// Only what is not at its end
    #[arg(long)]
    pub open: bool,
}

/// `csctl server show`
#[derive(Args)]
pub struct ShowArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Which server: its number or label
    #[arg(long)]
    pub server: String,
}

/// What is asked of a server's provider.
#[derive(Args)]
pub struct LookArgs {
    /// Which server, and where the database is.
    #[command(flatten)]
    pub show: ShowArgs,
    /// Where the workspace key is.
    #[command(flatten)]
    pub workspace_key: KeyArgs,
    /// Of stats and transfer: a month such as 2026-11
    #[arg(long, value_name = "MONTH", value_parser = month)]
    pub month: Option<(u16, u8)>,
}

fn month(text: &str) -> Result<(u16, u8), String> {
    let parsed = text.split_once('-').and_then(|(year, month)| {
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        ((2000..=9999).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
    });
    parsed.ok_or_else(|| "give a month such as 2026-11".to_owned())
}

/// `csctl server withdraw`
#[derive(Args)]
pub struct WithdrawArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Its number
    pub id: i64,
}

/// `csctl server sweep`
#[derive(Args)]
pub struct SweepArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the workspace key is.
    #[command(flatten)]
    pub workspace_key: KeyArgs,
}
