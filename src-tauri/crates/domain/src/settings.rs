//! Settings of the business: one value of each, every one with its bounds. Source: the product's section "Money" (its
//! last bullets) and the checks of `workspace_settings`, which repeat the bounds.

use chrono::{DateTime, TimeDelta, Utc};

use crate::money::{Currency, Money, MoneyError};
use crate::stored::{UnknownValue, stored_enum};
use crate::text::{self, TextError};

stored_enum! {
    /// Which setting. The words are the columns' names.
    Setting, "setting" {
        /// The panel's currency: wallets in another aren't charged.
        Currency = "currency",
        /// A wallet is low when it holds less than so many days of use.
        LowMarkDays = "low_mark_days",
        /// What is due is overdue after so many hours.
        GraceHours = "grace_hours",
        /// What happens then.
        GraceAction = "grace_action",
        /// A refund or adjustment of more needs a second person.
        SecondPersonAbove = "second_person_above",
        /// A session ends after so many minutes without a key or a click.
        IdleMinutes = "idle_minutes",
        /// And after so many hours in any case.
        SessionHours = "session_hours",
        /// How often the schedule charges.
        BillingSchedule = "billing_schedule",
        /// Who invoices are from.
        SellerName = "seller_name",
        /// The address on them.
        SellerAddress = "seller_address",
        /// The terms on them.
        InvoiceTerms = "invoice_terms",
    }
}

stored_enum! {
    /// What happens when the time of grace has ended.
    GraceAction, "grace action" {
        /// Nothing: a person decides.
        Nothing = "nothing",
        /// Servers and containers are shut down.
        Shutdown = "shutdown",
    }
}

stored_enum! {
    /// How often the schedule charges.
    BillingSchedule, "billing schedule" {
        /// Every hour.
        Hourly = "hourly",
        /// Once a day: fewer transactions.
        Daily = "daily",
    }
}

impl BillingSchedule {
    /// After how many hours without a run something is wrong: twice the interval, or a day and two hours.
    pub const fn overdue_after_hours(self) -> i64 {
        match self {
            Self::Hourly => 2,
            Self::Daily => 26,
        }
    }

    /// Whether nothing was charged for longer than that, although there has been something to charge: since
    /// `billable_since`, if there is.
    pub fn is_overdue(
        self,
        now: DateTime<Utc>,
        last_run: Option<DateTime<Utc>>,
        billable_since: Option<DateTime<Utc>>,
    ) -> bool {
        billable_since.is_some_and(|since| {
            now - last_run.map_or(since, |run| run.max(since)) > TimeDelta::hours(self.overdue_after_hours())
        })
    }
}

/// The longest name of a seller.
const SELLER_NAME_CHARS: usize = 200;
/// The longest address, and the longest terms.
const LONG_TEXT_CHARS: usize = 2000;

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Not a whole number within its bounds.
    #[error("Enter a whole number from {min} to {max}.")]
    Number {
        /// The least.
        min: u16,
        /// The greatest.
        max: u16,
    },
    /// No amount.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// None of the words.
    #[error(transparent)]
    Word(#[from] UnknownValue),
    /// No text for this place.
    #[error(transparent)]
    Text(#[from] TextError),
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    currency: Currency,
    low_mark_days: u16,
    grace_hours: u16,
    grace_action: GraceAction,
    second_person_above: Money,
    idle_minutes: u16,
    session_hours: u16,
    billing_schedule: BillingSchedule,
    seller_name: String,
    seller_address: String,
    invoice_terms: String,
}

impl Default for Settings {
    /// What a new business begins with.
    fn default() -> Self {
        Self {
            currency: Currency::USD,
            low_mark_days: 3,
            grace_hours: 72,
            grace_action: GraceAction::Nothing,
            second_person_above: Money::from_decimal(rust_decimal::Decimal::ONE_HUNDRED).unwrap_or(Money::ZERO),
            idle_minutes: 30,
            session_hours: 12,
            billing_schedule: BillingSchedule::Hourly,
            seller_name: String::new(),
            seller_address: String::new(),
            invoice_terms: String::new(),
        }
    }
}

impl Settings {
    /// The value of one, as it is typed and stored.
    pub fn value(&self, setting: Setting) -> String {
        match setting {
            Setting::Currency => self.currency.to_string(),
            Setting::LowMarkDays => self.low_mark_days.to_string(),
            Setting::GraceHours => self.grace_hours.to_string(),
            Setting::GraceAction => self.grace_action.as_str().to_owned(),
            Setting::SecondPersonAbove => self.second_person_above.to_string(),
            Setting::IdleMinutes => self.idle_minutes.to_string(),
            Setting::SessionHours => self.session_hours.to_string(),
            Setting::BillingSchedule => self.billing_schedule.as_str().to_owned(),
            Setting::SellerName => self.seller_name.clone(),
            Setting::SellerAddress => self.seller_address.clone(),
            Setting::InvoiceTerms => self.invoice_terms.clone(),
        }
    }

    /// Gives one another value, as a person typed it.
    pub fn set(&mut self, setting: Setting, typed: &str) -> Result<(), SettingError> {
        match setting {
            Setting::Currency => self.currency = Currency::parse(typed.trim())?,
            Setting::LowMarkDays => self.low_mark_days = number(typed, 0, 365)?,
            Setting::GraceHours => self.grace_hours = number(typed, 0, 8760)?,
            Setting::GraceAction => self.grace_action = GraceAction::parse(typed.trim())?,
            Setting::SecondPersonAbove => {
                let limit = Money::parse(typed.trim())?;
                if limit.is_negative() {
                    return Err(MoneyError::Negative.into());
                }
                self.second_person_above = limit;
            }
            Setting::IdleMinutes => self.idle_minutes = number(typed, 1, 1440)?,
            Setting::SessionHours => self.session_hours = number(typed, 1, 168)?,
            Setting::BillingSchedule => self.billing_schedule = BillingSchedule::parse(typed.trim())?,
            Setting::SellerName => {
                self.seller_name = optional(text::single_line(typed, 1, SELLER_NAME_CHARS))?;
            }
            Setting::SellerAddress => {
                self.seller_address = optional(text::multi_line(typed, 1, LONG_TEXT_CHARS))?;
            }
            Setting::InvoiceTerms => {
                self.invoice_terms = optional(text::multi_line(typed, 1, LONG_TEXT_CHARS))?;
            }
        }
        Ok(())
    }
}

/// A text that may be left empty.
fn optional(text: Result<String, TextError>) -> Result<String, TextError> {
    match text {
        Err(TextError::Empty) => Ok(String::new()),
        other => other,
    }
}

fn number(typed: &str, min: u16, max: u16) -> Result<u16, SettingError> {
    let typed = typed.trim();
    typed
        .parse()
        .ok()
        .filter(|number| (min..=max).contains(number) && typed.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or(SettingError::Number { min, max })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_bounds_and_their_sentence() {
        let mut settings = Settings::default();
        for (setting, good, bad) in [
            (Setting::LowMarkDays, ["0", "365"], ["-1", "366"]),
            (Setting::GraceHours, ["0", "8760"], ["8761", "70000"]),
            (Setting::IdleMinutes, ["1", "1440"], ["0", "1441"]),
            (Setting::SessionHours, ["1", "168"], ["0", "169"]),
        ] {
            for value in good {
                settings.set(setting, value).unwrap();
                assert_eq!(settings.value(setting), value);
            }
            for value in bad.into_iter().chain(["", "x", "1.5", "+1", "1e2"]) {
                assert!(settings.set(setting, value).is_err(), "{setting} {value}");
                assert_eq!(settings.value(setting), good[1], "a refused value leaves the old one");
            }
        }
        assert_eq!(
            settings.set(Setting::IdleMinutes, "0").unwrap_err().to_string(),
            "Enter a whole number from 1 to 1440."
        );
    }

    #[test]
    fn money_words_and_texts_are_checked() {
        let mut settings = Settings::default();
        settings.set(Setting::SecondPersonAbove, " 250 ").unwrap();
        assert_eq!(settings.value(Setting::SecondPersonAbove), "250.00");
        assert!(settings.set(Setting::SecondPersonAbove, "-1").is_err());
        assert!(settings.set(Setting::SecondPersonAbove, "1.001").is_err());
        settings.set(Setting::Currency, "eur").unwrap();
        assert_eq!(settings.value(Setting::Currency), "EUR");
        assert!(settings.set(Setting::Currency, "EURO").is_err());
        assert!(settings.set(Setting::BillingSchedule, "weekly").is_err());
        assert!(settings.set(Setting::GraceAction, "delete").is_err());
        settings.set(Setting::SellerAddress, "1 Quay\r\nHarbour ").unwrap();
        assert_eq!(settings.value(Setting::SellerAddress), "1 Quay\nHarbour");
        settings.set(Setting::SellerAddress, "   ").unwrap();
        assert_eq!(settings.value(Setting::SellerAddress), "");
        assert!(settings.set(Setting::SellerName, "a\nb").is_err());
    }

    #[test]
    fn billing_is_overdue_only_where_there_is_something_to_charge() {
        let at = |hour: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hour);
        let second = TimeDelta::seconds(1);
        for (schedule, patience) in [(BillingSchedule::Hourly, 2), (BillingSchedule::Daily, 26)] {
            let late = |now, last_run: Option<i64>, billable_since: Option<i64>| {
                schedule.is_overdue(now, last_run.map(at), billable_since.map(at))
            };
            assert!(!late(at(1000), None, None), "{schedule}: nothing to charge");
            assert!(!late(at(1000), Some(0), None), "{schedule}: nothing to charge any more");
            assert!(!late(at(patience), None, Some(0)), "{schedule}: in time");
            assert!(late(at(patience) + second, None, Some(0)), "{schedule}: never charged");
            assert!(!late(at(100 + patience), Some(100), Some(0)), "{schedule}: in time");
            assert!(
                late(at(100 + patience) + second, Some(100), Some(0)),
                "{schedule}: too long ago"
            );
            assert!(
                !late(at(100 + patience), Some(0), Some(100)),
                "{schedule}: the first server is new"
            );
        }
    }

    #[test]
    fn every_setting_takes_its_own_value_back() {
        let mut settings = Settings::default();
        for setting in Setting::ALL {
            let value = settings.value(*setting);
            settings.set(*setting, &value).unwrap();
        }
        assert_eq!(settings, Settings::default());
    }
}
