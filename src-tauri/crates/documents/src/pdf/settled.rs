//! What moved the wallet besides usage: a small table of its own under the totals, of which the total has no part.

use domain::money::Amount4;

use super::layout::{Flow, LABEL, SMALL};
use super::paper::{CONTENT, Ink, LEFT, RIGHT};
use super::typesetter::TextLine;
use crate::{InvoiceDocument, Settled, clean, format};

const TITLE: &str = "Other transactions";
const EXPLAINED: &str = "Charged to your wallet or returned to it besides usage, at the day given. These are settled, and no part of the total above.";
const DAY: f32 = 70.0;
const GAP: f32 = 16.0;
const ABOVE: f32 = 18.0;
const PADDING: f32 = 4.0;

/// The section, if there is anything to tell.
pub(super) fn section(flow: &mut Flow<'_>) {
    let document = flow.document;
    if document.parts().settled.is_empty() {
        return;
    }
    let title = flow.typesetter.line(TITLE, LABEL);
    let explained = flow.typesetter.paragraph(EXPLAINED, SMALL, CONTENT * 0.8);
    let words: f32 = explained.iter().map(|line| line.height).sum();
    // Not without its first row.
    flow.keep(ABOVE + title.height + words + 30.0);
    flow.y += ABOVE;
    flow.lines(vec![title], LEFT, Ink::Text);
    flow.lines(explained, LEFT, Ink::Muted);
    flow.y += PADDING;
    let amount_width = amount_width(flow, document);
    for one in &document.parts().settled {
        row(flow, document, one, amount_width);
    }
    if document.parts().settled.len() > 1 {
        let label = flow.typesetter.line("Together", SMALL);
        let amount = amount(document, document.sums().settled);
        let amount = flow.typesetter.line(&amount, SMALL);
        let height = label.height + 2.0 * PADDING;
        flow.keep(height);
        let top = flow.y;
        flow.sheet().rule(LEFT, top, CONTENT, 0.6, Ink::Strong);
        flow.sheet().text(label, LEFT + DAY, top + PADDING, Ink::Muted);
        flow.sheet().text_right(amount, RIGHT, top + PADDING, Ink::Text);
        flow.y += height;
    }
}

fn amount(document: &InvoiceDocument, amount: Amount4) -> String {
    format::exact(amount, document.parts().currency, format::CENTS)
}

fn amount_width(flow: &mut Flow<'_>, document: &InvoiceDocument) -> f32 {
    let each = document.parts().settled.iter().map(|one| one.amount.into());
    let texts = each.chain([document.sums().settled]).map(|sum| amount(document, sum));
    let longest = texts.max_by_key(|text| text.chars().count()).unwrap_or_default();
    flow.typesetter.line(&longest, SMALL).width
}

fn row(flow: &mut Flow<'_>, document: &InvoiceDocument, one: &Settled, amount_width: f32) {
    let width = CONTENT - DAY - amount_width - GAP;
    let text = flow.typesetter.paragraph(&clean::line(&one.text), SMALL, width);
    let day = flow.typesetter.line(&format::date(one.day), SMALL);
    let amount = flow.typesetter.line(&amount(document, one.amount.into()), SMALL);
    let mut text = text.into_iter();
    let first = text.next();
    let height = first.as_ref().map_or(day.height, |line: &TextLine| line.height);
    flow.keep(height + 2.0 * PADDING);
    let top = flow.y;
    flow.sheet().rule(LEFT, top, CONTENT, 0.4, Ink::Hair);
    flow.y += PADDING;
    let top = flow.y;
    flow.sheet().text(day, LEFT, top, Ink::Muted);
    if let Some(first) = first {
        flow.sheet().text(first, LEFT + DAY, top, Ink::Text);
    }
    flow.sheet().text_right(amount, RIGHT, top, Ink::Text);
    flow.y += height;
    flow.lines(text.collect(), LEFT + DAY, Ink::Text);
    flow.y += PADDING;
}
