//! The shapes in which `theme_settings.colors` has been written.
//!
//! Source: the collection of JSONB shapes that other programs have written, its section `theme_settings.colors`: flat
//! maps (hex or HSL), `{light, dark}`, `{presetId, customPreset}`; each, or a part of it, possibly as a string that
//! holds JSON; NULL, `{}` and `[]` all mean empty.

use serde_json::{Map, Value};

use super::notice::{Reason, ThemeNotice};
use super::token::{Mode, Token};

/// The names under which the built-in theme may be meant.
const BUILT_IN_PRESETS: &[&str] = &["built-in", "default"];
/// JSON within a string within a string is as far as any known writer went.
const MAX_ENCODINGS: usize = 2;
/// A theme is a few kilobytes; a longer string isn't one.
const MAX_ENCODED_LENGTH: usize = 256 * 1024;

/// The two maps of tokens; none is the built-in mode.
#[derive(Default)]
pub(super) struct Shape {
    pub(super) light: Option<Map<String, Value>>,
    pub(super) dark: Option<Map<String, Value>>,
}

/// Finds the maps. What is there but can't be read leaves a notice; what isn't there doesn't.
pub(super) fn read(colors: &Value, notices: &mut Vec<ThemeNotice>) -> Shape {
    let mut decoded = decode(colors);
    if let Some(custom) = decoded
        .as_object_mut()
        .and_then(|map| map.get_mut("customPreset"))
        .map(Value::take)
    {
        let custom = decode(&custom);
        if !is_empty(&custom) {
            return read_maps(custom, notices);
        }
    }
    if let Some(preset) = decoded.get("presetId") {
        if !preset.as_str().is_some_and(|id| BUILT_IN_PRESETS.contains(&id)) && !preset.is_null() {
            notices.push(ThemeNotice::of_theme(Reason::UnknownPreset));
        }
        return Shape::default();
    }
    read_maps(decoded, notices)
}

fn read_maps(value: Value, notices: &mut Vec<ThemeNotice>) -> Shape {
    let Value::Object(mut map) = value else {
        if !is_empty(&value) {
            notices.push(ThemeNotice::of_theme(Reason::UnknownShape));
        }
        return Shape::default();
    };
    if map.contains_key("light") || map.contains_key("dark") {
        return Shape {
            light: read_mode(Mode::Light, map.remove("light"), notices),
            dark: read_mode(Mode::Dark, map.remove("dark"), notices),
        };
    }
    let known = Token::ALL
        .iter()
        .flat_map(|token| token.keys())
        .any(|key| map.contains_key(*key));
    if known || map.contains_key("radius") {
        return Shape {
            light: Some(map),
            dark: None,
        };
    }
    // A stored preset whose custom part is empty, or an empty map, says nothing and is no mistake.
    if !map.is_empty() && !map.contains_key("customPreset") {
        notices.push(ThemeNotice::of_theme(Reason::UnknownShape));
    }
    Shape::default()
}

fn read_mode(mode: Mode, value: Option<Value>, notices: &mut Vec<ThemeNotice>) -> Option<Map<String, Value>> {
    let value = decode(&value?);
    if is_empty(&value) {
        return None;
    }
    if let Value::Object(map) = value {
        return Some(map);
    }
    notices.push(ThemeNotice::of_mode(mode, Reason::InvalidMode));
    None
}

/// Unwraps strings that hold JSON; a string that doesn't stays as it is.
fn decode(value: &Value) -> Value {
    let mut value = value.clone();
    for _ in 0..MAX_ENCODINGS {
        let Value::String(text) = &value else { break };
        if text.len() > MAX_ENCODED_LENGTH {
            break;
        }
        match serde_json::from_str(text) {
            Ok(inner) => value = inner,
            Err(_) => break,
        }
    }
    value
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::String(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
