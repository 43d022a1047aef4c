//! The header `X-Filter`, as far as clients use it.

use serde_json::Value;

use super::Reply;

/// The entries that pass a filter, in its order; a refusal where it names a field that can't be filtered by.
pub(super) fn filtered(all: &[Value], filter: &str, fields: &[&str]) -> Result<Vec<Value>, Reply> {
    let refused = |reason: &str| Err(Reply::on_field("X-Filter", reason));
    if !filter.is_ascii() {
        return refused("Must be ASCII");
    }
    let Ok(Value::Object(filter)) = serde_json::from_str::<Value>(filter) else {
        return refused("Must be a JSON object");
    };
    for field in filter.keys().filter(|key| !key.starts_with('+')) {
        if !fields.contains(&field.as_str()) {
            return refused(&format!("Cannot filter on {field}"));
        }
    }
    let mut found: Vec<Value> = all
        .iter()
        .filter(|entry| {
            let mut conditions = filter.iter().filter(|(key, _)| !key.starts_with('+'));
            conditions.all(|(field, wanted)| passes(at(entry, field), wanted))
        })
        .cloned()
        .collect();
    if let Some(by) = filter.get("+order_by").and_then(Value::as_str) {
        found.sort_by_key(|entry| at(entry, by).as_u64());
    }
    if filter.get("+order").is_some_and(|order| order == "desc") {
        found.reverse();
    }
    Ok(found)
}

fn at<'a>(entry: &'a Value, field: &str) -> &'a Value {
    field.split('.').fold(entry, |value, part| &value[part])
}

fn passes(value: &Value, wanted: &Value) -> bool {
    match wanted {
        Value::Object(comparisons) => comparisons.iter().all(|(how, than)| match how.as_str() {
            "+gt" => value.as_u64() > than.as_u64(),
            "+gte" => match (value.as_str(), than.as_str()) {
                (Some(value), Some(than)) => value >= than,
                _ => value.as_u64() >= than.as_u64(),
            },
            _ => false,
        }),
        plain => match value {
            Value::Array(entries) => entries.contains(plain),
            other => other == plain,
        },
    }
}
