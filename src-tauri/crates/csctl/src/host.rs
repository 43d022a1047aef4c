//! Docker hosts: `csctl provider add --provider docker` and `csctl sync containers`.

use std::{ops::ControlFlow, path::Path, time::Duration};

use app::{
    domain::{ids::ProviderConfigId, provider::AccountLabel},
    hosts::{self, CheckedHost, NewHost, Papers},
    providers::Reach,
    sync::containers::{self as sync, HostOrder, HostReport},
    views::{HostRow, TokenState},
    workspace_key::Ring,
};
use clap::Args;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    address::Input,
    business::wrong,
    cli::Place,
    failure::{Failure, count},
    key::KeyArgs,
    operator::Operator,
    report::Report,
};

/// What a host on `tcp://` asks of both sides.
#[derive(Args, Default)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
pub struct PapersArgs {
    /// The certificate of the authority that signed a Docker host's, as PEM [default: those that this computer trusts]
    #[arg(long, value_name = "FILE")]
    pub tls_ca_file: Option<std::path::PathBuf>,
    /// Our certificate for a Docker host, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key_file")]
    pub tls_cert_file: Option<std::path::PathBuf>,
    /// Its key, as PEM, in a file that only you may read (mode 0600)
    #[arg(long, value_name = "FILE", requires = "tls_cert_file")]
    pub tls_key_file: Option<std::path::PathBuf>,
}

impl PapersArgs {
    fn read(&self) -> Result<Papers, Failure> {
        let text = |argument: &'static str, file: &Option<std::path::PathBuf>| match file {
            Some(file) => std::fs::read_to_string(file)
                .map(Some)
                .map_err(|error| wrong(argument, format!("{} can't be read ({error}).", file.display()))),
            None => Ok(None),
        };
        if let Some(file) = &self.tls_key_file {
            private(file)?;
        }
        Ok(Papers {
            authority: text("tls-ca-file", &self.tls_ca_file)?,
            certificate: text("tls-cert-file", &self.tls_cert_file)?,
            key: text("tls-key-file", &self.tls_key_file)?.map(SecretString::from),
        })
    }
}

/// A key that others may read is none any more.
fn private(file: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).map(|found| found.permissions().mode());
    match mode {
        Ok(mode) if mode & 0o077 != 0 => Err(wrong(
            "tls-key-file",
            format!("{} may be read by others; give it the mode 0600.", file.display()),
        )),
        _ => Ok(()),
    }
}

/// Adds a host.
pub async fn add(
    place: &Place,
    key: &KeyArgs,
    name: &str,
    endpoint: &str,
    papers: &PapersArgs,
) -> Result<Report, Failure> {
    let label = AccountLabel::parse(name).map_err(|why| wrong("name", why))?;
    let papers = papers.read()?;
    let operator = Operator::open(place, &mut Input::new()).await?;
    let keys = if papers.is_empty() {
        None
    } else {
        Some(key.require(&operator, false).await?)
    };
    let new = NewHost {
        label,
        endpoint: endpoint.to_owned(),
        papers,
    };
    let added = hosts::create(&operator.session, keys.as_ref(), &new, &Reach::patient())
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(told("Added the host", new.label.as_str(), &added))
}

/// Other papers for a host, or another address of it.
pub async fn replace(
    place: &Place,
    key: &KeyArgs,
    name: &str,
    endpoint: Option<&str>,
    papers: &PapersArgs,
) -> Result<Report, Failure> {
    let papers = papers.read()?;
    let operator = Operator::open(place, &mut Input::new()).await?;
    let keys = key.find(&operator, false).await?;
    let (id, label) = choose(&operator, Some(name)).await?;
    let done = hosts::replace(
        &operator.session,
        keys.as_ref(),
        id,
        endpoint,
        &papers,
        &Reach::patient(),
    )
    .await
    .map_err(|error| operator.failed(error))?;
    Ok(told("Replaced what is needed to reach the host", &label, &done))
}

/// Asks a host what it is.
pub async fn check(place: &Place, key: &KeyArgs, name: &str, accept_other: bool) -> Result<Report, Failure> {
    let operator = Operator::open(place, &mut Input::new()).await?;
    let keys = key.find(&operator, true).await?;
    let (id, label) = choose(&operator, Some(name)).await?;
    let done = hosts::check(&operator.session, keys.as_ref(), id, accept_other, &Reach::patient())
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(told("Asked the host", &label, &done))
}

fn told(what: &str, label: &str, host: &CheckedHost) -> Report {
    let engine = &host.engine;
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    Report {
        lines: vec![format!(
            "{what} {label} with the number {}: Docker {} on {}, {} cores, {} MiB of memory, storage driver {}.",
            host.id,
            text(&engine.version),
            text(&engine.system),
            engine.cpus.map_or("–".to_owned(), |cpus| cpus.to_string()),
            engine
                .memory_bytes
                .map_or("–".to_owned(), |bytes| (bytes >> 20).to_string()),
            text(&engine.storage_driver),
        )],
        json: json!({ "id": host.id, "name": label, "engine": engine }),
    }
}

/// All hosts.
pub async fn all(operator: &Operator) -> Result<Vec<HostRow>, Failure> {
    hosts::list(&operator.session)
        .await
        .map_err(|error| operator.failed(error))
}

/// A line of a listing.
pub fn line(row: &HostRow) -> String {
    let papers = match row.papers {
        TokenState::Sealed => "; papers sealed",
        TokenState::SealedBefore => "; papers sealed with a key that was lost: replace them",
        TokenState::NotSealed => "; papers not sealed: replace them",
        TokenState::Missing => "",
    };
    let read = row.observed_at.map_or_else(
        || "never read".to_owned(),
        |at| format!("read {}", at.format("%Y-%m-%d %H:%M UTC")),
    );
    let off = if row.is_active { "" } else { ", switched off" };
    format!(
        "{:>6}  {:<30}  {:<10}  {} containers, {} running, {} unassigned, {} gone; {read}{papers}{off}",
        row.id, row.label, "docker", row.containers, row.running, row.unassigned, row.gone
    )
}

/// The host of a number or an exact name, or the only one that is read.
pub async fn choose(operator: &Operator, text: Option<&str>) -> Result<(ProviderConfigId, String), Failure> {
    let all = all(operator).await?;
    let mut found: Vec<HostRow> = match text.map(str::trim) {
        Some(text) => {
            let number = text.parse::<i32>().ok();
            all.into_iter()
                .filter(|row| Some(row.id) == number || row.label.eq_ignore_ascii_case(text))
                .collect()
        }
        None => all.into_iter().filter(|row| row.is_active).collect(),
    };
    match (found.pop(), found.pop(), text) {
        (Some(one), None, _) => Ok((ProviderConfigId::new(one.id), one.label)),
        (None, _, Some(text)) => Err(Failure::new(
            "not_found",
            format!("No Docker host has the number or name {text:?}; nothing was changed."),
        )),
        (None, _, None) => Err(Failure::new(
            "not_found",
            "There is no Docker host; nothing was changed. Add one with csctl provider add --provider docker.",
        )),
        (Some(_), Some(_), _) => Err(Failure::bad(
            "ambiguous",
            "There are several Docker hosts; nothing was changed. Say which by its number.",
        )),
    }
}

/// `csctl sync containers`
#[derive(Args)]
pub struct SyncContainersArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is: a host on tcp:// needs it.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Which host: its number or name [default: all that are switched on]
    #[arg(long, visible_alias = "host")]
    pub account: Option<String>,
    /// Read, say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Go on when more than a tenth of a host's containers would be gone at once
    #[arg(long, requires = "account")]
    pub allow_gone: bool,
    /// Give a host up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub deadline: u64,
}

/// Syncs one host, or all of them side by side.
pub async fn sync(arguments: &SyncContainersArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let keys = arguments.key.find(&operator, arguments.dry_run).await?;
    let chosen: Vec<(ProviderConfigId, String)> = match &arguments.account {
        Some(text) => vec![choose(&operator, Some(text)).await?],
        None => active(&operator).await?,
    };
    if chosen.is_empty() {
        return Err(Failure::new(
            "not_found",
            "There is no Docker host to sync; nothing was changed. Add one with csctl provider add --provider docker.",
        ));
    }
    let reach = Reach::running().within(Duration::from_secs(arguments.deadline));
    let wanted = Wanted {
        keys: keys.as_ref(),
        allow_gone: arguments.allow_gone,
        dry_run: arguments.dry_run,
    };
    let read = read(&operator, chosen, wanted, &reach).await;
    let mut lines = Vec::new();
    let mut reports: Vec<Value> = Vec::new();
    let (mut partial, mut failed) = (false, Vec::new());
    for one in read {
        lines.extend(one.lines(arguments.dry_run));
        reports.push(one.json(arguments.dry_run));
        match one.outcome {
            Ok(report) => partial |= !report.complete,
            Err(failure) => failed.push(failure),
        }
    }
    if arguments.dry_run {
        lines.push("Nothing was changed.".to_owned());
    }
    let json = if arguments.account.is_some() {
        reports.first().cloned().unwrap_or_default()
    } else {
        json!({ "hosts": reports })
    };
    let report = Report { lines, json };
    match failed.pop() {
        Some(failure) if reports.len() == failed.len() + 1 => Err(failure),
        Some(_) => Err(Failure::done_in_part(
            report,
            "sync_in_part",
            "Some hosts could not be read; the others were.",
        )),
        None if partial => Err(Failure::done_in_part(
            report,
            "sync_in_part",
            "Some of a host's answer could not be read; the rest was.",
        )),
        None => Ok(report),
    }
}

/// How hosts are read.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// What opens their papers.
    pub keys: Option<&'a Ring>,
    /// Whether more than a tenth may go at once.
    pub allow_gone: bool,
    /// Whether only to say what would be done.
    pub dry_run: bool,
}

/// A host that was read, or was not.
pub struct ReadHost {
    host: ProviderConfigId,
    label: String,
    outcome: Result<HostReport, Failure>,
}

impl ReadHost {
    /// Whether all of it was read and written.
    pub fn is_complete(&self) -> bool {
        matches!(&self.outcome, Ok(report) if report.complete)
    }

    /// For a person.
    pub fn lines(&self, dry_run: bool) -> Vec<String> {
        match &self.outcome {
            Ok(report) => report_lines(&self.label, report, dry_run),
            Err(failure) => vec![format!("{}: {} ({})", self.label, failure.message, failure.code)],
        }
    }

    /// For a program.
    pub fn json(&self, dry_run: bool) -> Value {
        match &self.outcome {
            Ok(report) => answer(&self.label, report, dry_run),
            Err(failure) => {
                json!({ "account": self.host, "name": self.label, "error": { "code": failure.code, "message": failure.message } })
            }
        }
    }
}

/// The hosts that are switched on.
pub async fn active(operator: &Operator) -> Result<Vec<(ProviderConfigId, String)>, Failure> {
    let rows = all(operator).await?.into_iter().filter(|row| row.is_active);
    Ok(rows.map(|row| (ProviderConfigId::new(row.id), row.label)).collect())
}

/// Reads hosts side by side, each by itself.
pub async fn read(
    operator: &Operator,
    hosts: Vec<(ProviderConfigId, String)>,
    wanted: Wanted<'_>,
    reach: &Reach,
) -> Vec<ReadHost> {
    let work = hosts.into_iter().map(async |(host, label)| {
        let order = HostOrder {
            host,
            key: wanted.keys,
            allow_gone: wanted.allow_gone,
            dry_run: wanted.dry_run,
        };
        let done = sync::run(&operator.session, &order, reach, |_, _| ControlFlow::Continue(())).await;
        ReadHost {
            host,
            label,
            outcome: done.map_err(|error| operator.failed(error)),
        }
    });
    futures_util::future::join_all(work).await
}

fn report_lines(name: &str, report: &HostReport, dry_run: bool) -> Vec<String> {
    let mut lines = vec![format!(
        "{}{name}: {} added, {} changed, {} unchanged, {} back, {} gone.",
        if dry_run { "Would sync " } else { "Synced " },
        count(usize::try_from(report.added).unwrap_or(0), "container"),
        report.changed,
        report.unchanged,
        report.returned,
        report.gone.len(),
    )];
    for gone in &report.gone {
        lines.push(format!(
            "Gone: {} ({}), last seen {}; its hours are parked from then on.",
            gone.name.as_deref().unwrap_or("no name"),
            gone.external_id.get(..12).unwrap_or(&gone.external_id),
            gone.last_seen_at.format("%Y-%m-%d %H:%M UTC"),
        ));
    }
    for note in &report.notes {
        let id = note.external_id.as_deref().unwrap_or_default();
        let said = match (note.kind.as_str(), &note.text) {
            (_, Some(text)) => text.clone(),
            ("deleted_here", None) => "removed here, and still there on the host.".to_owned(),
            ("of_another_account", None) => "its row here is another host's; it was left alone.".to_owned(),
            (other, None) => other.replace('_', " "),
        };
        lines.push(format!("Container {}: {said}", id.get(..12).unwrap_or(id)));
    }
    lines
}

fn answer(name: &str, report: &HostReport, dry_run: bool) -> Value {
    json!({
        "account": report.host,
        "name": name,
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
