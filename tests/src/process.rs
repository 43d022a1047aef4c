//! `csctl` as a process that goes on, and what it says meanwhile.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::csctl::command_over;

/// Long enough for a slow computer.
const DEADLINE: Duration = Duration::from_secs(90);

/// A process whose lines are heard as they come. Killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    /// What was heard so far.
    pub said: Vec<String>,
}

impl Process {
    /// `csctl` with these arguments, over the database at `url`.
    #[must_use]
    pub fn start(url: &str, arguments: &[&str]) -> Self {
        Self::of(command_over(url, arguments))
    }

    /// A command whose standard output is a pipe.
    #[must_use]
    pub fn of(mut command: Command) -> Self {
        let mut child = command.spawn().expect("csctl runs");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                drop(sender.send(line));
            }
        });
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Waits until it says something.
    pub fn until(&mut self, what: &str) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self
                .lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(what) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("it never said {what:?}, only {:?}", self.said)
                }
            }
        }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("signalled");
    }

    /// Waits for its end; all that it has said.
    pub fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + DEADLINE;
        while let Ok(line) = self
            .lines
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            self.said.push(line);
        }
        assert!(Instant::now() < deadline, "it goes on: {:?}", self.said);
        self.child.wait().expect("it has ended")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
