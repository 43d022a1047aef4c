//! Words, lengths and amounts that nobody writes, until somebody does.

use domain::money::Currency;
use proptest::prelude::*;

use super::*;
use crate::clean;
use crate::samples::{HOSTILE, line};

#[test]
fn words_of_people_are_words() {
    let document = samples::hostile();
    let pdf = file("hostile", &document);
    inside(&document);
    let sheets = words(&document);
    assert_eq!(pages(&pdf), sheets.len());
    let text = sheets.concat().join(" ");
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let text = squeezed(&text);
    for hostile in HOSTILE {
        let shown: String = squeezed(&clean::line(hostile)).nfc().collect();
        assert!(text.contains(&shown), "{shown}");
    }
    assert!(!text.contains(['\0', '\u{7}', '\u{1b}', '\u{202E}']));
}

#[test]
fn ten_thousand_characters_are_all_there() {
    for letter in ["x", "word and ", "ש", "漢"] {
        let long: String = letter.repeat(10_000 / letter.chars().count());
        let document = changed(|parts| {
            parts.lines[1].description.clone_from(&long);
            parts.customer.name.clone_from(&long);
            parts.customer.address = vec![long.clone(); 3];
            parts.seller.name.clone_from(&long);
            parts.other_charges[0].text.clone_from(&long);
        });
        inside(&document);
        let shown = words(&document).concat().join(" ");
        let count = |text: &str| text.chars().filter(|c| letter.trim().contains(*c)).count();
        assert!(count(&shown) >= 2 * count(&long), "{letter}");
    }
    file(
        "wide",
        &changed(|parts| parts.lines[1].description = "x".repeat(10_000)),
    );
}

#[test]
fn the_largest_amounts_have_room() {
    let document = changed(|parts| {
        parts.currency = Currency::parse("CHF").unwrap();
        let most = Amount4::parse("99999999999999.9999").unwrap();
        let less = Amount4::parse("-99999999999999.9999").unwrap();
        parts.lines[0].amount = most;
        parts.lines[0].quantity_hours = Some(u64::MAX);
        parts.lines[1].amount = less;
        parts.lines.truncate(2);
        parts.other_charges = vec![Charge {
            text: "Work".to_owned(),
            amount: money("99999999.99"),
        }];
        parts.carry_in = Carry::ZERO;
        parts.carry_out = Carry::ZERO;
        parts.total = money("99999999.99");
        parts.paid = Money::ZERO;
    });
    file("largest", &document);
    inside(&document);
    let text = words(&document).concat();
    assert!(text.contains(&"−CHF\u{a0}99,999,999,999,999.9999".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_words_keep_the_margins(description in "\\PC{0,400}", address in "[\\s\\PC]{0,200}", lines in 1..4_u32) {
        let document = changed(|parts| {
            parts.customer.name.clone_from(&description);
            parts.customer.address = vec![address.clone(); 3];
            parts.lines = (0..lines).map(|_| line(&description, &address, 1, "0.01", None, "0.0100")).collect();
            parts.other_charges.clear();
            (parts.carry_in, parts.carry_out) = (Carry::ZERO, Carry::ZERO);
            parts.total = Money::from_decimal(rust_decimal::Decimal::new(i64::from(lines), 2)).unwrap();
            parts.paid = Money::ZERO;
        });
        inside(&document);
        prop_assert!(invoice_pdf(&document).is_ok());
    }
}
