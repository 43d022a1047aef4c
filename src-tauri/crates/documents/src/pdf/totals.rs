//! The sums under the table, and the sentence that explains the carry.

use domain::invoice::InvoiceStatus;
use domain::money::Carry;

use super::layout::{BODY, Flow, SMALL};
use super::paper::{CONTENT, Ink, LEFT, RIGHT};
use super::table;
use super::typesetter::{Style, TextLine, Weight};
use crate::{InvoiceDocument, format};

const BLOCK: f32 = 244.0;
const ABOVE: f32 = 12.0;
const TOTAL: Style = Style::new(11.0, Weight::SemiBold);
const DUE: Style = Style::new(9.0, Weight::SemiBold);

struct Sum {
    label: String,
    amount: String,
    style: Style,
    ink: Ink,
    /// A rule above it.
    ruled: bool,
}

/// From the table to the next thing.
pub(super) fn height(flow: &mut Flow<'_>) -> f32 {
    let left: f32 = explained(flow).iter().map(|line| line.height).sum();
    let right: f32 = sums(flow.document).iter().map(row_height).sum();
    ABOVE + left.max(right)
}

fn explained(flow: &mut Flow<'_>) -> Vec<TextLine> {
    let text = explanation(flow.document);
    flow.typesetter.paragraph(&text, SMALL, CONTENT - BLOCK - 30.0)
}

/// Sums on the right, explanation on the left, together on one sheet.
pub(super) fn block(flow: &mut Flow<'_>) {
    let height = height(flow);
    flow.keep(height);
    let top = flow.y + ABOVE;
    flow.y = top;
    let explained = explained(flow);
    flow.lines(explained, LEFT, Ink::Muted);
    flow.y = top;
    for sum in sums(flow.document) {
        put(flow, &sum);
    }
    flow.y = top - ABOVE + height;
}

fn row_height(sum: &Sum) -> f32 {
    sum.style.leading() + 4.0 + if sum.ruled { 8.0 } else { 0.0 }
}

fn put(flow: &mut Flow<'_>, sum: &Sum) {
    let x = RIGHT - BLOCK;
    let height = row_height(sum);
    let mut top = flow.y;
    if sum.ruled {
        top += 4.0;
        flow.sheet().rule(x, top, BLOCK, 0.9, Ink::Strong);
        top += 4.0;
    }
    let amount = flow.typesetter.line(&sum.amount, sum.style);
    let label = flow
        .typesetter
        .fitted(&sum.label, sum.style, BLOCK - amount.width - 12.0);
    let label_ink = if sum.style == BODY { Ink::Muted } else { sum.ink };
    flow.sheet().text(label, x, top + 2.0, label_ink);
    flow.sheet().text_right(amount, RIGHT, top + 2.0, sum.ink);
    flow.y += height;
}

fn sums(document: &InvoiceDocument) -> Vec<Sum> {
    let (parts, sums) = (document.parts(), document.sums());
    let (currency, decimals) = (parts.currency, table::decimals(document));
    let plain = |label: &str, amount: String| Sum {
        label: label.to_owned(),
        amount,
        style: BODY,
        ink: Ink::Text,
        ruled: false,
    };
    let exact = |amount| format::exact(amount, currency, decimals);
    let mut rows = vec![plain("Subtotal", exact(sums.subtotal))];
    if parts.carry_in != Carry::ZERO {
        rows.push(plain("Carried in", exact(parts.carry_in.into())));
    }
    if parts.carry_out != Carry::ZERO {
        let minus = -parts.carry_out.decimal();
        rows.push(plain(
            "Carried to the next invoice",
            format::decimal(minus, currency, decimals),
        ));
    }
    rows.push(Sum {
        style: TOTAL,
        ruled: true,
        ..plain(&format!("Total ({currency})"), format::money(parts.total, currency))
    });
    let (due, ink) = match parts.status {
        InvoiceStatus::Cancelled => {
            rows.push(Sum {
                style: DUE,
                ..plain("Cancelled: nothing is due", String::new())
            });
            return rows;
        }
        InvoiceStatus::Failed => ("Amount overdue", Ink::Danger),
        _ if sums.due.is_negative() => ("In your favour", Ink::Text),
        _ => ("Amount due", Ink::Text),
    };
    rows.push(plain("Paid", format::money(parts.paid.negated(), currency)));
    rows.push(Sum {
        style: DUE,
        ink,
        ruled: true,
        ..plain(due, format::money(sums.due.abs(), currency))
    });
    rows
}

/// One plain sentence about fractions of a cent; none where there are none.
fn explanation(document: &InvoiceDocument) -> String {
    let parts = document.parts();
    let exact = |carry: Carry| format::exact(carry.into(), parts.currency, format::FINE);
    let (before, after) = (exact(parts.carry_in), exact(parts.carry_out));
    let moved = match (parts.carry_in == Carry::ZERO, parts.carry_out == Carry::ZERO) {
        (true, true) => return String::new(),
        (false, false) => {
            format!("{before} left over from earlier usage is charged here, and {after} is left for the next invoice")
        }
        (false, true) => format!("{before} left over from earlier usage is charged here"),
        (true, false) => format!("{after} is left for the next invoice"),
    };
    format!("Usage is measured to a hundredth of a cent and charged in whole cents: {moved}.")
}
