//! What a server does: its curves and what it has sent.

use domain::ids::ServerId;
use providers::linode::{Bytes, Gigabytes, Point, StatsAnswer, Traffic};
use serde::Serialize;
use ts_rs::TS;

use super::{LiveReach, There};
use crate::{AppError, session::Session};

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
