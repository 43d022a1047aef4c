//! Organizations: create, rename, look at one with everything around it.

use chrono::{DateTime, Utc};
use domain::{
    ids::OrganizationId,
    money::{Currency, Money},
    role::Action,
    user::OrganizationName,
};
use store::{
    invoices::{self, InvoiceRow},
    list::{FilterOp, ListRequest, Page, Sort},
    organizations::{self, Billed, OrganizationRow},
    servers::{self, ServerRow},
    tickets::{self, TicketRow},
    transactions::{self, TransactionRow},
    users::{self, UserRow},
};

use crate::{AppError, session::Session};

/// Who an organization is on its invoices. What another program has written and can't be read counts as not there.
pub async fn billed(session: &Session, id: OrganizationId) -> Result<Billed, AppError> {
    let row = organizations::get(&mut *session.read().await?, id).await?;
    Ok(row.billed())
}

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<OrganizationRow>, AppError> {
    Ok(organizations::list(&mut *session.read().await?, request).await?)
}

/// An organization with its wallet, empty and in the currency given.
pub async fn create(
    session: &Session,
    name: &OrganizationName,
    currency: Currency,
    billed: &Billed,
) -> Result<OrganizationId, AppError> {
    session.may(Action::CreateOrganization)?;
    let mut transaction = session.write().await?;
    let id = organizations::create(&mut transaction, name, currency, billed).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Another name, or another name and address on its invoices, unless somebody has changed the organization since the
/// person saw it. Invoices that were issued keep what they say.
pub async fn edit(
    session: &Session,
    id: OrganizationId,
    name: &OrganizationName,
    billed: &Billed,
    seen: DateTime<Utc>,
) -> Result<(), AppError> {
    session.may(Action::EditOrganization)?;
    let mut transaction = session.write().await?;
    organizations::edit(&mut transaction, id, name, billed, seen).await?;
    transaction.commit().await?;
    Ok(())
}

/// What archiving an organization means for it now, a sentence each.
pub async fn archive_consequences(session: &Session, id: OrganizationId) -> Result<Vec<String>, AppError> {
    let mut connection = session.read().await?;
    let organization = organizations::get(&mut connection, id).await?;
    let owes = organizations::owes(&mut connection, id).await?;
    let mut told = vec![
        "It leaves the lists, and no server or container can be assigned to it any more.".to_owned(),
        "Its books, tickets and log stay. It can be restored at any time.".to_owned(),
    ];
    let resources = organization.servers + organization.containers;
    if resources > 0 {
        told.push(format!(
            "{} going on: billing continues until each is deleted.",
            counted(resources, "server or container keeps", "servers and containers keep")
        ));
    }
    let currency = organization.currency.as_deref().unwrap_or_default();
    if let Some(balance) = organization.balance.filter(|balance| !balance.is_zero()) {
        told.push(format!("Its wallet keeps {balance} {currency}; nothing is paid out."));
    }
    if !owes.is_zero() {
        told.push(format!("It owes {owes} {currency}, which stay due."));
    }
    if organization.open_tickets > 0 {
        told.push(format!(
            "Still open: {}.",
            counted(organization.open_tickets, "ticket", "tickets")
        ));
    }
    if organization.users > 0 {
        told.push(format!(
            "{} can still sign in to the customers' panel; disable them if they should not.",
            counted(organization.users, "person", "people")
        ));
    }
    Ok(told)
}

fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Puts an organization away: out of the lists, closed for new resources. What it has goes on.
pub async fn archive(session: &Session, id: OrganizationId, seen: DateTime<Utc>) -> Result<(), AppError> {
    set_archived(session, id, true, seen).await
}

/// Takes it back.
pub async fn restore(session: &Session, id: OrganizationId, seen: DateTime<Utc>) -> Result<(), AppError> {
    set_archived(session, id, false, seen).await
}

async fn set_archived(
    session: &Session,
    id: OrganizationId,
    archived: bool,
    seen: DateTime<Utc>,
) -> Result<(), AppError> {
    session.may(Action::ArchiveOrganization)?;
    let mut transaction = session.write().await?;
    organizations::set_archived(&mut transaction, id, archived, seen).await?;
    transaction.commit().await?;
    Ok(())
}

/// How many rows of each kind the page of an organization shows.
const SHOWN: u32 = 50;

/// An organization and what is around it.
#[derive(Debug)]
pub struct Detail {
    /// Itself.
    pub organization: OrganizationRow,
    /// Usage that its wallet did not cover.
    pub owes: Money,
    /// Its people.
    pub users: Vec<UserRow>,
    /// Its servers.
    pub servers: Vec<ServerRow>,
    /// Its newest movements of money.
    pub transactions: Vec<TransactionRow>,
    /// Its newest invoices.
    pub invoices: Vec<InvoiceRow>,
    /// Its newest tickets.
    pub tickets: Vec<TicketRow>,
}

/// Reads an organization's page.
pub async fn detail(session: &Session, id: OrganizationId) -> Result<Detail, AppError> {
    let mut connection = session.read().await?;
    let of_it = |sort: Option<Sort>| ListRequest {
        sort,
        ..ListRequest::first(SHOWN).with("organization_id", FilterOp::Is, &id)
    };
    Ok(Detail {
        organization: organizations::get(&mut connection, id).await?,
        owes: organizations::owes(&mut connection, id).await?,
        users: users::list(&mut connection, &of_it(None)).await?.rows,
        servers: servers::list(&mut connection, &of_it(None)).await?.rows,
        transactions: transactions::list(&mut connection, &of_it(None)).await?.rows,
        invoices: invoices::list(&mut connection, &of_it(None)).await?.rows,
        tickets: tickets::of_organization(&mut connection, id, SHOWN).await?.rows,
    })
}
