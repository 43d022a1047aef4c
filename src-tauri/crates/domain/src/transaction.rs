//! The ledger's vocabulary: `transactions` and what may be written into it.
//!
//! `amount` is the signed change of the wallet. Rows of other programs are read by their type, whatever their sign.

use crate::ids::OrganizationId;
use crate::money::{Money, MoneyError, PositiveMoney};
use crate::stored::stored_enum;
use crate::text::{self, text_type};

stored_enum! {
    /// What a transaction is (the schema's "Transaction Types").
    TransactionType, "transaction type" {
        /// The wallet is topped up.
        Deposit = "deposit",
        /// Used resources are paid for. Only a billing run writes these.
        Charge = "charge",
        /// A payment is given back, bounded by what it was.
        Refund = "refund",
        /// A correction by a person.
        Adjustment = "adjustment",
    }
}

stored_enum! {
    /// Where a transaction stands. Only a completed one moves the wallet.
    TransactionStatus, "transaction status" {
        /// Written, not yet moved.
        Pending = "pending",
        /// The wallet has moved.
        Completed = "completed",
        /// Given up; the wallet has not moved and never will by this row.
        Failed = "failed",
    }
}

impl TransactionStatus {
    /// Reads the stored word; the documented column may be NULL, which counts as completed.
    pub fn from_stored(word: Option<&str>) -> Result<Self, crate::UnknownValue> {
        word.map_or(Ok(Self::Completed), Self::parse)
    }

    /// Whether the wallet has moved.
    pub const fn moves_wallet(self) -> bool {
        matches!(self, Self::Completed)
    }

    /// A status changes at most once, and only from pending.
    pub const fn may_become(self, next: Self) -> bool {
        matches!((self, next), (Self::Pending, Self::Completed | Self::Failed))
    }
}

/// Why an amount doesn't fit its type of transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// A deposit of zero or less.
    #[error("A deposit must be more than zero.")]
    DepositNotPositive,
    /// A charge of zero or more.
    #[error("A charge must be less than zero: it takes from the wallet.")]
    ChargeNotNegative,
    /// A refund or an adjustment that changes nothing.
    #[error("The amount can't be zero.")]
    Zero,
}

impl TransactionType {
    /// Checks the sign of a new row: deposits positive, charges negative, refunds and adjustments either way.
    pub fn check_sign(self, amount: Money) -> Result<(), SignError> {
        match self {
            Self::Deposit if !amount.is_positive() => Err(SignError::DepositNotPositive),
            Self::Charge if !amount.is_negative() => Err(SignError::ChargeNotNegative),
            Self::Refund | Self::Adjustment if amount.is_zero() => Err(SignError::Zero),
            _ => Ok(()),
        }
    }

    /// The change of the wallet that a row of another program means: deposits add and charges take, whatever sign
    /// they were stored with; refunds and adjustments mean what they say.
    #[must_use]
    pub fn wallet_change(self, stored: Money) -> Money {
        match self {
            Self::Deposit => stored.abs(),
            Self::Charge => stored.abs().negated(),
            Self::Refund | Self::Adjustment => stored,
        }
    }

    /// Refunds and adjustments always say why.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Refund | Self::Adjustment)
    }
}

text_type! {
    /// The key under which a caller sends a money write, made before it is sent: sent again, the first result comes
    /// back. 1 to 100 visible ASCII characters.
    IdempotencyKey, |text| text::visible_ascii(text, 100)
}

text_type! {
    /// Why money was moved by hand, for the next person who reads the ledger: 3 to 500 characters of one line.
    Reason, |text| text::single_line(text, 3, 500)
}

text_type! {
    /// How a deposit was paid: free text up to 50 characters (`transactions.payment_method`); panels before this one
    /// wrote `paypal`, `wallet_credit`, `manual_adjustment` and others.
    PaymentMethod, |text| text::single_line(text, 1, 50)
}

text_type! {
    /// The payment's number at the bank or payment provider: up to 255 characters (`transactions.payment_id`).
    PaymentReference, |text| text::single_line(text, 1, 255)
}

/// A deposit that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeposit {
    organization: OrganizationId,
    amount: PositiveMoney,
    key: IdempotencyKey,
    method: Option<PaymentMethod>,
    reference: Option<PaymentReference>,
    reason: Option<Reason>,
}

impl NewDeposit {
    /// A deposit of `amount` into the wallet of `organization`, under the caller's key.
    pub const fn new(organization: OrganizationId, amount: PositiveMoney, key: IdempotencyKey) -> Self {
        Self {
            organization,
            amount,
            key,
            method: None,
            reference: None,
            reason: None,
        }
    }

    /// Says how it was paid.
    #[must_use]
    pub fn paid_by(mut self, method: Option<PaymentMethod>, reference: Option<PaymentReference>) -> Self {
        self.method = method;
        self.reference = reference;
        self
    }

    /// Adds a remark for the ledger.
    #[must_use]
    pub fn because(mut self, reason: Option<Reason>) -> Self {
        self.reason = reason;
        self
    }

    /// Whose wallet.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// How much.
    pub const fn amount(&self) -> PositiveMoney {
        self.amount
    }

    /// Under which key.
    pub const fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// How it was paid, if said.
    pub const fn method(&self) -> Option<&PaymentMethod> {
        self.method.as_ref()
    }

    /// The payment's number elsewhere, if said.
    pub const fn reference(&self) -> Option<&PaymentReference> {
        self.reference.as_ref()
    }

    /// The remark, if any.
    pub const fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// The balance after it, or [`MoneyError::Overflow`] when the wallet can't hold that much.
    pub fn balance_after(&self, balance: Money) -> Result<Money, MoneyError> {
        balance.checked_add(self.amount.money())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn signs_of_new_rows() {
        use TransactionType::{Adjustment, Charge, Deposit, Refund};
        assert_eq!(Deposit.check_sign(money("1")), Ok(()));
        assert_eq!(Deposit.check_sign(money("0")), Err(SignError::DepositNotPositive));
        assert_eq!(Deposit.check_sign(money("-1")), Err(SignError::DepositNotPositive));
        assert_eq!(Charge.check_sign(money("-0.01")), Ok(()));
        assert_eq!(Charge.check_sign(money("0")), Err(SignError::ChargeNotNegative));
        for either in [Refund, Adjustment] {
            assert_eq!(either.check_sign(money("1")), Ok(()));
            assert_eq!(either.check_sign(money("-1")), Ok(()));
            assert_eq!(either.check_sign(money("0")), Err(SignError::Zero));
        }
    }

    #[test]
    fn rows_of_other_programs_are_read_by_type() {
        assert_eq!(TransactionType::Charge.wallet_change(money("5")), money("-5"));
        assert_eq!(TransactionType::Charge.wallet_change(money("-5")), money("-5"));
        assert_eq!(TransactionType::Deposit.wallet_change(money("-5")), money("5"));
        assert_eq!(TransactionType::Refund.wallet_change(money("-5")), money("-5"));
        assert_eq!(TransactionStatus::from_stored(None), Ok(TransactionStatus::Completed));
        assert!(TransactionStatus::from_stored(Some("settled")).is_err());
    }

    #[test]
    fn a_status_changes_once_and_only_from_pending() {
        for from in TransactionStatus::ALL {
            for to in TransactionStatus::ALL {
                let allowed = *from == TransactionStatus::Pending && from != to;
                assert_eq!(from.may_become(*to), allowed, "{from} to {to}");
            }
        }
    }

    #[test]
    fn keys_and_reasons_are_bounded() {
        assert!(IdempotencyKey::parse("").is_err());
        assert!(IdempotencyKey::parse(&"k".repeat(100)).is_ok());
        assert!(IdempotencyKey::parse(&"k".repeat(101)).is_err());
        assert!(IdempotencyKey::parse("two words").is_err());
        assert!(Reason::parse(" ok ").is_err());
        assert_eq!(Reason::parse(" because ").unwrap().as_str(), "because");
        assert!(Reason::parse(&"r".repeat(501)).is_err());
    }

    #[test]
    fn a_deposit_that_overflows_says_so() {
        let deposit = NewDeposit::new(
            OrganizationId::new(1),
            PositiveMoney::parse("0.01").unwrap(),
            IdempotencyKey::parse("k").unwrap(),
        );
        assert_eq!(deposit.balance_after(money("99999999.99")), Err(MoneyError::Overflow));
        assert_eq!(deposit.balance_after(money("1")), Ok(money("1.01")));
    }
}
