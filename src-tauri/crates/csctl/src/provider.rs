//! `csctl provider`: accounts at providers.

use app::{
    domain::{
        ids::ProviderConfigId,
        plan::ProviderWord,
        provider::{AccountLabel, RegionsOnSale},
    },
    providers::{self, NewAccount, Reach},
    views::{AccountRow, TokenState},
};
use clap::{Args, Subcommand};
use secrecy::SecretString;
use serde_json::json;

use crate::{
    address::Input,
    business::wrong,
    cli::Place,
    failure::Failure,
    host::{self, PapersArgs},
    key::KeyArgs,
    operator::Operator,
    report::Report,
};

/// `csctl provider …`
#[derive(Subcommand)]
pub enum ProviderCommand {
    /// Add an account at Linode, whose token is checked there, then sealed; or a Docker host, which is asked what it is
    Add(AddArgs),
    /// List accounts and how they are
    List(ListArgs),
    /// Give an account another token; it is checked first, then sealed
    ReplaceToken(ReplaceArgs),
    /// Show or say which regions of an account are sold; orders elsewhere are refused
    Regions(RegionsArgs),
    /// Give a Docker host other certificates, or another address; its engine stays the one that it was
    ReplacePapers(ReplacePapersArgs),
    /// Ask a Docker host what it is
    Check(CheckArgs),
}

/// Whose servers or containers.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Servers at Linode
    Linode,
    /// Containers of a computer of one's own
    Docker,
}

/// `csctl provider add`
#[derive(Args)]
pub struct AddArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyArgs,
    /// The account's name here
    #[arg(long)]
    pub name: String,
    /// An account at Linode, or a Docker host
    #[arg(long, value_enum, default_value_t = Kind::Linode)]
    pub provider: Kind,
    /// Where an account is reached [default: Linode's public address]
    #[arg(long, value_name = "URL", conflicts_with = "endpoint")]
    pub base_url: Option<String>,
    /// Where a Docker host is.
    #[arg(
        long,
        value_name = "ADDRESS",
        required_if_eq("provider", "docker"),
        help = "Where a Docker host is: unix:///path, tcp://name:port (always encrypted) or ssh://user@name"
    )]
    pub endpoint: Option<String>,
    /// For a Docker host on tcp://.
    #[command(flatten)]
    pub papers: PapersArgs,
    /// Read an account's token from standard input (a line)
    #[arg(long, required_if_eq("provider", "linode"))]
    pub token_stdin: bool,
}

/// `csctl provider replace-papers`
#[derive(Args)]
pub struct ReplacePapersArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Which host: its number or name
    #[arg(long, value_name = "HOST")]
    pub name: String,
    /// Where it is [default: where it was]
    #[arg(long, value_name = "ADDRESS")]
    pub endpoint: Option<String>,
    /// In place of those that it has.
    #[command(flatten)]
    pub papers: PapersArgs,
}

/// `csctl provider check`
#[derive(Args)]
pub struct CheckArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Which host: its number or name
    #[arg(long, value_name = "HOST")]
    pub name: String,
    /// Another engine than before may have taken its place
    #[arg(long)]
    pub accept_other: bool,
}

/// `csctl provider list`
#[derive(Args)]
pub struct ListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

/// `csctl provider replace-token`
#[derive(Args)]
pub struct ReplaceArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Which account: its number or name
    #[arg(long, value_name = "ACCOUNT")]
    pub name: String,
    /// Read the token from standard input (a line)
    #[arg(long, required = true)]
    pub token_stdin: bool,
}

/// `csctl provider regions`
#[derive(Args)]
pub struct RegionsArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Which account: its number or name
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    /// Sell this region, and no others than those given so; can be given several times
    #[arg(long = "sell", value_name = "REGION")]
    pub sell: Vec<String>,
    /// Sell all regions
    #[arg(long, conflicts_with = "sell")]
    pub all: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs one of the commands.
pub async fn run(command: &ProviderCommand) -> Result<Report, Failure> {
    match command {
        ProviderCommand::Add(arguments) if arguments.provider == Kind::Docker => {
            let (place, endpoint) = (&arguments.place, arguments.endpoint.as_deref().unwrap_or_default());
            host::add(place, &arguments.key, &arguments.name, endpoint, &arguments.papers).await
        }
        ProviderCommand::Add(arguments) => add(arguments).await,
        ProviderCommand::ReplacePapers(arguments) => {
            let (place, endpoint) = (&arguments.place, arguments.endpoint.as_deref());
            host::replace(place, &arguments.key, &arguments.name, endpoint, &arguments.papers).await
        }
        ProviderCommand::Check(arguments) => {
            host::check(
                &arguments.place,
                &arguments.key,
                &arguments.name,
                arguments.accept_other,
            )
            .await
        }
        ProviderCommand::List(arguments) => list(arguments).await,
        ProviderCommand::ReplaceToken(arguments) => replace(arguments).await,
        ProviderCommand::Regions(arguments) => regions(arguments).await,
    }
}

async fn add(arguments: &AddArgs) -> Result<Report, Failure> {
    let label = AccountLabel::parse(&arguments.name).map_err(|why| wrong("name", why))?;
    let mut input = Input::new();
    let operator = Operator::open(&arguments.place, &mut input).await?;
    let token = SecretString::from(input.line("the token")?);
    let key = arguments.key.require(&operator, false).await?;
    let new = NewAccount {
        label,
        endpoint: arguments.base_url.clone(),
        token,
    };
    let added = providers::create(&operator.session, &key, &new, &Reach::patient())
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(Report {
        lines: vec![format!(
            "Added the account {} with the number {}; its token is {}'s at Linode.",
            new.label, added.id, added.username
        )],
        json: json!({ "id": added.id, "name": new.label.as_str(), "username": added.username }),
    })
}

async fn replace(arguments: &ReplaceArgs) -> Result<Report, Failure> {
    let mut input = Input::new();
    let operator = Operator::open(&arguments.place, &mut input).await?;
    let token = SecretString::from(input.line("the token")?);
    let key = arguments.key.require(&operator, false).await?;
    let account = named(&accounts(&operator).await?, &arguments.name)?;
    let id = ProviderConfigId::new(account.id);
    let added = providers::replace_token(&operator.session, &key, id, &token, &Reach::patient())
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(Report {
        lines: vec![format!(
            "Replaced the token of {}; the new one is {}'s at Linode.",
            account.label, added.username
        )],
        json: json!({ "id": added.id, "name": account.label, "username": added.username }),
    })
}

async fn regions(arguments: &RegionsArgs) -> Result<Report, Failure> {
    let words = arguments
        .sell
        .iter()
        .map(|word| ProviderWord::parse(word).map_err(|why| wrong("sell", why)))
        .collect::<Result<_, _>>()?;
    let wanted = RegionsOnSale::new(words).map_err(|why| wrong("sell", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let account = named(&accounts(&operator).await?, &arguments.account)?;
    let said = |regions: &[String]| {
        if regions.is_empty() {
            "all regions".to_owned()
        } else {
            regions.join(", ")
        }
    };
    let changes = arguments.all || !arguments.sell.is_empty();
    if changes && !arguments.dry_run {
        let id = ProviderConfigId::new(account.id);
        providers::set_regions(&operator.session, id, &wanted, account.updated_at)
            .await
            .map_err(|error| operator.failed(error))?;
    }
    let before = account.regions_on_sale;
    let after = if changes { wanted.names() } else { before.clone() };
    let line = match (changes, arguments.dry_run) {
        (false, _) => format!("Of {}, {} are sold.", account.label, said(&before)),
        (true, false) => format!(
            "Of {}, {} are sold from now on; before, {}.",
            account.label,
            said(&after),
            said(&before)
        ),
        (true, true) => format!(
            "Of {}, {} would be sold; now, {}. Nothing was changed.",
            account.label,
            said(&after),
            said(&before)
        ),
    };
    Ok(Report {
        lines: vec![line],
        json: json!({ "id": account.id, "name": account.label, "before": before, "regions": after, "changed": changes && !arguments.dry_run }),
    })
}

async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let accounts = accounts(&operator).await?;
    let hosts = host::all(&operator).await?;
    let lines = if accounts.is_empty() && hosts.is_empty() {
        vec!["No accounts yet: csctl provider add adds one.".to_owned()]
    } else {
        accounts.iter().map(told).chain(hosts.iter().map(host::line)).collect()
    };
    Ok(Report {
        lines,
        json: json!({ "rows": accounts, "total": accounts.len(), "hosts": hosts }),
    })
}

fn told(row: &AccountRow) -> String {
    let token = match row.token {
        TokenState::Sealed => "token sealed",
        TokenState::SealedBefore => "token sealed with a key that was lost: replace it",
        TokenState::NotSealed => "token not sealed: replace it",
        TokenState::Missing => "no token",
    };
    let read = row.observed_at.map_or_else(
        || "never read".to_owned(),
        |at| format!("read {}", at.format("%Y-%m-%d %H:%M UTC")),
    );
    let off = if row.is_active { "" } else { ", switched off" };
    format!(
        "{:>6}  {:<30}  {:<10}  {} servers, {} unassigned, {} gone; {read}; {token}{off}",
        row.id, row.label, row.provider, row.servers, row.unassigned, row.gone
    )
}

/// All accounts.
pub async fn accounts(operator: &Operator) -> Result<Vec<AccountRow>, Failure> {
    providers::list(&operator.session)
        .await
        .map_err(|error| operator.failed(error))
}

/// The account of a number or an exact name.
pub fn named(accounts: &[AccountRow], text: &str) -> Result<AccountRow, Failure> {
    let text = text.trim();
    let number = text.parse::<i32>().ok();
    let mut found = accounts
        .iter()
        .filter(|row| Some(row.id) == number || row.label.eq_ignore_ascii_case(text));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.clone()),
        (None, _) => Err(Failure::new(
            "not_found",
            format!("No account has the number or name {text:?}; nothing was changed."),
        )),
        (Some(_), Some(_)) => Err(Failure::new(
            "ambiguous",
            format!("Several accounts have the name {text:?}; nothing was changed. Give the number."),
        )),
    }
}
