//! Colours of the screen: 8 bits each of red, green and blue, their contrast, and the way to OKLCH and back.

use std::fmt;

/// A colour of the sRGB space. Written `#rrggbb`, and in no other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

/// A colour by lightness (0 to 1), chroma (from 0) and hue (in degrees).
///
/// Source: Björn Ottosson, "A perceptual color space for image processing" (2020); CSS Color 4, section 9.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oklch {
    pub(super) lightness: f64,
    pub(super) chroma: f64,
    pub(super) hue: f64,
}

/// Red, green and blue as light, not as the numbers of the screen; outside of 0 to 1 no screen shows it.
type Linear = [f64; 3];

impl Rgb {
    /// `#000000`
    pub const BLACK: Self = Self::new(0, 0, 0);
    /// `#ffffff`
    pub const WHITE: Self = Self::new(255, 255, 255);

    /// From red, green and blue.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// From `0xrrggbb`.
    pub(super) const fn hex(value: u32) -> Self {
        let [_, red, green, blue] = value.to_be_bytes();
        Self::new(red, green, blue)
    }

    /// From red, green and blue of 0 to 1; what is outside is moved to the nearest.
    pub(super) fn from_unit(channels: [f64; 3]) -> Self {
        let [red, green, blue] = channels.map(to_byte);
        Self { red, green, blue }
    }

    fn linear(self) -> Linear {
        [self.red, self.green, self.blue].map(|byte| to_linear(f64::from(byte) / 255.0))
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast ratio of the two, 1 to 21 (WCAG 2.2); the order doesn't matter.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    pub(super) fn to_oklch(self) -> Oklch {
        let [red, green, blue] = self.linear();
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let medium = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let lightness = 0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short;
        let green_red = 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short;
        let blue_yellow = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short;
        Oklch {
            lightness,
            chroma: green_red.hypot(blue_yellow),
            hue: blue_yellow.atan2(green_red).to_degrees(),
        }
    }
}

impl Oklch {
    /// Steps of halving in the search for the greatest chroma; 16 are finer than the screen's 8 bits.
    const HALVINGS: u32 = 16;
    /// The least difference that a person notices (CSS Color 4, section 13.2: a distance of 0.02 in Oklab).
    const JUST_NOTICEABLE: f64 = 0.02;

    /// The colour of the screen with this lightness and hue: chroma is lowered until what a screen shows can't be told
    /// from it (CSS Color 4's gamut mapping).
    pub(super) fn to_rgb(self) -> Rgb {
        if self.lightness <= 0.0 {
            return Rgb::BLACK;
        }
        if self.lightness >= 1.0 {
            return Rgb::WHITE;
        }
        if let Some(color) = self.shown() {
            return color;
        }
        let (mut inside, mut outside) = (0.0, self.chroma);
        for _ in 0..Self::HALVINGS {
            let chroma = f64::midpoint(inside, outside);
            if (Self { chroma, ..self }).shown().is_some() {
                inside = chroma;
            } else {
                outside = chroma;
            }
        }
        Rgb::from_unit(Self { chroma: inside, ..self }.linear().map(from_linear))
    }

    /// The nearest colour of the screen, if no difference can be noticed.
    fn shown(self) -> Option<Rgb> {
        let color = Rgb::from_unit(self.linear().map(from_linear));
        (color.to_oklch().distance(self) < Self::JUST_NOTICEABLE).then_some(color)
    }

    fn distance(self, other: Self) -> f64 {
        let ([green_red, blue_yellow], [other_green_red, other_blue_yellow]) = (self.opponents(), other.opponents());
        (self.lightness - other.lightness)
            .hypot(green_red - other_green_red)
            .hypot(blue_yellow - other_blue_yellow)
    }

    /// The axes green to red and blue to yellow of Oklab.
    fn opponents(self) -> [f64; 2] {
        let (sine, cosine) = self.hue.to_radians().sin_cos();
        [self.chroma * cosine, self.chroma * sine]
    }

    fn linear(self) -> Linear {
        let lightness = self.lightness;
        let [green_red, blue_yellow] = self.opponents();
        let long = (lightness + 0.396_337_777_4 * green_red + 0.215_803_757_3 * blue_yellow).powi(3);
        let medium = (lightness - 0.105_561_345_8 * green_red - 0.063_854_172_8 * blue_yellow).powi(3);
        let short = (lightness - 0.089_484_177_5 * green_red - 1.291_485_548_0 * blue_yellow).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
        ]
    }
}

/// The screen's number to light (IEC 61966-2-1).
fn to_linear(channel: f64) -> f64 {
    if channel <= 0.040_45 {
        channel / 12.92
    } else {
        ((channel + 0.055) / 1.055).powf(2.4)
    }
}

/// Light to the screen's number.
fn from_linear(channel: f64) -> f64 {
    if channel <= 0.003_130_8 {
        channel * 12.92
    } else {
        1.055 * channel.powf(1.0 / 2.4) - 0.055
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is between 0 and 255, and not a number becomes 0"
)]
fn to_byte(channel: f64) -> u8 {
    (channel.clamp(0.0, 1.0) * 255.0).round() as u8
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl serde::Serialize for Rgb {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "colours are written as the design writes them")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Rgb::BLACK.contrast(Rgb::WHITE) - 21.0).abs() < 1e-9);
        assert!((Rgb::WHITE.contrast(Rgb::WHITE) - 1.0).abs() < 1e-9);
        // The grey that everybody quotes: just enough on white.
        assert!(Rgb::hex(0x767676).contrast(Rgb::WHITE) >= 4.5);
        assert!(Rgb::hex(0x777777).contrast(Rgb::WHITE) < 4.5);
    }

    #[test]
    fn oklch_of_known_colours() {
        // CSS Color 4's own figures for red: oklch(62.8% 0.25768 29.234).
        let red = Rgb::new(255, 0, 0).to_oklch();
        assert!((red.lightness - 0.628).abs() < 1e-3 && (red.chroma - 0.2577).abs() < 1e-3);
        assert!((red.hue - 29.23).abs() < 0.05);
    }

    #[test]
    fn what_no_screen_shows_keeps_lightness_and_hue() {
        let glaring = Oklch {
            lightness: 0.7,
            chroma: 0.4,
            hue: 150.0,
        };
        let shown = glaring.to_rgb().to_oklch();
        assert!((shown.lightness - 0.7).abs() < 0.01, "{shown:?}");
        assert!((shown.hue - 150.0).abs() < 3.0, "{shown:?}");
        assert_eq!(
            Oklch {
                lightness: 0.0,
                chroma: 0.3,
                hue: 10.0
            }
            .to_rgb(),
            Rgb::BLACK
        );
        assert_eq!(
            Oklch {
                lightness: 1.0,
                chroma: 0.3,
                hue: 10.0
            }
            .to_rgb(),
            Rgb::WHITE
        );
    }

    proptest! {
        #[test]
        fn every_colour_comes_back_from_oklch(value in 0..=0xffffff_u32) {
            let color = Rgb::hex(value);
            prop_assert_eq!(color.to_oklch().to_rgb(), color);
        }
    }
}
