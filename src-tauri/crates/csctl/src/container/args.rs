//! The arguments of `csctl container`.

use clap::{Args, Subcommand};

use crate::{assign::AddContainerArgs, business::ListArgs, cli::Place, key::KeyArgs, server::Common};

/// What comes behind the help.
pub const HELP: &str = "\
Whatever is done to a container is written down first, and carried out by whoever holds the workspace key and reaches the
host: this command, where it is given the key; otherwise the agent. csctl server intents, withdraw and sweep look after
these, too. Logs, stats and inspect ask the host at once and change nothing.

Exit codes: 0 done, or left to the agent; 1 not carried out; 2 bad usage; 3 nobody knows yet.";

const LOGS_HELP: &str = "\
With --follow it goes on until the container ends (exit code 0) or Ctrl+C. With --json each line is then an object of its
own: at, is_error, text, cut. A connection that breaks is an error (exit code 1), and with --json the last line; what was
told stands.

Example:
  csctl container logs --container shop --tail 20 --follow --json";

/// `csctl container …`
#[derive(Subcommand)]
pub enum ContainerCommand {
    /// Make a container on a host for an organization, held to what its plan sells, and start it
    Create(CreateArgs),
    /// Start a container
    Start(ActArgs),
    /// Ask a container to end; after ten seconds it is ended
    Stop(ActArgs),
    /// Stop a container and start it again
    Restart(ActArgs),
    /// Remove a container; its hours end
    Remove(RemoveArgs),
    /// Show the last lines of a container's log, and with --follow what it says from then on
    #[command(after_help = LOGS_HELP)]
    Logs(LogsArgs),
    /// Show what a container uses
    Stats(LookArgs),
    /// Show a container as its host describes it, without the values of its environment
    Inspect(LookArgs),
    /// List the images that a host has
    Images(ImagesArgs),
    /// Record a container that was found or made on a host; it is nobody's until it is assigned
    Add(AddContainerArgs),
    /// List containers by name
    List(ListArgs),
}

/// `csctl container create`
#[derive(Args)]
pub struct CreateArgs {
    /// What all take.
    #[command(flatten)]
    pub common: Common,
    /// On which host: its number or name [default: the only one]
    #[arg(long)]
    pub host: Option<String>,
    /// For whom: an organization's number or name
    #[arg(long)]
    pub organization: String,
    /// On which plan: its number or name
    #[arg(long)]
    pub plan: String,
    /// Its name, which nothing else on the host has
    #[arg(long)]
    pub name: String,
    /// An image that the host has, such as nginx:1.27
    #[arg(long)]
    pub image: String,
    /// A published port as HOST:CONTAINER or HOST:CONTAINER/udp; can be given several times
    #[arg(long = "port", value_name = "PORT")]
    pub ports: Vec<String>,
    /// A volume, path on the host and path inside with a colon between; can be given several times
    #[arg(long = "volume", value_name = "VOLUME")]
    pub volumes: Vec<String>,
    /// Read its environment from standard input, a NAME=VALUE on each line
    #[arg(long)]
    pub environment_stdin: bool,
    /// Make it also where the host can't hold its disk to what the plan sells
    #[arg(long)]
    pub allow_unlimited_disk: bool,
    /// A key of your own: given again, it stays the one that it was
    #[arg(long)]
    pub key: String,
}

/// A container and nothing more.
#[derive(Args)]
pub struct ActArgs {
    /// What all take.
    #[command(flatten)]
    pub common: Common,
    /// Which container: its number, name, or id on its host
    #[arg(long)]
    pub container: String,
    /// A key of your own: given again, it is done once
    #[arg(long)]
    pub key: Option<String>,
}

/// `csctl container remove`
#[derive(Args)]
pub struct RemoveArgs {
    /// Which container.
    #[command(flatten)]
    pub of: ActArgs,
    /// It may be lost; without this the final charge is told, and nothing is done
    #[arg(long)]
    pub yes: bool,
}

/// A look at a container.
#[derive(Args)]
pub struct LookArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the workspace key is: it opens the certificates of a host on tcp://
    #[command(flatten)]
    pub workspace_key: KeyArgs,
    /// Which container: its number, name, or id on its host
    #[arg(long)]
    pub container: String,
}

/// `csctl container logs`
#[derive(Args)]
pub struct LogsArgs {
    /// Of which container.
    #[command(flatten)]
    pub of: LookArgs,
    /// How many of the last lines
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub tail: u32,
    /// Only lines that hold this text, whatever its case
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Go on with what it says, line by line as it comes, until it ends
    #[arg(long, short)]
    pub follow: bool,
}

/// `csctl container images`
#[derive(Args)]
pub struct ImagesArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the workspace key is.
    #[command(flatten)]
    pub workspace_key: KeyArgs,
    /// Of which host: its number or name [default: the only one]
    #[arg(long)]
    pub host: Option<String>,
}
