//! Shaping and breaking text: kerning, tabular figures, both directions of writing.
//!
//! Only embedded fonts are used, so that a document looks the same on every computer: Inter; for what it doesn't have,
//! `DejaVu Sans` (Hebrew, Arabic, Armenian and others), `Droid Sans Fallback` (Chinese and Japanese), `NanumGothicCoding`
//! (Korean) and `Noto Emoji`. A character in none of them stands as its number, `[U+1F9FF]`: never as a box that says
//! nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::clean;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, GenericFamily, SourceCache};
use parley::style::{FontFamily, FontFamilyName, FontFeatures, FontWeight, LineHeight, OverflowWrap, StyleProperty};
use parley::{Alignment, AlignmentOptions, FontContext, Layout, LayoutContext};
use unicode_normalization::UnicodeNormalization;

const REGULAR: &[u8] = include_bytes!("../../fonts/Inter-Regular.otf");
const MEDIUM: &[u8] = include_bytes!("../../fonts/Inter-Medium.otf");
const SEMI_BOLD: &[u8] = include_bytes!("../../fonts/Inter-SemiBold.otf");
const OTHER_SCRIPTS: &[u8] = include_bytes!("../../fonts/DejaVuSans.ttf");
const HAN_AND_KANA: &[u8] = include_bytes!("../../fonts/DroidSansFallback.ttf");
const HANGUL: &[u8] = include_bytes!("../../fonts/NanumGothicCoding.ttf");
const EMOJI: &[u8] = include_bytes!("../../fonts/NotoEmoji-Regular.ttf");
const EMOJI_FAMILY: &str = "Noto Emoji";

/// Names under which the fonts are asked for, whatever their files say.
const FAMILIES: [FontFamilyName<'static>; 5] = [
    FontFamilyName::Named(Cow::Borrowed("Inter")),
    FontFamilyName::Named(Cow::Borrowed("DejaVu Sans")),
    FontFamilyName::Named(Cow::Borrowed("Droid Sans Fallback")),
    FontFamilyName::Named(Cow::Borrowed("NanumGothicCoding")),
    FontFamilyName::Named(Cow::Borrowed(EMOJI_FAMILY)),
];

/// No line that is cut to a width shows more.
const FITTED_CHARACTERS: usize = 300;

/// How bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Medium,
    SemiBold,
}

impl Weight {
    const fn number(self) -> f32 {
        match self {
            Self::Regular => 400.0,
            Self::Medium => 500.0,
            Self::SemiBold => 600.0,
        }
    }
}

/// Size in points and weight of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub size: f32,
    pub weight: Weight,
}

impl Style {
    pub const fn new(size: f32, weight: Weight) -> Self {
        Self { size, weight }
    }

    /// From one baseline to the next.
    pub fn leading(self) -> f32 {
        self.size * if self.size > 14.0 { 1.2 } else { 1.45 }
    }
}

/// A line that is shaped and broken, ready to be put anywhere.
#[derive(Debug, Clone)]
pub(super) struct TextLine {
    /// What it says.
    pub text: String,
    /// From its top to its baseline.
    pub baseline: f32,
    pub height: f32,
    /// Of the ink; blanks at its end don't count.
    pub width: f32,
    pub runs: Vec<Run>,
}

/// Glyphs of one font.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub font: Font,
    pub size: f32,
    /// From the line's left edge.
    pub x: f32,
    pub glyphs: Vec<KrillaGlyph>,
    /// The paragraph that the glyphs' ranges point into.
    pub paragraph: Rc<str>,
}

/// Turns text into lines.
pub(super) struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    /// By the id of the font's data.
    embedded: HashMap<u64, Font>,
    /// Whether a character had to be written as its number.
    has_numbers: bool,
}

impl Typesetter {
    pub fn new() -> Self {
        let options = CollectionOptions {
            shared: false,
            system_fonts: false,
        };
        let mut collection = Collection::new(options);
        let mut embedded = HashMap::new();
        let files = [
            ("Inter", 400.0, REGULAR),
            ("Inter", 500.0, MEDIUM),
            ("Inter", 600.0, SEMI_BOLD),
            ("DejaVu Sans", 400.0, OTHER_SCRIPTS),
            ("Droid Sans Fallback", 400.0, HAN_AND_KANA),
            ("NanumGothicCoding", 400.0, HANGUL),
            (EMOJI_FAMILY, 400.0, EMOJI),
        ];
        for (family, weight, bytes) in files {
            let data = Blob::new(Arc::new(bytes));
            let named = FontInfoOverride {
                family_name: Some(family),
                weight: Some(FontWeight::new(weight)),
                ..FontInfoOverride::default()
            };
            if let Some(font) = Font::new(bytes.into(), 0) {
                embedded.insert(data.id(), font);
            }
            collection.register_fonts(data, Some(named));
        }
        // What is written as an emoji is asked for by this name first.
        let emoji = collection.family_id(EMOJI_FAMILY);
        collection.set_generic_families(GenericFamily::Emoji, emoji.into_iter());
        Self {
            fonts: FontContext {
                collection,
                source_cache: SourceCache::default(),
            },
            layouts: LayoutContext::new(),
            embedded,
            has_numbers: false,
        }
    }

    /// Whether a character was written as its number since this was asked last.
    pub fn take_has_numbers(&mut self) -> bool {
        std::mem::take(&mut self.has_numbers)
    }

    /// Breaks `text` into lines of at most `width`; a word that is longer is broken anywhere. `\n` breaks always.
    pub fn paragraph(&mut self, text: &str, style: Style, width: f32) -> Vec<TextLine> {
        self.shape(text, style, Some(width))
    }

    /// One line, however long.
    pub fn line(&mut self, text: &str, style: Style) -> TextLine {
        let mut lines = self.shape(text, style, None);
        if lines.is_empty() {
            return TextLine {
                text: String::new(),
                baseline: style.size,
                height: style.leading(),
                width: 0.0,
                runs: Vec::new(),
            };
        }
        lines.swap_remove(0)
    }

    /// One line of at most `width`; what doesn't fit is an ellipsis.
    pub fn fitted(&mut self, text: &str, style: Style, width: f32) -> TextLine {
        let text = &clean::start(text, FITTED_CHARACTERS);
        let whole = self.line(text, style);
        if whole.width <= width {
            return whole;
        }
        let dots = self.line("…", style).width;
        let first = self.paragraph(text, style, (width - dots).max(style.size));
        let start = first.first().map_or("", |line| line.text.as_str());
        self.line(&format!("{}…", start.trim_end()), style)
    }

    fn shape(&mut self, text: &str, style: Style, width: Option<f32>) -> Vec<TextLine> {
        if text.is_empty() {
            return Vec::new();
        }
        // Some write letters and their marks one by one; fonts have them joined.
        let text = &text.nfc().collect::<String>();
        let (lines, missing) = self.shape_as_is(text, style, width);
        if missing.is_empty() {
            return lines;
        }
        self.has_numbers = true;
        // The numbers are written in letters that are there, so this comes to its end.
        let (lines, _) = self.shape_as_is(&with_numbers(text, &missing), style, width);
        lines
    }

    /// Lines, and the bytes of those characters that no font has.
    fn shape_as_is(&mut self, text: &str, style: Style, width: Option<f32>) -> (Vec<TextLine>, Vec<Range<usize>>) {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(&FAMILIES))));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(style.weight.number())));
        builder.push_default(StyleProperty::LineHeight(LineHeight::Absolute(style.leading())));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        // Figures of one width, and a ligature is never worth a wrong copy of a key.
        builder.push_default(StyleProperty::FontFeatures(FontFeatures::from(
            "\"tnum\" 1, \"liga\" 0, \"calt\" 0",
        )));
        let mut layout: Layout<()> = builder.build(text);
        layout.break_all_lines(width);
        layout.align(Alignment::Left, AlignmentOptions::default());
        let paragraph: Rc<str> = Rc::from(text);
        let lines: Vec<TextLine> = layout.lines().map(|line| self.text_line(&line, &paragraph)).collect();
        let glyphs = lines.iter().flat_map(|line| &line.runs).flat_map(|run| &run.glyphs);
        let unknown = glyphs
            .filter(|glyph| glyph.glyph_id.to_u32() == 0)
            .map(|glyph| glyph.text_range.clone());
        // What a font shows at a private number is nobody's letter.
        let private = text
            .char_indices()
            .filter(|(_, character)| is_private(*character))
            .map(|(at, character)| at..at + character.len_utf8());
        let missing = unknown.chain(private).collect();
        (lines, missing)
    }

    fn text_line(&self, line: &parley::Line<'_, ()>, paragraph: &Rc<str>) -> TextLine {
        let metrics = line.metrics();
        let text = paragraph.get(line.text_range()).unwrap_or_default();
        let mut runs = Vec::new();
        let mut x = metrics.offset;
        for run in line.runs() {
            let start = x;
            let size = run.font_size();
            let mut glyphs: Vec<KrillaGlyph> = Vec::new();
            for cluster in run.visual_clusters() {
                if cluster.is_ligature_continuation() {
                    if let Some(glyph) = glyphs.last_mut() {
                        let range = cluster.text_range();
                        glyph.text_range = glyph.text_range.start.min(range.start)..glyph.text_range.end.max(range.end);
                    }
                    continue;
                }
                for glyph in cluster.glyphs() {
                    glyphs.push(KrillaGlyph::new(
                        GlyphId::new(glyph.id),
                        glyph.advance / size,
                        glyph.x / size,
                        // Down is positive in the layout, up in the font.
                        -glyph.y / size,
                        0.0,
                        cluster.text_range(),
                        None,
                    ));
                }
                x += cluster.advance();
            }
            let Some(font) = self.embedded.get(&run.font().data.id()) else {
                continue;
            };
            if !glyphs.is_empty() {
                runs.push(Run {
                    font: font.clone(),
                    size,
                    x: start,
                    glyphs,
                    paragraph: Rc::clone(paragraph),
                });
            }
        }
        TextLine {
            text: text.trim_end_matches('\n').to_owned(),
            baseline: metrics.baseline - metrics.block_min_coord,
            height: metrics.line_height,
            width: metrics.advance - metrics.hanging_advance,
            runs,
        }
    }
}

/// The text with `[U+…]` for what stands there. Letters and digits that every font has are left where they share their
/// place with a mark that none has; what is never seen by itself is left out.
fn with_numbers(text: &str, missing: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (at, character) in text.char_indices() {
        if character.is_ascii() || !missing.iter().any(|range| range.contains(&at)) {
            out.push(character);
        } else if !is_unseen(character) {
            out.push_str(&format!("[U+{:04X}]", u32::from(character)));
        }
    }
    out
}

const fn is_private(character: char) -> bool {
    matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// Joiners and selectors of a variant.
const fn is_unseen(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E01EF}')
}
