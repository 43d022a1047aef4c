//! Which colours must be readable on which, and how they are made so.
//!
//! Minimums: the design's section "Colour" (WCAG 2.2 AA or stricter).

use super::color::{Oklch, Rgb};
use super::token::{Palette, Token};

/// Contrast of body text in the built-in theme.
pub const BODY_BUILT_IN: f64 = 7.0;
/// Contrast of body text in other themes.
pub const BODY_CUSTOM: f64 = 4.5;
/// Contrast of all other text.
pub const TEXT: f64 = 4.5;
/// Contrast of what isn't text but must be seen: borders of fields, focus rings.
pub const NON_TEXT: f64 = 3.0;

/// What is asked of a foreground.
#[derive(Clone, Copy)]
enum Minimum {
    Body,
    Text,
    NonText,
}

impl Minimum {
    const fn ratio(self, body: f64) -> f64 {
        match self {
            Self::Body => body,
            Self::Text => TEXT,
            Self::NonText => NON_TEXT,
        }
    }
}

/// Surfaces on which quiet text and links stand.
const ALL_SURFACES: &[Token] = &[
    Token::Background,
    Token::Card,
    Token::Popover,
    Token::Muted,
    Token::Secondary,
    Token::Accent,
    Token::Sidebar,
];

/// Each foreground, its minimum, and the surfaces on which it stands. No foreground is a surface, so that repairing
/// one never breaks another.
const RULES: &[(Token, Minimum, &[Token])] = &[
    (Token::Foreground, Minimum::Body, &[Token::Background]),
    (
        Token::Foreground,
        Minimum::Text,
        &[
            Token::Card,
            Token::Popover,
            Token::Muted,
            Token::Secondary,
            Token::Accent,
        ],
    ),
    (Token::CardForeground, Minimum::Body, &[Token::Card]),
    (Token::PopoverForeground, Minimum::Body, &[Token::Popover]),
    (Token::MutedForeground, Minimum::Text, ALL_SURFACES),
    (Token::PrimaryForeground, Minimum::Text, &[Token::Primary]),
    (Token::SecondaryForeground, Minimum::Text, &[Token::Secondary]),
    (Token::AccentForeground, Minimum::Text, &[Token::Accent]),
    (Token::DestructiveForeground, Minimum::Text, &[Token::Destructive]),
    (Token::SidebarForeground, Minimum::Text, &[Token::Sidebar]),
    (Token::SidebarPrimaryForeground, Minimum::Text, &[Token::SidebarPrimary]),
    (Token::SidebarAccentForeground, Minimum::Text, &[Token::SidebarAccent]),
    (
        Token::Input,
        Minimum::NonText,
        &[Token::Background, Token::Card, Token::Popover],
    ),
    (
        Token::Ring,
        Minimum::NonText,
        &[Token::Background, Token::Card, Token::Popover],
    ),
    (Token::SidebarRing, Minimum::NonText, &[Token::Sidebar]),
    (Token::Link, Minimum::Text, ALL_SURFACES),
];

/// The foregrounds, each once.
const FOREGROUNDS: &[Token] = &[
    Token::Foreground,
    Token::CardForeground,
    Token::PopoverForeground,
    Token::MutedForeground,
    Token::PrimaryForeground,
    Token::SecondaryForeground,
    Token::AccentForeground,
    Token::DestructiveForeground,
    Token::SidebarForeground,
    Token::SidebarPrimaryForeground,
    Token::SidebarAccentForeground,
    Token::Input,
    Token::Ring,
    Token::SidebarRing,
    Token::Link,
];

fn rules_of(token: Token) -> impl Iterator<Item = (Minimum, Token)> {
    RULES
        .iter()
        .filter(move |(foreground, ..)| *foreground == token)
        .flat_map(|(_, minimum, surfaces)| surfaces.iter().map(|surface| (*minimum, *surface)))
}

/// All pairs (foreground, surface) with less contrast than they need; `body` is the minimum of body text.
pub fn failing_pairs(palette: &Palette, body: f64) -> Vec<(Token, Token)> {
    FOREGROUNDS
        .iter()
        .flat_map(|token| rules_of(*token).map(|(minimum, surface)| (*token, minimum, surface)))
        .filter(|(token, minimum, surface)| palette.get(*token).contrast(palette.get(*surface)) < minimum.ratio(body))
        .map(|(token, _, surface)| (token, surface))
        .collect()
}

/// A colour that was moved.
pub(super) struct Repair {
    pub(super) token: Token,
    pub(super) before: Rgb,
    pub(super) after: Rgb,
}

/// A colour of which no lightness can be read on all its surfaces (some are light and some dark).
#[derive(Debug)]
pub(super) struct Unrepairable(pub(super) Token);

/// Moves the lightness of every foreground that can't be read, keeping its hue, and derives the link from the primary
/// colour. A foreground that fails on several surfaces is one repair; the link, which no theme sets, is none.
pub(super) fn repair(palette: &mut Palette, body: f64) -> Result<Vec<Repair>, Unrepairable> {
    palette.set(Token::Link, palette.get(Token::Primary));
    let mut repairs = Vec::new();
    for token in FOREGROUNDS.iter().copied() {
        let surfaces: Vec<(Rgb, f64)> = rules_of(token)
            .map(|(minimum, surface)| (palette.get(surface), minimum.ratio(body)))
            .collect();
        let before = palette.get(token);
        let after = nearest_readable(before, &surfaces).ok_or(Unrepairable(token))?;
        if after != before {
            palette.set(token, after);
            if token != Token::Link {
                repairs.push(Repair { token, before, after });
            }
        }
    }
    Ok(repairs)
}

/// The colour itself if it can be read, otherwise the one of the same hue with the nearest lightness that can.
fn nearest_readable(color: Rgb, surfaces: &[(Rgb, f64)]) -> Option<Rgb> {
    /// Steps of lightness from black to white.
    const STEPS: u32 = 250;

    let readable = |candidate: &Rgb| {
        surfaces
            .iter()
            .all(|(surface, least)| candidate.contrast(*surface) >= *least)
    };
    if readable(&color) {
        return Some(color);
    }
    let origin = color.to_oklch();
    (1..=STEPS)
        .flat_map(|step| {
            let distance = f64::from(step) / f64::from(STEPS);
            [origin.lightness - distance, origin.lightness + distance]
        })
        .filter(|lightness| (0.0..=1.0).contains(lightness))
        .map(|lightness| Oklch { lightness, ..origin }.to_rgb())
        .find(readable)
        // The steps may end just short of the ends.
        .or_else(|| [Rgb::BLACK, Rgb::WHITE].into_iter().find(readable))
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "colours are written as the design writes them")]
mod tests {
    use super::*;

    #[test]
    fn no_foreground_is_a_surface_and_every_rule_is_checked() {
        for (foreground, _, surfaces) in RULES {
            assert!(FOREGROUNDS.contains(foreground), "{foreground}");
            for surface in *surfaces {
                assert!(!FOREGROUNDS.contains(surface), "{surface}");
            }
        }
    }

    #[test]
    fn what_can_be_read_stays() {
        let grey = Rgb::hex(0x5d626f);
        assert_eq!(nearest_readable(grey, &[(Rgb::WHITE, TEXT)]), Some(grey));
    }

    #[test]
    fn lightness_moves_and_hue_stays() {
        let pale_blue = Rgb::hex(0xa0c0ff);
        let moved = nearest_readable(pale_blue, &[(Rgb::WHITE, TEXT)]).unwrap();
        assert!(moved.contrast(Rgb::WHITE) >= TEXT && moved.contrast(Rgb::WHITE) < TEXT + 0.2);
        assert!((moved.to_oklch().hue - pale_blue.to_oklch().hue).abs() < 2.0);
    }

    #[test]
    fn white_on_a_middle_green_turns_dark_as_in_the_design() {
        // The design's example theme: white on #259d77 became #242424, the link derived from it #007d5c.
        let green = Rgb::hex(0x259d77);
        let text = nearest_readable(Rgb::WHITE, &[(green, TEXT)]).unwrap();
        assert!(
            (text.to_oklch().lightness - Rgb::hex(0x242424).to_oklch().lightness).abs() < 0.01,
            "{text}"
        );
        let surfaces = [0xfdfdfc, 0xffffff, 0xf3f2ec, 0xf7f6f2, 0xe7f3ef, 0xf6f4ef].map(|s| (Rgb::hex(s), TEXT));
        let link = nearest_readable(green, &surfaces).unwrap();
        assert!(
            (link.to_oklch().lightness - Rgb::hex(0x007d5c).to_oklch().lightness).abs() < 0.01,
            "{link}"
        );
    }

    #[test]
    fn black_and_white_surfaces_together_have_no_text() {
        let impossible = [(Rgb::BLACK, TEXT), (Rgb::WHITE, BODY_BUILT_IN)];
        assert_eq!(nearest_readable(Rgb::hex(0x808080), &impossible), None);
    }
}
