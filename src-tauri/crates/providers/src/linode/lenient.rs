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

/// A count that some answers write with a fraction of nothing (`12.0`).
pub(super) fn count(object: &Value, key: &str) -> Option<u64> {
    let value = object.get(key)?;
    value.as_u64().or_else(|| {
        let digits = value.as_number()?.to_string();
        let exact = Decimal::from_str_exact(&digits).or_else(|_| Decimal::from_scientific(&digits));
        let exact = exact.ok()?.normalize();
        exact.is_integer().then(|| u64::try_from(exact).ok())?
    })
}

/// The objects of an array; nothing if there is none.
pub(super) fn objects<'a>(object: &'a Value, key: &str) -> Option<&'a [Value]> {
    object.get(key)?.as_array().map(Vec::as_slice)
}

/// JSON that a header can hold: letters outside ASCII are escaped.
pub(super) fn ascii(value: &Value) -> String {
    let mut escaped = String::new();
    for letter in value.to_string().chars() {
        if letter.is_ascii() && letter != '\u{7f}' {
            escaped.push(letter);
        } else {
            let mut units = [0_u16; 2];
            for unit in letter.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
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
    fn a_count_may_come_with_a_fraction_of_nothing() {
        let read = |json: &str| count(&serde_json::from_str(json).unwrap(), "n");
        assert_eq!(read(r#"{"n": 12}"#), Some(12));
        assert_eq!(read(r#"{"n": 12.0}"#), Some(12));
        assert_eq!(read(r#"{"n": 1e3}"#), Some(1000));
        for nothing in [
            r#"{"n": 12.5}"#,
            r#"{"n": -1}"#,
            r#"{"n": "12"}"#,
            r#"{"n": 1e300}"#,
            "{}",
            "7",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_header_holds_any_text() {
        let value = serde_json::json!({"label": "bücher \u{1F600}\n\u{7f}"});
        let escaped = ascii(&value);
        assert_eq!(escaped, r#"{"label":"b\u00fccher \ud83d\ude00\n\u007f"}"#);
        assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), value);
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
