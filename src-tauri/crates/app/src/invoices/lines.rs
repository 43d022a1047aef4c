//! The stored lines of an invoice. Ours are written by the month's close; other programs have left an array, an object
//! with `items`, either of them as text, and numbers as numbers or as text. What can't be read is shown as it is, never
//! refused.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};
use ts_rs::TS;

/// How often JSON may have been written as text within JSON.
const WRAPPINGS: u32 = 2;

/// A line as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct InvoiceLine {
    /// What it is.
    pub description: String,
    /// How much of it.
    #[ts(type = "string | null")]
    pub quantity: Option<Decimal>,
    /// Of what, such as hour.
    pub unit: Option<String>,
    /// What one costs.
    #[ts(type = "string | null")]
    pub unit_price: Option<Decimal>,
    /// What it comes to, exactly.
    #[ts(type = "string | null")]
    pub amount: Option<Decimal>,
    /// Whose usage it is.
    pub resource: Option<Resource>,
    /// The plan's name when it was written.
    pub plan: Option<String>,
    /// The month of its hours, such as 2026-10.
    pub usage_month: Option<String>,
    /// When its first hour began, as written.
    pub first_hour: Option<String>,
    /// The most that it costs in a month.
    #[ts(type = "string | null")]
    pub monthly_cap: Option<Decimal>,
    /// The cap took something off.
    pub cap_applied: bool,
    /// It was used in an earlier month.
    pub late: bool,
}

/// Whose usage a line is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Resource {
    /// vps or container.
    pub kind: String,
    /// Its id there.
    pub id: i32,
}

/// Reads the lines, whatever their shape.
pub fn parse(stored: &Value) -> Vec<InvoiceLine> {
    items(stored, WRAPPINGS).iter().map(line).collect()
}

fn items(stored: &Value, wrappings: u32) -> Vec<Value> {
    match stored {
        Value::Array(items) => items.clone(),
        Value::Object(fields) => match fields.get("items").or_else(|| fields.get("line_items")) {
            Some(inner) => items(inner, wrappings),
            None if fields.is_empty() => Vec::new(),
            // One line without its brackets.
            None => vec![stored.clone()],
        },
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner) if wrappings > 0 => items(&inner, wrappings - 1),
            _ if text.trim().is_empty() => Vec::new(),
            _ => vec![stored.clone()],
        },
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) => vec![stored.clone()],
    }
}

fn line(item: &Value) -> InvoiceLine {
    let none = Map::new();
    let fields = item.as_object().unwrap_or(&none);
    let text = |names: &[&str]| {
        names.iter().filter_map(|name| fields.get(*name)).find_map(|value| {
            value
                .as_str()
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        })
    };
    let number = |names: &[&str]| names.iter().filter_map(|name| fields.get(*name)).find_map(decimal);
    let flag = |name: &str| fields.get(name) == Some(&Value::Bool(true));
    let description = text(&["description", "name", "label", "title"]).unwrap_or_else(|| match item {
        Value::String(words) => words.clone(),
        other => other.to_string(),
    });
    let resource = text(&["resource_kind"]).zip(
        fields
            .get("resource_id")
            .and_then(Value::as_i64)
            .and_then(|id| i32::try_from(id).ok()),
    );
    InvoiceLine {
        description,
        quantity: number(&["quantity", "hours"]),
        unit: text(&["unit"]),
        unit_price: number(&["unitPrice", "unit_price", "rate"]),
        amount: number(&["amount", "total"]),
        resource: resource.map(|(kind, id)| Resource { kind, id }),
        plan: text(&["plan"]),
        usage_month: text(&["usage_month"]),
        first_hour: text(&["first_hour"]),
        monthly_cap: number(&["monthly_cap"]),
        cap_applied: flag("cap_applied"),
        late: flag("late"),
    }
}

/// A number or its text, by its digits: no float is computed with.
fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn amounts(stored: &Value) -> Vec<String> {
        parse(stored)
            .iter()
            .map(|line| line.amount.map_or_else(|| "?".to_owned(), |amount| amount.to_string()))
            .collect()
    }

    #[test]
    fn every_known_shape_is_read() {
        let item =
            json!({"description": "web-01 - VPS Service (744h)", "quantity": 744, "unitPrice": 0.036, "amount": 26.78});
        for stored in [
            json!([item]),
            json!({"id": "inv-1", "items": [item], "subtotal": 26.78}),
            json!({"line_items": [item]}),
            json!(json!([item]).to_string()),
            json!(json!({"items": [item]}).to_string()),
            json!({"items": json!([item]).to_string()}),
            json!(json!(json!([item]).to_string()).to_string()),
            item.clone(),
        ] {
            let lines = parse(&stored);
            assert_eq!(lines.len(), 1, "{stored}");
            assert_eq!(lines[0].description, "web-01 - VPS Service (744h)", "{stored}");
            assert_eq!(lines[0].quantity, Some(Decimal::from(744)), "{stored}");
            assert_eq!(lines[0].unit_price, Some(Decimal::new(36, 3)), "{stored}");
            assert_eq!(lines[0].amount, Some(Decimal::new(2678, 2)), "{stored}");
        }
    }

    #[test]
    fn nothing_is_nothing() {
        for stored in [
            json!(null),
            json!([]),
            json!({}),
            json!(""),
            json!("[]"),
            json!("null"),
            json!({"items": []}),
        ] {
            assert_eq!(parse(&stored), Vec::new(), "{stored}");
        }
    }

    #[test]
    fn numbers_are_taken_by_their_digits() {
        let stored = json!([
            {"amount": "50.00"}, {"amount": -15}, {"amount": 0.1}, {"amount": "1e2"}, {"amount": "many"}, {"amount": null}, {}
        ]);
        assert_eq!(amounts(&stored), ["50.00", "-15", "0.1", "100", "?", "?", "?"]);
        let float: Value = serde_json::from_str(r#"[{"amount": 0.30000000000000004}]"#).unwrap();
        assert_eq!(amounts(&float), ["0.30000000000000004"]);
        assert_eq!(
            parse(&json!([{"unit_price": "0.0360", "description": "x"}]))[0].unit_price,
            Some(Decimal::new(360, 4))
        );
    }

    #[test]
    fn what_can_t_be_read_is_shown_as_it_is() {
        assert_eq!(
            parse(&json!("Thanks for your business"))[0].description,
            "Thanks for your business"
        );
        assert_eq!(parse(&json!(["Setup"]))[0].description, "Setup");
        assert_eq!(parse(&json!([{"sku": 7}]))[0].description, r#"{"sku":7}"#);
        assert_eq!(parse(&json!(12)).len(), 1);
    }
}
