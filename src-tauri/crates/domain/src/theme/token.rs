//! The names of colours, and a full set of them.

use std::fmt;

use super::color::Rgb;
use crate::stored::stored_enum;

stored_enum! {
    /// Light or dark.
    Mode, "colour mode" {
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
}

stored_enum! {
    /// A colour that components refer to by name. The names are those of shadcn; `link` is ours.
    Token, "colour token" {
        /// The page.
        Background = "background",
        /// Text on the page.
        Foreground = "foreground",
        /// Panels.
        Card = "card",
        /// Text on panels.
        CardForeground = "card-foreground",
        /// What floats.
        Popover = "popover",
        /// Text on what floats.
        PopoverForeground = "popover-foreground",
        /// The primary button.
        Primary = "primary",
        /// Text on the primary button.
        PrimaryForeground = "primary-foreground",
        /// Other buttons.
        Secondary = "secondary",
        /// Text on other buttons.
        SecondaryForeground = "secondary-foreground",
        /// Quiet surfaces.
        Muted = "muted",
        /// Quiet text, on all surfaces.
        MutedForeground = "muted-foreground",
        /// Surfaces under the pointer and of what is selected.
        Accent = "accent",
        /// Text on these.
        AccentForeground = "accent-foreground",
        /// The button of no return.
        Destructive = "destructive",
        /// Text on it.
        DestructiveForeground = "destructive-foreground",
        /// Lines that separate.
        Border = "border",
        /// Lines around what can be filled in.
        Input = "input",
        /// The ring around what has the focus.
        Ring = "ring",
        /// The sidebar.
        Sidebar = "sidebar",
        /// Text in the sidebar.
        SidebarForeground = "sidebar-foreground",
        /// What stands out in the sidebar.
        SidebarPrimary = "sidebar-primary",
        /// Text on it.
        SidebarPrimaryForeground = "sidebar-primary-foreground",
        /// The current entry in the sidebar.
        SidebarAccent = "sidebar-accent",
        /// Text on it.
        SidebarAccentForeground = "sidebar-accent-foreground",
        /// Lines in the sidebar.
        SidebarBorder = "sidebar-border",
        /// The focus ring in the sidebar.
        SidebarRing = "sidebar-ring",
        /// First series of a chart.
        Chart1 = "chart-1",
        /// Second series.
        Chart2 = "chart-2",
        /// Third series.
        Chart3 = "chart-3",
        /// Fourth series.
        Chart4 = "chart-4",
        /// Fifth series.
        Chart5 = "chart-5",
        /// Links, derived from `primary` so that they can be read on every surface.
        Link = "link",
    }
}

impl Token {
    /// Whether a theme sets it. The link is derived, so a theme's own is ignored.
    pub const fn is_themeable(self) -> bool {
        !matches!(self, Self::Link)
    }

    /// The keys under which a theme may have it, the first that exists counts.
    pub(super) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Sidebar => &["sidebar", "sidebar-background"],
            Self::Background => &["background"],
            Self::Foreground => &["foreground"],
            Self::Card => &["card"],
            Self::CardForeground => &["card-foreground"],
            Self::Popover => &["popover"],
            Self::PopoverForeground => &["popover-foreground"],
            Self::Primary => &["primary"],
            Self::PrimaryForeground => &["primary-foreground"],
            Self::Secondary => &["secondary"],
            Self::SecondaryForeground => &["secondary-foreground"],
            Self::Muted => &["muted"],
            Self::MutedForeground => &["muted-foreground"],
            Self::Accent => &["accent"],
            Self::AccentForeground => &["accent-foreground"],
            Self::Destructive => &["destructive"],
            Self::DestructiveForeground => &["destructive-foreground"],
            Self::Border => &["border"],
            Self::Input => &["input"],
            Self::Ring => &["ring"],
            Self::SidebarForeground => &["sidebar-foreground"],
            Self::SidebarPrimary => &["sidebar-primary"],
            Self::SidebarPrimaryForeground => &["sidebar-primary-foreground"],
            Self::SidebarAccent => &["sidebar-accent"],
            Self::SidebarAccentForeground => &["sidebar-accent-foreground"],
            Self::SidebarBorder => &["sidebar-border"],
            Self::SidebarRing => &["sidebar-ring"],
            Self::Chart1 => &["chart-1"],
            Self::Chart2 => &["chart-2"],
            Self::Chart3 => &["chart-3"],
            Self::Chart4 => &["chart-4"],
            Self::Chart5 => &["chart-5"],
            Self::Link => &["link"],
        }
    }
}

/// A colour for every token. On the wire: a map from token to `#rrggbb`.
#[derive(Clone, PartialEq, Eq)]
pub struct Palette([Rgb; Palette::SIZE]);

impl Palette {
    const SIZE: usize = Token::ALL.len();

    pub(super) fn from_fn(color_of: impl Fn(Token) -> Rgb) -> Self {
        let mut colors = [Rgb::BLACK; Self::SIZE];
        for (color, token) in colors.iter_mut().zip(Token::ALL) {
            *color = color_of(*token);
        }
        Self(colors)
    }

    /// The colour of a token.
    pub const fn get(&self, token: Token) -> Rgb {
        // A fieldless enumeration counts from 0 in the order of its declaration, which is that of `ALL`.
        self.0[token as usize]
    }

    pub(super) const fn set(&mut self, token: Token, color: Rgb) {
        self.0[token as usize] = color;
    }

    /// All tokens with their colours.
    pub fn iter(&self) -> impl Iterator<Item = (Token, Rgb)> + '_ {
        Token::ALL.iter().copied().zip(self.0)
    }

    /// Whether the background is in fact light or dark: whichever of black and white can be read better on it.
    pub fn appearance(&self) -> Mode {
        let background = self.get(Token::Background);
        if background.contrast(Rgb::BLACK) >= background.contrast(Rgb::WHITE) {
            Mode::Light
        } else {
            Mode::Dark
        }
    }
}

impl fmt::Debug for Palette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|(token, color)| (token.as_str(), color.to_string())))
            .finish()
    }
}

impl serde::Serialize for Palette {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
