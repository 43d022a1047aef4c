//! Organizations, users, servers, the ledger.

use app::views::{Billed, ListRequest, OrganizationRow, Page, ServerRow, TransactionRow, UserRow};
use app::{
    export::{self, Exportable},
    organizations, transactions, users,
};
use domain::{
    ids::{OrganizationId, UserId},
    money::{Currency, PositiveMoney},
    role::Action as Deed,
    transaction::{IdempotencyKey, NewDeposit, PaymentMethod, PaymentReference, Reason},
    user::{BillingAddress, EmailAddress, OrganizationName, optional_name},
};

use super::field;
use crate::{
    ApiError, Desk,
    contract::{
        Action, CreateOrganizationRequest, CreateUserRequest, Created, DepositAnswer, DepositRequest, Empty,
        ExportAnswer, ExportRequest, GetRequest, OrganizationDetail, RenameOrganizationRequest, SetRoleRequest,
    },
};

pub(crate) async fn export(desk: &Desk, list: Exportable, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    let done = export::csv(
        &desk.session().await?,
        list,
        &request.list,
        &request.columns,
        &desk.host().downloads_dir(),
    )
    .await?;
    Ok(ExportAnswer {
        path: done.path.display().to_string(),
        rows: done.rows,
    })
}

pub(crate) async fn organizations(desk: &Desk, request: ListRequest) -> Result<Page<OrganizationRow>, ApiError> {
    Ok(organizations::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn organization(desk: &Desk, request: GetRequest) -> Result<OrganizationDetail, ApiError> {
    let session = desk.session().await?;
    let detail = organizations::detail(&session, OrganizationId::new(request.id)).await?;
    let actions = [
        ("rename", Deed::EditOrganization),
        ("archive", Deed::ArchiveOrganization),
        ("deposit", Deed::PostDeposit),
        ("create_user", Deed::CreateUser),
        ("create_ticket", Deed::EditTicket),
        ("see_as_customer", Deed::SeeAsCustomer),
    ];
    Ok(OrganizationDetail {
        organization: detail.organization,
        owes: detail.owes,
        users: detail.users,
        servers: detail.servers,
        transactions: detail.transactions,
        invoices: detail.invoices,
        tickets: detail.tickets,
        actions: actions
            .into_iter()
            .map(|(name, deed)| Action::of(session.role(), name, deed))
            .collect(),
    })
}

/// What is given, over what was there: empty takes it away.
fn billed(before: Billed, name: Option<&str>, address: Option<&str>) -> Result<Billed, ApiError> {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut billed = before;
    if let Some(name) = name {
        billed.name = filled(name)
            .map(|name| field("billing_name", OrganizationName::parse(&name)))
            .transpose()?;
    }
    if let Some(address) = address {
        billed.address = filled(address)
            .map(|address| field("billing_address", BillingAddress::parse(&address)))
            .transpose()?;
    }
    Ok(billed)
}

pub(crate) async fn create_organization(desk: &Desk, request: CreateOrganizationRequest) -> Result<Created, ApiError> {
    let name = field("name", OrganizationName::parse(&request.name))?;
    let currency = field("currency", Currency::parse(&request.currency))?;
    let billed = billed(
        Billed::default(),
        request.billing_name.as_deref(),
        request.billing_address.as_deref(),
    )?;
    let id = organizations::create(&desk.session().await?, &name, currency, &billed).await?;
    Ok(Created { id: id.get() })
}

pub(crate) async fn rename_organization(desk: &Desk, request: RenameOrganizationRequest) -> Result<Empty, ApiError> {
    let name = field("name", OrganizationName::parse(&request.name))?;
    let session = desk.session().await?;
    let id = OrganizationId::new(request.id);
    let before = organizations::billed(&session, id).await?;
    let billed = billed(
        before,
        request.billing_name.as_deref(),
        request.billing_address.as_deref(),
    )?;
    organizations::edit(&session, id, &name, &billed, request.expected_updated_at).await?;
    Ok(Empty {})
}

pub(crate) async fn export_organizations(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Organizations, request).await
}

pub(crate) async fn users(desk: &Desk, request: ListRequest) -> Result<Page<UserRow>, ApiError> {
    Ok(users::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn create_user(desk: &Desk, request: CreateUserRequest) -> Result<Created, ApiError> {
    let new = users::NewUser {
        email: field("email", EmailAddress::parse(&request.email))?,
        first_name: field("first_name", optional_name(Some(&request.first_name)))?,
        last_name: field("last_name", optional_name(Some(&request.last_name)))?,
        role: request.role,
        organization: request.organization_id.map(OrganizationId::new),
        password: request.password,
        must_change_password: request.must_change_password,
    };
    let id = users::create(&desk.session().await?, new).await?;
    Ok(Created { id: id.get() })
}

pub(crate) async fn set_role(desk: &Desk, request: SetRoleRequest) -> Result<Empty, ApiError> {
    let organization = request.organization_id.map(OrganizationId::new);
    users::set_role(
        &desk.session().await?,
        UserId::new(request.id),
        request.role,
        organization,
    )
    .await?;
    Ok(Empty {})
}

pub(crate) async fn export_users(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Users, request).await
}

pub(crate) async fn servers(desk: &Desk, request: ListRequest) -> Result<Page<ServerRow>, ApiError> {
    Ok(app::servers::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn export_servers(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Servers, request).await
}

pub(crate) async fn transactions(desk: &Desk, request: ListRequest) -> Result<Page<TransactionRow>, ApiError> {
    Ok(transactions::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn deposit(desk: &Desk, request: DepositRequest) -> Result<DepositAnswer, ApiError> {
    let optional = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let amount = field("amount", PositiveMoney::parse(request.amount.trim()))?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let method = optional(Some(&request.payment_method))
        .map(|text| field("payment_method", PaymentMethod::parse(&text)))
        .transpose()?;
    let reference = optional(request.payment_id.as_deref())
        .map(|text| field("payment_id", PaymentReference::parse(&text)))
        .transpose()?;
    let reason = optional(Some(&request.reason))
        .map(|text| field("reason", Reason::parse(&text)))
        .transpose()?;
    let new = NewDeposit::new(OrganizationId::new(request.organization_id), amount, key)
        .paid_by(method, reference)
        .because(reason);
    let done = transactions::deposit(&desk.session().await?, &new).await?;
    Ok(DepositAnswer {
        transaction: done.transaction,
        balance: done.balance,
        repeated: done.repeated,
        collected: done.collected.amount(),
        still_due: done.collected.still_due(),
    })
}

pub(crate) async fn export_transactions(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Transactions, request).await
}
