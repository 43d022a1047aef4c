//! `csctl server show`, and what its provider says of a server now.

use app::{
    providers::Reach,
    servers::{
        self, LiveReach, ServerAddresses, ServerBackups, ServerEvents, ServerFirewalls, ServerStats, ServerTransfer,
    },
};
use serde_json::json;

use super::{
    args::{LookArgs, ShowArgs},
    server,
};
use crate::{address::Input, failure::Failure, operator::Operator, report::Report};

/// What is asked of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Curves.
    Stats,
    /// What it has sent.
    Transfer,
    /// Its addresses.
    Addresses,
    /// The firewalls before it.
    Firewalls,
    /// Its backups.
    Backups,
    /// What has happened to it there.
    Events,
}

fn or_none(text: Option<impl std::fmt::Display>) -> String {
    text.map_or_else(|| "–".to_owned(), |text| text.to_string())
}

/// What the database knows.
pub async fn show(arguments: &ShowArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let id = server(&operator, &arguments.server).await?;
    let detail = servers::detail(&operator.session, id)
        .await
        .map_err(|error| operator.failed(error))?;
    let known = &detail.known;
    let row = &known.row;
    let plan = known.plan.as_ref();
    let mut lines = vec![
        format!(
            "{} {}: {}",
            row.id,
            or_none(row.label.as_ref()),
            or_none(row.status.as_ref())
        ),
        format!("Organization: {}", or_none(row.organization.as_ref())),
        format!(
            "Plan: {}, {} an hour, at most {} a month",
            or_none(plan.map(|plan| &plan.name)),
            or_none(plan.and_then(|plan| plan.rate)),
            or_none(plan.and_then(|plan| plan.monthly_rate))
        ),
        format!(
            "Region: {}, image: {}",
            or_none(row.region.as_ref()),
            or_none(row.image.as_ref())
        ),
        format!(
            "Addresses: {} {}",
            or_none(row.ipv4.as_ref()),
            or_none(row.ipv6.as_ref())
        ),
        format!(
            "Account: {}, Linode {}, seen {}",
            or_none(row.account.as_ref()),
            or_none(row.linode_id),
            or_none(row.seen_at.map(|at| at.to_rfc3339()))
        ),
    ];
    if let Some(at) = known.deleted_at {
        lines.push(format!("Deleted {}", at.to_rfc3339()));
    }
    lines.extend(detail.open.iter().map(|intent| {
        format!(
            "Goes on: {} ({}), intent {}",
            intent.kind.replace('_', " "),
            intent.state,
            intent.id
        )
    }));
    Ok(Report {
        lines,
        json: json!({
            "server": row, "deleted_at": known.deleted_at, "plan": known.plan, "wallet": known.wallet,
            "observed": known.observed, "open": detail.open, "has_password": detail.has_password,
        }),
    })
}

/// What its provider says now.
pub async fn live(arguments: &LookArgs, what: What) -> Result<Report, Failure> {
    if arguments.month.is_some() && !matches!(what, What::Stats | What::Transfer) {
        return Err(Failure::usage("--month is for stats and transfer. Nothing was read."));
    }
    let operator = Operator::open(&arguments.show.place, &mut Input::new()).await?;
    let keys = arguments.workspace_key.require(&operator, true).await?;
    let id = server(&operator, &arguments.show.server).await?;
    let reach = Reach::patient();
    let by = LiveReach {
        keys: &keys,
        reach: &reach,
    };
    let session = &operator.session;
    let told = match what {
        What::Stats => servers::stats(session, by, id, arguments.month)
            .await
            .map(|told| stats(&told)),
        What::Transfer => servers::transfer(session, by, id, arguments.month).await.map(transfer),
        What::Addresses => servers::addresses(session, by, id).await.map(|told| addresses(&told)),
        What::Firewalls => servers::firewalls(session, by, id).await.map(|told| firewalls(&told)),
        What::Backups => servers::backups(session, by, id).await.map(|told| backups(&told)),
        What::Events => servers::events(session, by, id).await.map(|told| events(&told)),
    };
    told.map_err(|error| operator.failed(error))
}

fn stats(told: &ServerStats) -> Report {
    let line = |name: &str, unit: &str, points: &[(i64, f64)]| {
        let highest = points.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        let last = points.last().map_or(0.0, |(_, value)| *value);
        format!(
            "{name}: {last:.2} {unit} now, {highest:.2} at most, {} values",
            points.len()
        )
    };
    let lines = if told.ready {
        vec![
            line("CPU", "% of a core", &told.cpu),
            line("Disk", "blocks/s", &told.disk),
            line("IPv4 in", "bit/s", &told.ipv4.incoming),
            line("IPv4 out", "bit/s", &told.ipv4.outgoing),
            line("IPv6 in", "bit/s", &told.ipv6.incoming),
            line("IPv6 out", "bit/s", &told.ipv6.outgoing),
        ]
    } else {
        vec!["There are no curves of it yet.".to_owned()]
    };
    Report {
        lines,
        json: json!(told),
    }
}

fn transfer(told: ServerTransfer) -> Report {
    Report {
        lines: vec![format!(
            "Sent {} bytes, received {} bytes; included {} GB, beyond it {} GB.",
            or_none(told.outgoing),
            or_none(told.incoming),
            or_none(told.quota_gb),
            or_none(told.billable_gb)
        )],
        json: json!(&told),
    }
}

fn addresses(told: &ServerAddresses) -> Report {
    let mut lines: Vec<String> = told
        .addresses
        .iter()
        .map(|one| format!("{} ({}) {}", one.address, one.kind, or_none(one.rdns.as_ref())))
        .collect();
    lines.extend(told.ranges.iter().map(|range| format!("{range} (range)")));
    Report {
        lines,
        json: json!(told),
    }
}

fn firewalls(told: &ServerFirewalls) -> Report {
    let mut lines = Vec::new();
    for wall in &told.firewalls {
        lines.push(format!("{} {}: {}", wall.id, wall.label, or_none(wall.status.as_ref())));
        for (side, rules, policy) in [
            ("in", &wall.inbound, &wall.inbound_policy),
            ("out", &wall.outbound, &wall.outbound_policy),
        ] {
            for rule in rules.iter().flatten() {
                lines.push(format!(
                    "  {side}: {} {} {} {}",
                    or_none(rule.action.as_ref()),
                    or_none(rule.protocol.as_ref()),
                    rule.ports.as_deref().unwrap_or("all ports"),
                    rule.addresses.join(", ")
                ));
            }
            lines.push(format!("  {side}: {} everything else", or_none(policy.as_ref())));
        }
    }
    if lines.is_empty() {
        lines.push("No firewall stands before it.".to_owned());
    }
    Report {
        lines,
        json: json!(told),
    }
}

fn backups(told: &ServerBackups) -> Report {
    let all = told.in_progress.iter().chain(&told.snapshot).chain(&told.automatic);
    let mut lines: Vec<String> = all
        .map(|one| {
            format!(
                "{} {}: {}, {}",
                one.id,
                one.label.as_deref().unwrap_or("made by the provider"),
                or_none(one.status.as_ref()),
                or_none(one.created_at.map(|at| at.to_rfc3339()))
            )
        })
        .collect();
    if lines.is_empty() {
        lines.push("There is no backup of it.".to_owned());
    }
    Report {
        lines,
        json: json!(told),
    }
}

fn events(told: &ServerEvents) -> Report {
    let mut lines: Vec<String> = told
        .events
        .iter()
        .map(|one| {
            format!(
                "{} {} {} by {}",
                or_none(one.at.map(|at| at.to_rfc3339())),
                one.action,
                one.status,
                or_none(one.username.as_ref())
            )
        })
        .collect();
    if lines.is_empty() {
        lines.push("Its provider tells of nothing in the last 90 days.".to_owned());
    }
    Report {
        lines,
        json: json!(told),
    }
}

/// What has happened to it. Without the workspace key, or where the provider doesn't answer, its events are left out and that
/// is said: done in part.
pub async fn timeline(arguments: &LookArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.show.place, &mut Input::new()).await?;
    let keys = arguments.workspace_key.find(&operator, true).await?;
    let id = server(&operator, &arguments.show.server).await?;
    let reach = Reach::patient();
    let by = keys.as_ref().map(|keys| LiveReach { keys, reach: &reach });
    let told = servers::timeline::timeline(&operator.session, by, id, None)
        .await
        .map_err(|error| operator.failed(error))?;
    let lines = told
        .entries
        .iter()
        .map(|one| {
            let charge = one.charge.as_ref().map_or(String::new(), |charge| {
                format!(" {} for {} hours", charge.amount, charge.hours)
            });
            format!(
                "{} {} {}{charge} {} {}",
                one.at.to_rfc3339(),
                one.source,
                one.word,
                one.state.as_deref().unwrap_or(""),
                one.text.as_deref().unwrap_or("")
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    let unanswered = told.unanswered.map(|error| operator.failed(error));
    let report = Report {
        lines,
        json: json!({
            "entries": told.entries, "next": told.next, "with_provider": by.is_some() && unanswered.is_none(),
            "unanswered": unanswered.as_ref().map(|failure| json!({"code": failure.code, "message": failure.message})),
        }),
    };
    match unanswered {
        None => Ok(report),
        Some(failure) => Err(Failure::done_in_part(
            report,
            "provider_unanswered",
            format!("The provider's events are not in it: {}", failure.message),
        )),
    }
}
