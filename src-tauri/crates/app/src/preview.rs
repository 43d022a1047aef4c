//! What a run would charge, and a run that charges what was previewed.

use std::{
    collections::HashMap,
    io::{BufRead, Write},
    iter::Peekable,
    ops::ControlFlow,
    time::Instant,
};

use chrono::{DateTime, Utc};
use domain::{
    ids::{BillingRunId, OrganizationId},
    role::Action,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{
    StoreError,
    billing::{self, Skipped},
    proof::{self, PreviewRow, Previewed, Waiting},
};

use crate::{
    AppError,
    billing::{BATCH, RunReport, TRIES, run_with},
    session::Session,
};

/// How much of what waits is told.
const SHOWN: usize = 500;

/// A preview's sums.
#[derive(Debug, Clone, Serialize)]
pub struct Totals {
    /// Names what was previewed: a hash over time and organizations.
    pub id: String,
    /// The time up to which the run would charge.
    pub at: DateTime<Utc>,
    /// Organizations that would be charged.
    pub organizations: u64,
    /// Organizations that were looked at.
    pub looked_at: u64,
    /// Resources of which hours would be charged.
    pub resources: i64,
    /// Hours that would be charged.
    pub hours: i64,
    /// What would be charged.
    pub charged: Decimal,
    /// Fractions of a cent that would be carried, together.
    pub carried: Decimal,
    /// Whom the run would leave out.
    pub skipped: Vec<Skipped>,
    /// What would wait for a price or a decision, the first 500.
    pub parked: Vec<Waiting>,
    /// How long it took.
    pub duration_ms: u64,
}

/// The time up to which a run would charge, if it may: the given one, or now.
pub async fn time(session: &Session, at: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, AppError> {
    Ok(proof::run_time(&mut *session.read().await?, at.or_else(|| session.clock())).await?)
}

/// What a run up to a time, or up to now, would charge: organization by organization, a page at a time, in the order of
/// their ids. It writes nothing, takes no lock and uses up no number.
pub async fn preview(
    session: &Session,
    at: Option<DateTime<Utc>>,
    mut each: impl FnMut(&PreviewRow) -> Result<(), AppError>,
) -> Result<Totals, AppError> {
    session.may(Action::RunBilling)?;
    let began = Instant::now();
    let at = time(session, at).await?;
    let mut totals = Totals {
        id: String::new(),
        at,
        organizations: 0,
        looked_at: 0,
        resources: 0,
        hours: 0,
        charged: Decimal::ZERO,
        carried: Decimal::ZERO,
        skipped: Vec::new(),
        parked: Vec::new(),
        duration_ms: 0,
    };
    let mut name = Name::new(at);
    let mut last = OrganizationId::new(0);
    loop {
        let mut connection = session.read().await?;
        let batch = billing::organizations_after(&mut connection, last, BATCH).await?;
        let Some(end) = batch.last().copied() else { break };
        for row in proof::preview(&mut connection, at, &batch).await? {
            name.add(row.organization_id, &row.hash);
            totals.looked_at += 1;
            totals.organizations += u64::from(row.hours > 0);
            totals.resources += row.resources;
            totals.hours += row.hours;
            totals.charged += row.amount;
            totals.carried += row.carry_out;
            if let Some(reason) = &row.reason {
                totals.skipped.push(Skipped {
                    organization_id: row.organization_id,
                    organization: Some(row.organization.clone()),
                    reason: reason.clone(),
                });
            }
            let room = SHOWN.saturating_sub(totals.parked.len());
            totals.parked.extend(row.waiting.iter().take(room).cloned());
            each(&row)?;
        }
        last = OrganizationId::new(end);
    }
    totals.id = name.end();
    totals.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(totals)
}

/// What names a preview: a hash over its time and what was seen of each organization.
struct Name(Sha256);

impl Name {
    fn new(at: DateTime<Utc>) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{}\n", at.to_rfc3339()));
        Self(hash)
    }

    fn add(&mut self, organization: i32, seen: &str) {
        self.0.update(format!("{organization} {seen}\n"));
    }

    fn end(self) -> String {
        crate::trust::log::hex(&self.0.finalize())
    }
}

/// The first line of a preview's file.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    containerstacks_preview: u32,
    at: DateTime<Utc>,
}

/// The last one: without it, the file is not whole.
#[derive(Debug, Serialize, Deserialize)]
struct End {
    end: String,
}

/// The format of the file.
const FORMAT: u32 = 1;

/// Writes a preview as a file of lines, each a JSON object: its time, the organizations, and an end.
pub struct Writer<W>(W);

impl<W: Write> Writer<W> {
    /// Begins one.
    pub fn new(mut to: W, at: DateTime<Utc>) -> Result<Self, AppError> {
        line(
            &mut to,
            &Head {
                containerstacks_preview: FORMAT,
                at,
            },
        )?;
        Ok(Self(to))
    }

    /// An organization.
    pub fn row(&mut self, row: &PreviewRow) -> Result<(), AppError> {
        line(&mut self.0, row)
    }

    /// The end.
    pub fn end(mut self, totals: &Totals) -> Result<W, AppError> {
        line(&mut self.0, &End { end: totals.id.clone() })?;
        self.0.flush().map_err(AppError::Export)?;
        Ok(self.0)
    }
}

fn line(to: &mut impl Write, what: &impl Serialize) -> Result<(), AppError> {
    let text = serde_json::to_string(what).map_err(|_| AppError::Internal("a preview that can't be written"))?;
    writeln!(to, "{text}").map_err(AppError::Export)
}

/// A preview that was written before, read line by line.
pub struct Reader<R: BufRead> {
    /// The time up to which it was made.
    pub at: DateTime<Utc>,
    lines: Peekable<Entries<R>>,
}

struct Entries<R> {
    lines: R,
    name: Option<Name>,
    last: i32,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Row(Previewed),
    End(End),
}

fn damaged() -> AppError {
    AppError::Invalid {
        field: "preview",
        message: "The file is no whole preview.".to_owned(),
    }
}

impl<R: BufRead> Iterator for Entries<R> {
    type Item = Result<Previewed, AppError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = String::new();
        let read = self.lines.read_line(&mut text);
        let Some(mut name) = self.name.take() else {
            // After the end, or after damage.
            return match read {
                Ok(0) => None,
                _ => Some(Err(damaged())),
            };
        };
        match serde_json::from_str(&text) {
            Ok(Line::Row(row)) if read.is_ok() && row.organization_id > self.last => {
                self.last = row.organization_id;
                name.add(row.organization_id, &row.hash);
                self.name = Some(name);
                Some(Ok(row))
            }
            Ok(Line::End(end)) if end.end == name.end() => self.next(),
            _ => Some(Err(damaged())),
        }
    }
}

impl<R: BufRead> Reader<R> {
    /// Opens one.
    pub fn new(mut from: R) -> Result<Self, AppError> {
        let mut text = String::new();
        from.read_line(&mut text).map_err(|_| damaged())?;
        let head: Head = serde_json::from_str(&text).map_err(|_| damaged())?;
        if head.containerstacks_preview != FORMAT {
            return Err(damaged());
        }
        Ok(Self {
            at: head.at,
            lines: Entries {
                lines: from,
                name: Some(Name::new(head.at)),
                last: i32::MIN,
            }
            .peekable(),
        })
    }

    /// What was previewed of organizations up to an id.
    fn up_to(&mut self, end: i32) -> Result<HashMap<i32, Previewed>, AppError> {
        let mut found = HashMap::new();
        while let Some(entry) = self
            .lines
            .next_if(|entry| entry.as_ref().map_or(true, |entry| entry.organization_id <= end))
        {
            let entry = entry?;
            found.insert(entry.organization_id, entry);
        }
        Ok(found)
    }
}

/// Looks through a preview, so that one that is cut short or damaged charges nothing.
pub fn check<R: BufRead>(mut reader: Reader<R>) -> Result<DateTime<Utc>, AppError> {
    reader.up_to(i32::MAX)?;
    Ok(reader.at)
}

/// Charges what was previewed. Organizations of which anything has moved since are left out and listed as
/// `changed_since_preview`.
pub async fn commit<R: BufRead>(
    session: &Session,
    mut previewed: Reader<R>,
    watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<RunReport, AppError> {
    let at = previewed.at;
    let charge = async |session: &Session, run: BillingRunId, batches: &[&[i32]]| {
        for batch in batches {
            // The file is read in order, so one goes after the other.
            let mut seen = previewed.up_to(batch.last().copied().unwrap_or(i32::MAX))?;
            let batch: Vec<(i32, Option<Previewed>)> = batch.iter().map(|id| (*id, seen.remove(id))).collect();
            charge_as_seen(session, run, &batch).await?;
        }
        Ok(())
    };
    run_with(session, Some(at), charge, watch).await
}

async fn charge_as_seen(
    session: &Session,
    run: BillingRunId,
    batch: &[(i32, Option<Previewed>)],
) -> Result<(), AppError> {
    let mut tries = 1;
    loop {
        let mut transaction = session.write().await?;
        match proof::charge_previewed(&mut transaction, run, batch).await {
            Err(StoreError::Timeout) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
            Ok(()) => {
                transaction.commit().await?;
                return Ok(());
            }
        }
    }
}
