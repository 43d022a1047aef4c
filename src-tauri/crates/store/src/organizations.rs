//! Organizations and their wallets.

use chrono::{DateTime, Utc};
use domain::{
    ids::OrganizationId,
    money::{Currency, Money},
    user::{BillingAddress, OrganizationName},
};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// An organization as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrganizationRow {
    /// `organizations.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The name on its invoices, where it is another.
    pub billing_name: Option<String>,
    /// The address on its invoices.
    pub billing_address: Option<String>,
    /// What its wallet holds; `null` when it has none.
    #[ts(type = "Money | null")]
    pub balance: Option<Money>,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// Servers that are not deleted.
    #[ts(type = "number")]
    pub servers: i64,
    /// Containers that are not deleted.
    #[ts(type = "number")]
    pub containers: i64,
    /// People.
    #[ts(type = "number")]
    pub users: i64,
    /// Tickets that are open or in progress.
    #[ts(type = "number")]
    pub open_tickets: i64,
    /// When it was created.
    #[ts(type = "Instant")]
    pub created_at: DateTime<Utc>,
    /// Whether it is put away.
    pub archived: bool,
    /// Since when it is archived; `null` while it is a customer.
    #[ts(type = "Instant | null")]
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was last changed; sent back with a change, so that nobody's work is overwritten unseen.
    #[ts(type = "Instant")]
    pub updated_at: DateTime<Utc>,
}

impl OrganizationRow {
    /// Who it is on its invoices. What another program has written and can't be read counts as not there.
    pub fn billed(&self) -> Billed {
        let name = self.billing_name.as_deref();
        let address = self.billing_address.as_deref();
        Billed {
            name: name.and_then(|name| OrganizationName::parse(name).ok()),
            address: address.and_then(|address| BillingAddress::parse(address).ok()),
        }
    }
}

impl FromRow<'_, PgRow> for OrganizationRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        let archived_at = row::instant(r, "archived_at")?;
        Ok(Self {
            id: r.try_get("id")?,
            name: r.try_get("name")?,
            billing_name: r.try_get("billing_name")?,
            billing_address: r.try_get("billing_address")?,
            balance: row::money(r, "balance")?,
            currency: r.try_get("currency")?,
            servers: r.try_get("servers")?,
            containers: r.try_get("containers")?,
            users: r.try_get("users")?,
            open_tickets: r.try_get("open_tickets")?,
            created_at: row::instant_or_epoch(r, "created_at")?,
            archived: archived_at.is_some(),
            archived_at,
            updated_at: row::instant_or_epoch(r, "updated_at")?,
        })
    }
}

const SERVERS: &str = "(SELECT count(*) FROM vps_instances v WHERE v.organization_id = o.id AND v.deleted_at IS NULL)";
const CONTAINERS: &str = "(SELECT count(*) FROM containers c WHERE c.organization_id = o.id AND c.deleted_at IS NULL)";
const USERS: &str = "(SELECT count(*) FROM users u WHERE u.organization_id = o.id)";
const TICKETS: &str =
    "(SELECT count(*) FROM tickets t WHERE t.organization_id = o.id AND t.status IN ('open', 'in_progress'))";

const ARCHIVED: &str = "(o.archived_at IS NOT NULL)";

const LIST: List = List {
    select: "o.id, o.name, o.billing_name, o.billing_address, w.balance, w.currency, o.created_at, o.archived_at, o.updated_at,
        (SELECT count(*) FROM vps_instances v WHERE v.organization_id = o.id AND v.deleted_at IS NULL) AS servers,
        (SELECT count(*) FROM containers c WHERE c.organization_id = o.id AND c.deleted_at IS NULL) AS containers,
        (SELECT count(*) FROM users u WHERE u.organization_id = o.id) AS users,
        (SELECT count(*) FROM tickets t WHERE t.organization_id = o.id AND t.status IN ('open', 'in_progress')) AS open_tickets",
    from: "organizations o LEFT JOIN wallets w ON w.organization_id = o.id",
    condition: "true",
    id: "o.id",
    columns: &[
        column("id", "o.id", Kind::Integer),
        column("name", "o.name", Kind::Text),
        nullable("balance", "w.balance", Kind::Decimal),
        nullable("currency", "w.currency", Kind::Word),
        column("servers", SERVERS, Kind::Integer),
        column("containers", CONTAINERS, Kind::Integer),
        column("users", USERS, Kind::Integer),
        column("open_tickets", TICKETS, Kind::Integer),
        column("archived", ARCHIVED, Kind::Flag),
        nullable("created_at", "o.created_at", Kind::Time),
    ],
    search: &["o.name", "o.id::text"],
    default_sort: ("name", false),
};

/// A window of the organizations. Archived ones are among them only when the request asks about that.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<OrganizationRow>, StoreError> {
    let asked = request.filters.iter().any(|filter| filter.column == "archived");
    LIST.page(connection, request, |sql| {
        if !asked {
            sql.push(" AND o.archived_at IS NULL");
        }
    })
    .await
}

/// One organization, also an archived one.
pub async fn get(connection: &mut PgConnection, id: OrganizationId) -> Result<OrganizationRow, StoreError> {
    let mut sql = sqlx::QueryBuilder::new("SELECT ");
    sql.push(LIST.select)
        .push(" FROM ")
        .push(LIST.from)
        .push(" WHERE o.id = ")
        .push_bind(id.get());
    sql.build_query_as()
        .fetch_optional(connection)
        .await?
        .ok_or(StoreError::NotFound)
}

/// What an organization owes: usage that its wallet did not cover.
pub async fn owes(connection: &mut PgConnection, id: OrganizationId) -> Result<Money, StoreError> {
    let arrears = sqlx::query_scalar!(
        r#"SELECT ceil(coalesce((SELECT arrears FROM organization_meters WHERE organization_id = $1), 0) * 100) / 100 AS "owes!""#,
        id.get()
    )
    .fetch_one(connection)
    .await?;
    Money::from_decimal(arrears).map_err(|_| StoreError::OutOfRange)
}

/// Who an organization is on its invoices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Billed {
    /// The name, where it is another than the organization's.
    pub name: Option<OrganizationName>,
    /// The address.
    pub address: Option<BillingAddress>,
}

/// Makes an organization with its wallet, which is empty.
pub async fn create(
    connection: &mut PgConnection,
    name: &OrganizationName,
    currency: Currency,
    billed: &Billed,
) -> Result<OrganizationId, StoreError> {
    // The id is NULL: the database numbers the row.
    let id = sqlx::query_scalar!(
        "INSERT INTO organizations (id, name, billing_name, billing_address) VALUES (NULL, $1, $2, $3) RETURNING id",
        name.as_str(),
        billed.name.as_ref().map(OrganizationName::as_str),
        billed.address.as_ref().map(BillingAddress::as_str),
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO wallets (id, organization_id, currency) VALUES (NULL, $1, $2)",
        id,
        currency.as_str()
    )
    .execute(connection)
    .await?;
    Ok(OrganizationId::new(id))
}

/// Gives an organization another name, and says who it is on its invoices, if nobody has changed it since `seen`.
pub async fn edit(
    connection: &mut PgConnection,
    id: OrganizationId,
    name: &OrganizationName,
    billed: &Billed,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let changed = sqlx::query!(
        "UPDATE organizations SET name = $2, billing_name = $4, billing_address = $5
         WHERE id = $1 AND date_trunc('milliseconds', updated_at) = date_trunc('milliseconds', $3::timestamp)",
        id.get(),
        name.as_str(),
        seen.naive_utc(),
        billed.name.as_ref().map(OrganizationName::as_str),
        billed.address.as_ref().map(BillingAddress::as_str),
    )
    .execute(connection)
    .await?;
    if changed.rows_affected() == 0 {
        Err(StoreError::Stale)
    } else {
        Ok(())
    }
}

/// Archives an organization or takes it back, if nobody has changed it since `seen`. Whether it is archived already
/// makes no difference.
pub async fn set_archived(
    connection: &mut PgConnection,
    id: OrganizationId,
    archived: bool,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let changed = sqlx::query!(
        "UPDATE organizations SET archived_at = CASE WHEN $2 THEN coalesce(archived_at, timezone('UTC', now())) END
         WHERE id = $1 AND date_trunc('milliseconds', updated_at) = date_trunc('milliseconds', $3::timestamp)",
        id.get(),
        archived,
        seen.naive_utc()
    )
    .execute(connection)
    .await?;
    if changed.rows_affected() == 0 {
        Err(StoreError::Stale)
    } else {
        Ok(())
    }
}
