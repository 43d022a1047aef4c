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
    organizations::{self, OrganizationRow},
    servers::{self, ServerRow},
    tickets::{self, TicketRow},
    transactions::{self, TransactionRow},
    users::{self, UserRow},
};

use crate::{AppError, session::Session};

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<OrganizationRow>, AppError> {
    Ok(organizations::list(&mut *session.read().await?, request).await?)
}

/// An organization with its wallet, empty and in the currency given.
pub async fn create(
    session: &Session,
    name: &OrganizationName,
    currency: Currency,
) -> Result<OrganizationId, AppError> {
    session.may(Action::CreateOrganization)?;
    let mut transaction = session.write().await?;
    let id = organizations::create(&mut transaction, name, currency).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Another name, unless somebody has changed the organization since the person saw it.
pub async fn rename(
    session: &Session,
    id: OrganizationId,
    name: &OrganizationName,
    seen: DateTime<Utc>,
) -> Result<(), AppError> {
    session.may(Action::EditOrganization)?;
    let mut transaction = session.write().await?;
    organizations::rename(&mut transaction, id, name, seen).await?;
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
