//! `csctl db`: init, migrate, status.

use std::path::Path;

use app::{
    AppError,
    database::{self, Address, EmailAddress, FirstAdmin, Init, Logins, Made, State, Status},
};
use secrecy::SecretString;
use serde_json::json;

use crate::{
    address::{self, Input},
    cli::{DbCommand, InitArgs, MigrateArgs},
    credentials::{self, Draft},
    failure::{Failure, count},
    key::KeyFile,
    operator::CLIENT,
    report::Report,
};

/// Runs one of the commands.
pub async fn run(command: &DbCommand) -> Result<Report, Failure> {
    let mut input = Input::new();
    match command {
        DbCommand::Init(arguments) => init(arguments, &mut input).await,
        DbCommand::Demo(arguments) => crate::demo::run(arguments, &mut input).await,
        DbCommand::Migrate(arguments) => migrate(arguments, &mut input).await,
        DbCommand::Status(arguments) => {
            let place = address::find(&arguments.place, &mut input)?;
            let status = look(&place).await?;
            Ok(Report {
                lines: describe(&place, &status),
                json: with_place(&place, json!(status)),
            })
        }
    }
}

async fn look(place: &Address) -> Result<Status, Failure> {
    database::status(place, CLIENT)
        .await
        .map_err(|error| Failure::of(error, place))
}

fn with_place(place: &Address, mut answer: serde_json::Value) -> serde_json::Value {
    answer["database"] = json!({ "host": place.host, "port": place.port, "name": place.database });
    answer
}

async fn migrate(arguments: &MigrateArgs, input: &mut Input) -> Result<Report, Failure> {
    let place = address::find(&arguments.place, input)?;
    if arguments.dry_run {
        let status = look(&place).await?;
        let State::Initialized {
            overview: Some(overview),
            version,
        } = status.state
        else {
            return Err(refusal(&place, &status));
        };
        let pending = overview.pending;
        return Ok(Report {
            lines: vec![match pending.len() {
                0 => format!("The database {} has version {version}: nothing to do.", place.database),
                _ => format!("Would run: {}. Nothing was changed.", pending.join(", ")),
            }],
            json: with_place(
                &place,
                json!({ "dry_run": true, "version": version, "pending": pending }),
            ),
        });
    }
    let done = database::migrate(&place, CLIENT)
        .await
        .map_err(|error| Failure::of(error, &place))?;
    let line = if done.applied.is_empty() {
        format!(
            "The database {} has version {}: nothing to do.",
            place.database, done.to
        )
    } else {
        format!(
            "Migrated the database {} from version {} to {}: {}.",
            place.database,
            done.from,
            done.to,
            done.applied.join(", ")
        )
    };
    Ok(Report {
        lines: vec![line],
        json: with_place(
            &place,
            json!({ "from": done.from, "version": done.to, "migrated": done.applied }),
        ),
    })
}

/// Why a state isn't one to migrate.
fn refusal(place: &Address, status: &Status) -> Failure {
    let error = match status.state {
        State::NewerThanProgram { version } => database::StoreError::TooNew {
            found: version,
            known: status.program_version,
        },
        State::Initialized { .. } => database::StoreError::Forbidden,
        State::Empty | State::Documented { .. } | State::Differs { .. } | State::Foreign { .. } => {
            database::StoreError::NotInitialized
        }
    };
    Failure::of(AppError::Store(error), place)
}

async fn init(arguments: &InitArgs, input: &mut Input) -> Result<Report, Failure> {
    let place = address::find(&arguments.place, input)?;
    let email = EmailAddress::parse(&arguments.admin_email)
        .map_err(|why| Failure::usage(format!("{why} (--admin-email) Nothing was changed.")))?;
    let optional_name = |name: &Option<String>, argument: &str| {
        database::optional_name(name.as_deref())
            .map_err(|why| Failure::usage(format!("{why} ({argument}) Nothing was changed.")))
    };
    let (first_name, last_name) = (
        optional_name(&arguments.admin_first_name, "--admin-first-name")?,
        optional_name(&arguments.admin_last_name, "--admin-last-name")?,
    );
    let name = arguments.name.as_deref().unwrap_or(&place.database).trim().to_owned();
    if name.is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
        return Err(Failure::usage(
            "The business's name is one line of 1 to 255 characters (--name); nothing was changed.",
        ));
    }
    if arguments.dry_run {
        return would_init(&place).await;
    }
    let file = arguments
        .credentials_file
        .as_deref()
        .ok_or_else(|| Failure::usage("--credentials-file is missing; nothing was changed."))?;
    let admin = FirstAdmin {
        email,
        first_name,
        last_name,
        password: SecretString::from(input.line("the first admin's password")?),
    };
    admin.check().map_err(|error| Failure::of(error, &place))?;
    let order = Init {
        name,
        is_test: arguments.test,
        admin,
        desk_label: "First desk".to_owned(),
    };

    initialize(&place, order, file, arguments.workspace_key_file.as_deref()).await
}

/// Makes a workspace whose logins go into a file, and its key into another; safe to repeat after an interruption.
pub async fn initialize(place: &Address, order: Init, file: &Path, key_file: Option<&Path>) -> Result<Report, Failure> {
    let mut key = key_file.map(KeyFile::open).transpose()?;
    if let Some(report) = already_done(place, file).await? {
        return with_key(place, key, report).await;
    }
    let mut draft = Draft::open(file)?;
    // Another program that was given the same file may have finished while this one waited.
    if let Some(report) = already_done(place, file).await? {
        return with_key(place, key, report).await;
    }
    if let Some(login) = draft.left_over()
        && knows(place, &login).await?
    {
        draft.finish()?;
        let report = finished(
            place,
            file,
            "An interrupted run had initialized the database; its logins are now in the file.",
        );
        return with_key(place, key, report).await;
    }
    let logins = Logins::random().map_err(|error| Failure::of(error, place))?;
    draft.write(place, &logins)?;
    match database::init_with(place, CLIENT, order, logins).await {
        Ok(made) => {
            draft.finish()?;
            with_key(place, key, made_report(place, file, &made)).await
        }
        Err(error) => {
            if let Some(key) = key.take() {
                key.give_up();
            }
            // Nobody knows whether a commit happened whose answer was lost: the draft keeps the passwords.
            if !matches!(error, AppError::Store(database::StoreError::ConnectionLost(_))) {
                draft.give_up();
            }
            Err(Failure::of(error, place))
        }
    }
}

/// Makes the file's key the workspace's, if it is not.
async fn with_key(place: &Address, key: Option<KeyFile>, mut report: Report) -> Result<Report, Failure> {
    let Some(key) = key else {
        return Ok(report);
    };
    let told = key.register(place).await?;
    report.lines.push(told);
    report.json["workspace_key_file"] = json!(key.path());
    report.json["workspace_key_version"] = json!(key.version());
    Ok(report)
}

async fn knows(place: &Address, login: &str) -> Result<bool, Failure> {
    database::has_login(place, CLIENT, login)
        .await
        .map_err(|error| Failure::of(error, place))
}

/// The answer to a repeated command: the file has its name only after the database was initialized.
async fn already_done(place: &Address, file: &Path) -> Result<Option<Report>, Failure> {
    if !file.exists() {
        return Ok(None);
    }
    if let Some(login) = credentials::login_in(file)
        && knows(place, &login).await?
    {
        database::migrate(place, CLIENT)
            .await
            .map_err(|error| Failure::of(error, place))?;
        return Ok(Some(finished(
            place,
            file,
            "The database was initialized before, and its logins are in the file; nothing was changed.",
        )));
    }
    Err(Failure::new(
        "credentials_file_exists",
        format!(
            "The file {} exists and doesn't belong to this database; nothing was changed. Name a file that doesn't exist.",
            file.display()
        ),
    ))
}

fn finished(place: &Address, file: &Path, line: &str) -> Report {
    Report {
        lines: vec![line.to_owned()],
        json: with_place(
            place,
            json!({ "already_initialized": true, "adopted": false, "migrated": [], "credentials_file": file }),
        ),
    }
}

fn made_report(place: &Address, file: &Path, made: &Made) -> Report {
    let mut lines = vec![match (made.adopted, made.migrated.from) {
        (true, _) => format!(
            "Adopted the database {}: its documented tables are as they were, with every row.",
            place.database
        ),
        (false, 0) => format!("Initialized the database {}.", place.database),
        (false, _) => format!("The database {} was initialized before.", place.database),
    }];
    lines.push(format!("Version {}; roles {}_*.", made.migrated.to, made.prefix));
    if !made.admin_added {
        lines.push("An admin with this address was there; password and name were left alone.".to_owned());
    }
    if !made.access_ended.is_empty() {
        lines.push(format!(
            "These had rights on the adopted tables, which now only the workspace's roles have: {}.",
            made.access_ended.join(", ")
        ));
    }
    lines.push(format!(
        "Logins: {} for the first desk and {} for the agent, as URLs in {}.",
        made.desk.login,
        made.agent.login,
        file.display()
    ));
    Report {
        lines,
        json: with_place(
            place,
            json!({
                "already_initialized": !made.adopted && made.migrated.from > 0,
                "adopted": made.adopted,
                "version": made.migrated.to,
                "migrated": made.migrated.applied,
                "role_prefix": made.prefix,
                "admin_added": made.admin_added,
                "access_ended": made.access_ended,
                "logins": { "desk": made.desk.login, "agent": made.agent.login },
                "credentials_file": file,
            }),
        ),
    }
}

async fn would_init(place: &Address) -> Result<Report, Failure> {
    let status = look(place).await?;
    let line = match &status.state {
        State::Empty => "Would make a workspace in the empty database.".to_owned(),
        State::Documented { rows } => format!(
            "Would adopt the documented tables with their {}, none of which would change.",
            count(usize::try_from(rows.values().sum::<i64>()).unwrap_or_default(), "row")
        ),
        State::Initialized { version, .. } => {
            format!(
                "The database is a workspace of version {version} already: would bring it to version {} and make two logins.",
                status.program_version
            )
        }
        State::NewerThanProgram { .. } => return Err(refusal(place, &status)),
        State::Differs { differences } => {
            return Err(Failure {
                details: differences.clone(),
                ..Failure::new(
                    "database_differs",
                    format!(
                        "The database {} differs from the documented schema; it would be refused, and nothing was changed:",
                        place.database
                    ),
                )
            });
        }
        State::Foreign { tables } => {
            return Err(Failure::of(
                AppError::NotMade(database::InitError::Foreign(tables.clone())),
                place,
            ));
        }
    };
    Ok(Report {
        lines: vec![line, "Nothing was changed.".to_owned()],
        json: with_place(place, json!({ "dry_run": true, "found": status })),
    })
}

fn describe(place: &Address, status: &Status) -> Vec<String> {
    let mut lines = vec![format!(
        "Database {} on {}, port {}: PostgreSQL {}.",
        place.database, place.host, place.port, status.server_version
    )];
    match &status.state {
        State::Empty => lines.push("It is empty: csctl db init makes a workspace in it.".to_owned()),
        State::Documented { rows } => {
            lines.push(
                "It has the documented tables, made by hand: csctl db init adopts them with their rows.".to_owned(),
            );
            lines.extend(
                rows.iter()
                    .filter(|(_, rows)| **rows > 0)
                    .map(|(table, rows)| format!("  {table}: {rows}")),
            );
        }
        State::Differs { differences } => {
            lines.push(format!(
                "It differs from the documented schema in {}; csctl db init refuses it:",
                count(differences.len(), "thing")
            ));
            lines.extend(differences.iter().map(|difference| format!("  - {difference}")));
        }
        State::Foreign { tables } => lines.push(format!("It holds tables of something else: {}.", tables.join(", "))),
        State::NewerThanProgram { version } => lines.push(format!(
            "It is a workspace of version {version}, but this program knows {} at most: install a newer one.",
            status.program_version
        )),
        State::Initialized { version, overview } => {
            lines.push(match version.cmp(&status.program_version) {
                std::cmp::Ordering::Less => format!(
                    "It is a workspace of version {version}; csctl db migrate brings it to {}.",
                    status.program_version
                ),
                _ => format!("It is a workspace of version {version}, which this program fits."),
            });
            if let Some(overview) = overview {
                lines.push(format!("Business: {}. Roles: {}_*.", overview.name, overview.prefix));
                if overview.adopted {
                    lines.push("It was adopted from documented tables made by hand.".to_owned());
                }
                if overview.is_test {
                    lines.push("It is for tests: a run's time may be ahead of the clock.".to_owned());
                }
            }
        }
    }
    lines
}
