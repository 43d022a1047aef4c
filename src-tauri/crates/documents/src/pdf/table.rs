//! The table of lines and other charges. Its head stands on every sheet that it reaches.

use super::layout::{BODY, BODY_MEDIUM, Flow, LABEL, SMALL};
use super::paper::{CONTENT, Ink, LEFT, RIGHT};
use super::totals;
use super::typesetter::TextLine;
use crate::{Charge, InvoiceDocument, Line, clean, format};

const GAP: f32 = 16.0;
const PADDING: f32 = 6.0;
/// A row that is higher may be broken between two of its lines.
const KEPT_TOGETHER: f32 = 220.0;

/// Right edges of the columns of numbers; what isn't used by any line has no column.
#[derive(Debug, Clone, Copy)]
struct Columns {
    hours: Option<f32>,
    rate: Option<f32>,
    /// Width of the description.
    text: f32,
    /// Of all amounts.
    decimals: usize,
}

struct Row {
    /// What it is, each with its colour.
    text: Vec<(TextLine, Ink)>,
    hours: Option<TextLine>,
    rate: Option<TextLine>,
    amount: TextLine,
}

impl Row {
    fn height(&self) -> f32 {
        self.text
            .iter()
            .map(|(line, _)| line.height)
            .sum::<f32>()
            .max(self.amount.height)
    }
}

/// Four decimals where a line or a carry needs them, otherwise two.
pub(super) fn decimals(document: &InvoiceDocument) -> usize {
    let parts = document.parts();
    let whole = |amount: rust_decimal::Decimal| amount.normalize().scale() <= 2;
    let lines = parts.lines.iter().all(|line| whole(line.amount.decimal()));
    if lines && whole(parts.carry_in.decimal()) && whole(parts.carry_out.decimal()) {
        format::CENTS
    } else {
        format::FINE
    }
}

/// All lines, then all other charges.
pub(super) fn lines(flow: &mut Flow<'_>) {
    let parts = flow.document.parts();
    let columns = columns(flow);
    flow.keep(80.0);
    head(flow, columns);
    let below = totals::height(flow);
    let mut left = parts.lines.len() + parts.other_charges.len();
    let mut put_next = |flow: &mut Flow<'_>, row: Row| {
        left -= 1;
        // The sums don't stand alone on a sheet: the last row goes with them.
        put(flow, row, columns, if left == 0 { below } else { 0.0 });
    };
    for line in &parts.lines {
        let row = usage_row(flow, line, columns);
        put_next(flow, row);
    }
    for charge in &parts.other_charges {
        let row = charge_row(flow, charge, columns);
        put_next(flow, row);
    }
    if parts.lines.is_empty() && parts.other_charges.is_empty() {
        let text = flow.typesetter.line("Nothing was used in this period.", BODY);
        let amount = flow.typesetter.line("", BODY);
        let row = Row {
            text: vec![(text, Ink::Muted)],
            hours: None,
            rate: None,
            amount,
        };
        put(flow, row, columns, 0.0);
    }
}

/// Columns are as wide as their widest number.
fn columns(flow: &mut Flow<'_>) -> Columns {
    let parts = flow.document.parts();
    let (currency, decimals) = (parts.currency, decimals(flow.document));
    // Figures have one width: the longest text is the widest.
    let longest = |texts: Vec<String>| texts.into_iter().max_by_key(|text| text.chars().count());
    let amounts = (parts
        .lines
        .iter()
        .map(|line| format::exact(line.amount, currency, decimals)))
    .chain(
        parts
            .other_charges
            .iter()
            .map(|charge| format::exact(charge.amount.into(), currency, decimals)),
    );
    let amount = longest(amounts.collect());
    let hours = longest(
        parts
            .lines
            .iter()
            .filter_map(|line| line.quantity_hours)
            .map(format::hours)
            .collect(),
    );
    let rate = longest(
        parts
            .lines
            .iter()
            .filter_map(|line| line.rate)
            .map(|rate| format::rate(rate, currency))
            .collect(),
    );
    let mut width = |text: &str, least: f32| flow.typesetter.line(text, BODY).width.max(least);
    let mut right = RIGHT - width(amount.as_deref().unwrap_or_default(), 58.0) - GAP;
    let mut next = |text: Option<String>, least: f32| {
        text.map(|text| {
            let edge = right;
            right -= width(&text, least) + GAP;
            edge
        })
    };
    let rate = next(rate, 58.0);
    let hours = next(hours, 40.0);
    Columns {
        hours,
        rate,
        text: right - LEFT,
        decimals,
    }
}

fn head(flow: &mut Flow<'_>, columns: Columns) {
    let top = flow.y;
    let title = flow.typesetter.line("Description", LABEL);
    let height = title.height;
    flow.sheet().text(title, LEFT, top, Ink::Muted);
    let numbers = [
        ("Hours", columns.hours),
        ("Rate per hour", columns.rate),
        ("Amount", Some(RIGHT)),
    ];
    for (word, right) in numbers {
        let Some(right) = right else { continue };
        let word = flow.typesetter.line(word, LABEL);
        flow.sheet().text_right(word, right, top, Ink::Muted);
    }
    flow.y += height + 5.0;
    let y = flow.y;
    flow.sheet().rule(LEFT, y, CONTENT, 0.9, Ink::Strong);
}

fn usage_row(flow: &mut Flow<'_>, line: &Line, columns: Columns) -> Row {
    let parts = flow.document.parts();
    let (currency, decimals) = (parts.currency, columns.decimals);
    let mut text = described(flow, &line.description, columns);
    let mut detail = clean::lines(&line.detail);
    if line.cap_applied {
        if !detail.is_empty() {
            detail.push_str(" · ");
        }
        match line.cap {
            Some(cap) if cap.is_zero() => detail.push_str("free of charge"),
            Some(cap) => detail.push_str(&format!("capped at {} a month", format::money(cap, currency))),
            None => detail.push_str("monthly cap reached"),
        }
    }
    let detail = flow.typesetter.paragraph(&detail, SMALL, columns.text);
    text.extend(detail.into_iter().map(|line| (line, Ink::Muted)));
    let hours = line
        .quantity_hours
        .map(|hours| flow.typesetter.line(&format::hours(hours), BODY));
    let rate = line
        .rate
        .map(|rate| flow.typesetter.line(&format::rate(rate, currency), BODY));
    let amount = flow
        .typesetter
        .line(&format::exact(line.amount, currency, decimals), BODY);
    Row {
        text,
        hours,
        rate,
        amount,
    }
}

fn charge_row(flow: &mut Flow<'_>, charge: &Charge, columns: Columns) -> Row {
    let (currency, decimals) = (flow.document.parts().currency, columns.decimals);
    let text = described(flow, &charge.text, columns);
    let amount = format::exact(charge.amount.into(), currency, decimals);
    let amount = flow.typesetter.line(&amount, BODY);
    Row {
        text,
        hours: None,
        rate: None,
        amount,
    }
}

fn described(flow: &mut Flow<'_>, text: &str, columns: Columns) -> Vec<(TextLine, Ink)> {
    let lines = flow
        .typesetter
        .paragraph(&clean::lines(text), BODY_MEDIUM, columns.text);
    lines.into_iter().map(|line| (line, Ink::Text)).collect()
}

/// Puts a row; if it doesn't fit it goes to the next sheet, or is broken if it is high.
///
/// `below` is the height of what must stand on the same sheet under it.
fn put(flow: &mut Flow<'_>, row: Row, columns: Columns, below: f32) {
    let height = row.height() + 2.0 * PADDING;
    let least = if height <= KEPT_TOGETHER { height + below } else { 60.0 };
    if !flow.fits(least) {
        next_sheet(flow, columns);
    }
    flow.y += PADDING;
    let top = flow.y;
    let least_end = top + row.amount.height;
    let numbers = [
        (row.hours, columns.hours),
        (row.rate, columns.rate),
        (Some(row.amount), Some(RIGHT)),
    ];
    for (number, right) in numbers {
        if let (Some(number), Some(right)) = (number, right) {
            flow.sheet().text_right(number, right, top, Ink::Text);
        }
    }
    let mut broken = false;
    for (line, ink) in row.text {
        if !flow.fits(line.height + PADDING) {
            next_sheet(flow, columns);
            flow.y += PADDING;
            broken = true;
        }
        let (y, height) = (flow.y, line.height);
        flow.sheet().text(line, LEFT, y, ink);
        flow.y += height;
    }
    if !broken {
        flow.y = flow.y.max(least_end);
    }
    flow.y += PADDING;
    let y = flow.y;
    flow.sheet().rule(LEFT, y, CONTENT, 0.5, Ink::Hair);
}

fn next_sheet(flow: &mut Flow<'_>, columns: Columns) {
    flow.turn();
    head(flow, columns);
}
