//! Text that people type: trimmed, bounded in characters (as `VARCHAR(n)` counts), free of what can't be seen.

/// Why a piece of text was refused. The sentence doesn't name the field; the caller knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("Fill this in.")]
    Empty,
    /// Fewer characters than the least.
    #[error("Write at least {min} characters.")]
    TooShort {
        /// The least number of characters.
        min: usize,
    },
    /// More characters than the column or the rule allows.
    #[error("Write at most {max} characters.")]
    TooLong {
        /// The greatest number of characters.
        max: usize,
    },
    /// A control character, or one that reorders the text around it.
    #[error("Remove the invisible control characters.")]
    ControlCharacter,
    /// Something other than visible ASCII where nothing else is allowed.
    #[error("Use only plain letters, digits and signs, without spaces.")]
    NotVisibleAscii,
}

/// Characters that no one-line text may hold: controls (PostgreSQL refuses NUL anyway), line separators, and the
/// explicit bidirectional formatting characters, with which one name can be made to look like another.
pub(crate) fn is_unwelcome(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn check_length(text: &str, min: usize, max: usize) -> Result<(), TextError> {
    // No character is longer than four bytes: a text of megabytes is refused without being counted.
    if text.len() > max.saturating_mul(4) {
        return Err(TextError::TooLong { max });
    }
    let length = text.chars().count();
    if length == 0 {
        Err(TextError::Empty)
    } else if length < min {
        Err(TextError::TooShort { min })
    } else if length > max {
        Err(TextError::TooLong { max })
    } else {
        Ok(())
    }
}

/// Trims and checks a text of one line.
pub(crate) fn single_line(text: &str, min: usize, max: usize) -> Result<String, TextError> {
    let trimmed = text.trim();
    check_length(trimmed, min, max)?;
    if trimmed.chars().any(is_unwelcome) {
        return Err(TextError::ControlCharacter);
    }
    Ok(trimmed.to_owned())
}

/// Trims and checks a text of several lines; line ends become `\n`, tabs stay.
pub(crate) fn multi_line(text: &str, min: usize, max: usize) -> Result<String, TextError> {
    let trimmed = text.trim();
    // Line ends of two characters count as one: allow for them before counting exactly.
    if trimmed.len() > max.saturating_mul(8) {
        return Err(TextError::TooLong { max });
    }
    let unified = trimmed.replace("\r\n", "\n").replace('\r', "\n");
    check_length(&unified, min, max)?;
    if unified
        .chars()
        .any(|c| is_unwelcome(c) && !matches!(c, '\n' | '\t' | '\u{2028}' | '\u{2029}'))
    {
        return Err(TextError::ControlCharacter);
    }
    Ok(unified)
}

/// Checks a text of visible ASCII (no blanks), untrimmed: for keys and references that must stay as they are.
pub(crate) fn visible_ascii(text: &str, max: usize) -> Result<String, TextError> {
    check_length(text, 1, max)?;
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(TextError::NotVisibleAscii);
    }
    Ok(text.to_owned())
}

/// Declares a text type with a private field, parsed by one of the functions above.
macro_rules! text_type {
    ( $(#[$meta:meta])* $name:ident, |$text:ident| $parse:expr ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads and checks the text.
            pub fn parse($text: &str) -> Result<Self, $crate::TextError> {
                $parse.map(Self)
            }

            /// The checked text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_trimmed_and_bounded_in_characters() {
        assert_eq!(single_line("  Äpfel  ", 1, 5), Ok("Äpfel".to_owned()));
        assert_eq!(single_line("Äpfel!", 1, 5), Err(TextError::TooLong { max: 5 }));
        assert_eq!(single_line("  ", 1, 5), Err(TextError::Empty));
        assert_eq!(single_line("ab", 3, 5), Err(TextError::TooShort { min: 3 }));
        assert_eq!(
            single_line(&"x".repeat(10_000_000), 1, 5),
            Err(TextError::TooLong { max: 5 })
        );
    }

    #[test]
    fn invisible_characters_are_refused() {
        for bad in ["a\0b", "a\nb", "a\u{202E}b", "a\u{2066}b", "a\u{7f}b", "a\u{85}b"] {
            assert_eq!(single_line(bad, 1, 50), Err(TextError::ControlCharacter), "{bad:?}");
        }
        assert_eq!(single_line("👩‍👩‍👧 and שלום", 1, 50), Ok("👩‍👩‍👧 and שלום".to_owned()));
    }

    #[test]
    fn several_lines_keep_their_breaks() {
        assert_eq!(multi_line("a\r\nb\rc\n\td", 1, 50), Ok("a\nb\nc\n\td".to_owned()));
        assert_eq!(multi_line("a\u{1b}[31mb", 1, 50), Err(TextError::ControlCharacter));
        assert_eq!(multi_line(&"\r\n".repeat(9), 1, 50), Err(TextError::Empty));
    }

    #[test]
    fn keys_are_visible_ascii() {
        assert_eq!(visible_ascii("a b", 10), Err(TextError::NotVisibleAscii));
        assert_eq!(visible_ascii("é", 10), Err(TextError::NotVisibleAscii));
        assert_eq!(visible_ascii("a:b-1", 10), Ok("a:b-1".to_owned()));
    }
}
