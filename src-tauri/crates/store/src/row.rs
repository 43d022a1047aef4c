//! Reading columns into the types of the domain.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::money::{Money, Rate};
use rust_decimal::Decimal;
use sqlx::{Row, postgres::PgRow};

fn decode(column: &str, error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(error),
    }
}

/// An instant of a `TIMESTAMP` column: they mean UTC.
pub(crate) fn instant(row: &PgRow, column: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    Ok(row
        .try_get::<Option<NaiveDateTime>, _>(column)?
        .map(|time| time.and_utc()))
}

/// An instant of a column that other programs may have left NULL, where the window needs one.
pub(crate) fn instant_or_epoch(row: &PgRow, column: &str) -> Result<DateTime<Utc>, sqlx::Error> {
    Ok(instant(row, column)?.unwrap_or(DateTime::UNIX_EPOCH))
}

/// An amount of a `DECIMAL(10, 2)` column.
pub(crate) fn money(row: &PgRow, column: &str) -> Result<Option<Money>, sqlx::Error> {
    row.try_get::<Option<Decimal>, _>(column)?
        .map(Money::from_decimal)
        .transpose()
        .map_err(|error| decode(column, error))
}

/// A rate of a `DECIMAL(10, 4)` column. One that is no rate (negative, by another program) reads as unknown.
pub(crate) fn rate(row: &PgRow, column: &str) -> Result<Option<Rate>, sqlx::Error> {
    Ok(row
        .try_get::<Option<Decimal>, _>(column)?
        .and_then(|value| Rate::from_decimal(value).ok()))
}
