//! `csctl container logs --follow`: each line as it comes, until the container ends.
//!
//! Nothing is changed, so nothing has to be given back: a signal ends it as it ends any command that doesn't stay.

use std::io::{self, Write};

use app::{
    containers::{follow, live::LogLine},
    providers::Reach,
};
use serde_json::json;

use super::{Search, args::LogsArgs, log_line, looked_at};
use crate::{
    failure::Failure,
    report::{Report, plain},
};

/// Follows a log.
pub async fn run(arguments: &LogsArgs, json: bool) -> Result<Report, Failure> {
    let (operator, keys, id) = looked_at(&arguments.of).await?;
    let wanted = Search::of(arguments);
    let mut followed = follow::follow(&operator.session, keys.as_ref(), id, arguments.tail, &Reach::running())
        .await
        .map_err(|error| operator.failed(error))?;
    while let Some(line) = followed.next().await.map_err(|error| operator.failed(error))? {
        // A reader who has gone (a pipe into `head`) has what it wanted.
        if wanted.finds(&line) && say(&line, json).is_err() {
            break;
        }
    }
    Ok(Report::already_told())
}

/// A line at once, whoever reads it: nothing waits for the next. With `json` an object of its own.
fn say(line: &LogLine, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", json!(line))?;
    } else {
        writeln!(out, "{}", plain(&log_line(line)))?;
    }
    out.flush()
}
