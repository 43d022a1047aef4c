//! `csctl deposit|adjust|refund|request|transaction`: money by hand.

use app::{
    corrections::{self, Corrected},
    domain::{
        correction::{NewCorrection, RequestDecision},
        ids::{OrganizationId, RequestId, TransactionId},
        money::{Money, PositiveMoney},
        transaction::{IdempotencyKey, NewDeposit, PaymentMethod, PaymentReference, Reason, TransactionStatus},
        user::EmailAddress,
    },
    session::Session,
    transactions::{self, Collected},
    views::{FilterOp, ListRequest, Page, RequestRow},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    address::Input,
    business::{given, organization, wrong},
    cli::Place,
    failure::Failure,
    operator::Operator,
    report::Report,
};

/// How many rows a listing shows at most.
const SHOWN: u32 = 200;

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
    /// Say what would be posted and collected, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What every correction has.
#[derive(Args)]
pub struct CorrectionArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Why, for the next person who reads the ledger
    #[arg(long)]
    pub reason: String,
    /// Makes it repeatable: the same correction under the same key is posted, or asked for, once
    #[arg(long)]
    pub key: String,
    /// In whose name: needed above the limit, where it waits for a second person
    #[arg(long = "as", value_name = "ADDRESS")]
    pub acting: Option<String>,
    /// Say what would be posted or asked for, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl adjust`
#[derive(Args)]
pub struct AdjustArgs {
    /// What every correction has.
    #[command(flatten)]
    pub common: CorrectionArgs,
    /// Whose wallet: an organization's number or name
    #[arg(long)]
    pub organization: String,
    /// By how much, such as 12.50 or -12.50
    #[arg(long, allow_hyphen_values = true)]
    pub amount: String,
}

/// `csctl refund`
#[derive(Args)]
pub struct RefundArgs {
    /// What every correction has.
    #[command(flatten)]
    pub common: CorrectionArgs,
    /// The number of the deposit or charge that is given back
    #[arg(long, value_name = "NUMBER")]
    pub of: i32,
    /// How much of it, such as 12.50; all that is left of it where nothing is given
    #[arg(long)]
    pub amount: Option<String>,
}

/// `csctl request …`
#[derive(Subcommand)]
pub enum RequestCommand {
    /// List requests that wait for a second person, newest first
    List(RequestListArgs),
    /// Approve a request: it is posted in the same instant, or stays as it is
    #[command(after_help = DECIDE_HELP)]
    Approve(DecideArgs),
    /// Refuse a request
    #[command(after_help = DECIDE_HELP)]
    Reject(DecideArgs),
    /// Take back a request that one has asked for
    #[command(after_help = DECIDE_HELP)]
    Withdraw(DecideArgs),
}

const DECIDE_HELP: &str =
    "It needs an administrator's login: the agent's may ask, never decide. Who has asked can't approve or reject.";

/// `csctl request list`
#[derive(Args)]
pub struct RequestListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Also those that are decided
    #[arg(long)]
    pub all: bool,
}

/// `csctl request approve|reject|withdraw`
#[derive(Args)]
pub struct DecideArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The request's number
    pub number: i64,
    /// Who decides: an admin, or somebody of finance
    #[arg(long = "as", value_name = "ADDRESS")]
    pub acting: String,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl transaction …`
#[derive(Subcommand)]
pub enum TransactionCommand {
    /// Complete a pending transaction, which moves the wallet, and collect what is due
    Complete(SettleArgs),
    /// Give a pending transaction up: it never moves the wallet
    Fail(SettleArgs),
}

/// `csctl transaction complete|fail`
#[derive(Args)]
pub struct SettleArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The transaction's number
    pub number: i32,
}

async fn named(operator: &Operator, acting: Option<&str>) -> Result<Session, Failure> {
    let Some(acting) = acting else {
        return Ok(operator.session.clone());
    };
    let address = EmailAddress::parse(acting).map_err(|why| wrong("as", why))?;
    operator.session.acting_as(&address).await.map_err(|error| match error {
        app::AppError::Store(app::views::StoreError::NotFound) => Failure::new(
            "not_found",
            format!("Nobody of the staff has the address {acting:?}; nothing was changed."),
        ),
        other => operator.failed(other),
    })
}

fn collected(lines: &mut Vec<String>, collected: Collected) -> Value {
    if !collected.amount().is_zero() {
        lines.push(format!(
            "Of it {} was collected for usage that was due.",
            collected.amount()
        ));
    }
    match collected.still_due() {
        Some(due) if !due.is_zero() => lines.push(format!("{due} is still due.")),
        _ => {}
    }
    json!({ "amount": collected.amount(), "still_due": collected.still_due() })
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
    let done = if arguments.dry_run {
        transactions::preview_deposit(&operator.session, &new).await
    } else {
        transactions::deposit(&operator.session, &new).await
    }
    .map_err(|error| operator.failed(error))?;
    let mut lines = vec![if done.repeated {
        format!(
            "This deposit was posted before as transaction {}; nothing was added.",
            done.transaction.id
        )
    } else if arguments.dry_run {
        format!(
            "Would post {} to {}; the wallet would hold {}. Nothing was changed.",
            amount.money(),
            organization.name,
            done.balance
        )
    } else {
        format!(
            "Posted {} to {} as transaction {}; the wallet holds {}.",
            amount.money(),
            organization.name,
            done.transaction.id,
            done.balance
        )
    }];
    let collected = collected(&mut lines, done.collected);
    Ok(Report {
        lines,
        json: json!({
            "transaction": done.transaction, "balance": done.balance, "repeated": done.repeated, "collected": collected,
            "dry_run": arguments.dry_run,
        }),
    })
}

/// Runs `csctl adjust`.
pub async fn adjust(arguments: &AdjustArgs) -> Result<Report, Failure> {
    let amount = Money::parse(&arguments.amount).map_err(|why| wrong("amount", why))?;
    let (reason, key) = reason_and_key(&arguments.common)?;
    let operator = Operator::open(&arguments.common.place, &mut Input::new()).await?;
    let session = named(&operator, arguments.common.acting.as_deref()).await?;
    let organization = organization(&operator, &arguments.organization).await?;
    let new = NewCorrection::adjustment(OrganizationId::new(organization.id), amount, reason, key)
        .map_err(|why| wrong("amount", why))?;
    correct(&operator, &session, &new, arguments.common.dry_run).await
}

/// Runs `csctl refund`.
pub async fn refund(arguments: &RefundArgs) -> Result<Report, Failure> {
    let part = given("amount", arguments.amount.as_deref(), PositiveMoney::parse)?;
    let (reason, key) = reason_and_key(&arguments.common)?;
    let operator = Operator::open(&arguments.common.place, &mut Input::new()).await?;
    let session = named(&operator, arguments.common.acting.as_deref()).await?;
    let original = TransactionId::new(arguments.of);
    let part = match part {
        Some(part) => part.money(),
        None => corrections::left_to_refund(&session, original)
            .await
            .map_err(|error| operator.failed(error))?
            .filter(|left| left.is_positive())
            .ok_or_else(|| {
                Failure::new(
                    "not_possible",
                    format!("Nothing of transaction {original} is left to refund; nothing was changed."),
                )
            })?,
    };
    let new = corrections::refund_of(&session, original, part, reason, key)
        .await
        .map_err(|error| operator.failed(error))?;
    correct(&operator, &session, &new, arguments.common.dry_run).await
}

fn reason_and_key(common: &CorrectionArgs) -> Result<(Reason, IdempotencyKey), Failure> {
    let reason = Reason::parse(&common.reason).map_err(|why| wrong("reason", why))?;
    let key = IdempotencyKey::parse(&common.key).map_err(|why| wrong("key", why))?;
    Ok((reason, key))
}

async fn correct(
    operator: &Operator,
    session: &Session,
    new: &NewCorrection,
    dry_run: bool,
) -> Result<Report, Failure> {
    let done = corrections::correct(session, new, dry_run)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(told(&done, dry_run))
}

/// What became of a correction, in lines and as JSON.
pub fn told(done: &Corrected, dry_run: bool) -> Report {
    let mut lines = vec![match (&done.transaction, &done.request) {
        (Some(row), _) if done.repeated => {
            format!("This was sent before and is transaction {}; nothing was added.", row.id)
        }
        (Some(row), _) => format!(
            "{} {} of {} to {}; the wallet {} {}.{}",
            if dry_run { "Would post a" } else { "Posted the" },
            row.kind.as_deref().unwrap_or("correction"),
            row.amount.unwrap_or(Money::ZERO),
            row.organization.as_deref().unwrap_or("nobody"),
            if dry_run { "would hold" } else { "holds" },
            done.balance,
            if dry_run { " Nothing was changed." } else { "" }
        ),
        (None, Some(request)) if done.repeated => {
            format!("This was sent before and is request {}, {}.", request.id, request.state)
        }
        (None, Some(request)) if dry_run => format!(
            "Would ask a second person for the {} of {}. Nothing was changed.",
            request.kind, request.amount
        ),
        (None, Some(request)) => format!(
            "The {} of {} to {} waits for a second person as request {}; the wallet was not moved.",
            request.kind, request.amount, request.organization, request.id
        ),
        (None, None) => "Nothing was posted.".to_owned(),
    }];
    let collected = collected(&mut lines, done.collected);
    Report {
        lines,
        json: json!({
            "transaction": done.transaction, "request": done.request, "balance": done.balance, "repeated": done.repeated,
            "collected": collected, "dry_run": dry_run,
        }),
    }
}

/// Runs `csctl request …`.
pub async fn request(command: &RequestCommand) -> Result<Report, Failure> {
    match command {
        RequestCommand::List(arguments) => requests(arguments).await,
        RequestCommand::Approve(arguments) => decide(arguments, RequestDecision::Approved).await,
        RequestCommand::Reject(arguments) => decide(arguments, RequestDecision::Refused).await,
        RequestCommand::Withdraw(arguments) => decide(arguments, RequestDecision::Withdrawn).await,
    }
}

async fn requests(arguments: &RequestListArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let mut request = ListRequest::first(SHOWN);
    if !arguments.all {
        request = request.with("state", FilterOp::Is, &"waiting");
    }
    let page = corrections::requests(&operator.session, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(listed(&page))
}

fn listed(page: &Page<RequestRow>) -> Report {
    let mut lines: Vec<String> = page
        .rows
        .iter()
        .map(|row| {
            format!(
                "{:>6}  {:<10}  {:>12} {}  {:<32}  {:<9}  {}: {}",
                row.id,
                row.kind,
                row.amount,
                row.currency.as_deref().unwrap_or_default(),
                row.organization,
                row.state,
                row.requested_by.as_deref().unwrap_or("?"),
                row.reason
            )
        })
        .collect();
    lines.push(format!("{} of {}", page.rows.len(), page.total));
    Report {
        lines,
        json: json!({ "rows": page.rows, "total": page.total }),
    }
}

async fn decide(arguments: &DecideArgs, decision: RequestDecision) -> Result<Report, Failure> {
    let reason = given("reason", arguments.reason.as_deref(), Reason::parse)?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let session = named(&operator, Some(&arguments.acting)).await?;
    let id = RequestId::new(arguments.number);
    let done = corrections::decide(&session, id, decision, reason.as_ref(), arguments.dry_run)
        .await
        .map_err(|error| operator.failed(error))?;
    let mut report = told(&done, arguments.dry_run);
    if decision != RequestDecision::Approved {
        report.lines = vec![format!("Request {id} is {decision}; the wallet was not moved.")];
    }
    if arguments.dry_run {
        report.lines.push("Nothing was changed.".to_owned());
    }
    Ok(report)
}

/// Runs `csctl transaction …`.
pub async fn transaction(command: &TransactionCommand) -> Result<Report, Failure> {
    let (arguments, to) = match command {
        TransactionCommand::Complete(arguments) => (arguments, TransactionStatus::Completed),
        TransactionCommand::Fail(arguments) => (arguments, TransactionStatus::Failed),
    };
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let done = transactions::settle(&operator.session, TransactionId::new(arguments.number), to)
        .await
        .map_err(|error| operator.failed(error))?;
    let mut lines = vec![format!(
        "Transaction {} is {to}{}.",
        done.transaction.id,
        if done.repeated { " already" } else { "" }
    )];
    let collected = collected(&mut lines, done.collected);
    Ok(Report {
        lines,
        json: json!({ "transaction": done.transaction, "repeated": done.repeated, "collected": collected }),
    })
}
