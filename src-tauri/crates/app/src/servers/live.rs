//! What a server's provider says of it now. Each is a question of its own with its own deadline; where it is not answered,
//! what the database knows stays.

use chrono::NaiveDateTime;
use domain::{ids::ServerId, role::Action};
use providers::linode::{
    Address, Backup, Bytes, Call, Event, EventFilter, EventStatus, Gigabytes, Linode, LinodeError, Point, Rule,
    StatsAnswer, Traffic,
};
use serde::Serialize;
use store::{StoreError, servers as stored};
use ts_rs::TS;

use crate::{
    AppError,
    providers::{self as accounts, Reach},
    session::Session,
    workspace_key::Ring,
};

/// What a live question needs beside the session.
#[derive(Debug, Clone, Copy)]
pub struct LiveReach<'a> {
    /// The workspace's keys, which open the account's token.
    pub keys: &'a Ring,
    /// How its provider is reached, and for how long at most.
    pub reach: &'a Reach,
}

/// The server at its provider.
struct There {
    linode: Linode,
    id: u64,
    call: Call,
}

impl There {
    async fn find(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<Self, AppError> {
        // A token opens everything that its account has: whoever may not change servers isn't lent it either.
        session.may(Action::EditServer)?;
        let place = stored::place(&mut *session.read().await?, server).await?;
        if place.is_deleted {
            return Err(StoreError::Rule("intent_server_deleted".to_owned()).into());
        }
        let (Some(account), Some(id)) = (place.account, place.external_id) else {
            return Err(StoreError::Rule("intent_server_without_account".to_owned()).into());
        };
        let account = accounts::linode(accounts::get(session, account).await?)?;
        let token = accounts::open_token(session, &account, live.keys).await?;
        Ok(Self {
            linode: live.reach.linode(account.endpoint.as_deref(), &token)?,
            id,
            call: Call::new(),
        })
    }

    fn gone(&self) -> AppError {
        AppError::Provider(LinodeError::NotFound {
            what: format!("/linode/instances/{}", self.id),
        })
    }
}

/// A curve: times in milliseconds since 1970, and values. For looking at, not for money.
type Curve = Vec<(i64, f64)>;

/// Network of one sort, bits a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct ServerTraffic {
    /// From the world.
    #[ts(type = "Array<[number, number]>")]
    pub incoming: Curve,
    /// To the world.
    #[ts(type = "Array<[number, number]>")]
    pub outgoing: Curve,
    /// From the provider's own network.
    #[ts(type = "Array<[number, number]>")]
    pub private_incoming: Curve,
    /// To the provider's own network.
    #[ts(type = "Array<[number, number]>")]
    pub private_outgoing: Curve,
}

/// The curves of a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct ServerStats {
    /// Whether there are any: a server has none in its first minutes, nor before it is first started.
    pub ready: bool,
    /// Percent of one core: a server with four goes up to 400.
    #[ts(type = "Array<[number, number]>")]
    pub cpu: Curve,
    /// Disk: blocks a second.
    #[ts(type = "Array<[number, number]>")]
    pub disk: Curve,
    /// Swap: blocks a second.
    #[ts(type = "Array<[number, number]>")]
    pub swap: Curve,
    /// IPv4.
    pub ipv4: ServerTraffic,
    /// IPv6.
    pub ipv6: ServerTraffic,
}

fn curve(points: &[Point]) -> Curve {
    points
        .iter()
        .map(|point| (point.at.timestamp_millis(), point.value))
        .collect()
}

fn traffic(of: &Traffic) -> ServerTraffic {
    ServerTraffic {
        incoming: curve(&of.incoming),
        outgoing: curve(&of.outgoing),
        private_incoming: curve(&of.private_incoming),
        private_outgoing: curve(&of.private_outgoing),
    }
}

/// The curves of the last 24 hours, or of a month.
pub async fn stats(
    session: &Session,
    live: LiveReach<'_>,
    server: ServerId,
    month: Option<(u16, u8)>,
) -> Result<ServerStats, AppError> {
    let there = There::find(session, live, server).await?;
    let answer = match month {
        None => there.linode.stats(there.id, &there.call).await?,
        Some((year, month)) => there.linode.stats_of_month(there.id, year, month, &there.call).await?,
    };
    match answer.ok_or_else(|| there.gone())? {
        StatsAnswer::NotYet => Ok(ServerStats::default()),
        StatsAnswer::Ready(stats) => Ok(ServerStats {
            ready: true,
            cpu: curve(&stats.cpu),
            disk: curve(&stats.disk),
            swap: curve(&stats.swap),
            ipv4: traffic(&stats.ipv4),
            ipv6: traffic(&stats.ipv6),
        }),
    }
}

/// What a server has sent this month, or sent and received in one of the past.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerTransfer {
    /// Sent, bytes.
    #[ts(type = "number | null")]
    pub outgoing: Option<u64>,
    /// Received, bytes; the running month doesn't tell it.
    #[ts(type = "number | null")]
    pub incoming: Option<u64>,
    /// What its type includes this month, GB.
    #[ts(type = "number | null")]
    pub quota_gb: Option<u64>,
    /// What goes beyond and costs extra, GB.
    #[ts(type = "number | null")]
    pub billable_gb: Option<u64>,
}

/// Reads it.
pub async fn transfer(
    session: &Session,
    live: LiveReach<'_>,
    server: ServerId,
    month: Option<(u16, u8)>,
) -> Result<ServerTransfer, AppError> {
    let there = There::find(session, live, server).await?;
    let bytes = |amount: Option<Bytes>| amount.map(|Bytes(bytes)| bytes);
    let gigabytes = |amount: Option<Gigabytes>| amount.map(|Gigabytes(amount)| amount);
    Ok(match month {
        None => {
            let now = there.linode.transfer(there.id, &there.call).await?;
            let now = now.ok_or_else(|| there.gone())?;
            ServerTransfer {
                outgoing: bytes(now.used),
                incoming: None,
                quota_gb: gigabytes(now.quota),
                billable_gb: gigabytes(now.billable),
            }
        }
        Some((year, month)) => {
            let past = there
                .linode
                .transfer_of_month(there.id, year, month, &there.call)
                .await?;
            let past = past.ok_or_else(|| there.gone())?;
            ServerTransfer {
                outgoing: bytes(past.outgoing),
                incoming: bytes(past.incoming),
                ..ServerTransfer::default()
            }
        }
    })
}

/// An address of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ServerAddress {
    /// The address itself.
    pub address: String,
    /// public, private, shared, reserved, slaac or `link_local`.
    pub kind: &'static str,
    /// The name that it leads back to.
    pub rdns: Option<String>,
    /// Whether it can be given such a name.
    pub may_name: bool,
    /// The way out.
    pub gateway: Option<String>,
    /// How many bits of it are the network's.
    #[ts(type = "number | null")]
    pub prefix: Option<u64>,
}

/// The addresses of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerAddresses {
    /// One by one.
    pub addresses: Vec<ServerAddress>,
    /// Ranges of IPv6, such as `2600:3c00:e000:1::/64`.
    pub ranges: Vec<String>,
}

/// Reads them.
pub async fn addresses(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerAddresses, AppError> {
    let there = There::find(session, live, server).await?;
    let found = there.linode.addresses(there.id, &there.call).await?;
    let found = found.ok_or_else(|| there.gone())?;
    let one = |kind: &'static str, address: &Address| ServerAddress {
        address: address.address.to_string(),
        kind,
        rdns: address.rdns.clone(),
        may_name: matches!(kind, "public" | "reserved" | "slaac"),
        gateway: address.gateway.map(|gateway| gateway.to_string()),
        prefix: address.prefix,
    };
    let many = |kind: &'static str, all: &[Address]| all.iter().map(|address| one(kind, address)).collect::<Vec<_>>();
    let mut addresses = many("public", &found.public);
    addresses.extend(found.slaac.iter().map(|address| one("slaac", address)));
    addresses.extend(many("reserved", &found.reserved));
    addresses.extend(many("shared", &found.shared));
    addresses.extend(many("private", &found.private));
    addresses.extend(found.link_local.iter().map(|address| one("link_local", address)));
    Ok(ServerAddresses {
        addresses,
        ranges: found
            .ranges
            .iter()
            .map(|range| match range.prefix {
                Some(prefix) => format!("{}/{prefix}", range.first),
                None => range.first.to_string(),
            })
            .collect(),
    })
}

/// A rule of a firewall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FirewallRule {
    /// Its name.
    pub label: Option<String>,
    /// ACCEPT or DROP.
    pub action: Option<String>,
    /// TCP, UDP, ICMP …
    pub protocol: Option<String>,
    /// Ports and ranges; `null` is all.
    pub ports: Option<String>,
    /// From where, or to where.
    pub addresses: Vec<String>,
}

/// A firewall before a server. A side that is `null` was not told, which is no word on what is let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FirewallInfo {
    /// Its number there.
    #[ts(type = "number")]
    pub id: u64,
    /// Its name.
    pub label: String,
    /// enabled, disabled or deleted; an open set.
    pub status: Option<String>,
    /// To the server.
    pub inbound: Option<Vec<FirewallRule>>,
    /// From the server.
    pub outbound: Option<Vec<FirewallRule>>,
    /// What happens to all else that comes.
    pub inbound_policy: Option<String>,
    /// What happens to all else that goes.
    pub outbound_policy: Option<String>,
}

/// The firewalls before a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerFirewalls {
    /// One by one.
    pub firewalls: Vec<FirewallInfo>,
}

fn rules(side: Option<&Vec<Rule>>) -> Option<Vec<FirewallRule>> {
    side.map(|rules| {
        rules
            .iter()
            .map(|rule| FirewallRule {
                label: rule.label.clone(),
                action: rule.action.clone(),
                protocol: rule.protocol.clone(),
                ports: rule.ports.clone(),
                addresses: rule.ipv4.iter().chain(&rule.ipv6).cloned().collect(),
            })
            .collect()
    })
}

/// Reads them.
pub async fn firewalls(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerFirewalls, AppError> {
    let there = There::find(session, live, server).await?;
    let found = there.linode.firewalls_of(there.id, &there.call).await?;
    let mut all = Vec::new();
    for wall in found.ok_or_else(|| there.gone())?.items {
        let told = match wall.rules {
            Some(rules) => Some(rules),
            None => there.linode.firewall_rules(wall.id, &there.call).await?,
        };
        all.push(FirewallInfo {
            id: wall.id,
            label: wall.label,
            status: wall.status,
            inbound: told.as_ref().and_then(|told| rules(told.inbound.as_ref())),
            outbound: told.as_ref().and_then(|told| rules(told.outbound.as_ref())),
            inbound_policy: told.as_ref().and_then(|told| told.inbound_policy.clone()),
            outbound_policy: told.and_then(|told| told.outbound_policy),
        });
    }
    Ok(ServerFirewalls { firewalls: all })
}

/// A backup of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackupInfo {
    /// Its number there.
    #[ts(type = "number")]
    pub id: u64,
    /// Its name.
    pub label: Option<String>,
    /// pending, running, successful, failed …; an open set.
    pub status: Option<String>,
    /// Whether a server can be filled from it.
    pub available: Option<bool>,
    /// When it began.
    #[ts(type = "Instant | null")]
    pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    /// When it was complete.
    #[ts(type = "Instant | null")]
    pub finished_at: Option<chrono::DateTime<chrono::Utc>>,
    /// How large its disks are together, MB.
    #[ts(type = "number | null")]
    pub size_mb: Option<u64>,
}

/// The backups of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerBackups {
    /// Those that the provider made by itself.
    pub automatic: Vec<BackupInfo>,
    /// The snapshot that is there.
    pub snapshot: Option<BackupInfo>,
    /// The snapshot that is being made.
    pub in_progress: Option<BackupInfo>,
}

fn backup(of: &Backup) -> BackupInfo {
    let sizes = of.disks.iter().map(|disk| disk.size_mb);
    let size_mb: Option<u64> = sizes.sum::<Option<u64>>().filter(|_| !of.disks.is_empty());
    BackupInfo {
        id: of.id,
        label: of.label.clone(),
        status: of.status.clone(),
        available: of.available,
        created_at: utc(of.created),
        finished_at: utc(of.finished),
        size_mb,
    }
}

fn utc(at: Option<NaiveDateTime>) -> Option<chrono::DateTime<chrono::Utc>> {
    at.map(|at| at.and_utc())
}

/// Reads them.
pub async fn backups(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerBackups, AppError> {
    let there = There::find(session, live, server).await?;
    let found = there.linode.backups(there.id, &there.call).await?;
    let found = found.ok_or_else(|| there.gone())?;
    Ok(ServerBackups {
        automatic: found.automatic.iter().map(backup).collect(),
        snapshot: found.snapshot.as_ref().map(backup),
        in_progress: found.snapshot_in_progress.as_ref().map(backup),
    })
}

/// An event of a server at its provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EventInfo {
    /// Its number there.
    #[ts(type = "number")]
    pub id: u64,
    /// What was done (`linode_boot`); an open set.
    pub action: String,
    /// scheduled, started, finished, failed, notification or canceled; an open set.
    pub status: String,
    /// When it began.
    #[ts(type = "Instant | null")]
    pub at: Option<chrono::DateTime<chrono::Utc>>,
    /// Who had it done there.
    pub username: Option<String>,
    /// What the provider says about it.
    pub message: Option<String>,
    /// How far it is, of 100.
    pub percent: Option<u8>,
    /// How long it has taken, seconds.
    #[ts(type = "number | null")]
    pub seconds: Option<u64>,
}

/// The newest events of a server, newest first; no more than 100.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerEvents {
    /// One by one.
    pub events: Vec<EventInfo>,
}

fn word(status: &EventStatus) -> String {
    match status {
        EventStatus::Scheduled => "scheduled",
        EventStatus::Started => "started",
        EventStatus::Finished => "finished",
        EventStatus::Failed => "failed",
        EventStatus::Notification => "notification",
        EventStatus::Canceled => "canceled",
        EventStatus::Other(word) => word,
    }
    .to_owned()
}

pub(super) fn event_info(event: &Event) -> EventInfo {
    EventInfo {
        id: event.id,
        action: event.action.clone(),
        status: word(&event.status),
        at: utc(event.created),
        username: event.username.clone(),
        message: event.message.clone(),
        percent: event.percent,
        seconds: event.duration.map(|taken| taken.as_secs()),
    }
}

/// Reads them.
pub async fn events(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerEvents, AppError> {
    let there = There::find(session, live, server).await?;
    let filter = EventFilter::new().about(there.id);
    let newest = there.linode.newest_events(&filter, &there.call).await?;
    Ok(ServerEvents {
        events: newest.iter().map(event_info).collect(),
    })
}
