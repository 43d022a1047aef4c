//! JSON as other programs have left it: perhaps once more a text, perhaps empty in one of three ways.

use serde_json::{Map, Value};

/// How often a text is read as JSON once more.
const MOST_ENCODED: usize = 2;

/// An object, whatever was done to it; `None` for what is none and can't be added to without losing it.
pub(crate) fn object(stored: Option<&Value>) -> Option<Map<String, Value>> {
    match decoded(stored?) {
        Value::Object(object) => Some(object),
        Value::Null => Some(Map::new()),
        Value::Array(list) if list.is_empty() => Some(Map::new()),
        _ => None,
    }
}

/// A JSON text that holds JSON once more is that JSON.
pub(crate) fn decoded(stored: &Value) -> Value {
    let mut value = stored.clone();
    for _ in 0..MOST_ENCODED {
        let Value::String(text) = &value else { break };
        if text.trim().is_empty() {
            return Value::Null;
        }
        match serde_json::from_str(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_) | Value::String(_) | Value::Null)) => value = inner,
            _ => break,
        }
    }
    value
}

/// Texts of a list, however it was written; numbers and flags as they read.
pub(crate) fn texts(stored: Option<&Value>) -> Vec<String> {
    let entries = match stored.map(decoded) {
        Some(Value::Array(list)) => list,
        Some(Value::String(text)) => text.split(',').map(Value::from).collect(),
        _ => Vec::new(),
    };
    let mut texts: Vec<String> = entries
        .iter()
        .filter_map(scalar)
        .map(|text| text.trim().to_owned())
        .collect();
    texts.retain(|text| !text.is_empty());
    texts
}

/// A text, a number or a flag as text.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
