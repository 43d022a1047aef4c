//! Time and chance, passed in by whoever runs the program, so that every wait can be tested without waiting.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use chrono::{DateTime, Utc};
use tokio::time::Instant;

/// A wait that has begun.
pub type Pause<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The clocks, the waiting and the chance that a client lives by.
pub trait Pace: Send + Sync {
    /// The wall clock: a limit names its end by it.
    fn now(&self) -> DateTime<Utc>;
    /// Time since some fixed moment. Never runs backwards, whatever is done to the wall clock.
    fn elapsed(&self) -> Duration;
    /// Waits.
    fn pause(&self, wait: Duration) -> Pause<'_>;
    /// A number from 0 to below 1: the waits of many clients must not fall together.
    fn chance(&self) -> f64;
}

/// The pace of a running program: tokio's timers, and the wall clock and chance of the edge.
#[derive(Clone, Copy)]
pub struct RunningPace {
    now: fn() -> DateTime<Utc>,
    chance: fn() -> f64,
    started: Instant,
}

impl RunningPace {
    /// A pace that counts from here.
    pub fn new(now: fn() -> DateTime<Utc>, chance: fn() -> f64) -> Self {
        Self {
            now,
            chance,
            started: Instant::now(),
        }
    }
}

impl fmt::Debug for RunningPace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunningPace")
    }
}

impl Pace for RunningPace {
    fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn pause(&self, wait: Duration) -> Pause<'_> {
        Box::pin(tokio::time::sleep(wait))
    }

    fn chance(&self) -> f64 {
        (self.chance)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_running_pace_asks_its_edges_and_goes_on() {
        let pace = RunningPace::new(|| DateTime::UNIX_EPOCH, || 0.25);
        let before = pace.elapsed();
        pace.pause(Duration::ZERO).await;
        assert!(pace.elapsed() >= before);
        assert_eq!(pace.now(), DateTime::UNIX_EPOCH);
        assert!((pace.chance() - 0.25).abs() < f64::EPSILON);
    }
}
