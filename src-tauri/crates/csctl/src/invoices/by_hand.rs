//! `csctl invoices issue|credit|pay`: invoices that a person makes.

use app::{
    domain::{
        ids::OrganizationId,
        invoice::{HandLine, HandLines},
        money::{Money, PositiveMoney},
        transaction::IdempotencyKey,
        user::EmailAddress,
    },
    invoices::{self, Issued},
    session::Session,
};
use clap::Args;
use serde_json::json;

use super::found;
use crate::{
    address::Input,
    business::{given, organization, wrong},
    cli::Place,
    failure::Failure,
    money,
    operator::Operator,
    report::Report,
};

/// What every invoice by hand has.
#[derive(Args)]
pub struct HandArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// A line: QUANTITY x PRICE TEXT, such as "1 x 49.00 Set-up fee"; a price below zero is a discount
    #[arg(long = "line", required = true, value_name = "LINE", allow_hyphen_values = true)]
    pub lines: Vec<String>,
    /// Makes it repeatable: the same invoice under the same key is issued once
    #[arg(long)]
    pub key: String,
    /// In whose name
    #[arg(long = "as", value_name = "ADDRESS")]
    pub acting: Option<String>,
    /// Say what would be issued, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl invoices issue`
#[derive(Args)]
pub struct IssueArgs {
    /// What every invoice by hand has.
    #[command(flatten)]
    pub common: HandArgs,
    /// For whom: an organization's number or name
    #[arg(long)]
    pub organization: String,
}

/// `csctl invoices credit`
#[derive(Args)]
pub struct CreditArgs {
    /// What every invoice by hand has: its lines are what is given back.
    #[command(flatten)]
    pub common: HandArgs,
    /// The number of the invoice that it corrects, such as INV-2026-000123
    pub number: String,
}

/// `csctl invoices pay`
#[derive(Args)]
pub struct PayArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The invoice's number, such as INV-2026-000123
    pub number: String,
    /// How much of it; all that is due where nothing is given
    #[arg(long)]
    pub amount: Option<String>,
    /// Makes it repeatable: it is paid once under the same key
    #[arg(long)]
    pub key: String,
    /// In whose name: needed above the limit, where it waits for a second person
    #[arg(long = "as", value_name = "ADDRESS")]
    pub acting: Option<String>,
    /// Say what would be posted or asked for, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn line(text: &str) -> Result<HandLine, Failure> {
    let malformed = || wrong("line", "Write QUANTITY x PRICE TEXT, such as \"1 x 49.00 Set-up fee\".");
    let (quantity, rest) = text.trim().split_once(" x ").ok_or_else(malformed)?;
    let (price, words) = rest.trim().split_once(' ').ok_or_else(malformed)?;
    let quantity = quantity.trim().parse().map_err(|_| malformed())?;
    let price = Money::parse(price).map_err(|why| wrong("line", why))?;
    HandLine::new(words, quantity, price).map_err(|why| wrong("line", why))
}

fn parsed(common: &HandArgs) -> Result<(HandLines, IdempotencyKey), Failure> {
    let lines = common
        .lines
        .iter()
        .map(|text| line(text))
        .collect::<Result<Vec<_>, _>>()?;
    let lines = HandLines::new(lines).map_err(|why| wrong("line", why))?;
    let key = IdempotencyKey::parse(&common.key).map_err(|why| wrong("key", why))?;
    Ok((lines, key))
}

async fn named(operator: &Operator, acting: Option<&str>) -> Result<Session, Failure> {
    match acting {
        None => Ok(operator.session.clone()),
        Some(acting) => {
            let address = EmailAddress::parse(acting).map_err(|why| wrong("as", why))?;
            let session = operator.session.acting_as(&address).await;
            session.map_err(|error| operator.failed(error))
        }
    }
}

/// Runs `csctl invoices issue`.
pub async fn issue(arguments: &IssueArgs) -> Result<Report, Failure> {
    let (lines, key) = parsed(&arguments.common)?;
    let operator = Operator::open(&arguments.common.place, &mut Input::new()).await?;
    let session = named(&operator, arguments.common.acting.as_deref()).await?;
    let whose = OrganizationId::new(organization(&operator, &arguments.organization).await?.id);
    let issued = invoices::issue(&session, whose, &lines, &key, arguments.common.dry_run)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(told(&issued, arguments.common.dry_run))
}

/// Runs `csctl invoices credit`.
pub async fn credit(arguments: &CreditArgs) -> Result<Report, Failure> {
    let (lines, key) = parsed(&arguments.common)?;
    let operator = Operator::open(&arguments.common.place, &mut Input::new()).await?;
    let session = named(&operator, arguments.common.acting.as_deref()).await?;
    let original = found(&operator, &arguments.number).await?;
    let issued = invoices::credit(&session, original, lines, &key, arguments.common.dry_run)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(told(&issued, arguments.common.dry_run))
}

fn told(issued: &Issued, dry_run: bool) -> Report {
    let invoice = &issued.invoice;
    let number = invoice.number.as_deref().unwrap_or("no number");
    let amount = invoice.amount.unwrap_or(Money::ZERO);
    let whose = invoice.organization.as_deref().unwrap_or("nobody");
    let line = match (issued.repeated, dry_run) {
        (true, _) => format!("This was issued before as {number}; nothing was issued again."),
        (false, true) => format!("Would issue {number} of {amount} for {whose}. Nothing was changed."),
        (false, false) => format!("Issued {number} of {amount} for {whose}; it waits to be paid."),
    };
    Report {
        lines: vec![line],
        json: json!({ "invoice": invoice, "repeated": issued.repeated, "dry_run": dry_run }),
    }
}

/// Runs `csctl invoices pay`.
pub async fn pay(arguments: &PayArgs) -> Result<Report, Failure> {
    let part = given("amount", arguments.amount.as_deref(), PositiveMoney::parse)?;
    let key = IdempotencyKey::parse(&arguments.key).map_err(|why| wrong("key", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let session = named(&operator, arguments.acting.as_deref()).await?;
    let id = found(&operator, &arguments.number).await?;
    let done = invoices::pay(&session, id, part.map(PositiveMoney::money), key, arguments.dry_run)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(money::told(&done, arguments.dry_run))
}
