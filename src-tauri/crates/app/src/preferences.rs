//! How a person likes the window: kept on this desk, not in the database.

use serde::{Deserialize, Serialize};

use crate::{AppError, host::Host};

const KEY: &str = "preferences";

macro_rules! choice {
    ( $(#[$meta:meta])* $name:ident { $( $(#[$variant_meta:meta])* $variant:ident, )+ } ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $( $(#[$variant_meta])* $variant, )+ }
    };
}

choice! {
    /// Light or dark.
    ColorScheme {
        /// As the system is.
        #[default] System,
        /// Light.
        Light,
        /// Dark.
        Dark,
    }
}
choice! {
    /// Height of rows.
    Density {
        /// 28 pixels.
        Compact,
        /// 32 pixels.
        #[default] Normal,
        /// 40 pixels.
        Comfortable,
    }
}
choice! {
    /// Weight of text.
    TextWeight {
        /// Stronger where the platform draws thinly.
        #[default] Auto,
        /// As designed.
        Regular,
        /// Stronger everywhere.
        Strong,
    }
}
choice! {
    /// Width of the navigation.
    Sidebar {
        /// With words.
        #[default] Full,
        /// Icons only.
        Rail,
    }
}

/// A desk's preferences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Preferences {
    /// Light or dark.
    pub color_scheme: ColorScheme,
    /// Height of rows.
    pub density: Density,
    /// Weight of text.
    pub text_weight: TextWeight,
    /// Width of the navigation.
    pub sidebar: Sidebar,
    /// Whether single letters are shortcuts while no field has the focus.
    pub single_key_shortcuts: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            color_scheme: ColorScheme::default(),
            density: Density::default(),
            text_weight: TextWeight::default(),
            sidebar: Sidebar::default(),
            single_key_shortcuts: true,
        }
    }
}

/// Reads them; what can't be understood is the default, since nothing hangs on it.
pub fn get(host: &dyn Host) -> Result<Preferences, AppError> {
    Ok(host
        .load(KEY)?
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default())
}

/// Writes them.
pub fn set(host: &dyn Host, preferences: &Preferences) -> Result<(), AppError> {
    let value = serde_json::to_value(preferences).map_err(|_| AppError::Internal("preferences"))?;
    Ok(host.save(KEY, value)?)
}
