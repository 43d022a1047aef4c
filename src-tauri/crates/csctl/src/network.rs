//! `csctl network`: what addresses are called, and what other programs keep beside that.

use app::{
    domain::{
        ids::NetworkingConfigId,
        networking::{NetworkConfig, NetworkKind, RDNS, RdnsBase},
    },
    networking::{self, NetworkRow},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{address::Input, business::wrong, cli::Place, failure::Failure, operator::Operator, report::Report};

/// `csctl network …`
#[derive(Subcommand)]
pub enum NetworkCommand {
    /// List what is set up
    List(ListArgs),
    /// Say under which domain new servers' addresses get their names, or write a row of another type
    #[command(after_help = SET_HELP)]
    Set(SetArgs),
}

const SET_HELP: &str = "\
A row of the type is changed if there is one (the newest), else made; what other programs keep in it stays.

Example:
  csctl network set --rdns-base ip.rev.example.com";

/// `csctl network list`
#[derive(Args)]
pub struct ListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

/// `csctl network set`
#[derive(Args)]
#[group(id = "what", required = true, multiple = false, args = ["rdns_base", "config"])]
pub struct SetArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The domain under which addresses get their names
    #[arg(long, value_name = "DOMAIN", conflicts_with = "kind")]
    pub rdns_base: Option<String>,
    /// A whole configuration, as a JSON object
    #[arg(long, value_name = "JSON", requires = "kind")]
    pub config: Option<String>,
    /// What the configuration is about
    #[arg(long = "type", id = "kind", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Write it, but let it not count
    #[arg(long)]
    pub inactive: bool,
    /// Say what would be written, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs one of the commands.
pub async fn run(command: &NetworkCommand) -> Result<Report, Failure> {
    match command {
        NetworkCommand::List(arguments) => list(arguments).await,
        NetworkCommand::Set(arguments) => set(arguments).await,
    }
}

async fn all(operator: &Operator) -> Result<Vec<NetworkRow>, Failure> {
    networking::list(&operator.session)
        .await
        .map_err(|error| operator.failed(error))
}

async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let rows = all(&operator).await?;
    let lines = if rows.is_empty() {
        vec!["Nothing is set up yet: csctl network set --rdns-base DOMAIN names addresses.".to_owned()]
    } else {
        rows.iter()
            .map(|row| {
                let what = row
                    .rdns_base
                    .clone()
                    .unwrap_or_else(|| row.config.split_whitespace().collect::<Vec<_>>().join(" "));
                let off = if row.is_active { "" } else { "  (doesn't count)" };
                format!("{:>6}  {:<16}  {what}{off}", row.id, row.kind)
            })
            .collect()
    };
    Ok(Report {
        lines,
        json: json!({ "rows": rows, "total": rows.len() }),
    })
}

async fn set(arguments: &SetArgs) -> Result<Report, Failure> {
    let kind = NetworkKind::parse(arguments.kind.as_deref().unwrap_or(RDNS)).map_err(|why| wrong("type", why))?;
    let base = arguments
        .rdns_base
        .as_deref()
        .map(RdnsBase::parse)
        .transpose()
        .map_err(|why| wrong("rdns-base", why))?;
    let whole = arguments
        .config
        .as_deref()
        .map(|text| NetworkConfig::parse(&kind, text))
        .transpose()
        .map_err(|why| wrong("config", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let row = all(&operator).await?.into_iter().find(|row| row.kind == kind.as_str());
    let config = match (base, whole) {
        (Some(base), _) => networking::with_base(row.as_ref(), &base).map_err(|error| operator.failed(error))?,
        (None, Some(whole)) => whole,
        (None, None) => return Err(Failure::usage("Give --rdns-base or --config; nothing was changed.")),
    };
    let active = !arguments.inactive;
    let written: Value = config.clone().value();
    let id = if arguments.dry_run {
        row.as_ref().map(|row| row.id)
    } else {
        let done = match &row {
            Some(row) => {
                let id = NetworkingConfigId::new(row.id);
                networking::edit(&operator.session, id, config, active, row.updated_at)
                    .await
                    .map(|()| id)
            }
            None => networking::create(&operator.session, &kind, config, active).await,
        };
        Some(done.map_err(|error| operator.failed(error))?.get())
    };
    let verb = match (arguments.dry_run, row.is_some()) {
        (true, true) => "Would change",
        (true, false) => "Would add",
        (false, true) => "Changed",
        (false, false) => "Added",
    };
    let rest = if arguments.dry_run { " Nothing was changed." } else { "" };
    Ok(Report {
        lines: vec![format!("{verb} {kind}: {written}.{rest}")],
        json: json!({ "id": id, "type": kind.as_str(), "config": written, "is_active": active, "dry_run": arguments.dry_run }),
    })
}
