//! The top of the first sheet: whose invoice it is, for whom, its number, dates and state.

use domain::invoice::InvoiceStatus;

use super::layout::{BODY, BODY_MEDIUM, Flow, LABEL, kind_word};
use super::paper::{CONTENT, Ink, Item, LEFT, RIGHT, TOP};
use super::typesetter::{Style, TextLine, Weight};
use crate::{InvoiceParts, Logo, Period, clean, format};

const TITLE: Style = Style::new(22.0, Weight::SemiBold);
const NAME: Style = Style::new(15.0, Weight::SemiBold);
const LOGO_WIDTH: f32 = 170.0;
const LOGO_HEIGHT: f32 = 46.0;
/// More of an address than this is an ellipsis: the head must leave room for the table.
const ADDRESS_LINES: usize = 14;
/// More characters than these lines can show.
const NAME_CHARACTERS: usize = 400;
const ADDRESS_CHARACTERS: usize = 1200;
const GAP: f32 = 20.0;

/// Everything above the table.
pub(super) fn first(flow: &mut Flow<'_>) {
    let below_mark = mark(flow);
    let below_title = title(flow);
    flow.y = below_mark.max(below_title) + 30.0;
    parties(flow);
    flow.y += 26.0;
}

/// The logo, or the name where there is none. Gives back where it ends.
fn mark(flow: &mut Flow<'_>) -> f32 {
    let seller = &flow.document.parts().seller;
    if let Some((width, height)) = seller.logo.as_ref().map(Logo::size) {
        let scale = (LOGO_WIDTH / width).min(LOGO_HEIGHT / height);
        let (width, height) = (width * scale, height * scale);
        let logo = Item::Logo {
            x: LEFT,
            y: TOP,
            width,
            height,
        };
        flow.sheet().items.push(logo);
        return TOP + height;
    }
    let name = clean::start(&clean::line(&seller.name), NAME_CHARACTERS);
    let lines = flow.typesetter.paragraph(&name, NAME, CONTENT * 0.55);
    let mut top = TOP + 3.0;
    for line in shortened(flow, lines, 3) {
        let height = line.height;
        flow.sheet().text(line, LEFT, top, Ink::Text);
        top += height;
    }
    top
}

/// The kind of document and its state, top right. Gives back where they end.
fn title(flow: &mut Flow<'_>) -> f32 {
    let parts = flow.document.parts();
    let title = flow.typesetter.line(kind_word(parts.kind), TITLE);
    let mut top = TOP - 2.0;
    let height = title.height;
    flow.sheet().text_right(title, RIGHT, top, Ink::Text);
    top += height + 6.0;
    let (word, ink, tint) = state(parts);
    let word = flow.typesetter.line(word, LABEL);
    let (width, height) = (word.width + 14.0, word.height + 4.0);
    let pill = Item::Pill {
        x: RIGHT - width,
        y: top,
        width,
        height,
        ink: tint,
    };
    flow.sheet().items.push(pill);
    flow.sheet().text_right(word, RIGHT - 7.0, top + 2.0, ink);
    top + height
}

fn state(parts: &InvoiceParts) -> (&'static str, Ink, Ink) {
    let partly = !parts.paid.is_zero();
    match parts.status {
        InvoiceStatus::Paid => ("Paid", Ink::Success, Ink::SuccessTint),
        InvoiceStatus::Pending if partly => ("Partly paid", Ink::Warning, Ink::WarningTint),
        InvoiceStatus::Pending => ("Open", Ink::Warning, Ink::WarningTint),
        InvoiceStatus::Failed => ("Overdue", Ink::Danger, Ink::DangerTint),
        InvoiceStatus::Cancelled => ("Cancelled", Ink::Muted, Ink::NeutralTint),
    }
}

/// From, to, and the details, side by side.
fn parties(flow: &mut Flow<'_>) {
    let parts = flow.document.parts();
    let details_width = 168.0;
    let party_width = (CONTENT - details_width - 2.0 * GAP) / 2.0;
    let (seller, customer) = (&parts.seller, &parts.customer);
    let top = flow.y;
    let from = party(flow, "From", &seller.name, &seller.address, LEFT, party_width);
    flow.y = top;
    let to_x = LEFT + party_width + GAP;
    let to = party(flow, "Billed to", &customer.name, &customer.address, to_x, party_width);
    flow.y = top;
    let details = details(flow, RIGHT - details_width);
    flow.y = from.max(to).max(details);
}

fn party(flow: &mut Flow<'_>, title: &str, name: &str, address: &[String], x: f32, width: f32) -> f32 {
    let title = flow.typesetter.line(title, LABEL);
    flow.lines(vec![title], x, Ink::Muted);
    flow.y += 3.0;
    let name = flow
        .typesetter
        .paragraph(&clean::start(&clean::line(name), NAME_CHARACTERS), BODY_MEDIUM, width);
    let name = shortened(flow, name, 4);
    flow.lines(name, x, Ink::Text);
    let mut lines = Vec::new();
    for line in address {
        // Enough is enough: the rest of a hostile address isn't even shaped.
        if lines.len() <= ADDRESS_LINES {
            lines.extend(
                flow.typesetter
                    .paragraph(&clean::start(&clean::line(line), ADDRESS_CHARACTERS), BODY, width),
            );
        }
    }
    let lines = shortened(flow, lines, ADDRESS_LINES);
    flow.lines(lines, x, Ink::Text);
    flow.y
}

/// The first `most` lines, and an ellipsis if there are more.
fn shortened(flow: &mut Flow<'_>, mut lines: Vec<TextLine>, most: usize) -> Vec<TextLine> {
    if lines.len() > most {
        lines.truncate(most);
        lines.push(flow.typesetter.line("…", BODY));
    }
    lines
}

/// Number and dates: labels left, values right.
fn details(flow: &mut Flow<'_>, x: f32) -> f32 {
    let parts = flow.document.parts();
    let mut rows = vec![
        ("Number", parts.number.to_string()),
        ("Issued", format::date(parts.issued)),
    ];
    rows.extend(parts.corrects.map(|corrected| ("Corrects", corrected.to_string())));
    rows.extend(parts.due.map(|due| ("Due", format::date(due))));
    rows.extend(parts.period.map(|period| ("Usage (UTC)", days(period))));
    rows.push(("Currency", parts.currency.to_string()));
    for (label, value) in rows {
        let label = flow.typesetter.line(label, BODY);
        let value = flow.typesetter.line(&value, BODY_MEDIUM);
        let (top, height) = (flow.y, label.height + 2.0);
        flow.sheet().text(label, x, top, Ink::Muted);
        flow.sheet().text_right(value, RIGHT, top, Ink::Text);
        flow.y += height;
    }
    flow.y
}

/// `1 Oct – 31 Oct 2026`; the first year only where it is another.
fn days(period: Period) -> String {
    let (first, last) = (format::date(period.first()), format::date(period.last()));
    if period.first() == period.last() {
        return last;
    }
    let year = last.rsplit('\u{a0}').next().unwrap_or_default();
    let first = first.strip_suffix(year).map_or(first.as_str(), str::trim_end);
    format!("{first} – {last}")
}
