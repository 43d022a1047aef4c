//! Attacks as roles that exist only inside the transaction that tries them. For a superuser's connection.

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use super::{Checked, Finding, Who, attacks, execute};
use crate::{StoreError, roles::RolePrefix};

/// A name that nobody has: the transaction's own number is in it.
async fn name(transaction: &mut PgConnection) -> Result<String, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT format('cs_check_%s_%s', pg_current_xact_id(), pg_backend_pid())")
            .fetch_one(transaction)
            .await?,
    )
}

/// Tries everything as everybody, and puts the counts and what got through into `done`.
pub(super) async fn attack(
    transaction: &mut PgConnection,
    prefix: &RolePrefix,
    done: &mut Checked,
) -> Result<(), StoreError> {
    let login = name(&mut *transaction).await?;
    for who in Who::ALL {
        let mut inner = transaction.begin().await?;
        match attack_as(&mut inner, prefix, who, &login).await {
            Ok((tried, findings)) => {
                done.attacked.push((who.word().to_owned(), tried));
                done.findings.extend(findings);
            }
            Err(error) => done.findings.push(Finding::note(
                format!("attack as {}", who.word()),
                format!("The attacks could not be tried ({error})."),
                "Check again when nobody changes the schema.",
            )),
        }
        // Takes the role and the change of user back.
        inner.rollback().await?;
    }
    Ok(())
}

async fn attack_as(
    transaction: &mut PgConnection,
    prefix: &RolePrefix,
    who: Who,
    login: &str,
) -> Result<(usize, Vec<Finding>), StoreError> {
    let groups: &[&str] = match who {
        Who::Nobody => &["staff"],
        Who::Admin => &["staff", "admin"],
        Who::Support => &["staff", "support"],
        Who::Customer => &["staff", "support", "viewer"],
        Who::Finance => &["staff", "finance"],
        Who::Agent => &["agent"],
        Who::Service => &["service"],
        Who::Backup => &["backup"],
    };
    let groups: Vec<String> = groups.iter().map(|group| prefix.role(group)).collect();
    let become_customer = if who == Who::Customer {
        format!("SET LOCAL ROLE {};", prefix.role("customer"))
    } else {
        String::new()
    };
    execute(
        &mut *transaction,
        format!(
            "CREATE ROLE {login} NOLOGIN INHERIT IN ROLE {}; SET LOCAL SESSION AUTHORIZATION {login}; {become_customer}",
            groups.join(", ")
        ),
    )
    .await?;
    let done = attacks::run(&mut *transaction, prefix, who).await;
    // The superuser again, also where the outer transaction goes on with the next.
    raw_sql(AssertSqlSafe("RESET SESSION AUTHORIZATION".to_owned()))
        .execute(transaction)
        .await?;
    done
}
