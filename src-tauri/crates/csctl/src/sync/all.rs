//! `csctl sync` without more: every active account, side by side, then where providers and database differ.

use std::time::Duration;

use app::{
    domain::{drift::DriftKind, ids::ProviderConfigId},
    drift::{self, DriftSummary},
    providers::Reach,
    sync::{self, Order, SyncReport},
    views::{AccountRow, DriftRow, ListRequest},
    workspace_key::Ring,
};
use clap::Args;
use serde_json::{Value, json};

use super::{answer, prices, summed};
use crate::{
    address::Input,
    cli::Place,
    failure::{Failure, count},
    host::{self, ReadHost},
    key::KeyArgs,
    operator::Operator,
    provider::accounts,
    report::Report,
};

/// How many differences are told with their remedies; the others are counted.
const TOLD: u32 = 100;

/// What `csctl sync` without more takes.
#[derive(Args)]
pub struct AllArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Read, say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Go on when more than a tenth of an account's servers would be gone at once
    #[arg(long)]
    pub allow_gone: bool,
    /// Give an account up after so many seconds; the others go on
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub deadline: u64,
}

pub const HELP: &str = "\
Without a subcommand every active account is read, side by side, each with its own deadline: one that hangs delays no other.
Then the provider's price list is read and kept, and admins are told of plans that are sold below cost; a list that can't be
read is a warning. Then it says where providers and database differ, what a month of each is worth, and what each remedy would
do; nothing is put right by itself. With --dry-run nothing is written at all.

Exit code 3: an account could not be read, or not all of it; the others were.

Example:
  csctl sync --workspace-key-file workspace.key --json";

struct Read {
    account: AccountRow,
    outcome: Result<SyncReport, Failure>,
}

/// Runs it.
pub async fn run(arguments: &AllArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let all = accounts(&operator).await?;
    let (read, left_out): (Vec<AccountRow>, Vec<AccountRow>) = all
        .into_iter()
        .filter(|row| row.is_active)
        .partition(|row| row.provider.eq_ignore_ascii_case("linode"));
    let hosts = host::active(&operator).await?;
    if read.is_empty() && hosts.is_empty() {
        return Err(Failure::new(
            "not_found",
            "There is no account to sync; nothing was changed. Add one with csctl provider add.",
        ));
    }
    let key = if read.is_empty() {
        arguments.key.find(&operator, arguments.dry_run).await?
    } else {
        Some(arguments.key.require(&operator, arguments.dry_run).await?)
    };
    let orders = read
        .iter()
        .map(|account| Order {
            account: ProviderConfigId::new(account.id),
            key: key.as_ref(),
            token: None,
            endpoint: None,
            allow_gone: arguments.allow_gone,
            dry_run: arguments.dry_run,
        })
        .collect();
    let deadline = Duration::from_secs(arguments.deadline);
    let reach = Reach::running().within(deadline);
    let wanted = host::Wanted {
        keys: key.as_ref(),
        allow_gone: arguments.allow_gone,
        dry_run: arguments.dry_run,
    };
    let (outcomes, hosts) = tokio::join!(
        sync::run_together(&operator.session, orders, &reach),
        host::read(&operator, hosts, wanted, &reach)
    );
    let mut done: Vec<Read> = read
        .into_iter()
        .zip(outcomes)
        .map(|(account, outcome)| Read {
            account,
            outcome: outcome.map_err(|error| operator.failed(error)),
        })
        .collect();
    done.sort_by(|a, b| a.account.label.cmp(&b.account.label));
    // Before the differences, which are worth what the provider takes. Only where somebody has answered just now.
    let answered = done.iter().filter(|read| read.outcome.is_ok());
    let endpoints = answered.map(|read| read.account.endpoint.as_deref());
    let prices = prices::refresh(
        &operator,
        endpoints,
        &Reach::patient().within(deadline),
        arguments.dry_run,
    )
    .await;
    let failed = |error| operator.failed(error);
    let summary = drift::summary(&operator.session).await.map_err(failed)?;
    let page = drift::list(&operator.session, &ListRequest::first(TOLD))
        .await
        .map_err(failed)?;
    let mut differences = Vec::new();
    for row in &page.rows {
        differences.push((row, remedies(&operator, key.as_ref(), row).await));
    }
    let all = All {
        accounts: &done,
        hosts: &hosts,
        left_out: &left_out,
        prices: &prices,
        dry_run: arguments.dry_run,
    };
    let report = told(&all, &summary, &differences, page.total);
    let wrong = done
        .iter()
        .filter(|read| !matches!(&read.outcome, Ok(report) if report.complete))
        .count()
        + hosts.iter().filter(|host| !host.is_complete()).count();
    if wrong == 0 {
        return Ok(report);
    }
    let why = format!(
        "{} could not be read in full; the others were.",
        count(wrong, "account")
    );
    Err(Failure::done_in_part(report, "sync_in_part", why))
}

/// What each remedy of a difference would do, or why it would not.
async fn remedies(
    operator: &Operator,
    key: Option<&Ring>,
    row: &DriftRow,
) -> Vec<(&'static str, Result<String, String>)> {
    let mut told = Vec::new();
    for remedy in drift::remedies(row) {
        let would = drift::preview(&operator.session, key, row, remedy)
            .await
            .map_err(|error| operator.failed(error).message);
        told.push((remedy.as_str(), would));
    }
    told
}

type Remedies = Vec<(&'static str, Result<String, String>)>;

/// All that was to be read.
struct All<'a> {
    accounts: &'a [Read],
    hosts: &'a [ReadHost],
    left_out: &'a [AccountRow],
    prices: &'a prices::Outcome,
    dry_run: bool,
}

fn told(all: &All<'_>, summary: &DriftSummary, differences: &[(&DriftRow, Remedies)], total: i64) -> Report {
    let mut lines: Vec<String> = all
        .accounts
        .iter()
        .map(|read| match &read.outcome {
            Ok(report) => summed(&read.account.label, report, all.dry_run),
            Err(failure) => format!("{}: {} ({})", read.account.label, failure.message, failure.code),
        })
        .collect();
    lines.extend(all.hosts.iter().flat_map(|host| host.lines(all.dry_run)));
    lines.extend(
        all.left_out
            .iter()
            .map(|row| format!("{}: not read, an account of {}.", row.label, row.provider)),
    );
    lines.extend(prices::line(all.prices, all.dry_run));
    if total == 0 {
        lines.push("No drift: providers and database agree.".to_owned());
    }
    for sum in &summary.sums {
        let worth = match sum.monthly {
            Some(monthly) => format!(", {monthly} a month {}", side(sum.is_cost)),
            None => String::new(),
        };
        let unknown = if sum.unknown > 0 && sum.monthly.is_some() {
            format!(" ({} of unknown worth)", sum.unknown)
        } else {
            String::new()
        };
        lines.push(format!("{}: {}{worth}{unknown}.", sum.kind.sentence(), sum.count));
    }
    for (row, remedies) in differences {
        lines.push(difference(row));
        for (remedy, would) in remedies {
            let word = remedy.replace('_', " ");
            lines.push(match would {
                Ok(sentence) => format!("    {word}: {sentence}"),
                Err(why) => format!("    {word}: not possible. {why}"),
            });
        }
    }
    let rest = total - i64::try_from(differences.len()).unwrap_or(i64::MAX);
    if rest > 0 {
        lines.push(format!("And {rest} more differences, each worth no more than these."));
    }
    Report {
        lines,
        json: json!({
            "dry_run": all.dry_run,
            "accounts": all.accounts.iter().map(read_json).collect::<Vec<_>>(),
            "hosts": all.hosts.iter().map(|host| host.json(all.dry_run)).collect::<Vec<_>>(),
            "prices": prices::json(all.prices),
            "not_read": all.left_out.iter().map(|row| json!({ "id": row.id, "name": row.label, "provider": row.provider })).collect::<Vec<_>>(),
            "drift": {
                "total": total,
                "sums": summary.sums,
                "rows": differences.iter().map(|(row, remedies)| difference_json(row, remedies)).collect::<Vec<_>>(),
            },
        }),
    }
}

fn read_json(read: &Read) -> Value {
    let mut told = match &read.outcome {
        Ok(report) => answer(report, false),
        Err(failure) => json!({ "complete": false, "error": { "code": failure.code, "message": failure.message } }),
    };
    told["account"] = json!(read.account.id);
    told["name"] = json!(read.account.label);
    if let Some(object) = told.as_object_mut() {
        object.remove("dry_run");
    }
    told
}

fn difference_json(row: &DriftRow, remedies: &Remedies) -> Value {
    let mut told = json!(row);
    told["remedies"] = remedies
        .iter()
        .map(|(remedy, would)| match would {
            Ok(sentence) => json!({ "remedy": remedy, "possible": true, "preview": sentence }),
            Err(why) => json!({ "remedy": remedy, "possible": false, "why": why }),
        })
        .collect();
    told
}

const fn side(is_cost: bool) -> &'static str {
    if is_cost { "of ours" } else { "of customers'" }
}

fn difference(row: &DriftRow) -> String {
    let whose = row.organization.as_deref().unwrap_or("nobody");
    let account = row.account.as_deref().unwrap_or("an account");
    let worth = row.monthly.map_or_else(String::new, |monthly| {
        format!("; {monthly} a month {}", side(row.is_cost))
    });
    let since = row
        .since
        .map_or_else(String::new, |at| format!("; since {}", at.format("%Y-%m-%d %H:%M UTC")));
    let what = match row.kind {
        DriftKind::Unbilled | DriftKind::DeletedHere | DriftKind::Overcharged => String::new(),
        _ => format!(
            ": {} here, {} there",
            row.here.as_deref().unwrap_or("nothing"),
            row.there.as_deref().unwrap_or("nothing")
        ),
    };
    format!(
        "  {} ({} {}, {account}, {whose}): {}{what}{worth}{since}",
        row.label,
        row.resource_kind.noun(),
        row.resource_id,
        row.kind.sentence().to_lowercase()
    )
}
