//! What stands where: heads, table, totals, terms, feet.

use super::paper::{BOTTOM, CONTENT, HEIGHT, Ink, LEFT, RIGHT, Sheet, TOP};
use super::typesetter::{Style, TextLine, Typesetter, Weight};
use super::{head, settled, table, totals};
use crate::{InvoiceDocument, InvoiceKind, clean};

pub(super) const BODY: Style = Style::new(9.0, Weight::Regular);
pub(super) const BODY_MEDIUM: Style = Style::new(9.0, Weight::Medium);
pub(super) const SMALL: Style = Style::new(8.0, Weight::Regular);
pub(super) const LABEL: Style = Style::new(8.0, Weight::Medium);

/// What is said where a character could not be set.
const NUMBERS: &str =
    "[U+…] stands for a character that this document's fonts do not have: its number in the Unicode standard.";

/// The invoice on as many sheets as it needs.
///
/// The typesetter comes back for the next invoice: reading its fonts takes longer than setting a page.
pub(super) fn sheets(document: &InvoiceDocument, typesetter: Typesetter) -> (Vec<Sheet>, Typesetter) {
    let mut flow = Flow::new(document, typesetter);
    head::first(&mut flow);
    table::lines(&mut flow);
    totals::block(&mut flow);
    settled::section(&mut flow);
    notes(&mut flow);
    flow.finish()
}

/// Sheets being filled from top to bottom.
pub(super) struct Flow<'a> {
    pub document: &'a InvoiceDocument,
    pub typesetter: Typesetter,
    /// Where the next thing goes.
    pub y: f32,
    full: Vec<Sheet>,
    sheet: Sheet,
}

impl<'a> Flow<'a> {
    fn new(document: &'a InvoiceDocument, typesetter: Typesetter) -> Self {
        Self {
            document,
            typesetter,
            y: TOP,
            full: Vec::new(),
            sheet: Sheet::default(),
        }
    }

    pub fn sheet(&mut self) -> &mut Sheet {
        &mut self.sheet
    }

    /// Whether something of `height` still fits.
    pub fn fits(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Turns to a new sheet, which says whose it is.
    pub fn turn(&mut self) {
        self.full.push(std::mem::take(&mut self.sheet));
        self.y = TOP;
        let parts = self.document.parts();
        let number = self.typesetter.line(&parts.number.to_string(), LABEL);
        let room = CONTENT - number.width - 24.0;
        let customer = clean::line(&parts.customer.name);
        let title = format!("{} for {customer}", kind_word(parts.kind));
        let title = self.typesetter.fitted(&title, SMALL, room);
        let height = title.height;
        self.sheet.text(title, LEFT, TOP, Ink::Muted);
        self.sheet.text_right(number, RIGHT, TOP, Ink::Muted);
        self.y = TOP + height + 14.0;
    }

    /// Turns unless `height` fits.
    pub fn keep(&mut self, height: f32) {
        if !self.fits(height) {
            self.turn();
        }
    }

    /// Puts lines one under the other, from sheet to sheet if need be.
    pub fn lines(&mut self, lines: Vec<TextLine>, x: f32, ink: Ink) {
        for line in lines {
            self.keep(line.height);
            let height = line.height;
            self.sheet.text(line, x, self.y, ink);
            self.y += height;
        }
    }

    /// The sheets with their feet, now that their number is known.
    fn finish(mut self) -> (Vec<Sheet>, Typesetter) {
        self.full.push(self.sheet);
        let parts = self.document.parts();
        let count = self.full.len();
        let name = clean::line(&parts.seller.name);
        let top = HEIGHT - 48.0;
        for (index, sheet) in self.full.iter_mut().enumerate() {
            let page = self.typesetter.line(&format!("Page {} of {count}", index + 1), SMALL);
            let room = CONTENT - page.width - 24.0;
            let seller = self
                .typesetter
                .fitted(&format!("{name} · {}", parts.number), SMALL, room);
            sheet.text(seller, LEFT, top, Ink::Muted);
            sheet.text_right(page, RIGHT, top, Ink::Muted);
        }
        // Heads and feet repeat what has been spoken of.
        self.typesetter.take_has_numbers();
        (self.full, self.typesetter)
    }
}

pub(super) const fn kind_word(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Invoice => "Invoice",
        InvoiceKind::CreditNote => "Credit note",
    }
}

/// Payment and terms, under the totals.
fn notes(flow: &mut Flow<'_>) {
    let parts = flow.document.parts();
    let notes = [("Payment", &parts.wallet_note), ("Terms", &parts.seller.terms)];
    for (title, text) in notes {
        let text = clean::lines(text.as_deref().unwrap_or_default());
        if text.is_empty() {
            continue;
        }
        let title = flow.typesetter.line(title, LABEL);
        let lines = flow.typesetter.paragraph(&text, SMALL, CONTENT * 0.8);
        let first: f32 = lines.iter().take(3).map(|line| line.height).sum();
        flow.keep(18.0 + title.height + 2.0 + first);
        flow.y += 18.0;
        flow.lines(vec![title], LEFT, Ink::Text);
        flow.y += 2.0;
        flow.lines(lines, LEFT, Ink::Muted);
    }
    if flow.typesetter.take_has_numbers() {
        let lines = flow.typesetter.paragraph(NUMBERS, SMALL, CONTENT * 0.8);
        let height: f32 = lines.iter().map(|line| line.height).sum();
        flow.keep(18.0 + height);
        flow.y += 18.0;
        flow.lines(lines, LEFT, Ink::Muted);
    }
}
