//! `csctl sync`: what providers say of their servers. Hosts are in `host.rs`.

mod all;
mod prices;

use std::{ops::ControlFlow, time::Duration};

use app::{
    domain::{ids::ProviderConfigId, provider::AccountLabel},
    providers::{self, Reach},
    sync::{self, Order, SyncReport},
    views::AccountRow,
};
use clap::{Args, Subcommand};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    address::Input,
    business::wrong,
    cli::Place,
    failure::{Failure, count},
    key::KeyArgs,
    operator::Operator,
    provider::{accounts, named},
    report::Report,
};

pub use all::HELP;

/// `csctl sync`
#[derive(Args)]
pub struct SyncArgs {
    /// One kind of account alone.
    #[command(subcommand)]
    pub command: Option<SyncCommand>,
    /// Without one: all of them.
    #[command(flatten)]
    pub all: all::AllArgs,
}

/// `csctl sync …`
#[derive(Subcommand)]
pub enum SyncCommand {
    /// Read all servers of an account at Linode
    #[command(after_help = LINODE_HELP)]
    Linode(LinodeArgs),
    /// Read every active account, then say where providers and database differ: the same as without a subcommand
    #[command(after_help = all::HELP)]
    All(all::AllArgs),
    /// Read all containers of Docker hosts, each by itself
    #[command(after_help = CONTAINERS_HELP)]
    Containers(crate::host::SyncContainersArgs),
}

const CONTAINERS_HELP: &str = "\
The status follows the host; plan, organization and creation never do. A container that nobody knows here is stored
without an organization, and is not billed. One that a complete list has no more, and that the host doesn't know by its
id, is gone: its hours are parked from when it was last seen until a person decides. When more than a tenth would be gone
at once, nothing is changed: look why, then give --allow-gone.

Exit code 3: a host could not be read, or something of it; the rest was.

Example:
  csctl sync containers --workspace-key-file workspace.key --json";

const LINODE_HELP: &str = "\
Status and addresses follow the provider; plan, organization and creation never do. A server that nobody knows here is
stored without an organization, and is not billed. One that a complete list has no more, and that Linode doesn't know by
its number, is gone: its hours are parked from when it was last seen until a person decides. When more than a tenth
would be gone at once, nothing is changed: look why, then give --allow-gone.

Exit code 3: something could not be read or written; the rest was.

Example:
  csctl sync linode --account Main --workspace-key-file workspace.key --json";

/// `csctl sync linode`
#[derive(Args)]
pub struct LinodeArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Which account: its number or name [default: the only one]
    #[arg(long)]
    pub account: Option<String>,
    /// Another address for this time than the account's
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Read a token for this time from standard input (a line), instead of the account's sealed one
    ///
    /// Where there is no account yet, one is added that keeps no token.
    #[arg(long)]
    pub token_stdin: bool,
    /// Read, say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Go on when more than a tenth of the account's servers would be gone at once
    #[arg(long)]
    pub allow_gone: bool,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub deadline: u64,
}

/// Runs one of the commands.
pub async fn run(arguments: &SyncArgs) -> Result<Report, Failure> {
    match &arguments.command {
        None => all::run(&arguments.all).await,
        Some(SyncCommand::All(arguments)) => all::run(arguments).await,
        Some(SyncCommand::Linode(arguments)) => linode(arguments).await,
        Some(SyncCommand::Containers(arguments)) => crate::host::sync(arguments).await,
    }
}

async fn linode(arguments: &LinodeArgs) -> Result<Report, Failure> {
    let mut input = Input::new();
    let operator = Operator::open(&arguments.place, &mut input).await?;
    let token = if arguments.token_stdin {
        Some(SecretString::from(input.line("the token")?))
    } else {
        None
    };
    let key = match &token {
        Some(_) => None,
        None => Some(arguments.key.require(&operator, arguments.dry_run).await?),
    };
    let (id, name) = choose(&operator, arguments).await?;
    let order = Order {
        account: id,
        key: key.as_ref(),
        token,
        endpoint: arguments.base_url.clone(),
        allow_gone: arguments.allow_gone,
        dry_run: arguments.dry_run,
    };
    let reach = Reach::running().within(Duration::from_secs(arguments.deadline));
    let report = sync::run(&operator.session, &order, &reach, |_, _| ControlFlow::Continue(()))
        .await
        .map_err(|error| operator.failed(error))?;
    told(&name, &report, arguments.dry_run)
}

/// The account that is meant.
async fn choose(operator: &Operator, arguments: &LinodeArgs) -> Result<(ProviderConfigId, String), Failure> {
    let all = accounts(operator).await?;
    let chosen = |row: AccountRow| (ProviderConfigId::new(row.id), row.label);
    if let Some(text) = &arguments.account {
        return named(&all, text).map(chosen);
    }
    let mut usable: Vec<AccountRow> = all
        .into_iter()
        .filter(|row| row.is_active && row.provider.eq_ignore_ascii_case("linode"))
        .collect();
    if usable.len() > 1
        && let Some(url) = &arguments.base_url
    {
        usable.retain(|row| row.endpoint.as_ref() == Some(url));
    }
    match usable.len() {
        1 => usable
            .pop()
            .map(chosen)
            .ok_or_else(|| Failure::new("internal", "The account is lost; nothing was changed.")),
        0 if arguments.token_stdin && !arguments.dry_run => {
            let label = AccountLabel::parse("Linode").map_err(|why| wrong("account", why))?;
            let id = providers::create_without_token(&operator.session, &label, arguments.base_url.as_deref())
                .await
                .map_err(|error| operator.failed(error))?;
            Ok((id, label.as_str().to_owned()))
        }
        0 => Err(Failure::new(
            "not_found",
            "There is no account to sync; nothing was changed. Add one with csctl provider add.",
        )),
        _ => Err(Failure::bad(
            "ambiguous",
            "There are several accounts; nothing was changed. Say which with --account.",
        )),
    }
}

fn many(number: i32, what: &str) -> String {
    count(usize::try_from(number).unwrap_or(0), what)
}

/// What was read, in a line.
fn summed(name: &str, report: &SyncReport, dry_run: bool) -> String {
    format!(
        "{}{name}: {} added, {} changed, {} unchanged, {} back, {} gone.",
        if dry_run { "Would sync " } else { "Synced " },
        many(report.added, "server"),
        report.changed,
        report.unchanged,
        report.returned,
        report.gone.len(),
    )
}

fn told(name: &str, report: &SyncReport, dry_run: bool) -> Result<Report, Failure> {
    let mut lines = vec![summed(name, report, dry_run)];
    for gone in &report.gone {
        lines.push(format!(
            "Gone: {} ({}), last seen {}; its hours are parked from then on.",
            gone.label.as_deref().unwrap_or("no name"),
            gone.linode_id,
            gone.last_seen_at.format("%Y-%m-%d %H:%M UTC"),
        ));
    }
    for note in &report.notes {
        lines.push(format!(
            "Server {}: {}",
            note.id,
            noted(&note.kind, note.text.as_deref())
        ));
    }
    if dry_run {
        lines.push("Nothing was changed.".to_owned());
    }
    let json = answer(report, dry_run);
    if report.complete {
        return Ok(Report { lines, json });
    }
    let why = if report.skipped > 0 {
        format!(
            "{} could not be read or written; the rest was.",
            many(report.skipped, "server")
        )
    } else {
        "Servers moved while the list was read, so that nothing is proven gone; what was seen was written.".to_owned()
    };
    Err(Failure::done_in_part(Report { lines, json }, "sync_in_part", why))
}

fn noted(kind: &str, text: Option<&str>) -> String {
    match (kind, text) {
        (_, Some(text)) => text.to_owned(),
        ("deleted_here", None) => "deleted here, and still there at the provider.".to_owned(),
        ("of_another_account", None) => "its row here is another account's; it was left alone.".to_owned(),
        (other, None) => other.replace('_', " "),
    }
}

fn answer(report: &SyncReport, dry_run: bool) -> Value {
    json!({
        "account": report.account,
        "dry_run": dry_run,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "gone": report.gone,
        "returned": report.returned,
        "missing": report.missing,
        "skipped": report.skipped,
        "notes": report.notes,
        "complete": report.complete,
        "duration_ms": report.duration_ms,
    })
}
