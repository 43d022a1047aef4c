//! Writes sheets into a PDF file.

use chrono::Datelike;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use super::layout::{self, kind_word};
use super::paper::{HEIGHT, Ink, Item, WIDTH};
use super::typesetter::{TextLine, Typesetter};
use crate::{DocumentError, InvoiceDocument, Logo, clean};

/// How far the handles of a quarter circle reach, as a part of its radius.
const ROUND: f32 = 0.552_284_8;

pub(super) fn write(documents: &[InvoiceDocument]) -> Result<Vec<u8>, DocumentError> {
    let first = documents.first().ok_or(DocumentError::Empty)?;
    let mut file = Document::new_with(SerializeSettings::default());
    file.set_metadata(metadata(first, documents.len()));
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("the size of the page"))?;
    let mut typesetter = Typesetter::new();
    for document in documents {
        let logo = document.parts().seller.logo.as_ref().map(Logo::image).transpose()?;
        let (sheets, used) = layout::sheets(document, typesetter);
        typesetter = used;
        for sheet in sheets {
            let mut page = file.start_page_with(settings.clone());
            let mut surface = page.surface();
            for item in &sheet.items {
                draw(&mut surface, item, logo.as_ref())?;
            }
            surface.finish();
            page.finish();
        }
    }
    file.finish().map_err(|error| match error {
        krilla::error::KrillaError::Image(..) => DocumentError::Logo,
        other => DocumentError::Pdf(other.to_string()),
    })
}

fn broken(what: &str) -> DocumentError {
    DocumentError::Pdf(what.to_owned())
}

/// The day of issue is the date of the file: no clock is asked.
fn metadata(document: &InvoiceDocument, count: usize) -> Metadata {
    let parts = document.parts();
    let seller = clean::line(&parts.seller.name);
    let mut title = format!("{} {}", kind_word(parts.kind), parts.number);
    if count > 1 {
        title.push_str(&format!(" and {} more", count - 1));
    }
    let mut issued = DateTime::new(u16::try_from(parts.issued.year()).unwrap_or(parts.number.year()));
    if let (Ok(month), Ok(day)) = (u8::try_from(parts.issued.month()), u8::try_from(parts.issued.day())) {
        issued = issued.month(month).day(day);
    }
    Metadata::new()
        .title(title)
        .authors(vec![seller.clone()])
        .language("en".to_owned())
        .creator("ContainerStacks".to_owned())
        .producer("ContainerStacks".to_owned())
        .creation_date(issued)
        .document_id(format!("{seller}:{}:{count}", parts.number))
}

fn draw(surface: &mut Surface<'_>, item: &Item, logo: Option<&Image>) -> Result<(), DocumentError> {
    match item {
        Item::Text { line, x, top, ink } => text(surface, line, *x, *top, *ink),
        Item::Rule {
            x,
            y,
            width,
            thickness,
            ink,
        } => {
            let rect = Rect::from_xywh(*x, *y, *width, *thickness).ok_or_else(|| broken("a rule"))?;
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            fill(surface, *ink);
            surface.draw_path(&path.finish().ok_or_else(|| broken("a rule"))?);
        }
        Item::Pill {
            x,
            y,
            width,
            height,
            ink,
        } => {
            fill(surface, *ink);
            surface.draw_path(&pill(*x, *y, *width, *height).ok_or_else(|| broken("a pill"))?);
        }
        Item::Logo { x, y, width, height } => {
            if let Some(logo) = logo {
                let size = Size::from_wh(*width, *height).ok_or_else(|| broken("the size of the logo"))?;
                surface.push_transform(&Transform::from_translate(*x, *y));
                surface.draw_image(logo.clone(), size);
                surface.pop();
            }
        }
    }
    Ok(())
}

fn text(surface: &mut Surface<'_>, line: &TextLine, x: f32, top: f32, ink: Ink) {
    fill(surface, ink);
    for run in &line.runs {
        let start = Point::from_xy(x + run.x, top + line.baseline);
        surface.draw_glyphs(start, &run.glyphs, run.font.clone(), &run.paragraph, run.size, false);
    }
}

fn fill(surface: &mut Surface<'_>, ink: Ink) {
    let (red, green, blue) = ink.rgb();
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }));
}

/// A rectangle with half circles for ends.
fn pill(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    let radius = height / 2.0;
    let reach = radius * ROUND;
    let (left, right) = (x + radius, x + width - radius);
    let (middle, bottom) = (y + radius, y + height);
    let (start, end) = (x, x + width);
    let mut path = PathBuilder::new();
    path.move_to(left, y);
    path.line_to(right, y);
    path.cubic_to(right + reach, y, end, middle - reach, end, middle);
    path.cubic_to(end, middle + reach, right + reach, bottom, right, bottom);
    path.line_to(left, bottom);
    path.cubic_to(left - reach, bottom, start, middle + reach, start, middle);
    path.cubic_to(start, middle - reach, left - reach, y, left, y);
    path.close();
    path.finish()
}
