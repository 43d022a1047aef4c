//! Currencies.

use super::MoneyError;

/// A currency code of ISO 4217: three capital letters, as `wallets.currency VARCHAR(3)` holds.
///
/// Only the form is checked: which currency the panel works in is a setting, and a wallet in any other is listed as
/// skipped, not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The documented default.
    pub const USD: Self = Self(*b"USD");

    /// Reads three ASCII letters; small ones become capital.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| MoneyError::NotACurrency)?;
        if code.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(code.map(|b| b.to_ascii_uppercase())))
        } else {
            Err(MoneyError::NotACurrency)
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        // The field holds ASCII letters only, so this is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or("USD")
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::USD
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_letters() {
        assert_eq!(Currency::parse("eur").unwrap().to_string(), "EUR");
        assert_eq!(Currency::default(), Currency::USD);
        for wrong in ["", "US", "USDT", "U5D", "€", "ÄB"] {
            assert_eq!(Currency::parse(wrong), Err(MoneyError::NotACurrency), "{wrong}");
        }
    }
}
