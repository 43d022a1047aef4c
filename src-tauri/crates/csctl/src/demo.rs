//! `csctl db demo`: a believable business to look at, in a database that is named or on this computer's own server.

use std::{io::IsTerminal, io::Write, ops::ControlFlow, path::PathBuf, sync::Arc};

use app::{
    database::{self, Address, EmailAddress, FirstAdmin, Init, State},
    demo::{self, Demo},
    desk::{LOCAL_DATABASE, administrator_of},
    host::HostError,
    session::Session,
};
use chrono::{DateTime, Utc};
use clap::Args;
use local::{Local, LocalKeychain, Places};
use secrecy::SecretString;
use serde_json::json;

use crate::{
    address::{self, Input},
    cli::Place,
    failure::{Failure, count},
    operator::CLIENT,
    report::Report,
};

/// `csctl db demo`
#[derive(Args)]
pub struct DemoArgs {
    /// Where the database is. Without one, the program's own server on this computer, where the window finds it too.
    #[command(flatten)]
    pub place: Place,
    /// The same seed gives the same business
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Until when the six months go (RFC 3339) [default: now]
    #[arg(long, value_name = "TIME")]
    pub until: Option<DateTime<Utc>>,
    /// The address with which the first admin signs in
    #[arg(long, value_name = "ADDRESS", default_value = "maya.okafor@halyard.example")]
    pub admin_email: String,
    /// Read a password from standard input (a line, at least 12 characters): the first admin's and the staff's
    #[arg(long, required_unless_present = "dry_run")]
    pub admin_password_stdin: bool,
    /// A new file (mode 0600) for the first desk's and the agent's connection URLs; for a named database
    #[arg(long, value_name = "FILE")]
    pub credentials_file: Option<PathBuf>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The business that the demonstration is of.
const BUSINESS: &str = "Halyard";

/// Runs it.
pub async fn run(arguments: &DemoArgs, input: &mut Input) -> Result<Report, Failure> {
    let email = EmailAddress::parse(&arguments.admin_email)
        .map_err(|why| Failure::usage(format!("{why} (--admin-email) Nothing was changed.")))?;
    let is_named = arguments.place.is_given();
    if arguments.dry_run {
        let line = if is_named {
            "Would make a workspace for tests in the named database and fill it with a demonstration; nothing was changed."
        } else {
            "Would start this computer's own server, make a workspace for tests in it and fill it with a demonstration; nothing was changed."
        };
        return Ok(Report {
            lines: vec![line.to_owned()],
            json: json!({ "dry_run": true, "local": !is_named, "seed": arguments.seed }),
        });
    }
    let named = if is_named {
        Some(address::find(&arguments.place, input)?)
    } else {
        None
    };
    let admin = FirstAdmin {
        email,
        first_name: database::optional_name(Some("Maya")).unwrap_or_default(),
        last_name: database::optional_name(Some("Okafor")).unwrap_or_default(),
        password: SecretString::from(input.line("the first admin's password")?),
    };
    match named {
        Some(place) => {
            admin.check().map_err(|error| Failure::of(error, &place))?;
            make(&place, arguments, admin).await
        }
        None => on_this_computer(arguments, admin).await,
    }
}

async fn on_this_computer(arguments: &DemoArgs, admin: FirstAdmin) -> Result<Report, Failure> {
    let places = Places::find().map_err(|error| Failure::new("no_folder", format!("{error}. Nothing was changed.")))?;
    let server = Local::new(places.workspace, None);
    let endpoint = server
        .endpoint(Arc::new(LocalKeychain::default()))
        .await
        .map_err(|error| local_failure(&error))?;
    let place = administrator_of(&endpoint, LOCAL_DATABASE);
    let made = async {
        admin.check().map_err(|error| Failure::of(error, &place))?;
        let of_server = administrator_of(&endpoint, "postgres");
        database::create_if_missing(&of_server, CLIENT, LOCAL_DATABASE)
            .await
            .map_err(|error| Failure::of(error, &of_server))?;
        make(&place, arguments, admin).await
    }
    .await;
    // The window starts it again.
    server.stop().await;
    made.map(|mut report| {
        report.lines.push(
            "Open the window and choose \"Try it on this computer\" with the same address and password.".to_owned(),
        );
        report
    })
}

fn local_failure(error: &HostError) -> Failure {
    let code = match error {
        HostError::PostgresMissing(_) => "postgres_missing",
        HostError::Keychain(_) => "keychain",
        HostError::Store(_) | HostError::Workspace(_) => "local_server",
    };
    Failure::new(code, error.to_string())
}

async fn make(place: &Address, arguments: &DemoArgs, admin: FirstAdmin) -> Result<Report, Failure> {
    let failed = |error| Failure::of(error, place);
    let email = admin.email.clone();
    let password = admin.password.clone();
    let status = database::status(place, CLIENT).await.map_err(failed)?;
    if !matches!(status.state, State::Initialized { .. }) {
        let init = Init {
            name: BUSINESS.to_owned(),
            is_test: true,
            admin,
            desk_label: "First desk".to_owned(),
        };
        match (&arguments.credentials_file, arguments.place.is_given()) {
            (Some(file), _) => drop(crate::db::initialize(place, init, file, None).await?),
            // The window makes a login of its own on this computer's server.
            (None, false) => drop(database::init(place, CLIENT, init).await.map_err(failed)?),
            (None, true) => {
                return Err(Failure::usage(
                    "Without --credentials-file the new logins would be lost; nothing was changed.",
                ));
            }
        }
    }
    let session = Session::operator(place, CLIENT).await.map_err(failed)?;
    let order = Demo {
        seed: arguments.seed,
        until: arguments.until,
        admin: email,
        password,
    };
    let mut shown = 0;
    let made = demo::fill(&session, &order, |done, total| {
        let percent = done * 100 / total.max(1);
        if percent >= shown + 10 && std::io::stderr().is_terminal() {
            shown = percent;
            // A terminal that has gone doesn't change what is done.
            drop(writeln!(std::io::stderr(), "{percent} %"));
        }
        ControlFlow::Continue(())
    })
    .await
    .map_err(failed)?;
    Ok(Report {
        lines: vec![
            format!(
                "Made a demonstration of {BUSINESS}: {}, {} servers and containers, {}, {}, {}.",
                count(made.organizations, "organization"),
                made.resources,
                count(made.runs, "billing run"),
                count(made.invoices, "invoice"),
                count(made.tickets, "ticket"),
            ),
            format!("Staff with the password that you gave: {}.", made.staff.join(", ")),
        ],
        json: json!({
            "seed": arguments.seed,
            "organizations": made.organizations,
            "resources": made.resources,
            "runs": made.runs,
            "invoices": made.invoices,
            "tickets": made.tickets,
            "staff": made.staff,
        }),
    })
}
