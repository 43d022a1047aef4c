//! The log's hash chain: sealing what was committed, and recomputing it.
//!
//! Recomputing asks no function of the workspace's. Either the server's own `sha256` hashes the rows (little crosses the
//! line), or this program does, from the rows as they are.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::StoreError;

/// What stands for the hash of position 0 is the hash of this.
const BEGINNING: &[u8] = b"ContainerStacks log chain 1";

/// A place in the chain and the hash that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Counted from 1; 0 is before the first row.
    pub position: i64,
    /// `log_chain.chain_hash`.
    pub hash: Vec<u8>,
}

impl Head {
    /// Before the first row.
    pub fn beginning() -> Self {
        Self {
            position: 0,
            hash: Sha256::digest(BEGINNING).to_vec(),
        }
    }

    /// The place after this one, for a row of that hash.
    #[must_use]
    pub fn followed_by(&self, row_hash: &[u8]) -> Self {
        let position = self.position + 1;
        let hash = Sha256::new()
            .chain_update(&self.hash)
            .chain_update(position.to_be_bytes())
            .chain_update(row_hash)
            .finalize();
        Self {
            position,
            hash: hash.to_vec(),
        }
    }
}

/// A link as it is stored, and what its row of the log hashes to now.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its place and hash.
    pub head: Head,
    /// The hash of the row when it was chained.
    pub row_hash: Vec<u8>,
    /// Which row of the log, for whoever may know.
    pub activity: Option<i32>,
    /// The hash of the row now; `None` when the row has gone, or when the reader may not see it.
    pub now: Option<Vec<u8>>,
}

/// Chains what was committed, at most so many rows; says how many. Of two at once one has nothing to do.
pub async fn seal(connection: &mut PgConnection, most: i32) -> Result<i32, StoreError> {
    let sealed = sqlx::query_scalar!("SELECT cs_ledger.seal_log($1)", most)
        .fetch_one(connection)
        .await?;
    Ok(sealed.unwrap_or(0))
}

/// What the connection's login may do with the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nothing: nobody has signed in.
    None,
    /// See that the chain goes on from a head.
    Links,
    /// Recompute it from the rows.
    Rows,
}

/// Asks the catalogue by its numbers: a name in a schema that the login may not use would be an error in the server's log,
/// every few seconds at each desk at which nobody sits.
pub async fn reach(connection: &mut PgConnection) -> Result<Reach, StoreError> {
    let (links, rows): (bool, bool) = sqlx::query_as(
        "SELECT coalesce(bool_and(has_schema_privilege(n.oid, 'usage') AND has_schema_privilege('cs_ledger', 'usage')
             AND has_column_privilege(c.oid, 'chain_hash', 'select')), false),
           coalesce(bool_and(has_column_privilege(c.oid, 'activity_id', 'select') AND has_column_privilege(a.oid, 'details', 'select')), false)
         FROM pg_catalog.pg_namespace n
         JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = 'log_chain'
         JOIN pg_catalog.pg_class a ON a.relnamespace = n.oid AND a.relname = 'activity_logs'
         WHERE n.nspname = 'public'",
    )
    .fetch_one(connection)
    .await?;
    Ok(match (links, rows) {
        (true, true) => Reach::Rows,
        (true, false) => Reach::Links,
        _ => Reach::None,
    })
}

/// The end of the chain.
pub async fn head(connection: &mut PgConnection) -> Result<Head, StoreError> {
    let row = sqlx::query!("SELECT position, chain_hash FROM log_chain ORDER BY position DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    Ok(row.map_or_else(Head::beginning, |row| Head {
        position: row.position,
        hash: row.chain_hash,
    }))
}

/// What stands at a place; `None` when the chain doesn't reach so far.
pub async fn at(connection: &mut PgConnection, position: i64) -> Result<Option<Head>, StoreError> {
    if position == 0 {
        return Ok(Some(Head::beginning()));
    }
    let row = sqlx::query!(
        "SELECT position, chain_hash FROM log_chain WHERE position = $1",
        position
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Head {
        position: row.position,
        hash: row.chain_hash,
    }))
}

/// The links after a place, in order, without their rows.
pub async fn links(connection: &mut PgConnection, after: i64, limit: i64) -> Result<Vec<Link>, StoreError> {
    let rows = sqlx::query!(
        "SELECT position, row_hash, chain_hash FROM log_chain WHERE position > $1 ORDER BY position LIMIT $2",
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Link {
            head: Head {
                position: row.position,
                hash: row.chain_hash,
            },
            row_hash: row.row_hash,
            activity: None,
            now: None,
        })
        .collect())
}

/// The links after a place, in order, each with its row as the server hashes it now.
pub async fn hashed(connection: &mut PgConnection, after: i64, limit: i64) -> Result<Vec<Link>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.position, c.activity_id, c.row_hash, c.chain_hash, CASE WHEN a.id IS NOT NULL THEN sha256(convert_to(concat_ws(',',
             octet_length(a.id::text) || ':' || a.id,
             coalesce(octet_length(a.user_id::text) || ':' || a.user_id, '-'),
             coalesce(octet_length(a.organization_id::text) || ':' || a.organization_id, '-'),
             octet_length(convert_to(a.action, 'UTF8')) || ':' || a.action,
             coalesce(octet_length(convert_to(a.resource_type, 'UTF8')) || ':' || a.resource_type, '-'),
             coalesce(octet_length(convert_to(a.resource_id, 'UTF8')) || ':' || a.resource_id, '-'),
             coalesce(octet_length(convert_to(a.details::text, 'UTF8')) || ':' || a.details::text, '-'),
             coalesce(octet_length(a.ip_address::text) || ':' || a.ip_address::text, '-'),
             coalesce(octet_length(convert_to(a.user_agent, 'UTF8')) || ':' || a.user_agent, '-'),
             coalesce(octet_length(to_char(a.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || ':' || to_char(a.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '-')
           ), 'UTF8')) END AS now
           FROM log_chain c LEFT JOIN activity_logs a ON a.id = c.activity_id
           WHERE c.position > $1 ORDER BY c.position LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Link {
            head: Head {
                position: row.position,
                hash: row.chain_hash,
            },
            row_hash: row.row_hash,
            activity: Some(row.activity_id),
            now: row.now,
        })
        .collect())
}

/// The same, hashed here from the rows as they are: nothing that computes is the server's.
pub async fn fetched(connection: &mut PgConnection, after: i64, limit: i64) -> Result<Vec<Link>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.position, c.activity_id, c.row_hash, c.chain_hash, a.id::text, a.user_id::text, a.organization_id::text,
             a.action AS "action?", a.resource_type, a.resource_id, a.details::text, a.ip_address::text, a.user_agent,
             to_char(a.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
           FROM log_chain c LEFT JOIN activity_logs a ON a.id = c.activity_id
           WHERE c.position > $1 ORDER BY c.position LIMIT $2"#,
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let there = row.id.is_some();
            let fields = [
                row.id,
                row.user_id,
                row.organization_id,
                row.action,
                row.resource_type,
                row.resource_id,
                row.details,
                row.ip_address,
                row.user_agent,
                row.created_at,
            ];
            Link {
                head: Head {
                    position: row.position,
                    hash: row.chain_hash,
                },
                row_hash: row.row_hash,
                activity: Some(row.activity_id),
                now: there.then(|| row_hash(&fields)),
            }
        })
        .collect())
}

/// The hash of a row's fields: each as its length in bytes, a colon and its text, or a hyphen; with commas between them.
fn row_hash(fields: &[Option<String>]) -> Vec<u8> {
    let encoded: Vec<String> = fields
        .iter()
        .map(|field| match field {
            Some(text) => format!("{}:{text}", text.len()),
            None => "-".to_owned(),
        })
        .collect();
    Sha256::digest(encoded.join(",").as_bytes()).to_vec()
}

/// Whether this login may see how far the sequencer is.
pub async fn may_see_sequencer(connection: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT has_table_privilege('cs_ledger.log_seal', 'select')")
            .fetch_one(connection)
            .await?,
    )
}

/// Rows of the log that the sequencer has passed by and that are not in the chain: it can't have missed them, so they were
/// put there in another way. The first hundred. For whoever may read the sequencer's state.
pub async fn passed_by(connection: &mut PgConnection) -> Result<Vec<i32>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT a.id FROM activity_logs a CROSS JOIN cs_ledger.log_seal s
         WHERE s.sealed IS NOT NULL AND (a.written_by IS NULL OR pg_visible_in_snapshot(a.written_by, s.sealed))
           AND NOT EXISTS (SELECT FROM log_chain c WHERE c.activity_id = a.id) ORDER BY a.id LIMIT 100"
    )
    .fetch_all(connection)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_can_not_run_into_the_next() {
        let hash = |fields: &[Option<&str>]| {
            row_hash(&fields.iter().map(|field| field.map(str::to_owned)).collect::<Vec<_>>())
        };
        assert_ne!(hash(&[Some("ab"), Some("c")]), hash(&[Some("a"), Some("bc")]));
        assert_ne!(hash(&[None]), hash(&[Some("-")]));
        assert_ne!(hash(&[Some("")]), hash(&[None]));
        assert_ne!(hash(&[Some("1,1:2")]), hash(&[Some("1"), Some("2")]));
    }

    #[test]
    fn a_place_is_part_of_its_hash() {
        let beginning = Head::beginning();
        let one = beginning.followed_by(b"row");
        assert_eq!(one.position, 1);
        let moved = Head {
            position: 7,
            ..beginning
        };
        assert_ne!(moved.followed_by(b"row").hash, one.hash);
    }
}
