//! Recomputing the log's chain.

use std::ops::ControlFlow;

use sqlx::PgConnection;
use store::log_chain::{self, Head, Link};

use crate::AppError;

/// Rows in one statement.
const BATCH: i64 = 2_000;
/// So many breaks are listed; after that everything is broken.
const LISTED: usize = 100;

/// What doesn't fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The row of the log isn't what it was when it was chained.
    Changed,
    /// The row of the log has gone.
    Deleted,
    /// The hash doesn't follow from the one before.
    Unlinked,
    /// There is no link at this place.
    Gap,
    /// Another hash stands here than the one that was remembered.
    Rewritten,
    /// The chain ends before a place that was remembered.
    Shortened,
}

/// Where history isn't what it was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Break {
    /// The place in the chain.
    pub position: i64,
    /// The entry of the log, if known.
    pub entry: Option<i32>,
    /// What doesn't fit.
    pub problem: Problem,
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let entry = self
            .entry
            .map_or_else(|| "The entry".to_owned(), |id| format!("Entry {id}"));
        let position = self.position;
        match self.problem {
            Problem::Changed => write!(
                f,
                "{entry} of the log, at position {position} of its chain, was changed after it was written."
            ),
            Problem::Deleted => write!(
                f,
                "{entry} of the log, at position {position} of its chain, was deleted."
            ),
            Problem::Unlinked => write!(
                f,
                "Position {position} of the log's chain doesn't follow from the one before: the chain itself was changed."
            ),
            Problem::Gap => write!(f, "Position {position} of the log's chain is missing."),
            Problem::Rewritten => write!(
                f,
                "Position {position} of the log's chain has another hash than was remembered: history up to there was written anew."
            ),
            Problem::Shortened => write!(
                f,
                "The log's chain ends before position {position}, which was seen: its end was cut off."
            ),
        }
    }
}

/// What recomputing has found.
#[derive(Debug, Clone)]
pub struct Verified {
    /// How many links were looked at.
    pub rows: u64,
    /// The end of what was looked at.
    pub head: Head,
    /// Where it doesn't fit; the first hundred.
    pub breaks: Vec<Break>,
}

/// Follows the chain from a place, and compares each link with its row.
pub async fn verify(
    connection: &mut PgConnection,
    from: Head,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Verified, AppError> {
    let end = log_chain::head(connection).await?.position;
    let total = u64::try_from(end - from.position).unwrap_or(0);
    let mut done = Verified {
        rows: 0,
        head: from,
        breaks: Vec::new(),
    };
    loop {
        let links = log_chain::fetched(connection, done.head.position, BATCH).await?;
        if links.is_empty() || done.breaks.len() >= LISTED || watch(done.rows, total).is_break() {
            return Ok(done);
        }
        follow(&mut done, links, true);
    }
}

/// Follows links from where `done` ends. Without `with_rows` the reader may not see the rows, and only the links count.
pub(super) fn follow(done: &mut Verified, links: Vec<Link>, with_rows: bool) {
    for link in links {
        let position = link.head.position;
        let mut found = |problem| {
            if done.breaks.len() < LISTED {
                done.breaks.push(Break {
                    position,
                    entry: link.activity,
                    problem,
                });
            }
        };
        if position != done.head.position + 1 {
            found(Problem::Gap);
        } else if done.head.followed_by(&link.row_hash) != link.head {
            found(Problem::Unlinked);
        }
        match &link.now {
            _ if !with_rows => {}
            None => found(Problem::Deleted),
            Some(now) if *now != link.row_hash => found(Problem::Changed),
            Some(_) => {}
        }
        done.rows += 1;
        done.head = link.head;
    }
}

/// Whether a head that was seen once is still in the chain.
pub async fn compare(connection: &mut PgConnection, remembered: &Head) -> Result<Option<Break>, AppError> {
    let problem = match log_chain::at(connection, remembered.position).await? {
        Some(found) if found == *remembered => return Ok(None),
        Some(_) => Problem::Rewritten,
        None => Problem::Shortened,
    };
    Ok(Some(Break {
        position: remembered.position,
        entry: None,
        problem,
    }))
}

/// A hash as text.
pub fn hex(hash: &[u8]) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A hash from its text.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !text.is_ascii() {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(head: &Head, row: &[u8], now: Option<&[u8]>) -> Link {
        Link {
            head: head.followed_by(row),
            row_hash: row.to_vec(),
            activity: Some(7),
            now: now.map(<[u8]>::to_vec),
        }
    }

    fn start() -> Verified {
        Verified {
            rows: 0,
            head: Head::beginning(),
            breaks: Vec::new(),
        }
    }

    #[test]
    fn each_kind_of_change_is_told_by_its_place() {
        let one = link(&Head::beginning(), b"a", Some(b"a"));
        let two = link(&one.head, b"b", Some(b"b"));
        let mut sound = start();
        follow(&mut sound, vec![one.clone(), two.clone()], true);
        assert_eq!((sound.rows, sound.head.position, sound.breaks.len()), (2, 2, 0));

        let problems = |links: Vec<Link>, with_rows| {
            let mut done = start();
            follow(&mut done, links, with_rows);
            done.breaks
                .iter()
                .map(|found| (found.position, found.problem))
                .collect::<Vec<_>>()
        };
        let changed = link(&Head::beginning(), b"a", Some(b"x"));
        assert_eq!(problems(vec![changed, two.clone()], true), [(1, Problem::Changed)]);
        let deleted = link(&Head::beginning(), b"a", None);
        assert_eq!(problems(vec![deleted.clone()], true), [(1, Problem::Deleted)]);
        assert_eq!(problems(vec![deleted], false), []);
        assert_eq!(problems(vec![two.clone()], true), [(2, Problem::Gap)]);
        let mut forged = two;
        forged.row_hash = b"c".to_vec();
        forged.now = Some(b"c".to_vec());
        assert_eq!(problems(vec![one, forged], true), [(2, Problem::Unlinked)]);
    }

    #[test]
    fn hashes_survive_as_text() {
        let hash = Head::beginning().hash;
        assert_eq!(from_hex(&hex(&hash)), Some(hash));
        assert_eq!(from_hex("xyz"), None);
        assert_eq!(from_hex(&"g".repeat(64)), None);
    }
}
