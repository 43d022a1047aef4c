//! What these tests share.

use cs_tests::workspace_db::{Session, WorkspaceDb, ask, connect};
use sqlx::PgConnection;

pub const BALANCE_1: &str = "SELECT balance FROM wallets WHERE organization_id = 1";

/// A deposit as a desk writes it.
pub fn deposit(organization: i32, amount: &str, key: &str) -> String {
    format!(
        "INSERT INTO transactions (id, organization_id, amount, type, status, payment_method, idempotency_key)
         VALUES (NULL, {organization}, {amount}, 'deposit', 'completed', 'bank', '{key}')"
    )
}

/// A refund or adjustment as a desk writes it.
pub fn correction(kind: &str, amount: &str, status: &str, refund_of: &str, request: &str, key: &str) -> String {
    format!(
        "INSERT INTO transactions (id, organization_id, amount, type, status, reason, refund_of, request_id, idempotency_key)
         VALUES (NULL, 1, {amount}, '{kind}', '{status}', 'because', {refund_of}, {request}, '{key}')"
    )
}

pub async fn at(db: &WorkspaceDb, email: &str) -> (PgConnection, Session) {
    let (desk, session) = db.desk_of(email).await;
    (connect(&desk.url).await, session)
}

/// The books agree with themselves: every wallet equals the sum of what completed.
pub async fn proven(db: &WorkspaceDb) {
    let mut admin = db.admin().await;
    let wrong = ask(
        &mut admin,
        "SELECT count(*) FROM wallets w LEFT JOIN (SELECT organization_id, sum(amount) AS moved FROM transactions
           WHERE coalesce(status, 'completed') = 'completed' GROUP BY 1) t USING (organization_id) WHERE w.balance <> coalesce(t.moved, 0)",
    )
    .await;
    assert_eq!(wrong, "0", "a wallet isn't the sum of its transactions");
}
