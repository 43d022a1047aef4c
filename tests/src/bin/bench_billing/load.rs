//! Time on the clock and on the processors.

use std::{fs, time::Instant};

/// What something took.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// On the clock.
    pub seconds: f64,
    /// On processors: the server's and the program's.
    pub processors: f64,
    /// Of these, the program's own.
    pub own: f64,
}

impl Load {
    /// The smaller of each.
    pub fn or_quicker(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.min(other.seconds),
            processors: self.processors.min(other.processors),
            own: self.own.min(other.own),
        }
    }
}

/// Since when, on the clock and on the server's processors.
pub struct Watch {
    server: u32,
    began: Instant,
    ticks: u64,
}

impl Watch {
    /// Begins.
    pub fn start(server: u32) -> Self {
        Self {
            server,
            began: Instant::now(),
            ticks: ticks_of_server(server),
        }
    }

    /// What has passed. `own` is what a program of ours has taken meanwhile, in ticks.
    pub fn stop(&self, own: u64) -> Load {
        let seconds = self.began.elapsed().as_secs_f64();
        let ticks = ticks_of_server(self.server).saturating_sub(self.ticks);
        Load {
            seconds,
            processors: as_seconds(ticks + own),
            own: as_seconds(own),
        }
    }
}

/// A hundredth of a second each, as Linux counts for programs.
fn as_seconds(ticks: u64) -> f64 {
    f64::from(u32::try_from(ticks).unwrap_or(u32::MAX)) / 100.0
}

/// What a process has taken, and with `ended` what its children have that have ended.
fn ticks_of(process: u32, ended: bool) -> Option<(u64, u32)> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in parentheses and may hold anything.
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |index: usize| fields.get(index).and_then(|word| word.parse::<u64>().ok());
    let own = field(11)? + field(12)?;
    let children = if ended { field(13)? + field(14)? } else { 0 };
    Some((own + children, u32::try_from(field(1)?).ok()?))
}

/// What the server's processes have taken, those that have ended too.
fn ticks_of_server(server: u32) -> u64 {
    let mut ticks = ticks_of(server, true).map_or(0, |(ticks, _)| ticks);
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if let Some((own, parent)) = ticks_of(process, false)
            && parent == server
        {
            ticks += own;
        }
    }
    ticks
}

/// What a process has taken so far, in ticks, and its greatest memory in kilobytes.
pub fn of_process(process: u32) -> Option<(u64, u64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes = peak.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some((ticks_of(process, false)?.0, kilobytes))
}
