//! Rows that the rules of this product would refuse.

use sqlx::PgConnection;

use super::Difference;
use crate::StoreError;

/// Counts them, with the first one's id so that it can be found.
pub(super) async fn breaking(connection: &mut PgConnection) -> Result<Vec<Difference>, StoreError> {
    let found: Vec<(String, String, String, i64, i32)> = sqlx::query_as(
        "SELECT 'wallets', 'balance', 'below zero', count(*), min(id) FROM public.wallets WHERE balance < 0 HAVING count(*) > 0
         UNION ALL
         SELECT 'wallets', 'balance', 'no number', count(*), min(id) FROM public.wallets WHERE balance = 'NaN' HAVING count(*) > 0
         UNION ALL
         SELECT 'transactions', 'amount', 'no number', count(*), min(id) FROM public.transactions WHERE amount = 'NaN' HAVING count(*) > 0
         UNION ALL
         SELECT 'users', 'role', 'none of admin, user, support, finance', count(*), min(id) FROM public.users
         WHERE role NOT IN ('admin', 'user', 'support', 'finance') HAVING count(*) > 0
         UNION ALL
         SELECT 'wallets', 'balance', 'too far from what the transactions explain', count(*), min(w.id) FROM public.wallets w
         JOIN (SELECT organization_id, sum(CASE type WHEN 'charge' THEN -abs(amount) WHEN 'deposit' THEN abs(amount) ELSE amount END) AS moved
               FROM public.transactions WHERE coalesce(status, 'completed') = 'completed' AND amount <> 'NaN' GROUP BY organization_id) s
           ON s.organization_id = w.organization_id
         WHERE abs(w.balance - s.moved) >= 100000000 HAVING count(*) > 0",
    )
    .fetch_all(connection)
    .await?;
    Ok(found
        .into_iter()
        .map(|(table, column, what, count, first)| {
            let rows = if count == 1 {
                "1 row".to_owned()
            } else {
                format!("{count} rows")
            };
            Difference::new(
                &table,
                Some(&column),
                format!("is {what} in {rows} (the first has the id {first})"),
            )
        })
        .collect())
}
