//! The built-in theme: the values of the design's mock-ups.
//!
//! The mock-ups have no `sidebar-primary` and no `sidebar-ring`; here they are `primary` and `ring`. The dark link is a
//! little lighter than in the mock-ups, where it had less than 4.5 on `secondary`.

#![expect(clippy::unreadable_literal, reason = "colours are written as the design writes them")]

use super::color::Rgb;
use super::token::{Mode, Palette, Token};

/// The built-in colours of a mode.
pub(super) fn palette(mode: Mode) -> Palette {
    Palette::from_fn(|token| {
        let (light, dark) = values(token);
        Rgb::hex(match mode {
            Mode::Light => light,
            Mode::Dark => dark,
        })
    })
}

/// In light mode, in dark mode.
const fn values(token: Token) -> (u32, u32) {
    match token {
        Token::Background => (0xffffff, 0x16181d),
        Token::Foreground | Token::CardForeground | Token::PopoverForeground => (0x191d2a, 0xe7e9ef),
        Token::Card => (0xffffff, 0x1a1b21),
        Token::Popover => (0xffffff, 0x202128),
        Token::Primary | Token::SidebarPrimary => (0x2f49bc, 0x516ad6),
        Token::PrimaryForeground | Token::DestructiveForeground | Token::SidebarPrimaryForeground => {
            (0xffffff, 0xffffff)
        }
        Token::Secondary => (0xf0f1f5, 0x2a2b32),
        Token::SecondaryForeground => (0x232839, 0xe1e3ea),
        Token::Muted => (0xf6f7f9, 0x212329),
        Token::MutedForeground => (0x5d626f, 0xa0a4b1),
        Token::Accent => (0xf1f2f9, 0x242838),
        Token::AccentForeground => (0x24316b, 0xc2cef5),
        Token::Destructive => (0xbc242c, 0xce3b43),
        Token::Border => (0xe2e4e9, 0x2d2e34),
        Token::Input => (0x828797, 0x6b6e7b),
        Token::Ring | Token::SidebarRing => (0x4360e5, 0x778ff8),
        Token::Sidebar => (0xf3f4f7, 0x0f1014),
        Token::SidebarForeground => (0x3d4251, 0xbabec9),
        Token::SidebarAccent => (0xffffff, 0x22242a),
        Token::SidebarAccentForeground => (0x191d2a, 0xedeef3),
        Token::SidebarBorder => (0xdcdee5, 0x22242a),
        Token::Chart1 => (0x3b56ce, 0x6a81e7),
        Token::Chart2 => (0xbcc2d7, 0x5e6378),
        Token::Chart3 => (0x2c8c7f, 0x42b3a0),
        Token::Chart4 => (0xd38817, 0xe2a53c),
        Token::Chart5 => (0xc93667, 0xda6286),
        Token::Link => (0x2f49bc, 0x6e8bfa),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::contrast::{BODY_BUILT_IN, failing_pairs};

    #[test]
    fn the_built_in_theme_passes_every_pair() {
        for mode in Mode::ALL {
            assert_eq!(failing_pairs(&palette(*mode), BODY_BUILT_IN), [], "{mode}");
            assert_eq!(palette(*mode).appearance(), *mode);
        }
    }

    #[test]
    fn the_links_can_be_told_from_text() {
        for mode in Mode::ALL {
            let palette = palette(*mode);
            assert!(palette.get(Token::Link).to_oklch().chroma > 0.1, "{mode}");
        }
    }
}
