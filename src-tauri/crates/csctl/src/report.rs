//! What a command has to say, for a person or as JSON.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::failure::Failure;

/// The outcome of a command that did what it was asked to.
#[derive(Debug)]
pub struct Report {
    /// For a person: lines.
    pub lines: Vec<String>,
    /// For a program: an object.
    pub json: Value,
}

impl Report {
    /// Of a command that has written its answer itself, because it is long or has no end.
    pub const fn already_told() -> Self {
        Self {
            lines: Vec::new(),
            json: Value::Null,
        }
    }
}

/// A text for a person's terminal: what customers, providers and containers have written doesn't steer it. As JSON it stays as
/// it is.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text)
        .to_string()
        .replace(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\t'), "")
}

/// Writes the outcome and gives the exit code.
pub fn tell(json: bool, outcome: Result<Report, Failure>) -> ExitCode {
    let (text, to_stdout, code) = match outcome {
        Ok(report) if report.json.is_null() && (json || report.lines.is_empty()) => return ExitCode::SUCCESS,
        Ok(report) if json => (report.json.to_string(), true, 0),
        Ok(report) => (report.lines.join("\n"), true, 0),
        Err(Failure {
            report: Some(report),
            exit,
            ..
        }) => {
            let text = if json {
                report.json.to_string()
            } else {
                report.lines.join("\n")
            };
            (text, true, exit)
        }
        Err(failure) if json => {
            let mut error = json!({ "code": failure.code, "message": failure.message });
            if !failure.details.is_empty() {
                error["details"] = json!(failure.details);
            }
            let mut whole = failure.answer.map_or_else(|| json!({}), |answer| *answer);
            whole["error"] = error;
            (whole.to_string(), true, failure.exit)
        }
        Err(failure) => {
            let details = failure
                .details
                .iter()
                .flat_map(|detail| ["\n  - ", detail])
                .collect::<String>();
            (
                format!("error[{}]: {}{details}", failure.code, failure.message),
                false,
                failure.exit,
            )
        }
    };
    let text = if json { text } else { plain(&text) };
    // A reader who has gone (a pipe into `head`) doesn't change what was done.
    let written = if to_stdout {
        writeln!(std::io::stdout().lock(), "{text}")
    } else {
        writeln!(std::io::stderr().lock(), "{text}")
    };
    drop(written);
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_that_somebody_has_written_steers_a_terminal() {
        assert_eq!(
            plain(
                "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}\u{1b}]52;c;Y2xpcA==\u{1b}\\one\ttwo\r\nthree\u{9b}2J\u{8}"
            ),
            "red one\ttwo\nthree2J"
        );
        assert_eq!(plain("Łódź – 3 €"), "Łódź – 3 €");
    }
}
