//! `csctl container`: make containers on their hosts, whatever is done to one there, and what its host says of it.

mod args;
mod follow;

use std::collections::BTreeMap;

use app::{
    containers::{
        self,
        live::{self, LogLine, LogRequest},
    },
    domain::{
        container::{ContainerName, ImageName, write_environment, write_ports, write_volumes},
        ids::{ContainerId, ContainerPlanId, OrganizationId, ProviderConfigId},
        plan::{PlanRef, ResourceKind},
    },
    hosts,
    intents::{
        Answers,
        containers::{self as intents, ContainerAct, ContainerOrder},
    },
    providers::Reach,
    workspace_key::Ring,
};
use secrecy::SecretString;
use serde_json::json;

use crate::{
    address::Input,
    assign,
    business::{organization, wrong},
    failure::Failure,
    host,
    operator::Operator,
    plan,
    report::Report,
    server::{finish, key_of, open, preview},
};

use args::{ActArgs, CreateArgs, ImagesArgs, LogsArgs, LookArgs};
pub use args::{ContainerCommand, HELP};

/// Runs one of the commands.
pub async fn run(command: &ContainerCommand, json: bool) -> Result<Report, Failure> {
    match command {
        ContainerCommand::Create(arguments) => create(arguments).await,
        ContainerCommand::Start(of) => act(of, ContainerAct::Start, true).await,
        ContainerCommand::Stop(of) => act(of, ContainerAct::Stop, true).await,
        ContainerCommand::Restart(of) => act(of, ContainerAct::Restart, true).await,
        ContainerCommand::Remove(arguments) => act(&arguments.of, ContainerAct::Remove, arguments.yes).await,
        ContainerCommand::Logs(arguments) if arguments.follow => follow::run(arguments, json).await,
        ContainerCommand::Logs(arguments) => logs(arguments).await,
        ContainerCommand::Stats(of) => stats(of).await,
        ContainerCommand::Inspect(of) => inspect(of).await,
        ContainerCommand::Images(arguments) => images(arguments).await,
        ContainerCommand::Add(arguments) => assign::add(arguments).await,
        ContainerCommand::List(arguments) => assign::list(arguments).await,
    }
}

/// The environment on standard input; the values are secrets.
fn environment(lines: &str) -> Result<Answers, Failure> {
    let lines: Vec<&str> = lines.lines().filter(|line| !line.trim().is_empty()).collect();
    write_environment(lines.iter().copied()).map_err(|why| wrong("environment-stdin", why))?;
    Ok(lines
        .into_iter()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), SecretString::from(value)))
        .collect::<BTreeMap<_, _>>())
}

async fn container_plan(operator: &Operator, text: &str) -> Result<ContainerPlanId, Failure> {
    match plan::find(operator, ResourceKind::Container, text).await? {
        PlanRef::Container(id) => Ok(id),
        PlanRef::Vps(_) => Err(Failure::new(
            "not_found",
            "This is no plan of containers; nothing was changed.",
        )),
    }
}

async fn create(arguments: &CreateArgs) -> Result<Report, Failure> {
    let key = key_of(Some(&arguments.key))?;
    let name = ContainerName::parse(&arguments.name).map_err(|why| wrong("name", why))?;
    let image = ImageName::parse(&arguments.image).map_err(|why| wrong("image", why))?;
    let ports = write_ports(arguments.ports.iter().map(String::as_str)).map_err(|why| wrong("port", why))?;
    let volumes = write_volumes(arguments.volumes.iter().map(String::as_str)).map_err(|why| wrong("volume", why))?;
    let mut input = Input::new();
    let (operator, keys) = open(&arguments.common, &mut input).await?;
    let environment = if arguments.environment_stdin {
        environment(&input.rest()?)?
    } else {
        Answers::new()
    };
    let order = ContainerOrder {
        host: host::choose(&operator, arguments.host.as_deref()).await?.0,
        organization: OrganizationId::new(organization(&operator, &arguments.organization).await?.id),
        plan: container_plan(&operator, &arguments.plan).await?,
        name,
        image,
        ports,
        volumes,
        environment,
        disk_required: !arguments.allow_unlimited_disk,
    };
    let session = &operator.session;
    if arguments.common.dry_run {
        let shown = intents::preview_order(session, keys.as_ref(), &order, &key).await;
        return Ok(preview(&shown.map_err(|error| operator.failed(error))?));
    }
    let placed = intents::order(session, keys.as_ref(), &order, &key).await;
    let placed = placed.map_err(|error| operator.failed(error))?;
    finish(&operator, keys.as_ref(), placed.id, &arguments.common, false).await
}

async fn act(of: &ActArgs, act: ContainerAct, sure: bool) -> Result<Report, Failure> {
    let key = key_of(of.key.as_deref())?;
    let (operator, keys) = open(&of.common, &mut Input::new()).await?;
    let container = find(&operator, &of.container).await?;
    let session = &operator.session;
    if of.common.dry_run || !sure {
        let shown = intents::preview_act(session, container, act, &key).await;
        let report = preview(&shown.map_err(|error| operator.failed(error))?);
        if of.common.dry_run {
            return Ok(report);
        }
        return Err(Failure {
            details: report.lines,
            answer: Some(Box::new(report.json)),
            ..Failure::bad(
                "not_confirmed",
                "The container, and what is in it and in no volume, would be lost. Nothing was done; give --yes if that is meant.",
            )
        });
    }
    let placed = intents::act(session, container, act, &key).await;
    let placed = placed.map_err(|error| operator.failed(error))?;
    finish(&operator, keys.as_ref(), placed.id, &of.common, false).await
}

async fn find(operator: &Operator, text: &str) -> Result<ContainerId, Failure> {
    if let Ok(id) = text.trim().parse() {
        return Ok(ContainerId::new(id));
    }
    let found = containers::of_name(&operator.session, text.trim())
        .await
        .map_err(|error| operator.failed(error))?;
    assign::one(&found, "container", text)
}

/// A container, and the keys if any were given.
async fn looked_at(of: &LookArgs) -> Result<(Operator, Option<Ring>, ContainerId), Failure> {
    let operator = Operator::open(&of.place, &mut Input::new()).await?;
    let keys = of.workspace_key.find(&operator, true).await?;
    let id = find(&operator, &of.container).await?;
    Ok((operator, keys, id))
}

/// Which lines of a log are told: those with a text, whatever its case, or all.
struct Search(Option<String>);

impl Search {
    fn of(arguments: &LogsArgs) -> Self {
        Self(arguments.search.as_ref().map(|text| text.to_lowercase()))
    }

    fn finds(&self, line: &LogLine) -> bool {
        self.0
            .as_ref()
            .is_none_or(|wanted| line.text.to_lowercase().contains(wanted))
    }
}

/// A line of a log for a person, with when it was said.
fn log_line(line: &LogLine) -> String {
    let at = line
        .at
        .map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M:%S ").to_string());
    format!("{at}{}", line.text)
}

async fn logs(arguments: &LogsArgs) -> Result<Report, Failure> {
    let (operator, keys, id) = looked_at(&arguments.of).await?;
    let request = LogRequest {
        from: None,
        tail: Some(arguments.tail),
    };
    let mut piece = live::logs(&operator.session, keys.as_ref(), id, &request, &Reach::running())
        .await
        .map_err(|error| operator.failed(error))?;
    let wanted = Search::of(arguments);
    piece.lines.retain(|line| wanted.finds(line));
    Ok(Report {
        lines: piece.lines.iter().map(log_line).collect(),
        json: json!(piece),
    })
}

async fn stats(of: &LookArgs) -> Result<Report, Failure> {
    let (operator, keys, id) = looked_at(of).await?;
    let reach = Reach::running();
    let first = live::stats(&operator.session, keys.as_ref(), id, None, &reach)
        .await
        .map_err(|error| operator.failed(error))?;
    let Some(counters) = &first.counters else {
        return Ok(Report {
            lines: vec!["The container doesn't run, so it uses nothing.".to_owned()],
            json: json!({ "sample": null }),
        });
    };
    // Rates need a second reading.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let second = live::stats(&operator.session, keys.as_ref(), id, Some(counters), &reach)
        .await
        .map_err(|error| operator.failed(error))?;
    let sample = second.sample.or(first.sample);
    let lines = sample.iter().map(|sample| {
        let number = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
        let mib = |value: Option<u64>| value.map_or("–".to_owned(), |bytes| (bytes >> 20).to_string());
        format!(
            "{} % of a core; {} of {} MiB of memory; {} bytes a second received, {} sent; {} processes",
            number(sample.cpu_percent),
            mib(sample.memory),
            mib(sample.memory_limit),
            number(sample.received),
            number(sample.sent),
            sample.processes.map_or("–".to_owned(), |count| count.to_string()),
        )
    });
    Ok(Report {
        lines: lines.collect(),
        json: json!({ "sample": sample }),
    })
}

async fn inspect(of: &LookArgs) -> Result<Report, Failure> {
    let (operator, keys, id) = looked_at(of).await?;
    let found = live::inspect(&operator.session, keys.as_ref(), id, &Reach::running())
        .await
        .map_err(|error| operator.failed(error))?;
    let mut lines = vec![
        format!("{} ({}), from {}", found.name, found.state, found.image),
        format!("Id: {}", found.id),
    ];
    if let Some(error) = &found.error {
        lines.push(format!("Last error: {error}"));
    }
    if let Some(code) = found.exit_code {
        lines.push(format!("Ended with code {code}."));
    }
    for (title, list) in [
        ("Ports", &found.ports),
        ("Volumes", &found.mounts),
        ("Addresses", &found.addresses),
        ("Environment (names)", &found.environment),
    ] {
        if !list.is_empty() {
            lines.push(format!("{title}: {}", list.join(", ")));
        }
    }
    Ok(Report {
        lines,
        json: json!(found),
    })
}

async fn images(arguments: &ImagesArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let keys = arguments.workspace_key.find(&operator, true).await?;
    let (host, _): (ProviderConfigId, String) = host::choose(&operator, arguments.host.as_deref()).await?;
    let listed = hosts::images(&operator.session, keys.as_ref(), host, &Reach::running())
        .await
        .map_err(|error| operator.failed(error))?;
    let mut names: Vec<String> = listed.items.into_iter().flat_map(|image| image.tags).collect();
    names.sort();
    Ok(Report {
        json: json!({ "images": names }),
        lines: if names.is_empty() {
            vec!["The host has no images that have a name.".to_owned()]
        } else {
            names
        },
    })
}
