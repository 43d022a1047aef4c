//! Themes: what a row of `theme_settings` becomes on the screen.
//!
//! The row's `colors` was written by this program, by panels before it, or by hand; nothing in it is trusted. Every
//! value is read into numbers and written back as our own `#rrggbb`, so that no string of the database ever reaches a
//! style sheet. What can't be read is filled from the built-in theme, what can't be seen is made visible, and what is
//! beyond that falls back to the built-in theme: a broken row never breaks the window.
//!
//! Sources: the design's section "Colour" (the seven steps of applying a theme, and the contrast minimums) and the
//! shapes of `theme_settings.colors` that other programs have written.

mod builtin;
mod color;
mod contrast;
mod notice;
mod parse;
mod shape;
mod token;

pub use color::Rgb;
pub use contrast::{BODY_BUILT_IN, BODY_CUSTOM, NON_TEXT, TEXT, failing_pairs};
pub use notice::{Reason, ThemeNotice};
pub use parse::parse_color;
pub use token::{Mode, Palette, Token};

use serde_json::{Map, Value};

use crate::text::{self, text_type};

text_type! {
    /// The name of a theme: 1 to 100 characters of one line (`theme_settings.name`).
    ThemeName, |text| text::single_line(text, 1, 100)
}

/// Corner radius of controls in the built-in theme: 6 px.
pub const BUILT_IN_RADIUS_REM: f64 = 0.375;
/// The largest corner radius that a theme may ask for.
pub const MAX_RADIUS_REM: f64 = 0.75;

/// More failing colours than this, and a mode is shown in the built-in colours: repair would leave little of the theme.
const MAX_REPAIRED: usize = 4;

/// A theme that is ready for the screen: every token of both modes, all pairs readable.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ResolvedTheme {
    /// The tokens in light mode.
    pub light: Palette,
    /// The tokens in dark mode.
    pub dark: Palette,
    /// Whether the light mode's background is in fact light. The status colours, which no theme changes, follow this.
    pub light_appearance: Mode,
    /// Whether the dark mode's background is in fact dark.
    pub dark_appearance: Mode,
    /// Corner radius of controls, 0 to 0.75.
    pub radius_rem: f64,
    /// What was changed or left out, for the people who edit themes.
    pub notices: Vec<ThemeNotice>,
}

impl ResolvedTheme {
    /// The theme that the program brings with it.
    pub fn built_in() -> Self {
        Self::assemble(
            builtin::palette(Mode::Light),
            builtin::palette(Mode::Dark),
            None,
            Vec::new(),
        )
    }

    /// Reads a row's `colors`. Always gives a theme that can be shown.
    pub fn resolve(colors: &Value) -> Self {
        let mut notices = Vec::new();
        let shape = shape::read(colors, &mut notices);
        let radius = [shape.light.as_ref(), shape.dark.as_ref()]
            .into_iter()
            .flatten()
            .find_map(radius_of);
        let light = resolve_mode(Mode::Light, shape.light.as_ref(), &mut notices);
        let dark = resolve_mode(Mode::Dark, shape.dark.as_ref(), &mut notices);
        Self::assemble(light, dark, radius, notices)
    }

    /// How many colours were adjusted for readability.
    pub fn adjusted(&self) -> usize {
        self.notices
            .iter()
            .filter(|notice| notice.reason == Reason::Unreadable)
            .count()
    }

    fn assemble(light: Palette, dark: Palette, radius: Option<f64>, notices: Vec<ThemeNotice>) -> Self {
        Self {
            light_appearance: light.appearance(),
            dark_appearance: dark.appearance(),
            light,
            dark,
            radius_rem: radius.unwrap_or(BUILT_IN_RADIUS_REM),
            notices,
        }
    }
}

/// The colours of one mode, from what the row says of it (nothing: the built-in colours).
fn resolve_mode(mode: Mode, map: Option<&Map<String, Value>>, notices: &mut Vec<ThemeNotice>) -> Palette {
    let built_in = builtin::palette(mode);
    let Some(map) = map else { return built_in };

    let mut palette = built_in.clone();
    for token in Token::ALL.iter().copied().filter(|token| token.is_themeable()) {
        let Some(value) = token.keys().iter().find_map(|key| map.get(*key)) else {
            continue;
        };
        match value.as_str().and_then(parse_color) {
            Some(color) => palette.set(token, color),
            None if token == Token::Background => {
                notices.push(ThemeNotice::of_mode(mode, Reason::InvalidBackground));
                return built_in;
            }
            None => notices.push(ThemeNotice::of_token(
                mode,
                token,
                None,
                built_in.get(token),
                Reason::InvalidColor,
            )),
        }
    }

    match contrast::repair(&mut palette, BODY_CUSTOM) {
        Ok(repairs) => {
            // Input borders of themes made elsewhere fail nearly always, so they don't count against a theme.
            let counted = repairs.iter().filter(|repair| repair.token != Token::Input).count();
            if counted > MAX_REPAIRED {
                notices.push(ThemeNotice::of_mode(mode, Reason::TooManyUnreadable));
                return built_in;
            }
            notices.extend(repairs.into_iter().map(|repair| {
                ThemeNotice::of_token(
                    mode,
                    repair.token,
                    Some(repair.before),
                    repair.after,
                    Reason::Unreadable,
                )
            }));
            palette
        }
        Err(contrast::Unrepairable(token)) => {
            let mut notice = ThemeNotice::of_mode(mode, Reason::Unrepairable);
            notice.token = Some(token);
            notices.push(notice);
            built_in
        }
    }
}

/// The corner radius, if the map has one in `rem` within bounds; anything else is ignored.
fn radius_of(map: &Map<String, Value>) -> Option<f64> {
    let text = map.get("radius")?.as_str()?.trim();
    let number = if text == "0" { text } else { text.strip_suffix("rem")? };
    let radius = parse::number(number)?;
    (0.0..=MAX_RADIUS_REM).contains(&radius).then_some(radius)
}

#[cfg(test)]
mod tests;
