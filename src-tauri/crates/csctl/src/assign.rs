//! `csctl assign`, `csctl unassign` and `csctl container`: whose a server or container is, on which plan, from when.

use app::{
    assignment::{self, Assign, Assigned, Release},
    containers::{self, NewContainer},
    domain::{
        container::{
            self, ContainerName, ContainerStatus, HostContainerId, ImageName, write_environment, write_ports,
            write_volumes,
        },
        ids::{ContainerId, OrganizationId, ServerId},
        plan::{ResourceKind, ResourceRef},
    },
    servers,
    views::{ContainerRow, ListRequest, Page},
};
use chrono::{DateTime, Utc};
use clap::{ArgGroup, Args};
use serde_json::json;

use crate::{
    address::Input,
    business::{ListArgs, organization, wrong},
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    plan,
    report::Report,
};

/// How many rows a listing shows at most.
const SHOWN: u32 = 200;

/// A server or a container.
#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true).args(["server", "container"]))]
pub struct What {
    /// A server's number or label
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
    /// A container's number, name, or id on its host
    #[arg(long, value_name = "CONTAINER")]
    pub container: Option<String>,
}

/// `csctl assign`
#[derive(Args)]
pub struct AssignArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What.
    #[command(flatten)]
    pub what: What,
    /// To whom: an organization's number or name
    #[arg(long)]
    pub organization: String,
    /// On which plan: its number or name
    #[arg(long)]
    pub plan: String,
    /// From when it is charged: a time (RFC 3339, such as 2026-03-01T00:00:00Z), or created [default: now]
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Say what would be charged, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl unassign`
#[derive(Args)]
pub struct UnassignArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What.
    #[command(flatten)]
    pub what: What,
    /// End it now instead: hours used, with the one that has begun, stay charged
    #[arg(long)]
    pub end: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl container add`
#[derive(Args)]
pub struct AddContainerArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The id that its host gave it
    #[arg(long, value_name = "ID")]
    pub container_id: String,
    /// Its name
    #[arg(long)]
    pub name: String,
    /// What it runs, such as nginx:1.27
    #[arg(long)]
    pub image: String,
    /// The host's word for its state
    #[arg(long, default_value = "running")]
    pub status: String,
    /// A published port as HOST:CONTAINER or HOST:CONTAINER/udp; can be given several times
    #[arg(long = "port", value_name = "PORT")]
    pub ports: Vec<String>,
    /// A volume, path on the host and path inside with a colon between; can be given several times
    #[arg(long = "volume", value_name = "VOLUME")]
    pub volumes: Vec<String>,
    /// Read its environment from standard input, a NAME=VALUE on each line
    #[arg(long)]
    pub environment_stdin: bool,
}

pub fn one<T: Copy>(found: &[T], noun: &str, text: &str) -> Result<T, Failure> {
    match found {
        [one] => Ok(*one),
        [] => Err(Failure::new(
            "not_found",
            format!("No {noun} has the number or name {text:?}; nothing was changed."),
        )),
        _ => Err(Failure::new(
            "ambiguous",
            format!("Several {noun}s have the name {text:?}; nothing was changed. Give the number."),
        )),
    }
}

async fn find(operator: &Operator, what: &What) -> Result<ResourceRef, Failure> {
    if let Some(text) = what.server.as_deref() {
        if let Ok(id) = text.trim().parse() {
            return Ok(ResourceRef::Vps(ServerId::new(id)));
        }
        let found = servers::of_label(&operator.session, text.trim())
            .await
            .map_err(|error| operator.failed(error))?;
        return one(&found, "server", text).map(ResourceRef::Vps);
    }
    let text = what.container.as_deref().unwrap_or_default();
    if let Ok(id) = text.trim().parse() {
        return Ok(ResourceRef::Container(ContainerId::new(id)));
    }
    let found = containers::of_name(&operator.session, text.trim())
        .await
        .map_err(|error| operator.failed(error))?;
    one(&found, "container", text).map(ResourceRef::Container)
}

/// When the resource was created.
async fn created(operator: &Operator, resource: ResourceRef) -> Result<DateTime<Utc>, Failure> {
    let at = assignment::created_at(&operator.session, resource)
        .await
        .map_err(|error| operator.failed(error))?;
    at.ok_or_else(|| wrong("from", "Nobody knows when this was created; give a time."))
}

/// Runs `csctl assign`.
pub async fn assign(arguments: &AssignArgs) -> Result<Report, Failure> {
    let from = match arguments.from.as_deref().map(str::trim) {
        None | Some("now" | "created") => None,
        Some(text) => Some(
            text.parse::<DateTime<Utc>>()
                .map_err(|_| wrong("from", "Give a time such as 2026-03-01T00:00:00Z, or created."))?,
        ),
    };
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let resource = find(&operator, &arguments.what).await?;
    let organization = organization(&operator, &arguments.organization).await?;
    let plan = plan::find(&operator, resource.kind(), &arguments.plan).await?;
    let start = match arguments.from.as_deref().map(str::trim) {
        Some("created") => Some(created(&operator, resource).await?),
        _ => from,
    };
    let wanted = Assign {
        resource,
        organization: OrganizationId::new(organization.id),
        plan,
        start,
    };
    let done = if arguments.dry_run {
        assignment::preview(&operator.session, &wanted).await
    } else {
        assignment::assign(&operator.session, &wanted).await
    }
    .map_err(|error| operator.failed(error))?;
    Ok(assigned(&done, resource, arguments.dry_run))
}

fn hours(number: i64) -> String {
    count(usize::try_from(number).unwrap_or(0), "hour")
}

fn assigned(done: &Assigned, resource: ResourceRef, dry_run: bool) -> Report {
    let mut lines = vec![format!(
        "{} {} to {} on {} ({} an hour) from {}; {} up to now cost {}, charged by the next run.",
        if dry_run { "Would assign" } else { "Assigned" },
        done.label,
        done.organization,
        done.plan,
        done.rate,
        done.starts_at.format("%Y-%m-%d %H:%M:%S UTC"),
        hours(done.hours),
        done.amount
    )];
    lines.extend(done.warnings.iter().map(|warning| format!("Note: {warning}")));
    if dry_run {
        lines.push("Nothing was changed.".to_owned());
    }
    let mut json = json!(done);
    json["kind"] = json!(resource.kind());
    json["id"] = json!(resource.get());
    json["dry_run"] = json!(dry_run);
    Report { lines, json }
}

/// Runs `csctl unassign`.
pub async fn unassign(arguments: &UnassignArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let resource = find(&operator, &arguments.what).await?;
    let done = match (arguments.dry_run, arguments.end) {
        (true, _) => assignment::release(&operator.session, resource).await,
        (false, true) => assignment::end(&operator.session, resource).await,
        (false, false) => assignment::undo(&operator.session, resource).await,
    }
    .map_err(|error| operator.failed(error))?;
    Ok(released(&done, resource, arguments))
}

fn released(done: &Release, resource: ResourceRef, arguments: &UnassignArgs) -> Report {
    let ended = format!(
        "{} up to now, costing {}, and the hour that has begun are charged by the next run",
        hours(done.hours),
        done.amount
    );
    let line = match (arguments.dry_run, arguments.end, &done.not_undoable) {
        (true, true, _) => format!(
            "Would end that {} is {}'s: {ended}. Nothing was changed.",
            done.label, done.organization
        ),
        (true, false, None) => format!(
            "Would take {} back from {} as if it had not been assigned. Nothing was changed.",
            done.label, done.organization
        ),
        (true, false, Some(why)) => why.clone(),
        (false, true, _) => format!("{} is not {}'s any more: {ended}.", done.label, done.organization),
        (false, false, _) => format!(
            "Took {} back from {}; nothing of it was charged.",
            done.label, done.organization
        ),
    };
    let mut json = json!(done);
    json["kind"] = json!(resource.kind());
    json["id"] = json!(resource.get());
    json["dry_run"] = json!(arguments.dry_run);
    json["ended"] = json!(arguments.end);
    Report {
        lines: vec![line],
        json,
    }
}

/// Runs `csctl container list`.
pub async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let request = ListRequest {
        search: arguments.search.clone(),
        ..ListRequest::first(SHOWN)
    };
    let page = containers::list(&operator.session, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(listed(&page))
}

/// Runs `csctl container add`.
pub async fn add(arguments: &AddContainerArgs) -> Result<Report, Failure> {
    let text = |list: &'static str, why: container::SettingError| wrong(list, why);
    let mut input = Input::new();
    let ports = write_ports(arguments.ports.iter().map(String::as_str)).map_err(|why| text("port", why))?;
    let volumes = write_volumes(arguments.volumes.iter().map(String::as_str)).map_err(|why| text("volume", why))?;
    let container_id = HostContainerId::parse(&arguments.container_id).map_err(|why| wrong("container-id", why))?;
    let name = ContainerName::parse(&arguments.name).map_err(|why| wrong("name", why))?;
    let image = ImageName::parse(&arguments.image).map_err(|why| wrong("image", why))?;
    let status = ContainerStatus::parse(&arguments.status).map_err(|why| wrong("status", why))?;
    let operator = Operator::open(&arguments.place, &mut input).await?;
    let lines = if arguments.environment_stdin {
        input.rest()?
    } else {
        String::new()
    };
    let variables = lines.lines().filter(|line| !line.trim().is_empty());
    let environment = write_environment(variables).map_err(|why| text("environment-stdin", why))?;
    let new = NewContainer {
        container_id,
        name,
        image,
        status,
        ports,
        environment,
        volumes,
    };
    let id = containers::record(&operator.session, &new)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(Report {
        lines: vec![format!(
            "Recorded the container {} with the number {id}; it is nobody's until it is assigned.",
            new.name
        )],
        json: json!({ "id": id, "container_id": new.container_id, "name": new.name, "kind": ResourceKind::Container }),
    })
}

fn listed(page: &Page<ContainerRow>) -> Report {
    let mut lines: Vec<String> = page
        .rows
        .iter()
        .map(|row| {
            format!(
                "{:>6}  {:<32}  {:<32}  {:<10}  {}",
                row.id,
                row.name.as_deref().unwrap_or("(no name)"),
                row.image.as_deref().unwrap_or_default(),
                row.status.as_deref().unwrap_or_default(),
                row.organization.as_deref().unwrap_or("nobody's")
            )
        })
        .collect();
    lines.push(format!("{} of {}", page.rows.len(), page.total));
    Report {
        lines,
        json: json!({ "rows": page.rows, "total": page.total }),
    }
}
