//! Lists: search, filter, sort and keyset pages in one statement of one round trip.
//!
//! A list names its columns with their SQL; a request names columns only by those names, values only as
//! parameters. The position is the sort value and id of the last row, so a page costs the same however
//! far down it is, and rows that arrive meanwhile neither repeat nor skip any.

mod request;

use crate::StoreError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDateTime;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row, postgres::PgRow};

pub use request::{Filter, FilterOp, ListRequest, Page, Sort};

/// The largest window that is ever read at once.
pub const MAX_LIMIT: u32 = 200;
/// Counting stops here: beyond it a list says "100,000+".
pub const COUNT_LIMIT: i64 = 100_000;

/// What a column holds: how its values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Integer,
    /// Decimals.
    Decimal,
    /// Text, compared without regard to case.
    Text,
    /// A word of an enumeration.
    Word,
    /// Times in UTC.
    Time,
    /// Yes or no.
    Flag,
}

impl Kind {
    fn cast(self) -> &'static str {
        match self {
            Self::Integer => "bigint",
            Self::Decimal => "numeric",
            Self::Text | Self::Word => "text",
            Self::Time => "timestamp",
            Self::Flag => "boolean",
        }
    }

    /// Stands for NULL while sorting, so that the order is total.
    fn lowest(self) -> &'static str {
        match self {
            Self::Integer => "-1::bigint",
            Self::Decimal => "'-Infinity'::numeric",
            Self::Text | Self::Word => "''",
            Self::Time => "'-infinity'::timestamp",
            Self::Flag => "false",
        }
    }
}

/// A column that may be sorted and filtered by.
#[derive(Debug)]
pub struct Column {
    /// Its name in requests and answers.
    pub name: &'static str,
    /// Its SQL.
    pub sql: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it can be NULL.
    pub nullable: bool,
}

/// A column that is never NULL.
pub const fn column(name: &'static str, sql: &'static str, kind: Kind) -> Column {
    Column {
        name,
        sql,
        kind,
        nullable: false,
    }
}

/// A column that can be NULL; such rows sort lowest.
pub const fn nullable(name: &'static str, sql: &'static str, kind: Kind) -> Column {
    Column {
        name,
        sql,
        kind,
        nullable: true,
    }
}

/// A list.
#[derive(Debug)]
pub struct List {
    /// What is selected, without the keyset's own columns.
    pub select: &'static str,
    /// Tables and joins.
    pub from: &'static str,
    /// What every row fulfils.
    pub condition: &'static str,
    /// The id that breaks ties.
    pub id: &'static str,
    /// Columns to sort and filter by.
    pub columns: &'static [Column],
    /// Expressions that the search field looks into.
    pub search: &'static [&'static str],
    /// The order when none is asked for.
    pub default_sort: (&'static str, bool),
}

/// A row that knows its keyset columns.
struct Keyed<T> {
    row: T,
    sort_key: String,
    id: i64,
    total: i64,
    as_of: NaiveDateTime,
}

impl<'r, T: FromRow<'r, PgRow>> FromRow<'r, PgRow> for Keyed<T> {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            row: T::from_row(row)?,
            sort_key: row.try_get("list_sort_key")?,
            id: row.try_get("list_id")?,
            total: row.try_get("list_total")?,
            as_of: row.try_get("list_as_of")?,
        })
    }
}

impl List {
    fn column(&self, name: &str) -> Result<&Column, StoreError> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .ok_or_else(|| StoreError::UnknownColumn(name.chars().take(40).collect()))
    }

    fn push_condition(&self, sql: &mut QueryBuilder<Postgres>, request: &ListRequest) -> Result<(), StoreError> {
        sql.push(" WHERE ").push(self.condition);
        let search = request.search.as_deref().map(str::trim).unwrap_or_default();
        if !search.is_empty() && !self.search.is_empty() {
            let pattern = contains_pattern(search);
            sql.push(" AND (");
            for (index, expression) in self.search.iter().enumerate() {
                sql.push(if index == 0 { "" } else { " OR " })
                    .push(*expression)
                    .push(" ILIKE ")
                    .push_bind(pattern.clone());
            }
            sql.push(")");
        }
        for filter in &request.filters {
            let column = self.column(&filter.column)?;
            let cast = column.kind.cast();
            let values = || {
                filter
                    .values
                    .iter()
                    .map(|value| comparable(value, column.kind))
                    .collect::<Vec<_>>()
            };
            let first = filter.values.first().ok_or(StoreError::BadValue)?;
            let sql = sql.push(" AND ");
            match filter.op {
                FilterOp::Is => {
                    sql.push(folded(column))
                        .push(" = ANY (")
                        .push_bind(values())
                        .push("::text[]::")
                        .push(cast)
                        .push("[])");
                }
                FilterOp::IsNot => {
                    sql.push("(")
                        .push(folded(column))
                        .push(" = ANY (")
                        .push_bind(values())
                        .push("::text[]::")
                        .push(cast)
                        .push("[])) IS NOT TRUE");
                }
                FilterOp::Contains => {
                    sql.push(column.sql)
                        .push("::text ILIKE ")
                        .push_bind(contains_pattern(first));
                }
                FilterOp::AtLeast => {
                    sql.push(folded(column))
                        .push(" >= ")
                        .push_bind(comparable(first, column.kind))
                        .push("::")
                        .push(cast);
                }
                FilterOp::AtMost => {
                    sql.push(folded(column))
                        .push(" <= ")
                        .push_bind(comparable(first, column.kind))
                        .push("::")
                        .push(cast);
                }
            }
        }
        Ok(())
    }

    /// Reads one window of the list's own tables. `narrow` may add conditions of the use-case's own (beginning with ` AND `).
    pub async fn page<T>(
        &self,
        connection: &mut PgConnection,
        request: &ListRequest,
        narrow: impl Fn(&mut QueryBuilder<Postgres>),
    ) -> Result<Page<T>, StoreError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.page_over(connection, self.from, request, narrow).await
    }

    /// Reads one window over `from` in place of the list's own tables: SQL of ours, never a request's.
    pub async fn page_over<T>(
        &self,
        connection: &mut PgConnection,
        from: &str,
        request: &ListRequest,
        narrow: impl Fn(&mut QueryBuilder<Postgres>),
    ) -> Result<Page<T>, StoreError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let limit = request.limit.clamp(1, MAX_LIMIT);
        let (sort_name, descending) = match &request.sort {
            Some(sort) => (sort.column.as_str(), sort.descending),
            None => self.default_sort,
        };
        let sort = self.column(sort_name)?;
        let key = sort_key(sort);
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(self.select)
            .push(", (")
            .push(&key)
            .push(")::text AS list_sort_key, ")
            .push(self.id)
            .push("::bigint AS list_id, (SELECT count(*) FROM (SELECT 1 FROM ")
            .push(from);
        self.push_condition(&mut sql, request)?;
        narrow(&mut sql);
        sql.push(" LIMIT ")
            .push(COUNT_LIMIT + 1)
            .push(") AS counted) AS list_total, timezone('UTC', statement_timestamp()) AS list_as_of FROM ")
            .push(from);
        self.push_condition(&mut sql, request)?;
        narrow(&mut sql);
        if let Some(after) = &request.after {
            let (value, id) = read_cursor(after)?;
            sql.push(" AND (")
                .push(&key)
                .push(", ")
                .push(self.id)
                .push(if descending { ") < (" } else { ") > (" })
                .push_bind(value)
                .push("::")
                .push(sort.kind.cast())
                .push(", ")
                .push_bind(id)
                .push(")");
        }
        let direction = if descending { "DESC" } else { "ASC" };
        // One row more than asked for tells whether there is a next window.
        sql.push(format_args!(
            " ORDER BY {key} {direction}, {} {direction} LIMIT {}",
            self.id,
            limit + 1
        ));
        // Not kept as a prepared statement: there are as many texts as combinations of filters.
        let mut found: Vec<Keyed<T>> = sql
            .build_query_as()
            .persistent(false)
            .fetch_all(&mut *connection)
            .await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let total = found.first().map_or(0, |row| row.total);
        let as_of = match found.first() {
            Some(row) => row.as_of,
            // An empty list has a time too.
            None => {
                sqlx::query_scalar("SELECT timezone('UTC', statement_timestamp())")
                    .fetch_one(connection)
                    .await?
            }
        };
        Ok(Page {
            next: found
                .last()
                .filter(|_| more)
                .map(|row| write_cursor(&row.sort_key, row.id)),
            total: total.min(COUNT_LIMIT),
            total_is_exact: total <= COUNT_LIMIT,
            as_of: as_of.and_utc(),
            rows: found.into_iter().map(|keyed| keyed.row).collect(),
        })
    }
}

/// The expression that a column is sorted by. Written as an index has it where that matters.
fn sort_key(column: &Column) -> String {
    let expression = folded(column);
    if column.nullable {
        format!("coalesce({expression}, {})", column.kind.lowest())
    } else {
        expression
    }
}

fn folded(column: &Column) -> String {
    match column.kind {
        Kind::Text => format!("lower({})", column.sql),
        _ => column.sql.to_owned(),
    }
}

fn comparable(value: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => value.to_lowercase(),
        // An RFC 3339 instant in UTC is what a TIMESTAMP of ours means; the zone's letter would be ignored anyway.
        Kind::Time => value.trim_end_matches('Z').to_owned(),
        _ => value.to_owned(),
    }
}

/// The text as an ILIKE pattern in which nothing is a wildcard.
pub(crate) fn contains_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.trim().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn write_cursor(value: &str, id: i64) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!([value, id]).to_string())
}

fn read_cursor(cursor: &str) -> Result<(String, i64), StoreError> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::BadCursor)?;
    serde_json::from_slice(&bytes).map_err(|_| StoreError::BadCursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_hold_no_wildcards() {
        assert_eq!(contains_pattern(" 50%_a\\b "), "%50\\%\\_a\\\\b%");
    }

    #[test]
    fn cursors_come_back_and_foreign_ones_are_refused() {
        let cursor = write_cursor("a\"'; DROP", 7);
        assert_eq!(read_cursor(&cursor).unwrap(), ("a\"'; DROP".to_owned(), 7));
        assert!(matches!(read_cursor("!!"), Err(StoreError::BadCursor)));
        assert!(matches!(read_cursor("W10"), Err(StoreError::BadCursor)));
    }
}
