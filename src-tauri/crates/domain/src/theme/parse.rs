//! Reading a colour out of a string: strictly, into numbers.

use super::color::{Oklch, Rgb};

/// No colour that we take is longer.
const MAX_LENGTH: usize = 64;

/// Reads an HSL triplet (`240 10% 3.9%`), `hsl()`, `#rgb`, `#rrggbb`, `rgb()` or `oklch()`.
///
/// Refused, among others: `var()`, `url()`, `calc()`, names, anything with alpha, anything with something behind it.
pub fn parse_color(text: &str) -> Option<Rgb> {
    if text.len() > MAX_LENGTH || !text.is_ascii() {
        return None;
    }
    let text = text.trim_matches(' ').to_ascii_lowercase();
    if let Some(digits) = text.strip_prefix('#') {
        return hex(digits);
    }
    let Some((name, rest)) = text.split_once('(') else {
        return hsl(parts(&text, false)?);
    };
    let arguments = rest.strip_suffix(')')?;
    match name {
        "hsl" => hsl(parts(arguments, true)?),
        "rgb" => rgb(parts(arguments, true)?),
        "oklch" => oklch(parts(arguments, false)?),
        _ => None,
    }
}

/// Exactly three arguments, all separated by blanks or (where CSS has that old form) all by commas.
fn parts(arguments: &str, commas_allowed: bool) -> Option<[&str; 3]> {
    let mut found: Vec<&str> = if commas_allowed && arguments.contains(',') {
        arguments.split(',').map(|part| part.trim_matches(' ')).collect()
    } else {
        arguments.split(' ').filter(|part| !part.is_empty()).collect()
    };
    let last = found.pop()?;
    match found[..] {
        [first, second] => Some([first, second, last]),
        _ => None,
    }
}

fn hex(digits: &str) -> Option<Rgb> {
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        6 => Some(Rgb::hex(value)),
        3 => {
            let [_, _, red, green_blue] = value.to_be_bytes();
            Some(Rgb::new(
                red * 0x11,
                (green_blue >> 4) * 0x11,
                (green_blue & 0x0f) * 0x11,
            ))
        }
        _ => None,
    }
}

fn hsl([hue, saturation, lightness]: [&str; 3]) -> Option<Rgb> {
    let hue = hue_degrees(hue)?;
    let saturation = percent(saturation)?;
    let lightness = percent(lightness)?;
    // CSS Color 4, section 7.1.
    let amplitude = saturation * lightness.min(1.0 - lightness);
    let channel = |offset: f64| {
        let position = (offset + hue / 30.0) % 12.0;
        lightness - amplitude * (position - 3.0).min(9.0 - position).clamp(-1.0, 1.0)
    };
    Some(Rgb::from_unit([channel(0.0), channel(8.0), channel(4.0)]))
}

fn rgb(channels: [&str; 3]) -> Option<Rgb> {
    let percents = channels.iter().all(|channel| channel.ends_with('%'));
    let mut unit = [0.0; 3];
    for (value, text) in unit.iter_mut().zip(channels) {
        *value = if percents {
            percent(text)?
        } else {
            bounded(text, 255.0)? / 255.0
        };
    }
    Some(Rgb::from_unit(unit))
}

fn oklch([lightness, chroma, hue]: [&str; 3]) -> Option<Rgb> {
    // In percent, 100% of chroma is 0.4 (CSS Color 4, section 9.4). No colour of any screen has more than 0.5.
    let lightness = if lightness.ends_with('%') {
        percent(lightness)?
    } else {
        bounded(lightness, 1.0)?
    };
    let chroma = if chroma.ends_with('%') {
        percent(chroma)? * 0.4
    } else {
        bounded(chroma, 0.5)?
    };
    let hue = hue_degrees(hue)?;
    Some(Oklch { lightness, chroma, hue }.to_rgb())
}

fn hue_degrees(text: &str) -> Option<f64> {
    bounded(text.strip_suffix("deg").unwrap_or(text), 360.0)
}

/// `37.5%` as 0.375; at most 100%.
fn percent(text: &str) -> Option<f64> {
    Some(bounded(text.strip_suffix('%')?, 100.0)? / 100.0)
}

fn bounded(text: &str, max: f64) -> Option<f64> {
    number(text).filter(|value| *value <= max)
}

/// Digits, and optionally a point with digits: no sign, no exponent, no `none`, no `NaN`.
pub(super) fn number(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    // `.5` is CSS; `5.` is not.
    if (whole.is_empty() && !text.starts_with('.')) || fraction.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_form_that_is_taken() {
        for (text, expected) in [
            ("#3b82f6", "#3b82f6"),
            ("#3B82F6", "#3b82f6"),
            ("#fa0", "#ffaa00"),
            (" #fff ", "#ffffff"),
            ("240 10% 3.9%", "#09090b"),
            ("0 0% 100%", "#ffffff"),
            ("188 82% 33%", "#0f8799"),
            ("360 100% 50%", "#ff0000"),
            ("hsl(188 82% 33%)", "#0f8799"),
            ("hsl(188, 82%, 33%)", "#0f8799"),
            ("HSL(188deg, 82%, 33%)", "#0f8799"),
            ("rgb(59 130 246)", "#3b82f6"),
            ("rgb(59,130,246)", "#3b82f6"),
            ("rgb(100%, 0%, 50%)", "#ff0080"),
            ("oklch(1 0 0)", "#ffffff"),
            ("oklch(0.205 0 0)", "#171717"),
            ("oklch(62.8% 0.2577 29.234)", "#ff0000"),
            ("oklch(.577 .245 27.325)", "#e7000b"),
        ] {
            assert_eq!(
                parse_color(text).map(|color| color.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            " ",
            "red",
            "transparent",
            "currentColor",
            "inherit",
            "none",
            "var(--primary)",
            "url(https://evil.example/x)",
            "url(javascript:alert(1))",
            "calc(1 + 1)",
            "env(x)",
            "#ff",
            "#ffff",
            "#ffffffff",
            "#fffff",
            "#ggg",
            "#",
            "# fff",
            "##fff",
            "#-12",
            "#+12345",
            "hsl(188 82% 33% / 50%)",
            "hsl(188, 82%, 33%, 0.5)",
            "hsla(188, 82%, 33%, 1)",
            "rgba(1,2,3,1)",
            "rgb(1 2 3 / 1)",
            "oklch(1 0 0 / 10%)",
            "oklch(1, 0, 0)",
            "oklch(none 0 0)",
            "oklch(1.1 0 0)",
            "oklch(1 0.6 0)",
            "rgb(256 0 0)",
            "rgb(-1 0 0)",
            "rgb(1e2 0 0)",
            "rgb(1 2)",
            "rgb()",
            "rgb(1 2 3",
            "rgb(1 2 3))",
            "rgb (1 2 3)",
            "rgb(50% 1 2)",
            "rgb(NaN 0 0)",
            "rgb(inf 0 0)",
            "rgb(1. 2 3)",
            "rgb(1,,3)",
            "rgb(1,2 3)",
            "361 10% 10%",
            "10 101% 10%",
            "10 10 10",
            "10% 10% 10%",
            "1 2% 3% 4%",
            "0 0% 0%; } body { display: none",
            "0 0% 100%/*",
            "#fff;color:red",
            "#fff\n",
            "#fff}",
            "</style><script>",
            "expression(alert(1))",
            "@import 'x'",
            "\\23 fff",
            "#fff\0",
            "０ ０% ０%",
            "#ｆｆｆ",
            "٣ ٣% ٣%",
        ] {
            assert_eq!(parse_color(text), None, "{text:?}");
        }
        assert_eq!(parse_color(&format!("0 0% {}%", "0".repeat(1_000_000))), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(hsl|rgb|oklch|#|var)?[( ]?[0-9a-f.,%/ -]{0,40}[)]?") {
            let _ = parse_color(&text);
        }

        #[test]
        fn our_own_output_is_read_back(value in 0..=0x00ff_ffff_u32) {
            let color = Rgb::hex(value);
            prop_assert_eq!(parse_color(&color.to_string()), Some(color));
        }
    }
}
