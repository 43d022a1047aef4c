//! Sheets and what stands on them, in points from the top left corner.

use super::typesetter::TextLine;

/// A4.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
/// Left and right edge of everything.
pub(super) const LEFT: f32 = 50.0;
pub(super) const RIGHT: f32 = WIDTH - 50.0;
pub(super) const CONTENT: f32 = RIGHT - LEFT;
/// First and last y of what flows.
pub(super) const TOP: f32 = 50.0;
pub(super) const BOTTOM: f32 = HEIGHT - 70.0;

/// Colours, by what they are for. All of text have a contrast of 4.5 or more on what they stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Muted,
    /// The rule under a head or above a total.
    Strong,
    /// The rule between rows.
    Hair,
    Success,
    SuccessTint,
    Warning,
    WarningTint,
    Danger,
    DangerTint,
    NeutralTint,
}

impl Ink {
    pub const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Text => (0x16, 0x19, 0x20),
            Self::Muted => (0x5c, 0x64, 0x70),
            Self::Strong => (0x2b, 0x30, 0x3a),
            Self::Hair => (0xdf, 0xe3, 0xe8),
            Self::Success => (0x14, 0x5c, 0x33),
            Self::SuccessTint => (0xe3, 0xf4, 0xe9),
            Self::Warning => (0x7a, 0x47, 0x0b),
            Self::WarningTint => (0xfc, 0xf0, 0xd7),
            Self::Danger => (0x97, 0x1c, 0x1c),
            Self::DangerTint => (0xfc, 0xe6, 0xe6),
            Self::NeutralTint => (0xec, 0xee, 0xf1),
        }
    }
}

/// Something on a sheet.
#[derive(Debug, Clone)]
pub(super) enum Item {
    Text {
        line: TextLine,
        x: f32,
        top: f32,
        ink: Ink,
    },
    Rule {
        x: f32,
        y: f32,
        width: f32,
        thickness: f32,
        ink: Ink,
    },
    /// With round ends.
    Pill {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        ink: Ink,
    },
    Logo {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    },
}

/// A sheet of paper.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub items: Vec<Item>,
}

impl Sheet {
    pub fn text(&mut self, line: TextLine, x: f32, top: f32, ink: Ink) {
        self.items.push(Item::Text { line, x, top, ink });
    }

    /// Ends at `right`.
    pub fn text_right(&mut self, line: TextLine, right: f32, top: f32, ink: Ink) {
        let x = right - line.width;
        self.text(line, x, top, ink);
    }

    pub fn rule(&mut self, x: f32, y: f32, width: f32, thickness: f32, ink: Ink) {
        self.items.push(Item::Rule {
            x,
            y,
            width,
            thickness,
            ink,
        });
    }

    /// Its lines of text, in the order in which they were put.
    #[cfg(test)]
    pub fn words(&self) -> Vec<&str> {
        let text = self.items.iter().filter_map(|item| match item {
            Item::Text { line, .. } => Some(line.text.trim_end()),
            _ => None,
        });
        text.collect()
    }
}
