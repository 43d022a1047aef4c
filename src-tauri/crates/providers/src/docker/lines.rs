//! Lines out of a container's output: told apart by stream, put together again where the engine has cut them, and cut
//! where they are too long.

use std::{collections::VecDeque, fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};

use super::read::parse_moment;

/// Engines cut lines into parts of this size, and stamp each part.
const PART: usize = 16 * 1024;
/// The longest that a time is written.
const LONGEST_STAMP: usize = 40;
/// Both streams are read side by side: their lines may be written in another order than they were said in.
const MARGIN: TimeDelta = TimeDelta::seconds(1);
/// What stands where a line was cut.
const MARK: char = '…';

/// What a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Standard output, and all that a terminal shows.
    Out,
    /// Standard error.
    Err,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was said.
    pub at: Option<DateTime<Utc>>,
    /// Where to.
    pub output: Output,
    /// What, without its end. Bytes that are no text are replaced.
    pub text: String,
    /// Whether it was longer; the text ends with … then.
    pub cut: bool,
}

/// Up to where a log was read: going on from here repeats no line and leaves none out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogPosition {
    out: Option<Reached>,
    err: Option<Reached>,
}

/// A moment, and how many lines of it are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reached {
    at: DateTime<Utc>,
    lines: u64,
}

impl LogPosition {
    /// What an engine is asked for: a little more than is new.
    pub(super) fn since(&self) -> Option<DateTime<Utc>> {
        let newest = self
            .out
            .map(|reached| reached.at)
            .max(self.err.map(|reached| reached.at))?;
        newest.checked_sub_signed(MARGIN)
    }

    fn of(&mut self, output: Output) -> &mut Option<Reached> {
        match output {
            Output::Out => &mut self.out,
            Output::Err => &mut self.err,
        }
    }

    /// Notes a line that was given out.
    pub(super) fn note(&mut self, line: &LogLine) {
        let Some(at) = line.at else { return };
        let reached = self.of(line.output);
        match reached {
            Some(reached) if reached.at == at => reached.lines += 1,
            _ => *reached = Some(Reached { at, lines: 1 }),
        }
    }

    /// Whether a line was given out before. Counts down what it recognizes.
    pub(super) fn knows(&mut self, line: &LogLine) -> bool {
        let Some(at) = line.at else { return false };
        match self.of(line.output) {
            Some(reached) if at < reached.at => true,
            Some(reached) if at == reached.at && reached.lines > 0 => {
                reached.lines -= 1;
                true
            }
            _ => false,
        }
    }
}

/// Not what an engine sends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoFrame;

/// `seconds.nanoseconds:lines` of standard output, a comma, the same of standard error; either may be empty.
impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |reached: Option<Reached>| {
            reached.map_or(String::new(), |Reached { at, lines }| {
                format!("{}.{:09}:{lines}", at.timestamp(), at.timestamp_subsec_nanos())
            })
        };
        write!(f, "{},{}", one(self.out), one(self.err))
    }
}

/// A text that is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no position in a log")]
pub struct NoPosition;

impl FromStr for LogPosition {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let one = |text: &str| {
            if text.is_empty() {
                return Ok(None);
            }
            let (at, lines) = text.split_once(':').ok_or(NoPosition)?;
            let (seconds, nanos) = at.split_once('.').ok_or(NoPosition)?;
            let at = DateTime::from_timestamp(
                seconds.parse().map_err(|_| NoPosition)?,
                nanos.parse().map_err(|_| NoPosition)?,
            );
            Ok(Some(Reached {
                at: at.ok_or(NoPosition)?,
                lines: lines.parse().map_err(|_| NoPosition)?,
            }))
        };
        let (out, err) = text.split_once(',').ok_or(NoPosition)?;
        Ok(Self {
            out: one(out)?,
            err: one(err)?,
        })
    }
}

/// Takes the bytes of an output as they come.
#[derive(Debug)]
pub(super) struct Demux {
    terminal: bool,
    header: Vec<u8>,
    /// The frame under way: where it goes and how much of it is to come.
    frame: Option<(Output, usize)>,
    out: Assembly,
    err: Assembly,
}

impl Demux {
    pub(super) fn new(terminal: bool, longest: usize) -> Self {
        Self {
            terminal,
            header: Vec::with_capacity(8),
            frame: None,
            out: Assembly::new(Output::Out, longest),
            err: Assembly::new(Output::Err, longest),
        }
    }

    /// Takes what has come, and gives what lines are whole.
    pub(super) fn push(&mut self, mut bytes: &[u8], lines: &mut VecDeque<LogLine>) -> Result<(), NoFrame> {
        if self.terminal {
            self.out.push(bytes, true, lines);
            return Ok(());
        }
        while let Some((&first, rest)) = bytes.split_first() {
            let Some((output, left)) = self.frame else {
                self.header.push(first);
                bytes = rest;
                if self.header.len() == 8 {
                    self.begin()?;
                }
                continue;
            };
            let (payload, after) = bytes.split_at(left.min(bytes.len()));
            bytes = after;
            self.assembly(output).push(payload, false, lines);
            let left = left - payload.len();
            self.frame = (left > 0).then_some((output, left));
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), NoFrame> {
        let header = std::mem::take(&mut self.header);
        let [kind, 0, 0, 0, length @ ..] = header.as_slice() else {
            return Err(NoFrame);
        };
        let output = match kind {
            0 | 1 => Output::Out,
            // 3 is an error of the engine's own while it reads the log.
            2 | 3 => Output::Err,
            _ => return Err(NoFrame),
        };
        let length = length.iter().fold(0_usize, |sum, byte| sum * 256 + usize::from(*byte));
        self.assembly(output).stamp_ahead();
        self.frame = (length > 0).then_some((output, length));
        Ok(())
    }

    fn assembly(&mut self, output: Output) -> &mut Assembly {
        match output {
            Output::Out => &mut self.out,
            Output::Err => &mut self.err,
        }
    }

    /// Gives what is left without an end, and whether the output broke off within a frame.
    pub(super) fn finish(&mut self, lines: &mut VecDeque<LogLine>) -> bool {
        self.out.finish(lines);
        self.err.finish(lines);
        self.frame.is_some() || !self.header.is_empty()
    }
}

/// One stream's line under way.
#[derive(Debug)]
struct Assembly {
    output: Output,
    longest: usize,
    /// What may be a time; nothing where none is expected.
    stamp: Option<Vec<u8>>,
    at: Option<DateTime<Utc>>,
    text: Vec<u8>,
    /// Bytes of the line so far, kept or not.
    length: usize,
    begun: bool,
}

impl Assembly {
    fn new(output: Output, longest: usize) -> Self {
        Self {
            output,
            longest,
            stamp: Some(Vec::new()),
            at: None,
            text: Vec::new(),
            length: 0,
            begun: false,
        }
    }

    fn stamp_ahead(&mut self) {
        let unfinished = self.stamp.take().unwrap_or_default();
        self.keep(&unfinished);
        self.stamp = Some(Vec::new());
    }

    fn push(&mut self, bytes: &[u8], parts: bool, lines: &mut VecDeque<LogLine>) {
        for &byte in bytes {
            if let Some(stamp) = &mut self.stamp {
                if byte == b' ' {
                    let stamp = std::mem::take(stamp);
                    self.stamp = None;
                    if let Some(at) = std::str::from_utf8(&stamp).ok().and_then(parse_moment) {
                        // A later part's time is not the line's.
                        self.at = self.at.or(Some(at));
                        self.begun = true;
                    } else {
                        self.keep(&stamp);
                        self.keep(b" ");
                    }
                    continue;
                }
                if byte != b'\n' && stamp.len() < LONGEST_STAMP {
                    stamp.push(byte);
                    continue;
                }
                let stamp = std::mem::take(stamp);
                self.stamp = None;
                self.keep(&stamp);
            }
            if byte == b'\n' {
                self.end(lines);
                continue;
            }
            self.keep(&[byte]);
            if parts && self.length.is_multiple_of(PART) {
                self.stamp = Some(Vec::new());
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len());
        self.begun |= !bytes.is_empty();
        let room = self.longest.saturating_sub(self.text.len());
        self.text.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn finish(&mut self, lines: &mut VecDeque<LogLine>) {
        let stamp = self.stamp.take().unwrap_or_default();
        self.keep(&stamp);
        if self.begun {
            self.end(lines);
        }
    }

    fn end(&mut self, lines: &mut VecDeque<LogLine>) {
        let mut bytes = std::mem::take(&mut self.text);
        let cut = self.length > bytes.len();
        if cut {
            // Not within a letter.
            while bytes.last().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {
                bytes.pop();
            }
            if bytes.last().is_some_and(|byte| *byte >= 0b1100_0000) {
                bytes.pop();
            }
        } else if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if cut {
            text.push(MARK);
        }
        lines.push_back(LogLine {
            at: self.at.take(),
            output: self.output,
            text,
            cut,
        });
        self.length = 0;
        self.begun = false;
        self.stamp = Some(Vec::new());
    }
}

#[cfg(test)]
mod tests;
