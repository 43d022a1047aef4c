//! `csctl settings`: look at the settings of the business, change them.

use std::path::PathBuf;

use app::{
    domain::settings::{Setting, SettingError},
    settings::{self, Changed},
};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::{
    address::Input,
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    report::Report,
};

/// `csctl settings …`
#[derive(Subcommand)]
pub enum SettingsCommand {
    /// Show all settings
    Show(ShowArgs),
    /// Give settings other values: all of them, or none when one is refused
    Set(SetArgs),
    /// Show the logo on invoices, give them another one, or take it away
    #[command(
        after_help = "A PNG or SVG file of at most 200 kB. An SVG is drawn once, now: it has no text (turn it into paths), embeds no pictures and loads \
                      nothing. Invoices that are issued keep the logo that they were issued with."
    )]
    Logo(LogoArgs),
}

/// `csctl settings logo`
#[derive(Args)]
pub struct LogoArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The picture
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Take the logo away
    #[arg(long, conflicts_with = "file")]
    pub remove: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl settings show`
#[derive(Args)]
pub struct ShowArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

/// `csctl settings set`
#[derive(Args)]
pub struct SetArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What to change, such as `grace_hours=48`
    #[arg(required = true, value_name = "KEY=VALUE")]
    pub values: Vec<String>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs one of the commands.
pub async fn run(command: &SettingsCommand) -> Result<Report, Failure> {
    match command {
        SettingsCommand::Show(arguments) => show(arguments).await,
        SettingsCommand::Set(arguments) => set(arguments).await,
        SettingsCommand::Logo(arguments) => logo(arguments).await,
    }
}

async fn show(arguments: &ShowArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let (stored, _) = settings::get(&operator.session)
        .await
        .map_err(|error| operator.failed(error))?;
    let values: Vec<(Setting, String)> = Setting::ALL
        .iter()
        .map(|setting| (*setting, stored.settings.value(*setting)))
        .collect();
    let object: Map<String, Value> = values
        .iter()
        .map(|(setting, value)| (setting.as_str().to_owned(), Value::from(value.as_str())))
        .collect();
    Ok(Report {
        lines: values
            .iter()
            .map(|(setting, value)| format!("{:<20} {}", setting.as_str(), value.replace('\n', " / ")))
            .collect(),
        json: json!({ "settings": object, "updated_at": stored.updated_at }),
    })
}

fn given(text: &str) -> Result<(Setting, String), Failure> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| Failure::bad("invalid", format!("{text:?} is not KEY=VALUE. Nothing was changed.")))?;
    let setting = Setting::parse(key.trim()).map_err(|error| {
        let known: Vec<&str> = Setting::ALL.iter().map(|setting| setting.as_str()).collect();
        Failure::bad(
            "invalid",
            format!("{error} Known are {}. Nothing was changed.", known.join(", ")),
        )
    })?;
    // Looked at before anything is asked of the database.
    settings_check(setting, value)
        .map_err(|error| Failure::bad("invalid", format!("{setting}: {error} Nothing was changed.")))?;
    Ok((setting, value.to_owned()))
}

fn settings_check(setting: Setting, value: &str) -> Result<(), SettingError> {
    app::domain::settings::Settings::default().set(setting, value)
}

async fn set(arguments: &SetArgs) -> Result<Report, Failure> {
    let values = arguments
        .values
        .iter()
        .map(|text| given(text))
        .collect::<Result<Vec<_>, _>>()?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let changed = settings::change(&operator.session, &values, None, arguments.dry_run)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(told(&changed, arguments.dry_run))
}

async fn logo(arguments: &LogoArgs) -> Result<Report, Failure> {
    let file = arguments
        .file
        .as_ref()
        .map(|path| {
            std::fs::read(path).map_err(|error| {
                Failure::usage(format!(
                    "The file {} can't be read ({error}); nothing was changed.",
                    path.display()
                ))
            })
        })
        .transpose()?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let changes = file.is_some() || arguments.remove;
    let logo = if changes {
        settings::set_logo(&operator.session, file, arguments.dry_run).await
    } else {
        settings::logo(&operator.session).await
    };
    let logo = logo.map_err(|error| operator.failed(error))?;
    let picture = logo.as_ref().map_or_else(
        || "no logo".to_owned(),
        |logo| {
            format!(
                "a logo of {} × {} pixels, {} bytes",
                logo.width,
                logo.height,
                logo.png.len()
            )
        },
    );
    let line = match (changes, arguments.dry_run) {
        (false, _) => format!("Invoices have {picture}."),
        (true, true) => format!("Invoices would have {picture}. Nothing was changed."),
        (true, false) => format!("Invoices that are issued from now on have {picture}."),
    };
    Ok(Report {
        lines: vec![line],
        json: json!({
            "changed": changes && !arguments.dry_run,
            "logo": logo.map(|logo| json!({ "width": logo.width, "height": logo.height, "bytes": logo.png.len(), "sha256": logo.hash })),
        }),
    })
}

fn told(changed: &[Changed], dry_run: bool) -> Report {
    let mut lines: Vec<String> = changed
        .iter()
        .map(|change| format!("{}: {:?} -> {:?}", change.setting, change.before, change.after))
        .collect();
    lines.push(match (changed.len(), dry_run) {
        (0, _) => "Everything has this value already; nothing was changed.".to_owned(),
        (n, true) => format!("{} would be changed.", count(n, "setting")),
        (n, false) => format!("{} changed.", count(n, "setting")),
    });
    Report {
        lines,
        json: json!({
            "dry_run": dry_run,
            "changed": changed
                .iter()
                .map(|change| json!({ "key": change.setting, "before": change.before, "after": change.after }))
                .collect::<Vec<_>>(),
        }),
    }
}
