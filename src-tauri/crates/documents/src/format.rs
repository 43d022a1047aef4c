//! How amounts, hours and dates are written for people.

use chrono::{Datelike, NaiveDate};
use domain::money::{Amount4, Currency, Money, Rate};
use rust_decimal::Decimal;

/// U+2212: as wide as a digit, and never a hyphen that breaks a line.
const MINUS: char = '\u{2212}';

/// Decimals of a cent's amount and of a unit rate.
pub(crate) const CENTS: usize = 2;
pub(crate) const FINE: usize = 4;

/// An amount in `currency` with `decimals` decimals: `$1,234.50`, `−€5.00`, `CHF 12.00`.
///
/// Nothing is rounded: the caller asks for as many decimals as the amount may have.
pub(crate) fn decimal(value: Decimal, currency: Currency, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::with_capacity(digits.len() + 12);
    if value.is_sign_negative() && !value.is_zero() {
        text.push(MINUS);
    }
    text.push_str(&sign(currency));
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

pub(crate) fn money(amount: Money, currency: Currency) -> String {
    decimal(amount.decimal(), currency, CENTS)
}

pub(crate) fn exact(amount: Amount4, currency: Currency, decimals: usize) -> String {
    decimal(amount.decimal(), currency, decimals)
}

pub(crate) fn rate(rate: Rate, currency: Currency) -> String {
    decimal(rate.decimal(), currency, FINE)
}

/// A sign where it means one currency only; `$` is the US dollar's, as the documented default.
fn sign(currency: Currency) -> String {
    match currency.as_str() {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "INR" => "₹".to_owned(),
        other => format!("{other}\u{a0}"),
    }
}

/// `744 h`, `9,842 h`; the blank doesn't break.
pub(crate) fn hours(hours: u64) -> String {
    let digits = hours.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str("\u{a0}h");
    text
}

/// `1 Nov 2026`, in English whatever the machine speaks; the blanks don't break.
pub(crate) fn date(date: NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS[date.month0() as usize % MONTHS.len()];
    format!("{}\u{a0}{month}\u{a0}{}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_sign_groups_and_a_real_minus() {
        let usd = |text: &str| money(Money::parse(text).unwrap(), Currency::USD);
        assert_eq!(usd("0"), "$0.00");
        assert_eq!(usd("-5"), "−$5.00");
        assert_eq!(usd("123.4"), "$123.40");
        assert_eq!(usd("99999999.99"), "$99,999,999.99");
        assert_eq!(usd("-1000"), "−$1,000.00");
        let chf = Currency::parse("CHF").unwrap();
        assert_eq!(money(Money::parse("-12").unwrap(), chf), "−CHF\u{a0}12.00");
        assert_eq!(rate(Rate::parse("0.1224").unwrap(), Currency::USD), "$0.1224");
        let most = Amount4::parse("99999999999999.9999").unwrap();
        assert_eq!(exact(most, Currency::USD, FINE), "$99,999,999,999,999.9999");
    }

    #[test]
    fn hours_and_dates() {
        assert_eq!(hours(744), "744\u{a0}h");
        assert_eq!(hours(9842), "9,842\u{a0}h");
        assert_eq!(hours(0), "0\u{a0}h");
        let day = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        assert_eq!(date(day), "1\u{a0}Nov\u{a0}2026");
    }
}
