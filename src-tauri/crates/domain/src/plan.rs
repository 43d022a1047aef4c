//! Plans: what is sold, what it costs us, and what it costs the customer.
//!
//! Source: the product's section "Money", Plans. `base_cost` is the provider's cost per hour; the rate follows from it
//! and the markup unless somebody set it by hand; `monthly_rate` is the cap of a month: none is uncapped, zero is free.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::ids::{ContainerId, ContainerPlanId, PlanId, ServerId};
use crate::money::{Amount4, Markup, Money, MoneyError, Rate, monthly_from_provider};
use crate::stored::stored_enum;
use crate::text::{self, text_type};

stored_enum! {
    /// What is sold by the hour.
    ResourceKind, "kind of resource" {
        /// A server.
        Vps = "vps",
        /// A container.
        Container = "container",
    }
}

impl ResourceKind {
    /// What it is called in a sentence.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Vps => "server",
            Self::Container => "container",
        }
    }
}

/// Why a plan whose price is that of some regions (none: of all that have no price of their own) is not for this one.
pub fn priced_elsewhere(regions: &[String], region: &str) -> Option<String> {
    let fits = regions.is_empty() || regions.iter().any(|other| other == region);
    (!fits).then(|| format!("Priced for {}, not for {region}.", regions.join(", ")))
}

/// A plan of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlanRef {
    /// A plan of servers.
    Vps(PlanId),
    /// A plan of containers.
    Container(ContainerPlanId),
}

impl PlanRef {
    /// The plan of a kind with this number.
    pub const fn new(kind: ResourceKind, id: i32) -> Self {
        match kind {
            ResourceKind::Vps => Self::Vps(PlanId::new(id)),
            ResourceKind::Container => Self::Container(ContainerPlanId::new(id)),
        }
    }

    /// What it sells.
    pub const fn kind(self) -> ResourceKind {
        match self {
            Self::Vps(_) => ResourceKind::Vps,
            Self::Container(_) => ResourceKind::Container,
        }
    }

    /// Its number in the table of its kind.
    pub const fn get(self) -> i32 {
        match self {
            Self::Vps(id) => id.get(),
            Self::Container(id) => id.get(),
        }
    }
}

/// A server or a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceRef {
    /// A server.
    Vps(ServerId),
    /// A container.
    Container(ContainerId),
}

impl ResourceRef {
    /// The resource of a kind with this number.
    pub const fn new(kind: ResourceKind, id: i32) -> Self {
        match kind {
            ResourceKind::Vps => Self::Vps(ServerId::new(id)),
            ResourceKind::Container => Self::Container(ContainerId::new(id)),
        }
    }

    /// Which of the two.
    pub const fn kind(self) -> ResourceKind {
        match self {
            Self::Vps(_) => ResourceKind::Vps,
            Self::Container(_) => ResourceKind::Container,
        }
    }

    /// Its number in the table of its kind.
    pub const fn get(self) -> i32 {
        match self {
            Self::Vps(id) => id.get(),
            Self::Container(id) => id.get(),
        }
    }
}

text_type! {
    /// The name of a plan: 1 to 255 characters of one line.
    PlanName, |text| text::single_line(text, 1, 255)
}

text_type! {
    /// Who runs what the plan sells, such as `linode`: 1 to 50 characters of one line.
    ProviderName, |text| text::single_line(text, 1, 50)
}

text_type! {
    /// A word of the provider's: a type (`g6-standard-2`) or a region (`us-east`). 1 to 100 characters without blanks.
    ProviderWord, |text| text::visible_ascii(text.trim(), 100)
}

/// How many cores a container may use: 0.01 to 9.99, as `DECIMAL(3, 2)` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuCores(Decimal);

/// A number of cores that no plan has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the cores as a number from 0.01 to 9.99.")]
pub struct NotCores;

impl CpuCores {
    /// Reads digits with at most two decimals.
    pub fn parse(text: &str) -> Result<Self, NotCores> {
        let value = Decimal::from_str_exact(text.trim()).map_err(|_| NotCores)?;
        let fits =
            value.is_sign_positive() && !value.is_zero() && value < Decimal::TEN && value.normalize().scale() <= 2;
        if fits { Ok(Self(value)) } else { Err(NotCores) }
    }

    /// The value, for a bind parameter.
    pub const fn decimal(self) -> Decimal {
        self.0
    }
}

/// What a plan costs, whole: every part that its history keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanPrice {
    base_cost: Option<Rate>,
    markup: Markup,
    hourly_rate: Option<Rate>,
    monthly_rate: Option<Money>,
    provider_monthly: Option<Amount4>,
}

impl PlanPrice {
    /// A price from a cost and a markup; a rate set by hand stands instead of the one that follows. Without a cost and
    /// a rate the plan has no price, and what runs on it waits.
    pub fn new(
        base_cost: Option<Rate>,
        markup: Markup,
        by_hand: Option<Rate>,
        monthly_rate: Option<Money>,
    ) -> Result<Self, MoneyError> {
        if monthly_rate.is_some_and(Money::is_negative) {
            return Err(MoneyError::Negative);
        }
        let follows = base_cost.map(|cost| Rate::from_cost(cost, markup)).transpose();
        let hourly_rate = match by_hand {
            Some(rate) => Some(rate),
            None => follows?,
        };
        Ok(Self {
            base_cost,
            markup,
            hourly_rate,
            monthly_rate,
            provider_monthly: None,
        })
    }

    /// The price of a plan that is imported: rate and cap follow from what the provider takes.
    pub fn imported(provider: ProviderPrice, markup: Markup) -> Result<Self, MoneyError> {
        let cap = monthly_from_provider(provider.monthly, markup)?;
        Ok(Self {
            provider_monthly: Some(provider.monthly),
            ..Self::new(Some(provider.hourly), markup, None, Some(cap))?
        })
    }

    /// A price as a row has it.
    pub const fn stored(
        base_cost: Option<Rate>,
        markup: Markup,
        hourly_rate: Option<Rate>,
        monthly_rate: Option<Money>,
        provider_monthly: Option<Amount4>,
    ) -> Self {
        Self {
            base_cost,
            markup,
            hourly_rate,
            monthly_rate,
            provider_monthly,
        }
    }

    /// This price after the provider's has changed or the markup is another. What somebody set by hand stays: the rate
    /// where it isn't the one that follows from the cost, the cap where it isn't the one that follows from the
    /// provider's month.
    pub fn repriced(&self, provider: ProviderPrice, markup: Markup) -> Result<Self, MoneyError> {
        let imported = Self::imported(provider, markup)?;
        let cap_by_hand = match (self.provider_monthly, self.monthly_rate) {
            (Some(monthly), cap) => monthly_from_provider(monthly, self.markup).ok() != cap,
            // Entered by hand, with or without a cap.
            (None, _) => true,
        };
        Ok(Self {
            hourly_rate: if self.rate_by_hand() {
                self.hourly_rate
            } else {
                imported.hourly_rate
            },
            monthly_rate: if cap_by_hand {
                self.monthly_rate
            } else {
                imported.monthly_rate
            },
            ..imported
        })
    }

    /// Whether the rate was set by hand: it isn't the one that follows from the cost.
    pub fn rate_by_hand(&self) -> bool {
        self.hourly_rate.is_some_and(|rate| {
            self.base_cost
                .and_then(|cost| Rate::from_cost(cost, self.markup).ok())
                .is_none_or(|follows| follows != rate)
        })
    }

    /// What the provider takes for an hour.
    pub const fn base_cost(&self) -> Option<Rate> {
        self.base_cost
    }

    /// The markup.
    pub const fn markup(&self) -> Markup {
        self.markup
    }

    /// What an hour costs; `None` is unknown, not free.
    pub const fn hourly_rate(&self) -> Option<Rate> {
        self.hourly_rate
    }

    /// The cap of a month: none is uncapped, zero is free.
    pub const fn monthly_rate(&self) -> Option<Money> {
        self.monthly_rate
    }

    /// What the provider takes for a month at most, where that is known.
    pub const fn provider_monthly(&self) -> Option<Amount4> {
        self.provider_monthly
    }

    /// The same with the provider's own month, for a price that is changed by hand.
    #[must_use]
    pub const fn keeping(self, provider_monthly: Option<Amount4>) -> Self {
        Self {
            provider_monthly,
            ..self
        }
    }
}

/// Why a provider's price makes no plan. The sentence is the reason in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceGap {
    /// It names none for an hour.
    #[error("The provider names no price per hour; unknown is not free.")]
    HourlyUnknown,
    /// It names none for a month.
    #[error("The provider names no price per month; unknown is not uncapped.")]
    MonthlyUnknown,
    /// Below zero, or more than a column holds.
    #[error("The provider's price is out of range.")]
    OutOfRange,
    /// Less than what four decimals can say.
    #[error("The provider's price per hour is less than 0.0001, and would round to free.")]
    TooSmall,
    /// With the markup it is no price.
    #[error("With this markup the price is out of range.")]
    Markup,
}

/// What a provider takes: for an hour to four decimals, and for a month at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderPrice {
    hourly: Rate,
    monthly: Amount4,
}

impl ProviderPrice {
    /// Reads the digits that the provider sent. An open side is unknown, and makes no price. Finer than four decimals
    /// is rounded half up, as the columns hold it.
    pub fn new(hourly: Option<Decimal>, monthly: Option<Decimal>) -> Result<Self, PriceGap> {
        let hourly = hourly.ok_or(PriceGap::HourlyUnknown)?;
        let monthly = monthly.ok_or(PriceGap::MonthlyUnknown)?;
        let round = |value: Decimal| value.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
        let read = Self {
            hourly: Rate::from_decimal(round(hourly)).map_err(|_| PriceGap::OutOfRange)?,
            monthly: Amount4::from_decimal(round(monthly)).map_err(|_| PriceGap::OutOfRange)?,
        };
        if read.monthly.is_negative() || read.monthly.decimal() >= Decimal::from(100_000_000) {
            Err(PriceGap::OutOfRange)
        } else if read.hourly.is_zero() && !hourly.is_zero() {
            Err(PriceGap::TooSmall)
        } else {
            Ok(read)
        }
    }

    /// What an hour costs.
    pub const fn hourly(self) -> Rate {
        self.hourly
    }

    /// What a month costs at most.
    pub const fn monthly(self) -> Amount4 {
        self.monthly
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_price_of_some_regions_is_for_these_only() {
        let regions = ["id-cgk".to_owned(), "br-gru".to_owned()];
        assert_eq!(priced_elsewhere(&[], "eu-central"), None);
        assert_eq!(priced_elsewhere(&regions, "br-gru"), None);
        assert_eq!(
            priced_elsewhere(&regions, "eu-central").unwrap(),
            "Priced for id-cgk, br-gru, not for eu-central."
        );
    }

    fn rate(text: &str) -> Option<Rate> {
        Rate::parse(text).ok()
    }

    fn money(text: &str) -> Option<Money> {
        Money::parse(text).ok()
    }

    fn markup(text: &str) -> Markup {
        Markup::parse(text).unwrap()
    }

    fn dollars(text: &str) -> Option<Decimal> {
        Decimal::from_str_exact(text).ok()
    }

    fn provider(hourly: &str, monthly: &str) -> ProviderPrice {
        ProviderPrice::new(dollars(hourly), dollars(monthly)).unwrap()
    }

    #[test]
    fn the_rate_follows_from_the_cost_unless_set_by_hand() {
        let follows = PlanPrice::new(rate("0.1080"), markup("13.33"), None, money("82.00")).unwrap();
        assert_eq!((follows.hourly_rate(), follows.rate_by_hand()), (rate("0.1224"), false));
        let by_hand = PlanPrice::new(rate("0.1080"), markup("13.33"), rate("0.1200"), None).unwrap();
        assert_eq!((by_hand.hourly_rate(), by_hand.rate_by_hand()), (rate("0.1200"), true));
        let none = PlanPrice::new(None, Markup::NONE, None, None).unwrap();
        assert_eq!((none.hourly_rate(), none.rate_by_hand()), (None, false));
        assert_eq!(
            PlanPrice::new(None, Markup::NONE, None, money("-0.01")),
            Err(MoneyError::Negative)
        );
    }

    #[test]
    fn an_import_rounds_each_side_by_its_own_rule() {
        let price = PlanPrice::imported(provider("0.0075", "5.0"), markup("20")).unwrap();
        assert_eq!(
            (price.hourly_rate(), price.monthly_rate()),
            (rate("0.0090"), money("6.00"))
        );
        // 4.1475 with 10 % is 4.56225; rounded to cents before, it would be 4.57.
        let price = PlanPrice::imported(provider("0.0075", "4.1475"), markup("10")).unwrap();
        assert_eq!(price.monthly_rate(), money("4.56"));
        assert_eq!(price.provider_monthly().unwrap().to_string(), "4.1475");
    }

    #[test]
    fn an_open_side_is_unknown_and_makes_no_price() {
        let gap = |hourly, monthly| ProviderPrice::new(hourly, monthly).unwrap_err();
        assert_eq!(gap(None, dollars("5")), PriceGap::HourlyUnknown);
        assert_eq!(gap(dollars("0.01"), None), PriceGap::MonthlyUnknown);
        assert_eq!(gap(dollars("-0.01"), dollars("5")), PriceGap::OutOfRange);
        assert_eq!(gap(dollars("0.01"), dollars("-5")), PriceGap::OutOfRange);
        assert_eq!(gap(dollars("0.01"), dollars("100000000")), PriceGap::OutOfRange);
        assert_eq!(gap(dollars("1000000"), dollars("5")), PriceGap::OutOfRange);
        assert_eq!(gap(dollars("0.00004"), dollars("5")), PriceGap::TooSmall);
        assert!(ProviderPrice::new(dollars("0"), dollars("0")).is_ok(), "free is free");
    }

    #[test]
    fn what_was_set_by_hand_survives_a_new_price_of_the_provider() {
        let usual = PlanPrice::imported(provider("0.0075", "5"), markup("20")).unwrap();
        let now = usual.repriced(provider("0.0080", "6"), markup("20")).unwrap();
        assert_eq!((now.hourly_rate(), now.monthly_rate()), (rate("0.0096"), money("7.20")));

        let by_hand = PlanPrice::new(rate("0.0075"), markup("20"), rate("0.0100"), money("6.00"))
            .unwrap()
            .keeping(usual.provider_monthly());
        let now = by_hand.repriced(provider("0.0080", "6"), markup("20")).unwrap();
        assert_eq!((now.hourly_rate(), now.monthly_rate()), (rate("0.0100"), money("7.20")));
        assert_eq!(now.base_cost(), rate("0.0080"));

        let uncapped = PlanPrice::new(rate("0.0075"), markup("20"), None, None).unwrap();
        let now = uncapped.repriced(provider("0.0080", "6"), markup("20")).unwrap();
        assert_eq!((now.hourly_rate(), now.monthly_rate()), (rate("0.0096"), None));
    }

    #[test]
    fn cores_have_two_decimals_and_are_more_than_none() {
        assert_eq!(CpuCores::parse(" 0.5 ").unwrap().decimal().to_string(), "0.5");
        for wrong in ["0", "-1", "10", "0.005", "x", ""] {
            assert_eq!(CpuCores::parse(wrong), Err(NotCores), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_import_is_the_rule_to_the_last_digit(
            hourly in 1_i64..=99_999_999, monthly in 0_i64..=9_999_999_999, percent in 0_i64..=99_999,
        ) {
            let read = ProviderPrice::new(Some(Decimal::new(hourly, 4)), Some(Decimal::new(monthly, 4))).unwrap();
            let markup = Markup::from_decimal(Decimal::new(percent, 2)).unwrap();
            if let Ok(price) = PlanPrice::imported(read, markup) {
                // In whole numbers, apart from the decimals that the rule itself uses.
                let with_markup = |units: i64| i128::from(units) * i128::from(10_000 + percent);
                let rate = (with_markup(hourly) + 5_000) / 10_000;
                let cap = (with_markup(monthly) + 500_000) / 1_000_000;
                prop_assert_eq!(price.hourly_rate().unwrap().decimal(), Decimal::from_i128_with_scale(rate, 4));
                prop_assert_eq!(price.monthly_rate().unwrap().decimal(), Decimal::from_i128_with_scale(cap, 2));
                prop_assert!(!price.rate_by_hand());
                prop_assert_eq!(price.repriced(read, markup), Ok(price), "a second import changes nothing");
            }
        }

        #[test]
        fn a_rate_by_hand_stays_by_hand(hourly in 1_i64..=99_999, by_hand in 0_i64..=99_999, percent in 0_i64..=9_999) {
            let markup = Markup::from_decimal(Decimal::new(percent, 2)).unwrap();
            let cost = Rate::from_decimal(Decimal::new(hourly, 4)).unwrap();
            let set = Rate::from_decimal(Decimal::new(by_hand, 4)).unwrap();
            let price = PlanPrice::new(Some(cost), markup, Some(set), None).unwrap();
            prop_assert_eq!(price.hourly_rate(), Some(set));
            prop_assert_eq!(price.rate_by_hand(), Rate::from_cost(cost, markup) != Ok(set));
        }
    }
}
