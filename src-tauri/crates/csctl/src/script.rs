//! `csctl script`: StackScripts as they are offered.

use std::collections::{BTreeMap, BTreeSet};

use app::{
    domain::{
        ids::StackScriptId,
        script::{FieldName, ImageId, ScriptDescription, ScriptName, ScriptSettings},
    },
    scripts::{self, Script, ScriptRow},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    address::Input,
    business::{given, wrong},
    cli::Place,
    failure::Failure,
    operator::Operator,
    report::Report,
};

/// `csctl script …`
#[derive(Subcommand)]
pub enum ScriptCommand {
    /// List the scripts that are offered
    List(ListArgs),
    /// Offer a script
    Add(AddArgs),
    /// Change a script that is offered
    Edit(EditArgs),
    /// Offer a script no more; servers that were set up with it stay
    Remove(RemoveArgs),
}

/// `csctl script list`
#[derive(Args)]
pub struct ListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

/// What is decided about a script.
#[derive(Args)]
pub struct Decided {
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// An image that it is offered for; can be given several times [default: all that it is for]
    #[arg(long = "image", value_name = "IMAGE")]
    pub images: Vec<String>,
    /// What is answered beforehand; can be given several times. Never a secret: those are asked for with each order
    #[arg(long = "answer", value_name = "FIELD=ANSWER")]
    pub answers: Vec<String>,
    /// A field whose answer whoever orders can't change; can be given several times
    #[arg(long = "lock", value_name = "FIELD")]
    pub locked: Vec<String>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl script add`
#[derive(Args)]
pub struct AddArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Its name here
    #[arg(long)]
    pub name: String,
    /// Its number at Linode
    #[arg(long, value_name = "NUMBER")]
    pub script: i32,
    /// What is decided about it.
    #[command(flatten)]
    pub decided: Decided,
}

/// `csctl script edit`
#[derive(Args)]
pub struct EditArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Which: its number here or its name
    #[arg(value_name = "SCRIPT")]
    pub script: String,
    /// Another name here
    #[arg(long)]
    pub name: Option<String>,
    /// Another number at Linode
    #[arg(long, value_name = "NUMBER")]
    pub number: Option<i32>,
    /// A field that is asked for again, without an answer given beforehand; can be given several times
    #[arg(long = "no-answer", value_name = "FIELD")]
    pub no_answers: Vec<String>,
    /// A field whose answer can be changed again; can be given several times
    #[arg(long = "unlock", value_name = "FIELD")]
    pub unlocked: Vec<String>,
    /// Offer it for all images that it is for
    #[arg(long, conflicts_with = "images")]
    pub all_images: bool,
    /// Whether it is offered: true or false
    #[arg(long, value_name = "FLAG")]
    pub active: Option<bool>,
    /// What else is decided about it; images replace those that are there.
    #[command(flatten)]
    pub decided: Decided,
}

/// `csctl script remove`
#[derive(Args)]
pub struct RemoveArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Which: its number here or its name
    #[arg(value_name = "SCRIPT")]
    pub script: String,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs one of the commands.
pub async fn run(command: &ScriptCommand) -> Result<Report, Failure> {
    match command {
        ScriptCommand::List(arguments) => list(arguments).await,
        ScriptCommand::Add(arguments) => add(arguments).await,
        ScriptCommand::Edit(arguments) => edit(arguments).await,
        ScriptCommand::Remove(arguments) => remove(arguments).await,
    }
}

async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let rows = all(&operator).await?;
    let lines = if rows.is_empty() {
        vec!["No scripts yet: csctl script add offers one.".to_owned()]
    } else {
        rows.iter().map(told).collect()
    };
    Ok(Report {
        lines,
        json: json!({ "rows": rows, "total": rows.len() }),
    })
}

fn told(row: &ScriptRow) -> String {
    let answers: Vec<String> = row
        .answers
        .iter()
        .map(|(field, answer)| {
            let fixed = if row.locked.contains(field) { " (fixed)" } else { "" };
            format!("{field}={answer:?}{fixed}")
        })
        .collect();
    let images = if row.images.is_empty() {
        "all images".to_owned()
    } else {
        row.images.join(", ")
    };
    format!(
        "{:>6}  {:<30}  {:>9}  {images}; {}{}",
        row.id,
        row.name,
        row.script_id
            .map_or_else(|| "no number".to_owned(), |id| id.to_string()),
        if answers.is_empty() {
            "nothing answered beforehand".to_owned()
        } else {
            answers.join(", ")
        },
        if row.is_active { "" } else { "; not offered" }
    )
}

async fn all(operator: &Operator) -> Result<Vec<ScriptRow>, Failure> {
    scripts::list(&operator.session)
        .await
        .map_err(|error| operator.failed(error))
}

fn field(argument: &str, name: &str) -> Result<FieldName, Failure> {
    FieldName::parse(name).map_err(|why| wrong(argument, why))
}

fn fields(argument: &str, names: &[String]) -> Result<BTreeSet<FieldName>, Failure> {
    names.iter().map(|name| field(argument, name)).collect()
}

fn images(names: &[String]) -> Result<BTreeSet<ImageId>, Failure> {
    names
        .iter()
        .map(|name| ImageId::parse(name).map_err(|why| wrong("image", why)))
        .collect()
}

fn answers(pairs: &[String]) -> Result<BTreeMap<FieldName, String>, Failure> {
    pairs
        .iter()
        .map(|pair| {
            // What follows may be a secret by mistake: it isn't repeated.
            let (name, answer) = pair
                .split_once('=')
                .ok_or_else(|| wrong("answer", "Give FIELD=ANSWER."))?;
            Ok((field("answer", name)?, answer.to_owned()))
        })
        .collect()
}

fn settings(
    images: BTreeSet<ImageId>,
    answers: BTreeMap<FieldName, String>,
    locked: BTreeSet<FieldName>,
) -> Result<ScriptSettings, Failure> {
    ScriptSettings::new(images, answers, locked).map_err(|why| wrong("answer", why))
}

fn decided(script: &Script) -> Value {
    json!({
        "name": script.name.as_str(),
        "script_id": script.script_id,
        "description": script.description.as_ref().map(ScriptDescription::as_str),
        "images": script.settings.images(),
        "answers": script.settings.answers().iter().map(|(field, answer)| (field.to_string(), answer)).collect::<BTreeMap<_, _>>(),
        "locked": script.settings.locked(),
        "is_active": script.is_active,
    })
}

fn done(did: &str, would: &str, id: Option<i32>, script: &Script, dry_run: bool) -> Report {
    let line = if dry_run {
        format!("{would} {}. Nothing was changed.", script.name)
    } else {
        format!("{did} {}.", script.name)
    };
    let mut answer = decided(script);
    answer["id"] = json!(id);
    answer["dry_run"] = json!(dry_run);
    Report {
        lines: vec![line],
        json: answer,
    }
}

async fn add(arguments: &AddArgs) -> Result<Report, Failure> {
    let of = &arguments.decided;
    let script = Script {
        name: ScriptName::parse(&arguments.name).map_err(|why| wrong("name", why))?,
        script_id: arguments.script,
        description: given("description", of.description.as_deref(), ScriptDescription::parse)?,
        settings: settings(images(&of.images)?, answers(&of.answers)?, fields("lock", &of.locked)?)?,
        is_active: true,
    };
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let id = if of.dry_run {
        None
    } else {
        let made = scripts::create(&operator.session, &script).await;
        Some(made.map_err(|error| operator.failed(error))?.get())
    };
    Ok(done(
        "Offered the script",
        "Would offer the script",
        id,
        &script,
        of.dry_run,
    ))
}

async fn edit(arguments: &EditArgs) -> Result<Report, Failure> {
    let of = &arguments.decided;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let row = named(all(&operator).await?, &arguments.script)?;
    let name = arguments.name.as_deref().unwrap_or(&row.name);
    let description = of.description.as_deref().or(row.description.as_deref());
    let mut given_answers: BTreeMap<FieldName, String> = row
        .answers
        .iter()
        .map(|(name, answer)| Ok((field("answer", name)?, answer.clone())))
        .collect::<Result<_, Failure>>()?;
    given_answers.extend(answers(&of.answers)?);
    let mut locked = fields("lock", &row.locked)?;
    locked.extend(fields("lock", &of.locked)?);
    for name in fields("no-answer", &arguments.no_answers)? {
        given_answers.remove(&name);
        locked.remove(&name);
    }
    for name in fields("unlock", &arguments.unlocked)? {
        locked.remove(&name);
    }
    let kept = if arguments.all_images { &[][..] } else { &row.images[..] };
    let script = Script {
        name: ScriptName::parse(name).map_err(|why| wrong("name", why))?,
        script_id: arguments.number.or(row.script_id).unwrap_or_default(),
        description: given("description", description, ScriptDescription::parse)?,
        settings: settings(
            images(if of.images.is_empty() { kept } else { &of.images })?,
            given_answers,
            locked,
        )?,
        is_active: arguments.active.unwrap_or(row.is_active),
    };
    if !of.dry_run {
        scripts::edit(&operator.session, StackScriptId::new(row.id), &script, row.updated_at)
            .await
            .map_err(|error| operator.failed(error))?;
    }
    Ok(done(
        "Changed the script",
        "Would change the script",
        Some(row.id),
        &script,
        of.dry_run,
    ))
}

async fn remove(arguments: &RemoveArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let row = named(all(&operator).await?, &arguments.script)?;
    if !arguments.dry_run {
        scripts::remove(&operator.session, StackScriptId::new(row.id), row.updated_at)
            .await
            .map_err(|error| operator.failed(error))?;
    }
    Ok(Report {
        lines: vec![if arguments.dry_run {
            format!("Would remove the script {}. Nothing was changed.", row.name)
        } else {
            format!(
                "Removed the script {}; servers that were set up with it stay.",
                row.name
            )
        }],
        json: json!({ "id": row.id, "name": row.name, "dry_run": arguments.dry_run }),
    })
}

/// The script of a number here or an exact name.
fn named(rows: Vec<ScriptRow>, text: &str) -> Result<ScriptRow, Failure> {
    let text = text.trim();
    let number = text.parse::<i32>().ok();
    let mut found = rows
        .into_iter()
        .filter(|row| Some(row.id) == number || row.name.eq_ignore_ascii_case(text));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::new(
            "not_found",
            format!("No script has the number or name {text:?}; nothing was changed."),
        )),
        (Some(_), Some(_)) => Err(Failure::new(
            "ambiguous",
            format!("Several scripts have the name {text:?}; nothing was changed. Give the number."),
        )),
    }
}
