//! What was changed or left out of a theme.

use serde::ser::SerializeStruct;

use super::color::Rgb;
use super::token::{Mode, Token};
use crate::stored::stored_enum;

stored_enum! {
    /// Why the screen shows something else than the row says.
    Reason, "reason of a theme notice" {
        /// The value isn't a colour in a form that we take; the built-in one is used.
        InvalidColor = "invalid_color",
        /// The background isn't such a colour; the mode is built-in.
        InvalidBackground = "invalid_background",
        /// Too little contrast; the lightness was moved.
        Unreadable = "unreadable",
        /// Too many colours with too little contrast; the mode is built-in.
        TooManyUnreadable = "too_many_unreadable",
        /// No lightness of this colour can be read on all its surfaces; the mode is built-in.
        Unrepairable = "unrepairable",
        /// The mode isn't a map of colours; it is built-in.
        InvalidMode = "invalid_mode",
        /// The row names a preset that this program doesn't have; both modes are built-in.
        UnknownPreset = "unknown_preset",
        /// The row has none of the known shapes; both modes are built-in.
        UnknownShape = "unknown_shape",
    }
}

impl Reason {
    /// A sentence for the person who edits themes.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidColor => "This colour couldn't be read, so the built-in one is used.",
            Self::InvalidBackground => "The background couldn't be read, so this mode uses the built-in colours.",
            Self::Unreadable => "Adjusted for readability.",
            Self::TooManyUnreadable => {
                "More than 4 colours were too hard to read, so this mode uses the built-in colours."
            }
            Self::Unrepairable => {
                "This colour can't be made readable on all its surfaces, so this mode uses the built-in colours."
            }
            Self::InvalidMode => "The colours of this mode couldn't be read, so it uses the built-in ones.",
            Self::UnknownPreset => "This theme names a preset that isn't known here, so the built-in colours are used.",
            Self::UnknownShape => "This theme's colours couldn't be read, so the built-in ones are used.",
        }
    }
}

/// One thing that was changed or left out. Holds nothing of the row but what was read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThemeNotice {
    /// Which colour; none when it is about a whole mode or the whole theme.
    pub token: Option<Token>,
    /// In which mode; none when it is about the whole theme.
    pub mode: Option<Mode>,
    /// The colour as the row has it, if it could be read.
    pub before: Option<Rgb>,
    /// The colour that is used.
    pub after: Option<Rgb>,
    /// Why.
    pub reason: Reason,
}

impl ThemeNotice {
    pub(super) const fn of_theme(reason: Reason) -> Self {
        Self {
            token: None,
            mode: None,
            before: None,
            after: None,
            reason,
        }
    }

    pub(super) const fn of_mode(mode: Mode, reason: Reason) -> Self {
        Self {
            token: None,
            mode: Some(mode),
            before: None,
            after: None,
            reason,
        }
    }

    pub(super) const fn of_token(mode: Mode, token: Token, before: Option<Rgb>, after: Rgb, reason: Reason) -> Self {
        Self {
            token: Some(token),
            mode: Some(mode),
            before,
            after: Some(after),
            reason,
        }
    }
}

impl serde::Serialize for ThemeNotice {
    /// The five fields, and `message`: the reason's sentence.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut notice = serializer.serialize_struct("ThemeNotice", 6)?;
        notice.serialize_field("token", &self.token)?;
        notice.serialize_field("mode", &self.mode)?;
        notice.serialize_field("before", &self.before)?;
        notice.serialize_field("after", &self.after)?;
        notice.serialize_field("reason", &self.reason)?;
        notice.serialize_field("message", self.reason.sentence())?;
        notice.end()
    }
}
