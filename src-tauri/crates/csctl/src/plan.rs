//! `csctl plan`: make plans, look at them, import them from Linode's price list.

use app::{
    domain::{
        money::{Markup, Money, Rate},
        plan::{CpuCores, PlanName, PlanPrice, PlanRef, ProviderName, ProviderWord, ResourceKind},
        role::Action,
    },
    plans::{self, ImportReport, ImportRequest, NewPlanRow, PlanFields},
    views::{FilterOp, ListRequest, Page, PlanRow},
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    address::Input,
    business::{ListArgs, given, wrong},
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    report::Report,
};

/// How many rows a listing shows at most.
const SHOWN: u32 = 200;

/// `csctl plan …`
#[derive(Subcommand)]
pub enum PlanCommand {
    /// Create a plan by hand
    #[command(
        after_help = "The rate is the cost with the markup, rounded half up to four decimals, unless --hourly-rate is given. \
                            Without --monthly-rate a month is uncapped; 0 is free."
    )]
    Create(Box<CreatePlanArgs>),
    /// List plans by name
    List(ListArgs),
    /// Import plans of servers from Linode's price list; needs no token
    #[command(
        after_help = "Safe to repeat: plans that are there stay as they are, and prices that Linode has changed are listed, old and \
                            new, until --update-prices is given. A region with another price gets a plan of its own; a price that \
                            Linode leaves open makes none."
    )]
    Import(ImportArgs),
}

/// `csctl plan create`
#[derive(Args)]
pub struct CreatePlanArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What it sells: vps or container
    #[arg(long, default_value = "vps")]
    pub kind: String,
    /// Its name
    #[arg(long)]
    pub name: String,
    /// Who runs it; servers only
    #[arg(long, default_value = "linode")]
    pub provider: String,
    /// The provider's type, such as g6-standard-2; servers only
    #[arg(long = "type", value_name = "TYPE")]
    pub linode_type: Option<String>,
    /// Processor cores of a server
    #[arg(long, value_name = "NUMBER")]
    pub vcpus: Option<i32>,
    /// Processor cores of a container, such as 0.50
    #[arg(long, value_name = "CORES")]
    pub cpu_cores: Option<String>,
    /// Memory, MB
    #[arg(long, value_name = "NUMBER")]
    pub memory_mb: Option<i32>,
    /// Disk, GB
    #[arg(long, value_name = "NUMBER")]
    pub disk_gb: Option<i32>,
    /// Traffic a month, GB; servers only
    #[arg(long, value_name = "NUMBER")]
    pub transfer_gb: Option<i32>,
    /// Outbound network, Mbit/s; servers only
    #[arg(long, value_name = "NUMBER")]
    pub network_out_mbps: Option<i32>,
    /// What an hour costs us, such as 0.0180
    #[arg(long, value_name = "AMOUNT")]
    pub base_cost: Option<String>,
    /// Markup in percent
    #[arg(long, value_name = "PERCENT", default_value = "0", allow_negative_numbers = true)]
    pub markup: String,
    /// The rate, set by hand
    #[arg(long, value_name = "AMOUNT")]
    pub hourly_rate: Option<String>,
    /// The cap of a month; without it the plan is uncapped, 0 is free
    #[arg(long, value_name = "AMOUNT")]
    pub monthly_rate: Option<String>,
    /// Only for this region; can be given several times. Servers only
    #[arg(long = "region", value_name = "REGION")]
    pub regions: Vec<String>,
    /// Create it although it has neither cost nor rate: what runs on it waits for a price
    #[arg(long)]
    pub without_rate: bool,
    /// Say what would be created, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl plan import`
#[derive(Args)]
pub struct ImportArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Markup in percent on what is new
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub markup: String,
    /// The address of Linode's API, if not the public one
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Only this region; can be given several times
    #[arg(long = "region", value_name = "REGION")]
    pub regions: Vec<String>,
    /// Only this type; can be given several times
    #[arg(long = "type", value_name = "TYPE")]
    pub types: Vec<String>,
    /// Apply prices that have changed to the plans that are there, for hours that begin from now
    #[arg(long)]
    pub update_prices: bool,
    /// Say what would be imported, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs one of the commands.
pub async fn run(command: &PlanCommand) -> Result<Report, Failure> {
    match command {
        PlanCommand::Create(arguments) => create(arguments).await,
        PlanCommand::List(arguments) => list(arguments).await,
        PlanCommand::Import(arguments) => import(arguments).await,
    }
}

fn words(argument: &str, list: &[String]) -> Result<Vec<ProviderWord>, Failure> {
    list.iter()
        .map(|word| ProviderWord::parse(word).map_err(|why| wrong(argument, why)))
        .collect()
}

fn fields(arguments: &CreatePlanArgs) -> Result<PlanFields, Failure> {
    let name = PlanName::parse(&arguments.name).map_err(|why| wrong("name", why))?;
    let kind = ResourceKind::parse(&arguments.kind).map_err(|_| wrong("kind", "Give vps or container."))?;
    Ok(match kind {
        ResourceKind::Vps => PlanFields::Vps {
            name,
            provider: ProviderName::parse(&arguments.provider).map_err(|why| wrong("provider", why))?,
            linode_type: given("type", arguments.linode_type.as_deref(), ProviderWord::parse)?,
            vcpus: arguments.vcpus,
            memory_mb: arguments.memory_mb,
            disk_gb: arguments.disk_gb,
            transfer_gb: arguments.transfer_gb,
            network_out_mbps: arguments.network_out_mbps,
            regions: words("region", &arguments.regions)?,
        },
        ResourceKind::Container => PlanFields::Container {
            name,
            cpu_cores: given("cpu-cores", arguments.cpu_cores.as_deref(), CpuCores::parse)?,
            memory_mb: arguments.memory_mb,
            disk_gb: arguments.disk_gb,
        },
    })
}

async fn create(arguments: &CreatePlanArgs) -> Result<Report, Failure> {
    let fields = fields(arguments)?;
    let base_cost = given("base-cost", arguments.base_cost.as_deref(), Rate::parse)?;
    let markup = Markup::parse(&arguments.markup).map_err(|why| wrong("markup", why))?;
    let by_hand = given("hourly-rate", arguments.hourly_rate.as_deref(), Rate::parse)?;
    let cap = given("monthly-rate", arguments.monthly_rate.as_deref(), Money::parse)?;
    let price = PlanPrice::new(base_cost, markup, by_hand, cap).map_err(|why| wrong("markup", why))?;
    let new = NewPlanRow { fields, price };
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let plan = if arguments.dry_run {
        operator
            .session
            .may(Action::EditPlan)
            .map_err(|error| operator.failed(error))?;
        None
    } else {
        let made = plans::create(&operator.session, &new, arguments.without_rate).await;
        Some(made.map_err(|error| operator.failed(error))?)
    };
    let rate = price.hourly_rate();
    let costs = match rate {
        Some(rate) => format!("{rate} an hour{}", capped(price.monthly_rate())),
        None => "no rate: what runs on it is not charged but waits for a price".to_owned(),
    };
    let line = match plan {
        Some(plan) => format!(
            "Created the plan {} with the number {}: {costs}.",
            arguments.name.trim(),
            plan.get()
        ),
        None => format!(
            "Would create the plan {}: {costs}. Nothing was changed.",
            arguments.name.trim()
        ),
    };
    Ok(Report {
        lines: vec![line],
        json: json!({
            "id": plan.map(PlanRef::get),
            "kind": arguments.kind,
            "name": arguments.name.trim(),
            "base_cost": base_cost,
            "markup": markup,
            "hourly_rate": rate,
            "monthly_rate": price.monthly_rate(),
            "dry_run": arguments.dry_run,
        }),
    })
}

fn capped(cap: Option<Money>) -> String {
    cap.map_or_else(|| ", uncapped".to_owned(), |cap| format!(", at most {cap} a month"))
}

async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let request = ListRequest {
        search: arguments.search.clone(),
        ..ListRequest::first(SHOWN)
    };
    let page = plans::list(&operator.session, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(listed(&page))
}

fn listed(page: &Page<PlanRow>) -> Report {
    let mut lines: Vec<String> = page
        .rows
        .iter()
        .map(|row| {
            format!(
                "{:<9}  {:>5}  {:<36}  {:>12} an hour{}{}{}",
                row.kind.as_str(),
                row.id,
                row.name,
                row.rate.map_or_else(|| "no rate".to_owned(), |rate| rate.to_string()),
                capped(row.monthly_rate),
                if row.is_active { "" } else { ", inactive" },
                match row.resources {
                    0 => String::new(),
                    used => format!(", {used} on it"),
                },
            )
        })
        .collect();
    lines.push(format!("{} of {}", page.rows.len(), page.total));
    Report {
        lines,
        json: json!({ "rows": page.rows, "total": page.total }),
    }
}

async fn import(arguments: &ImportArgs) -> Result<Report, Failure> {
    let request = ImportRequest {
        markup: Markup::parse(&arguments.markup).map_err(|why| wrong("markup", why))?,
        regions: words("region", &arguments.regions)?,
        types: words("type", &arguments.types)?,
        update_prices: arguments.update_prices,
        dry_run: arguments.dry_run,
    };
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let offers = plans::read_offers(arguments.base_url.as_deref())
        .await
        .map_err(|error| operator.failed(error))?;
    let report = plans::import(&operator.session, &offers, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(told(&report, request.dry_run))
}

fn told(report: &ImportReport, dry_run: bool) -> Report {
    let price = |rate: Option<Rate>, cap: Option<Money>| {
        rate.map_or_else(|| "no rate".to_owned(), |rate| format!("{rate}{}", capped(cap)))
    };
    let mut lines = Vec::new();
    for plan in &report.added {
        let (rate, cap) = (plan.price.rate, plan.price.monthly_rate);
        lines.push(format!("new        {:<36}  {}", plan.name, price(rate, cap)));
    }
    for plan in &report.changed {
        let regions = match plan.regions_added.as_slice() {
            [] => String::new(),
            added => format!(", also for {}", added.join(", ")),
        };
        lines.push(format!(
            "changed    {:<36}  {} -> {}{regions}",
            plan.name,
            price(plan.old.rate, plan.old.monthly_rate),
            price(plan.new.rate, plan.new.monthly_rate),
        ));
    }
    for left in &report.left_out {
        let what = [Some(left.linode_type.as_str()), left.region.as_deref()];
        let what: Vec<&str> = what.into_iter().flatten().filter(|word| !word.is_empty()).collect();
        lines.push(format!("left out   {:<36}  {}", what.join(" in "), left.reason));
    }
    let changed = match (report.changed.len(), report.prices_updated) {
        (0, _) => String::new(),
        (number, true) => format!(", {} of a changed price updated", count(number, "plan")),
        (number, false) => format!(
            ", {} of a changed price left (--update-prices applies them)",
            count(number, "plan")
        ),
    };
    lines.push(format!(
        "{}{} new, {} unchanged{changed}, {} left out.",
        if dry_run { "Nothing was changed. " } else { "" },
        report.added.len(),
        report.unchanged.len(),
        report.left_out.len()
    ));
    let mut json = json!(report);
    json["dry_run"] = json!(dry_run);
    Report { lines, json }
}

/// The plan of a kind with a number or an exact name.
pub async fn find(operator: &Operator, kind: ResourceKind, text: &str) -> Result<PlanRef, Failure> {
    let request = ListRequest::first(2).with("kind", FilterOp::Is, &kind);
    let request = match text.trim().parse::<i32>() {
        Ok(id) => request.with("id", FilterOp::Is, &id),
        Err(_) => request.with("name", FilterOp::Is, &text.trim()),
    };
    let page = plans::list(&operator.session, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    let noun = kind.noun();
    match page.rows.as_slice() {
        [one] => Ok(PlanRef::new(kind, one.id)),
        [] => Err(Failure::new(
            "not_found",
            format!("No plan of {noun}s has the number or name {text:?}; nothing was changed."),
        )),
        _ => Err(Failure::new(
            "ambiguous",
            format!("Several plans of {noun}s have the name {text:?}; nothing was changed. Give the number."),
        )),
    }
}
