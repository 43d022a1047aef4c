//! Corrections of wallets: refunds and adjustments. Source: the product's section "Money", its bullet "Transactions".

use crate::ids::{InvoiceId, OrganizationId, TransactionId};
use crate::money::{Money, MoneyError};
use crate::stored::stored_enum;
use crate::transaction::{IdempotencyKey, Reason, SignError, TransactionStatus, TransactionType};

stored_enum! {
    /// What becomes of a request for a second person.
    RequestDecision, "decision" {
        /// Another person agreed; it is posted.
        Approved = "approved",
        /// Another person did not agree.
        Refused = "refused",
        /// Who asked has taken it back.
        Withdrawn = "withdrawn",
    }
}

/// Why a correction can't be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CorrectionError {
    /// It changes nothing.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A refund of a refund or an adjustment, or of what never moved the wallet.
    #[error("Only a completed deposit or charge can be refunded.")]
    NotRefundable,
    /// More than what is left of it.
    #[error("Only {left} of it can still be refunded.")]
    MoreThanLeft {
        /// What is left.
        left: Money,
    },
    /// The sum is beyond what a wallet holds.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A refund or adjustment that is about to be written or asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCorrection {
    organization: OrganizationId,
    kind: TransactionType,
    amount: Money,
    reason: Reason,
    key: IdempotencyKey,
    refund_of: Option<TransactionId>,
    invoice: Option<InvoiceId>,
}

impl NewCorrection {
    /// A change of the wallet by a person, either way.
    pub fn adjustment(
        organization: OrganizationId,
        amount: Money,
        reason: Reason,
        key: IdempotencyKey,
    ) -> Result<Self, CorrectionError> {
        Self::new(organization, TransactionType::Adjustment, amount, reason, key)
    }

    /// What gives back of a transaction; the amount is signed as the wallet moves.
    pub fn refund(
        organization: OrganizationId,
        of: TransactionId,
        amount: Money,
        reason: Reason,
        key: IdempotencyKey,
    ) -> Result<Self, CorrectionError> {
        Ok(Self {
            refund_of: Some(of),
            ..Self::new(organization, TransactionType::Refund, amount, reason, key)?
        })
    }

    fn new(
        organization: OrganizationId,
        kind: TransactionType,
        amount: Money,
        reason: Reason,
        key: IdempotencyKey,
    ) -> Result<Self, CorrectionError> {
        kind.check_sign(amount)?;
        Ok(Self {
            organization,
            kind,
            amount,
            reason,
            key,
            refund_of: None,
            invoice: None,
        })
    }

    /// The same, which pays an invoice that was made by hand.
    #[must_use]
    pub fn paying(self, invoice: InvoiceId) -> Self {
        Self {
            invoice: Some(invoice),
            ..self
        }
    }

    /// Whose wallet.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// Refund or adjustment.
    pub const fn kind(&self) -> TransactionType {
        self.kind
    }

    /// The signed change of the wallet.
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Why.
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Under which key.
    pub const fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// What it refunds.
    pub const fn refund_of(&self) -> Option<TransactionId> {
        self.refund_of
    }

    /// Which invoice it pays.
    pub const fn invoice(&self) -> Option<InvoiceId> {
        self.invoice
    }

    /// Whether it waits for a second person: above the limit, whichever way it goes.
    pub fn needs_second_person(&self, above: Money) -> bool {
        self.amount.abs() > above
    }
}

/// What may still be given back of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refundable {
    original: Money,
    left: Money,
}

impl Refundable {
    /// Of a deposit or charge that moved the wallet, after refunds that stand or are pending: those that failed don't count.
    pub fn of(
        kind: TransactionType,
        amount: Money,
        status: TransactionStatus,
        refunds: &[(Money, TransactionStatus)],
    ) -> Result<Self, CorrectionError> {
        if !matches!(kind, TransactionType::Deposit | TransactionType::Charge) || !status.moves_wallet() {
            return Err(CorrectionError::NotRefundable);
        }
        let original = kind.wallet_change(amount);
        let counted = refunds
            .iter()
            .filter(|(_, status)| *status != TransactionStatus::Failed);
        let given = counted
            .map(|(amount, _)| amount.abs())
            .try_fold(Money::ZERO, Money::checked_add)?;
        Ok(Self {
            original,
            left: original.abs().checked_sub(given)?,
        })
    }

    /// How much, without a sign.
    pub const fn left(self) -> Money {
        self.left
    }

    /// The wallet's change that gives back `part` of it: out of the wallet for a deposit, into it for a charge.
    pub fn change(self, part: Money) -> Result<Money, CorrectionError> {
        if part.is_zero() || part.is_negative() {
            return Err(SignError::Zero.into());
        }
        if part > self.left {
            return Err(CorrectionError::MoreThanLeft { left: self.left });
        }
        Ok(if self.original.is_negative() {
            part
        } else {
            part.negated()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn money(cents: i64) -> Money {
        Money::from_decimal(Decimal::new(cents, 2)).unwrap()
    }

    fn adjustment(cents: i64) -> Result<NewCorrection, CorrectionError> {
        NewCorrection::adjustment(
            OrganizationId::new(1),
            money(cents),
            Reason::parse("goodwill").unwrap(),
            IdempotencyKey::parse("k").unwrap(),
        )
    }

    #[test]
    fn only_what_moved_the_wallet_is_refunded() {
        use TransactionStatus::{Completed, Failed, Pending};
        use TransactionType::{Adjustment, Charge, Deposit, Refund};
        for kind in [Adjustment, Refund] {
            assert_eq!(
                Refundable::of(kind, money(100), Completed, &[]),
                Err(CorrectionError::NotRefundable)
            );
        }
        for status in [Pending, Failed] {
            assert_eq!(
                Refundable::of(Deposit, money(100), status, &[]),
                Err(CorrectionError::NotRefundable)
            );
        }
        // Another program may have written a charge without its sign.
        for stored in [100, -100] {
            let charge = Refundable::of(
                Charge,
                money(stored),
                Completed,
                &[(money(30), Pending), (money(50), Failed)],
            );
            assert_eq!(charge.unwrap().left(), money(70));
            assert_eq!(charge.unwrap().change(money(70)), Ok(money(70)), "into the wallet");
            let left = money(70);
            assert_eq!(
                charge.unwrap().change(money(71)),
                Err(CorrectionError::MoreThanLeft { left })
            );
        }
        let deposit = Refundable::of(Deposit, money(100), Completed, &[]).unwrap();
        assert_eq!(deposit.change(money(40)), Ok(money(-40)), "out of the wallet");
    }

    #[test]
    fn above_the_limit_either_way_a_second_person_is_needed() {
        let limit = money(10_000);
        for (cents, needed) in [(10_000, false), (-10_000, false), (10_001, true), (-10_001, true)] {
            assert_eq!(adjustment(cents).unwrap().needs_second_person(limit), needed, "{cents}");
        }
        assert_eq!(adjustment(0), Err(SignError::Zero.into()));
    }

    proptest! {
        /// "Refunds … never more than it was", over refunds of parts, pending ones counted.
        #[test]
        fn refunds_of_parts_never_give_back_more(
            cents in 1..1_000_000_i64,
            is_charge in any::<bool>(),
            parts in proptest::collection::vec((1..400_000_i64, 0..3_usize), 0..12),
        ) {
            let kind = if is_charge { TransactionType::Charge } else { TransactionType::Deposit };
            let amount = if is_charge { money(-cents) } else { money(cents) };
            let mut refunds: Vec<(Money, TransactionStatus)> = Vec::new();
            for (part, status) in parts {
                let before = Refundable::of(kind, amount, TransactionStatus::Completed, &refunds).unwrap();
                match before.change(money(part)) {
                    Ok(change) => {
                        prop_assert!(change.is_negative() != amount.is_negative());
                        refunds.push((change, TransactionStatus::ALL[status]));
                    }
                    Err(refusal) => {
                        prop_assert_eq!(refusal, CorrectionError::MoreThanLeft { left: before.left() });
                        prop_assert!(money(part) > before.left());
                    }
                }
                let standing = refunds.iter().filter(|(_, status)| *status != TransactionStatus::Failed)
                    .map(|(amount, _)| amount.abs()).try_fold(Money::ZERO, Money::checked_add).unwrap();
                prop_assert!(standing <= amount.abs());
            }
        }
    }
}
