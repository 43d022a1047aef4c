//! Reading what may be missing, null, or of another kind than documented: nothing then, instead of a failure.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use serde_json::Value;

/// A text that says something.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    let text = object.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn whole(object: &Value, key: &str) -> Option<u64> {
    object.get(key)?.as_u64()
}

/// A number that says something: engines write 0 for “no limit”.
pub(super) fn positive(object: &Value, key: &str) -> Option<u64> {
    whole(object, key).filter(|number| *number > 0)
}

pub(super) fn flag(object: &Value, key: &str) -> Option<bool> {
    object.get(key)?.as_bool()
}

/// What is below a key; null where there is nothing.
pub(super) fn below<'a>(object: &'a Value, key: &str) -> &'a Value {
    object.get(key).unwrap_or(&Value::Null)
}

/// The entries of an array; none where there is no array.
pub(super) fn entries<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts of an array; what is no text is left out.
pub(super) fn texts(object: &Value, key: &str) -> Vec<String> {
    let texts = entries(object, key).iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// The texts of an object by their names.
pub(super) fn named_texts(object: &Value, key: &str) -> BTreeMap<String, String> {
    let Some(Value::Object(pairs)) = object.get(key) else {
        return BTreeMap::new();
    };
    pairs
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// A moment; the year 1 is Go's way of saying that there was none.
pub(super) fn moment(object: &Value, key: &str) -> Option<DateTime<Utc>> {
    parse_moment(object.get(key)?.as_str()?)
}

pub(super) fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    (at.year() > 1).then_some(at)
}

/// A moment in seconds since 1970.
pub(super) fn epoch(object: &Value, key: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(object.get(key)?.as_i64().filter(|seconds| *seconds > 0)?, 0)
}

/// JSON of any shape, and right answers with parts of them replaced by it.
#[cfg(test)]
pub(in crate::docker) mod fuzz {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    /// Any JSON, up to some depth.
    pub(in crate::docker) fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(|value| json!(value)),
            any::<i64>().prop_map(|value| json!(value)),
            any::<u64>().prop_map(|value| json!(value)),
            any::<f64>().prop_map(|value| json!(value)),
            ".{0,12}".prop_map(|value| json!(value)),
            Just(json!("0001-01-01T00:00:00Z")),
            Just(json!("80/tcp")),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((".{0,8}", inner), 0..4)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// A right answer with some values, however deep, replaced.
    pub(in crate::docker) fn broken(whole: Value) -> impl Strategy<Value = Value> {
        prop::collection::vec((any::<prop::sample::Index>(), any_json()), 1..6).prop_map(move |changes| {
            let mut value = whole.clone();
            for (index, change) in changes {
                let places = pointers(&value, String::new());
                let place = index.get(&places).clone();
                if let Some(found) = value.pointer_mut(&place) {
                    *found = change;
                }
            }
            value
        })
    }

    fn pointers(value: &Value, at: String) -> Vec<String> {
        let below: Vec<(String, &Value)> = match value {
            Value::Object(pairs) => pairs
                .iter()
                .map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value))
                .collect(),
            Value::Array(entries) => entries
                .iter()
                .enumerate()
                .map(|(index, value)| (index.to_string(), value))
                .collect(),
            _ => Vec::new(),
        };
        let mut all: Vec<String> = below
            .into_iter()
            .flat_map(|(name, value)| pointers(value, format!("{at}/{name}")))
            .collect();
        all.push(at);
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_moment_of_the_year_one_is_none() {
        let read = |text: &str| moment(&json!({ "at": text }), "at").map(|at| at.to_string());
        assert_eq!(read("0001-01-01T00:00:00Z"), None);
        assert_eq!(read(""), None);
        assert_eq!(
            read("2026-11-26T17:38:45.318864971+01:00").as_deref(),
            Some("2026-11-26 16:38:45.318864971 UTC")
        );
        assert_eq!(epoch(&json!({"at": 0}), "at"), None);
        assert_eq!(epoch(&json!({"at": i64::MAX}), "at"), None);
    }
}
