//! Settings of the business: the one row of `workspace_settings`.

use chrono::{DateTime, Utc};
use domain::settings::{Setting, Settings};
use sqlx::PgConnection;

use crate::StoreError;

/// The settings and when they were last changed.
#[derive(Debug, Clone)]
pub struct StoredSettings {
    /// The values.
    pub settings: Settings,
    /// Sent back with a change, so that nobody's work is overwritten unseen.
    pub updated_at: DateTime<Utc>,
}

macro_rules! read {
    ( $connection:expr, $lock:literal ) => {{
        let row = sqlx::query!(
            "SELECT currency, low_mark_days, grace_hours, grace_action, second_person_above, idle_minutes, session_hours,
               billing_schedule, seller_name, seller_address, invoice_terms, updated_at FROM workspace_settings" + $lock
        )
        .fetch_one($connection)
        .await?;
        let mut settings = Settings::default();
        for (setting, value) in [
            (Setting::Currency, row.currency),
            (Setting::LowMarkDays, row.low_mark_days.to_string()),
            (Setting::GraceHours, row.grace_hours.to_string()),
            (Setting::GraceAction, row.grace_action),
            (Setting::SecondPersonAbove, row.second_person_above.to_string()),
            (Setting::IdleMinutes, row.idle_minutes.to_string()),
            (Setting::SessionHours, row.session_hours.to_string()),
            (Setting::BillingSchedule, row.billing_schedule),
            (Setting::SellerName, row.seller_name),
            (Setting::SellerAddress, row.seller_address),
            (Setting::InvoiceTerms, row.invoice_terms),
        ] {
            settings.set(setting, &value).map_err(|_| StoreError::BadValue)?;
        }
        Ok(StoredSettings {
            settings,
            updated_at: row.updated_at.and_utc(),
        })
    }};
}

/// Reads them.
pub async fn get(connection: &mut PgConnection) -> Result<StoredSettings, StoreError> {
    read!(connection, "")
}

/// Reads them and holds the row until the transaction ends.
pub async fn lock(connection: &mut PgConnection) -> Result<StoredSettings, StoreError> {
    read!(connection, " FOR NO KEY UPDATE")
}

/// Writes them.
pub async fn update(connection: &mut PgConnection, settings: &Settings) -> Result<(), StoreError> {
    let value = |setting| settings.value(setting);
    sqlx::query!(
        "UPDATE workspace_settings SET currency = $1, low_mark_days = $2::text::integer, grace_hours = $3::text::integer, grace_action = $4,
           second_person_above = $5::text::numeric, idle_minutes = $6::text::integer, session_hours = $7::text::integer,
           billing_schedule = $8, seller_name = $9, seller_address = $10, invoice_terms = $11",
        value(Setting::Currency),
        value(Setting::LowMarkDays),
        value(Setting::GraceHours),
        value(Setting::GraceAction),
        value(Setting::SecondPersonAbove),
        value(Setting::IdleMinutes),
        value(Setting::SessionHours),
        value(Setting::BillingSchedule),
        value(Setting::SellerName),
        value(Setting::SellerAddress),
        value(Setting::InvoiceTerms),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The seller's logo: the hash of its bytes, and these.
pub async fn logo(connection: &mut PgConnection) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    let row =
        sqlx::query!("SELECT l.hash, l.png FROM workspace_settings s JOIN seller_logos l ON l.hash = s.seller_logo")
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|row| (row.hash, row.png)))
}

/// Gives the seller another logo, or none. One that was there before is kept: documents were issued with it.
pub async fn set_logo(connection: &mut PgConnection, logo: Option<(&str, &[u8])>) -> Result<(), StoreError> {
    if let Some((hash, png)) = logo {
        sqlx::query!(
            "INSERT INTO seller_logos (hash, png) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            hash,
            png
        )
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query!(
        "UPDATE workspace_settings SET seller_logo = $1",
        logo.map(|(hash, _)| hash)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many wallets there are in each currency, the most first.
pub async fn wallets_by_currency(connection: &mut PgConnection) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(currency, '') AS "currency!", count(*) AS "wallets!" FROM wallets GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.currency, row.wallets)).collect())
}
