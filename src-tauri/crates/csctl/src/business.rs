//! `csctl org`: what a business needs to begin.

use app::{
    domain::{
        ids::OrganizationId,
        money::Currency,
        user::{BillingAddress, OrganizationName},
    },
    organizations,
    views::{Billed, FilterOp, ListRequest, OrganizationRow, Page, Sort},
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
    /// Change an organization's name, or who it is on its invoices
    #[command(
        after_help = "What isn't given stays. Invoices that were issued keep what they say. It needs an administrator's login."
    )]
    Set(SetOrgArgs),
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
    /// Who it is on its invoices.
    #[command(flatten)]
    pub billed: BilledArgs,
}

/// `csctl org set`
#[derive(Args)]
pub struct SetOrgArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Which: an organization's number or name
    pub organization: String,
    /// Its new name
    #[arg(long)]
    pub name: Option<String>,
    /// Who it is on its invoices.
    #[command(flatten)]
    pub billed: BilledArgs,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Who an organization is on its invoices.
#[derive(Args)]
pub struct BilledArgs {
    /// The name on its invoices, where it is another; empty takes it away
    #[arg(long)]
    pub billing_name: Option<String>,
    /// The address on its invoices, a line each (\n between them); empty takes it away
    #[arg(long)]
    pub billing_address: Option<String>,
}

impl BilledArgs {
    /// What is given, over what was there.
    fn over(&self, before: Billed) -> Result<Billed, Failure> {
        let mut billed = before;
        if let Some(name) = &self.billing_name {
            let name = Some(name.as_str()).filter(|name| !name.trim().is_empty());
            billed.name = given("billing-name", name, OrganizationName::parse)?;
        }
        if let Some(address) = &self.billing_address {
            let address = address.replace("\\n", "\n");
            let address = Some(address.as_str()).filter(|address| !address.trim().is_empty());
            billed.address = given("billing-address", address, BillingAddress::parse)?;
        }
        Ok(billed)
    }
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
            let billed = arguments.billed.over(Billed::default())?;
            let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
            let id = organizations::create(&operator.session, &name, currency, &billed)
                .await
                .map_err(|error| operator.failed(error))?;
            Ok(Report {
                lines: vec![format!("Created the organization {name} with the number {id}.")],
                json: json!({ "id": id, "name": name.as_str(), "currency": currency.as_str() }),
            })
        }
        OrgCommand::Set(arguments) => set(arguments).await,
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

async fn set(arguments: &SetOrgArgs) -> Result<Report, Failure> {
    let name = given("name", arguments.name.as_deref(), OrganizationName::parse)?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let row = organization(&operator, &arguments.organization).await?;
    let billed = arguments.billed.over(row.billed())?;
    let name = match name {
        Some(name) => name,
        None => OrganizationName::parse(&row.name).map_err(|why| wrong("name", why))?,
    };
    if !arguments.dry_run {
        organizations::edit(
            &operator.session,
            OrganizationId::new(row.id),
            &name,
            &billed,
            row.updated_at,
        )
        .await
        .map_err(|error| operator.failed(error))?;
    }
    let said = |text: Option<&str>| text.map_or_else(|| "none".to_owned(), |text| text.replace('\n', " / "));
    Ok(Report {
        lines: vec![
            format!(
                "{} {} ({}){}",
                if arguments.dry_run { "Would change" } else { "Changed" },
                name,
                row.id,
                if arguments.dry_run {
                    ". Nothing was changed."
                } else {
                    "."
                }
            ),
            format!(
                "On invoices: {}",
                said(billed.name.as_ref().map(OrganizationName::as_str))
            ),
            format!("Address: {}", said(billed.address.as_ref().map(BillingAddress::as_str))),
        ],
        json: json!({
            "id": row.id,
            "name": name.as_str(),
            "billing_name": billed.name.as_ref().map(OrganizationName::as_str),
            "billing_address": billed.address.as_ref().map(BillingAddress::as_str),
            "dry_run": arguments.dry_run,
        }),
    })
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
