//! Reading what may be missing, null, or of another kind than documented: nothing then, instead of a failure.

use chrono::{DateTime, NaiveDateTime};
use rust_decimal::Decimal;
use serde_json::{Value, value::RawValue};

/// A text that says something.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    let text = object.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn whole(object: &Value, key: &str) -> Option<u64> {
    object.get(key)?.as_u64()
}

pub(super) fn flag(object: &Value, key: &str) -> Option<bool> {
    object.get(key)?.as_bool()
}

/// The texts of an array; what is no text is left out.
pub(super) fn texts(object: &Value, key: &str) -> Vec<String> {
    let Some(Value::Array(entries)) = object.get(key) else {
        return Vec::new();
    };
    entries.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A time in UTC. Linode writes it without a zone; one that has a zone is converted.
pub(super) fn time(object: &Value, key: &str) -> Option<NaiveDateTime> {
    let text = object.get(key)?.as_str()?;
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .ok()
        .or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.naive_utc()))
}

/// An amount from the digits that were sent: a binary fraction between would change some of them. Unknown, not free,
/// where there is no number, and where the number has more digits than a decimal holds.
pub(super) fn amount(raw: Option<&RawValue>) -> Option<Decimal> {
    let text = raw?.get().trim();
    let digits = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        // Words, objects, and amounts below zero: nothing is sold at those.
        return None;
    }
    if digits.contains(['e', 'E']) {
        return Decimal::from_scientific(digits).ok();
    }
    Decimal::from_str_exact(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<String> {
        let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
        amount(Some(&raw)).map(|amount| amount.to_string())
    }

    #[test]
    fn amounts_are_the_digits_that_were_sent() {
        for exact in [
            "0.0075",
            "0.00015",
            "4.1475",
            "5",
            "5.0",
            "0",
            "1234567.123456789012345",
        ] {
            assert_eq!(read(exact).as_deref(), Some(exact));
        }
        assert_eq!(read("\"0.0075\"").as_deref(), Some("0.0075"));
        assert_eq!(read("1.5e-4").as_deref(), Some("0.00015"));
    }

    #[test]
    fn what_is_no_amount_is_unknown() {
        for nothing in [
            "null",
            "true",
            "\"\"",
            "\"free\"",
            "{}",
            "[1]",
            "-1",
            "1e400",
            "0.1234567890123456789012345678901",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(amount(None), None);
    }

    #[test]
    fn a_time_without_a_zone_is_utc() {
        let read = |text: &str| time(&serde_json::json!({ "at": text }), "at").map(|at| at.to_string());
        assert_eq!(read("2018-01-01T00:01:01").as_deref(), Some("2018-01-01 00:01:01"));
        assert_eq!(
            read("2018-01-01T02:01:01+02:00").as_deref(),
            Some("2018-01-01 00:01:01")
        );
        assert_eq!(read("yesterday"), None);
    }
}
