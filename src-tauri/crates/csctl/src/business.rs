//! `csctl org` and `csctl deposit`: what a business needs to begin.

use app::{
    domain::{
        ids::OrganizationId,
        money::{Currency, PositiveMoney},
        transaction::{IdempotencyKey, NewDeposit, PaymentMethod, PaymentReference, Reason},
        user::OrganizationName,
    },
    organizations, transactions,
    views::{FilterOp, ListRequest, OrganizationRow, Page, Sort},
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{address::Input, cli::Place, failure::Failure, operator::Operator, report::Report};

/// How many rows a listing shows at most.
const SHOWN: u32 = 200;

/// `csctl org …`
#[derive(Subcommand)]
pub enum OrgCommand {
    /// Create an organization with its empty wallet
    Create(CreateOrgArgs),
    /// List organizations by name
    List(ListArgs),
}

/// `csctl org create`
#[derive(Args)]
pub struct CreateOrgArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Its name
    #[arg(long)]
    pub name: String,
    /// The wallet's currency
    #[arg(long, default_value = "USD")]
    pub currency: String,
}

/// What to list.
#[derive(Args)]
pub struct ListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Only what contains this
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
}

/// `csctl deposit`
#[derive(Args)]
pub struct DepositArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Whose wallet: an organization's number or name
    #[arg(long)]
    pub organization: String,
    /// How much, such as 250.00
    #[arg(long)]
    pub amount: String,
    /// Makes it repeatable: the same deposit under the same key is posted once
    #[arg(long)]
    pub key: String,
    /// How it was paid
    #[arg(long)]
    pub method: Option<String>,
    /// The payment's number elsewhere
    #[arg(long)]
    pub reference: Option<String>,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
}

/// A wrong argument.
pub fn wrong(argument: &str, why: impl std::fmt::Display) -> Failure {
    Failure::bad("invalid", format!("--{argument}: {why} Nothing was changed."))
}

/// An argument that may be left out.
pub fn given<T, E: std::fmt::Display>(
    argument: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Failure> {
    text.map(|text| parse(text).map_err(|why| wrong(argument, why)))
        .transpose()
}

/// The organization of a number or an exact name.
pub async fn organization(operator: &Operator, text: &str) -> Result<OrganizationRow, Failure> {
    let request = match text.trim().parse::<i32>() {
        Ok(id) => ListRequest::first(2).with("id", FilterOp::Is, &id),
        Err(_) => ListRequest::first(2).with("name", FilterOp::Is, &text.trim()),
    };
    let page = organizations::list(&operator.session, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    let mut rows = page.rows.into_iter();
    match (rows.next(), rows.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::new(
            "not_found",
            format!("No organization has the number or name {text:?}; nothing was changed."),
        )),
        (Some(_), Some(_)) => Err(Failure::new(
            "ambiguous",
            format!("Several organizations have the name {text:?}; nothing was changed. Give the number."),
        )),
    }
}

/// Runs `csctl org …`.
pub async fn org(command: &OrgCommand) -> Result<Report, Failure> {
    match command {
        OrgCommand::Create(arguments) => {
            let name = OrganizationName::parse(&arguments.name).map_err(|why| wrong("name", why))?;
            let currency = Currency::parse(&arguments.currency).map_err(|why| wrong("currency", why))?;
            let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
            let id = organizations::create(&operator.session, &name, currency)
                .await
                .map_err(|error| operator.failed(error))?;
            Ok(Report {
                lines: vec![format!("Created the organization {name} with the number {id}.")],
                json: json!({ "id": id, "name": name.as_str(), "currency": currency.as_str() }),
            })
        }
        OrgCommand::List(arguments) => {
            let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
            let request = ListRequest {
                search: arguments.search.clone(),
                sort: Some(Sort {
                    column: "name".to_owned(),
                    descending: false,
                }),
                ..ListRequest::first(SHOWN)
            };
            let page = organizations::list(&operator.session, &request)
                .await
                .map_err(|error| operator.failed(error))?;
            Ok(listed(&page))
        }
    }
}

fn listed(page: &Page<OrganizationRow>) -> Report {
    let mut lines: Vec<String> = page
        .rows
        .iter()
        .map(|row| {
            format!(
                "{:>6}  {:<40}  {:>14} {}",
                row.id,
                row.name,
                row.balance
                    .map_or_else(|| "no wallet".to_owned(), |balance| balance.to_string()),
                row.currency.as_deref().unwrap_or_default()
            )
        })
        .collect();
    lines.push(format!("{} of {}", page.rows.len(), page.total));
    Report {
        lines,
        json: json!({ "rows": page.rows, "total": page.total }),
    }
}

/// Runs `csctl deposit`.
pub async fn deposit(arguments: &DepositArgs) -> Result<Report, Failure> {
    let amount = PositiveMoney::parse(&arguments.amount).map_err(|why| wrong("amount", why))?;
    let key = IdempotencyKey::parse(&arguments.key).map_err(|why| wrong("key", why))?;
    let method = given("method", arguments.method.as_deref(), PaymentMethod::parse)?;
    let reference = given("reference", arguments.reference.as_deref(), PaymentReference::parse)?;
    let reason = given("reason", arguments.reason.as_deref(), Reason::parse)?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let organization = organization(&operator, &arguments.organization).await?;
    let new = NewDeposit::new(OrganizationId::new(organization.id), amount, key)
        .paid_by(method, reference)
        .because(reason);
    let done = transactions::deposit(&operator.session, &new)
        .await
        .map_err(|error| operator.failed(error))?;
    let line = if done.repeated {
        format!(
            "This deposit was posted before as transaction {}; nothing was added.",
            done.transaction.id
        )
    } else {
        format!(
            "Posted {} to {} as transaction {}; the wallet holds {}.",
            amount.money(),
            organization.name,
            done.transaction.id,
            done.balance
        )
    };
    Ok(Report {
        lines: vec![line],
        json: json!({ "transaction": done.transaction, "balance": done.balance, "repeated": done.repeated }),
    })
}
