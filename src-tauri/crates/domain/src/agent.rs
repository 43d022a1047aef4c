//! The agent's schedule: which jobs there are, and when each is due. All times are the database's; a clock that was put
//! back makes a job early or late, never charges an hour twice, and holds none up for ever.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use crate::{
    UnknownValue, ids::ProviderConfigId, metering::UsageMonth, settings::BillingSchedule, stored::stored_enum,
};

stored_enum! {
    /// What kinds of jobs there are, in the order in which they are done.
    JobKind, "job" {
        /// Sessions and views that have expired are ended, and the outbox is pruned.
        Sessions = "sessions",
        /// What was written to the log is chained.
        Log = "log",
        /// Used hours are charged.
        Billing = "billing",
        /// The time of grace of those who have nothing left is ended.
        Grace = "grace",
        /// Months that are over are closed.
        Close = "close",
        /// Accounts at providers are read.
        Sync = "sync",
        /// What is to be done to servers at their providers is carried out, and what was cut off is looked for.
        Intents = "intents",
        /// A backup is taken, read again, and old ones are removed.
        Backup = "backup",
    }
}

impl JobKind {
    /// Whether one run may take hours: an agent that stays does such a job beside the others.
    pub const fn is_long(self) -> bool {
        matches!(self, Self::Backup)
    }
}

stored_enum! {
    /// How a job ended.
    JobOutcome, "outcome of a job" {
        /// All was done.
        Completed = "completed",
        /// A part was left out.
        Partial = "partial",
        /// It could not be done.
        Failed = "failed",
        /// Somebody else is doing it.
        Busy = "busy",
        /// The agent was told to stop.
        Stopped = "stopped",
    }
}

/// A job; of syncs there is one for each account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Of what kind.
    pub kind: JobKind,
    /// Of which account.
    pub account: Option<ProviderConfigId>,
}

impl Job {
    /// The only job of a kind.
    pub const fn of(kind: JobKind) -> Self {
        Self { kind, account: None }
    }

    /// The sync of an account.
    pub const fn sync(account: ProviderConfigId) -> Self {
        Self {
            kind: JobKind::Sync,
            account: Some(account),
        }
    }

    /// Reads what [`std::fmt::Display`] writes: `billing`, `sync 3`.
    pub fn parse(name: &str) -> Result<Self, UnknownValue> {
        let unknown = || UnknownValue::new("job", name);
        match name.split_once(' ') {
            None => JobKind::parse(name).map(Self::of),
            Some((kind, account)) if kind == JobKind::Sync.as_str() => account
                .parse()
                .map(|id| Self::sync(ProviderConfigId::new(id)))
                .map_err(|_| unknown()),
            Some(_) => Err(unknown()),
        }
    }
}

impl std::fmt::Display for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.account {
            Some(account) => write!(f, "{} {account}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

/// So long after an hour or a day has ended its usage is charged.
const BILLING_DELAY: TimeDelta = TimeDelta::minutes(5);
/// Nobody waits longer than this for what has failed to be tried again.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(30);
/// What somebody else is doing is looked at again after this.
const BUSY_WAIT: TimeDelta = TimeDelta::minutes(1);

/// An agent that was not heard of for so long has been given up, not lost.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(30);

/// Whether nobody does by schedule what somebody was set up to do: no agent was heard of for as long as billing may be late.
pub fn is_missing(billing: BillingSchedule, now: DateTime<Utc>, seen: Option<DateTime<Utc>>) -> bool {
    seen.is_some_and(|seen| {
        let silent = now - seen;
        silent > TimeDelta::hours(billing.overdue_after_hours()) && silent <= GIVEN_UP_AFTER
    })
}

/// How late a backup may be before it is missed.
const BACKUP_LATE: TimeDelta = TimeDelta::hours(1);

/// Whether backups that somebody was set up to take fail, or are not taken any more.
pub fn backup_is_missed(now: DateTime<Utc>, last: LastRun) -> bool {
    let failed = last.outcome == Some(JobOutcome::Failed);
    let late = last.next_due.is_some_and(|due| due + BACKUP_LATE < now);
    (failed || late) && now - last.started_at <= GIVEN_UP_AFTER
}

/// What an agent was told on its command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervals {
    /// How often an account is read.
    pub sync: TimeDelta,
    /// So long after its end a month is closed; `None` leaves that to people.
    pub close: Option<TimeDelta>,
    /// How often a backup is taken; `None`: not by this agent.
    pub backup: Option<TimeDelta>,
}

/// What the business looks like to a schedule.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The database's time.
    pub now: DateTime<Utc>,
    /// How often hours are charged.
    pub billing: BillingSchedule,
    /// Up to when everybody has been charged.
    pub charged_until: Option<DateTime<Utc>>,
    /// The newest month that is closed.
    pub closed: Option<UsageMonth>,
    /// Whether anything was used before this month.
    pub used_before: bool,
}

/// How a job went last.
#[derive(Debug, Clone, Copy)]
pub struct LastRun {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` for one that never has.
    pub finished_at: Option<DateTime<Utc>>,
    /// How.
    pub outcome: Option<JobOutcome>,
    /// What was said then of the next time.
    pub next_due: Option<DateTime<Utc>>,
}

impl LastRun {
    /// It ran to its end, at a time that is over.
    fn went_well_by(self, now: DateTime<Utc>) -> bool {
        matches!(self.outcome, Some(JobOutcome::Completed | JobOutcome::Partial))
            && self.finished_at.is_some_and(|finished| finished <= now)
    }

    /// It waits for another try, until then.
    fn waits_until(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let waits = matches!(self.outcome, Some(JobOutcome::Failed | JobOutcome::Busy));
        // A clock that was put back would make it wait for long.
        self.next_due.filter(|next| waits && *next <= now + LONGEST_WAIT)
    }
}

/// The end of the stretch that a run charges now: the last whole hour or day that is over for some minutes.
pub fn billing_target(schedule: BillingSchedule, now: DateTime<Utc>) -> DateTime<Utc> {
    floor(now - BILLING_DELAY, step(schedule))
}

/// When a job is due; a time that has passed means now. `None`: not at all, as things are.
pub fn due_at(job: Job, facts: &Facts, last: Option<LastRun>, intervals: &Intervals) -> Option<DateTime<Utc>> {
    let now = facts.now;
    let due = match job.kind {
        JobKind::Billing => facts.charged_until.map_or(now, |until| {
            let step = step(facts.billing);
            floor(until, step) + step + BILLING_DELAY
        }),
        JobKind::Close => {
            let month = next_to_close(facts)?;
            month.end().and_utc() + intervals.close?
        }
        JobKind::Backup => {
            let every = intervals.backup?;
            match last.filter(|last| last.went_well_by(now)) {
                // From its beginning: else each day's would be later by as long as one takes.
                Some(last) if last.started_at <= now => last.started_at + every,
                _ => now,
            }
        }
        kind => match last
            .filter(|last| last.went_well_by(now))
            .and_then(|last| last.finished_at)
        {
            Some(finished) => finished + interval(kind, intervals),
            // It never ran to its end, or at a time that is still to come.
            None => now,
        },
    };
    Some(
        last.and_then(|last| last.waits_until(now))
            .map_or(due, |wait| due.max(wait)),
    )
}

/// The month that is to be closed next: the one after the newest that is, or the last one.
pub fn next_to_close(facts: &Facts) -> Option<UsageMonth> {
    match facts.closed {
        Some(closed) => closed.next().ok(),
        None if facts.used_before => {
            let this = UsageMonth::of(facts.now.naive_utc()).ok()?;
            UsageMonth::of(this.start() - TimeDelta::days(1)).ok()
        }
        None => None,
    }
}

/// When a job is looked at again after it ended like this, with so many failures in a row.
pub fn next_try(outcome: JobOutcome, failures: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match outcome {
        JobOutcome::Failed => Some(now + backoff(failures)),
        JobOutcome::Busy => Some(now + BUSY_WAIT),
        JobOutcome::Stopped => Some(now),
        JobOutcome::Completed | JobOutcome::Partial => None,
    }
}

/// One minute after the first failure, twice as long after each that follows.
fn backoff(failures: u32) -> TimeDelta {
    let minutes = 1i64 << failures.saturating_sub(1).min(10);
    TimeDelta::minutes(minutes).min(LONGEST_WAIT)
}

fn interval(kind: JobKind, intervals: &Intervals) -> TimeDelta {
    match kind {
        JobKind::Sync => intervals.sync,
        JobKind::Grace => TimeDelta::minutes(5),
        _ => TimeDelta::minutes(1),
    }
}

fn step(schedule: BillingSchedule) -> TimeDelta {
    match schedule {
        BillingSchedule::Hourly => TimeDelta::hours(1),
        BillingSchedule::Daily => TimeDelta::days(1),
    }
}

fn floor(time: DateTime<Utc>, step: TimeDelta) -> DateTime<Utc> {
    // Only years that no clock shows can't be rounded.
    time.duration_trunc(step).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVERY: Intervals = Intervals {
        sync: TimeDelta::hours(1),
        close: Some(TimeDelta::hours(6)),
        backup: Some(TimeDelta::days(1)),
    };

    fn at(text: &str) -> DateTime<Utc> {
        format!("{}:00Z", text.replace(' ', "T")).parse().unwrap()
    }

    fn facts(now: &str, billing: BillingSchedule, charged_until: Option<&str>) -> Facts {
        Facts {
            now: at(now),
            billing,
            charged_until: charged_until.map(at),
            closed: None,
            used_before: false,
        }
    }

    fn ended(finished: &str, outcome: JobOutcome, next: Option<&str>) -> LastRun {
        LastRun {
            started_at: at(finished) - TimeDelta::minutes(20),
            finished_at: Some(at(finished)),
            outcome: Some(outcome),
            next_due: next.map(at),
        }
    }

    #[test]
    fn names_are_read_back() {
        for job in [Job::of(JobKind::Billing), Job::sync(ProviderConfigId::new(3))] {
            assert_eq!(Job::parse(&job.to_string()).unwrap(), job);
        }
        for name in ["", "sync x", "billing 3", "dance"] {
            assert!(Job::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn hours_are_charged_some_minutes_after_they_have_ended() {
        let billing = Job::of(JobKind::Billing);
        for (schedule, charged, due, now, target) in [
            (
                BillingSchedule::Hourly,
                "2030-01-01 09:00",
                "2030-01-01 10:05",
                "2030-01-01 10:05",
                "2030-01-01 10:00",
            ),
            // A person has run it in between.
            (
                BillingSchedule::Hourly,
                "2030-01-01 09:07",
                "2030-01-01 10:05",
                "2030-01-01 10:04",
                "2030-01-01 09:00",
            ),
            // After an outage all of it in one run.
            (
                BillingSchedule::Hourly,
                "2029-12-20 09:00",
                "2029-12-20 10:05",
                "2030-01-01 10:17",
                "2030-01-01 10:00",
            ),
            (
                BillingSchedule::Daily,
                "2030-01-01 00:00",
                "2030-01-02 00:05",
                "2030-01-02 00:05",
                "2030-01-02 00:00",
            ),
            (
                BillingSchedule::Daily,
                "2030-01-01 17:30",
                "2030-01-02 00:05",
                "2030-01-01 23:00",
                "2030-01-01 00:00",
            ),
        ] {
            assert_eq!(
                due_at(billing, &facts(now, schedule, Some(charged)), None, &EVERY),
                Some(at(due)),
                "{now}"
            );
            assert_eq!(billing_target(schedule, at(now)), at(target), "{now}");
        }
        let never = facts("2030-01-01 10:00", BillingSchedule::Hourly, None);
        assert_eq!(due_at(billing, &never, None, &EVERY), Some(never.now));
    }

    #[test]
    fn months_are_closed_in_their_order_and_only_where_that_was_asked_for() {
        let close = Job::of(JobKind::Close);
        let mut facts = facts("2030-03-01 05:59", BillingSchedule::Hourly, None);
        assert_eq!(due_at(close, &facts, None, &EVERY), None, "nothing was ever used");
        facts.used_before = true;
        assert_eq!(due_at(close, &facts, None, &EVERY), Some(at("2030-03-01 06:00")));
        facts.closed = Some(UsageMonth::parse("2029-12").unwrap());
        assert_eq!(next_to_close(&facts).unwrap().to_string(), "2030-01");
        assert_eq!(due_at(close, &facts, None, &EVERY), Some(at("2030-02-01 06:00")));
        facts.closed = Some(UsageMonth::parse("2030-02").unwrap());
        assert_eq!(due_at(close, &facts, None, &EVERY), Some(at("2030-04-01 06:00")));
        let by_people = Intervals { close: None, ..EVERY };
        assert_eq!(due_at(close, &facts, None, &by_people), None);
    }

    #[test]
    fn what_fails_is_tried_again_later_and_later() {
        let waits: Vec<i64> = (1..=8).map(|failures| backoff(failures).num_minutes()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(backoff(u32::MAX), LONGEST_WAIT);
        let facts = facts("2030-01-01 10:05", BillingSchedule::Hourly, Some("2030-01-01 09:00"));
        let sync = Job::sync(ProviderConfigId::new(1));
        let failed = Some(ended("2030-01-01 10:05", JobOutcome::Failed, Some("2030-01-01 10:09")));
        for job in [Job::of(JobKind::Billing), sync] {
            assert_eq!(
                due_at(job, &facts, failed, &EVERY),
                Some(at("2030-01-01 10:09")),
                "{job}"
            );
        }
        let done = Some(ended(
            "2030-01-01 10:05",
            JobOutcome::Completed,
            Some("2030-01-01 11:05"),
        ));
        assert_eq!(due_at(sync, &facts, done, &EVERY), Some(at("2030-01-01 11:05")));
        let stopped = Some(ended("2030-01-01 10:05", JobOutcome::Stopped, Some("2030-01-01 10:05")));
        assert_eq!(due_at(sync, &facts, stopped, &EVERY), Some(facts.now));
    }

    #[test]
    fn a_backup_is_due_by_when_the_last_began_and_only_where_one_was_asked_for() {
        let backup = Job::of(JobKind::Backup);
        let facts = facts("2030-01-01 10:05", BillingSchedule::Hourly, None);
        assert_eq!(due_at(backup, &facts, None, &EVERY), Some(facts.now));
        let without = Intervals { backup: None, ..EVERY };
        assert_eq!(due_at(backup, &facts, None, &without), None);
        for (outcome, next, due) in [
            (JobOutcome::Completed, None, "2030-01-02 09:00"),
            (JobOutcome::Partial, None, "2030-01-02 09:00"),
            (JobOutcome::Stopped, None, "2030-01-01 10:05"),
            (JobOutcome::Failed, Some("2030-01-01 10:21"), "2030-01-01 10:21"),
        ] {
            let last = Some(ended("2030-01-01 09:20", outcome, next));
            assert_eq!(due_at(backup, &facts, last, &EVERY), Some(at(due)), "{outcome}");
        }
        let to_come = Some(ended("2031-01-01 09:20", JobOutcome::Completed, None));
        assert_eq!(due_at(backup, &facts, to_come, &EVERY), Some(facts.now));
    }

    #[test]
    fn a_backup_is_missed_when_it_fails_or_is_late_until_it_is_given_up() {
        let of = |outcome, next| ended("2030-01-01 09:20", outcome, Some(next));
        for (now, last, missed) in [
            ("2030-01-02 09:59", of(JobOutcome::Completed, "2030-01-02 09:00"), false),
            ("2030-01-02 10:01", of(JobOutcome::Completed, "2030-01-02 09:00"), true),
            ("2030-01-01 09:21", of(JobOutcome::Failed, "2030-01-01 09:25"), true),
            ("2030-01-01 09:21", of(JobOutcome::Stopped, "2030-01-01 09:20"), false),
            ("2030-01-31 08:59", of(JobOutcome::Failed, "2030-01-01 09:25"), true),
            ("2030-01-31 09:01", of(JobOutcome::Failed, "2030-01-01 09:25"), false),
        ] {
            assert_eq!(backup_is_missed(at(now), last), missed, "{now}");
        }
    }

    #[test]
    fn an_agent_is_missed_until_it_is_given_up() {
        let seen = at("2030-01-01 00:00");
        for (schedule, hours, missing) in [
            (BillingSchedule::Hourly, 2, false),
            (BillingSchedule::Hourly, 3, true),
            (BillingSchedule::Daily, 26, false),
            (BillingSchedule::Daily, 27, true),
            (BillingSchedule::Hourly, 30 * 24, true),
            (BillingSchedule::Hourly, 30 * 24 + 1, false),
            (BillingSchedule::Hourly, -5, false),
        ] {
            assert_eq!(
                is_missing(schedule, seen + TimeDelta::hours(hours), Some(seen)),
                missing,
                "{schedule} {hours}"
            );
        }
        assert!(!is_missing(BillingSchedule::Hourly, seen, None), "none was ever set up");
    }

    #[test]
    fn a_clock_that_was_put_back_holds_nothing_up() {
        let facts = facts("2030-01-01 10:05", BillingSchedule::Hourly, Some("2031-01-01 09:00"));
        let sync = Job::sync(ProviderConfigId::new(1));
        for last in [
            Some(ended(
                "2031-01-01 10:05",
                JobOutcome::Completed,
                Some("2031-01-01 11:05"),
            )),
            Some(ended("2031-01-01 10:05", JobOutcome::Failed, Some("2031-01-01 10:09"))),
        ] {
            assert_eq!(due_at(sync, &facts, last, &EVERY), Some(facts.now));
        }
        // What has been charged is not charged again.
        assert_eq!(
            due_at(Job::of(JobKind::Billing), &facts, None, &EVERY),
            Some(at("2031-01-01 10:05"))
        );
    }

    proptest! {
        #[test]
        fn a_run_up_to_its_target_is_not_due_again(minutes in 0i64..4_000_000, daily: bool) {
            let billing = if daily { BillingSchedule::Daily } else { BillingSchedule::Hourly };
            let now = at("2026-01-01 00:00") + TimeDelta::minutes(minutes);
            let target = billing_target(billing, now);
            let facts = Facts { now, billing, charged_until: Some(target), closed: None, used_before: false };
            let due = due_at(Job::of(JobKind::Billing), &facts, None, &EVERY).unwrap();
            prop_assert!(due > now);
            prop_assert!(target <= now - BILLING_DELAY);
            // The run that is due then gets further.
            prop_assert!(billing_target(billing, due) > target);
        }
    }
}
