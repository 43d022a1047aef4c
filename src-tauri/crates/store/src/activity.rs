//! The log. Whoever reads it gets what the role's policy shows.

use chrono::{DateTime, Utc};
use domain::{activity::Details, ids::ActivityId};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// An entry as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ActivityRow {
    /// `activity_logs.id`.
    pub id: i32,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// Who: a name or an address; nobody means a program.
    pub who: Option<String>,
    /// The person.
    pub user_id: Option<i32>,
    /// In which role.
    pub role: Option<String>,
    /// Over which login of the database.
    pub login: Option<String>,
    /// What was done, as `thing.deed`; an open set.
    pub action: String,
    /// To what kind of thing.
    pub resource_type: Option<String>,
    /// To which.
    pub resource_id: Option<String>,
    /// Whose thing.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// From where.
    pub ip_address: Option<String>,
    /// A line about what changed.
    pub summary: String,
}

/// A value that changed.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ActivityChange {
    /// Of what.
    pub field: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

/// Something else that an entry says.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ActivityFact {
    /// What about.
    pub name: String,
    /// What.
    pub value: String,
}

/// An entry with all that it says.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ActivityEntry {
    /// As in the list.
    pub row: ActivityRow,
    /// The program that was used.
    pub user_agent: Option<String>,
    /// The role of the database that was acted in.
    pub acting_as: Option<String>,
    /// What changed.
    pub changes: Vec<ActivityChange>,
    /// What else it says.
    pub facts: Vec<ActivityFact>,
}

impl FromRow<'_, PgRow> for ActivityEntry {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        let details = Details::read(&r.try_get::<Option<Value>, _>("details")?.unwrap_or(Value::Null));
        Ok(Self {
            row: ActivityRow {
                id: r.try_get("id")?,
                created_at: row::instant(r, "created_at")?,
                who: r.try_get("who")?,
                user_id: r.try_get("user_id")?,
                action: r.try_get("action")?,
                resource_type: r.try_get("resource_type")?,
                resource_id: r.try_get("resource_id")?,
                organization_id: r.try_get("organization_id")?,
                organization: r.try_get("organization")?,
                ip_address: r.try_get("ip_address")?,
                summary: details.summary(),
                role: details.role,
                login: details.login,
            },
            user_agent: r.try_get("user_agent")?,
            acting_as: details.acting_as,
            changes: details
                .changes
                .into_iter()
                .map(|change| ActivityChange {
                    field: change.field,
                    before: change.before,
                    after: change.after,
                })
                .collect(),
            facts: details
                .facts
                .into_iter()
                .map(|fact| ActivityFact {
                    name: fact.name,
                    value: fact.value,
                })
                .collect(),
        })
    }
}

impl FromRow<'_, PgRow> for ActivityRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(ActivityEntry::from_row(r)?.row)
    }
}

const LIST: List = List {
    select: "a.id, a.created_at, a.user_id, coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS who,
        a.action, a.resource_type, a.resource_id, a.organization_id, o.name AS organization, host(a.ip_address) AS ip_address, a.user_agent, a.details",
    from: "activity_logs a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN organizations o ON o.id = a.organization_id",
    condition: "true",
    id: "a.id",
    columns: &[
        column("id", "a.id", Kind::Integer),
        nullable("created_at", "a.created_at", Kind::Time),
        nullable("who", "concat_ws(' ', u.first_name, u.last_name, u.email)", Kind::Text),
        nullable("user_id", "a.user_id", Kind::Integer),
        column("action", "a.action", Kind::Word),
        nullable("resource_type", "a.resource_type", Kind::Word),
        nullable("resource_id", "a.resource_id", Kind::Word),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "a.organization_id", Kind::Integer),
        nullable("ip_address", "host(a.ip_address)", Kind::Text),
    ],
    search: &["a.action", "a.resource_id", "u.email", "o.name"],
    default_sort: ("created_at", true),
};

/// A window of the log.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<ActivityRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// One entry with all that it says.
pub async fn get(connection: &mut PgConnection, id: ActivityId) -> Result<ActivityEntry, StoreError> {
    let mut sql = sqlx::QueryBuilder::new("SELECT ");
    sql.push(LIST.select)
        .push(" FROM ")
        .push(LIST.from)
        .push(" WHERE a.id = ")
        .push_bind(id.get());
    sql.build_query_as()
        .fetch_optional(connection)
        .await?
        .ok_or(StoreError::NotFound)
}
