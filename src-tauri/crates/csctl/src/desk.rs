//! `csctl desk`: logins of desks, for whoever administers the server.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use app::{
    AppError,
    database::{self, Address, Credentials, TlsMode},
    desks,
    domain::desk::DeskLabel,
    invitation::{self, Invited, NewInvitation, Way},
    views::DeskRow,
};
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::{
    address::{self, Input},
    business::wrong,
    cli::Place,
    failure::Failure,
    operator::{CLIENT, Operator},
    report::Report,
};

/// `csctl desk …`
#[derive(Subcommand)]
pub enum DeskCommand {
    /// Make a login for one more desk, and an invitation that sets it up
    #[command(after_help = ADD_HELP)]
    Add(AddArgs),
    /// List the desks and who was last there
    List(ListArgs),
    /// Cut a desk off: its login is closed at the server, its session and its connections end
    Revoke(RevokeArgs),
    /// Give a desk's login a new password, for another computer; a revoked one works again
    Replace(ReplaceArgs),
}

const ADD_HELP: &str = "\
The login is an administrator's: a superuser, or the owner of the database with CREATEROLE. The invitation is a file in
the format of age; its passphrase is told once, here, and kept nowhere. It can be opened once, within seven days, on the
first screen of the desktop program. Send file and passphrase by different ways.

Example:
  csctl desk add --database-url postgres://postgres@db.example/books --label \"Ana's laptop\" --invitation ana.age";

/// What is left to do where the computer that had a login before is not trusted any more.
fn key_held(login: &str) -> String {
    format!(
        "It held the workspace key: whoever has that computer can read the sealed secrets (provider tokens, root passwords) \
         in any copy of the database. Make another key now, with a file that holds this one (or with Rotate key on the page \
         Providers); the answer lists what has to be changed at the providers:\n  {}",
        rekey(login)
    )
}

fn rekey(login: &str) -> String {
    format!("csctl key rotate --lost-desk {login} --workspace-key-file FILE")
}

/// Where the login's secret goes.
#[derive(Args)]
pub struct Handover {
    /// A new file for the invitation
    #[arg(long, value_name = "FILE", required_unless_present_any = ["credentials_file", "dry_run"], conflicts_with = "credentials_file")]
    pub invitation: Option<PathBuf>,
    /// Instead of an invitation: a new file (mode 0600) for the connection URL
    #[arg(long, value_name = "FILE")]
    pub credentials_file: Option<PathBuf>,
    /// The server as the new desk reaches it [default: as this command does]
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Its port, likewise
    #[arg(long)]
    pub port: Option<u16>,
    /// How the new desk's line is protected: verify-full, verify-ca, require or disable [default: as the URL says]
    #[arg(long, value_name = "MODE", value_parser = parse_tls)]
    pub tls: Option<TlsMode>,
    /// The certificate of the server's authority in PEM form, to be put into the invitation [default: the URL's sslrootcert]
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    /// Hand the workspace key over too: a file (mode 0600) that holds it
    #[arg(long, value_name = "FILE", requires = "invitation")]
    pub workspace_key_file: Option<PathBuf>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl desk add`
#[derive(Args)]
pub struct AddArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What the desk is called in the list of desks
    #[arg(long, value_name = "NAME")]
    pub label: String,
    /// Where the secret goes.
    #[command(flatten)]
    pub handover: Handover,
}

/// `csctl desk list`
#[derive(Args)]
pub struct ListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

/// `csctl desk revoke`
#[derive(Args)]
pub struct RevokeArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The desk's login, as the list has it
    pub login: String,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl desk replace`
#[derive(Args)]
pub struct ReplaceArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The desk's login, as the list has it
    pub login: String,
    /// Where the secret goes.
    #[command(flatten)]
    pub handover: Handover,
}

fn parse_tls(text: &str) -> Result<TlsMode, String> {
    Ok(match text {
        "verify-full" => TlsMode::VerifyFull,
        "verify-ca" => TlsMode::VerifyCa,
        "require" => TlsMode::Require,
        "disable" => TlsMode::Disable,
        _ => return Err("one of verify-full, verify-ca, require, disable".to_owned()),
    })
}

/// Runs one of the commands.
pub async fn run(command: &DeskCommand) -> Result<Report, Failure> {
    match command {
        DeskCommand::Add(arguments) => {
            let label = DeskLabel::parse(&arguments.label).map_err(|why| wrong("label", why))?;
            hand_over(&arguments.place, &arguments.handover, label, None).await
        }
        DeskCommand::List(arguments) => list(arguments).await,
        DeskCommand::Revoke(arguments) => revoke(arguments).await,
        DeskCommand::Replace(arguments) => {
            let row = find(&arguments.place, &arguments.login).await?;
            let label = DeskLabel::parse(&row.label).map_err(|why| wrong("label", why))?;
            hand_over(&arguments.place, &arguments.handover, label, Some(row.login)).await
        }
    }
}

async fn rows(place: &Place) -> Result<Vec<DeskRow>, Failure> {
    let operator = Operator::open(place, &mut Input::new()).await?;
    desks::list(&operator.session)
        .await
        .map_err(|error| operator.failed(error))
}

async fn find(place: &Place, login: &str) -> Result<DeskRow, Failure> {
    if place.database_url.as_deref() == Some("-") {
        return Err(Failure::usage(
            "This command reads the URL twice; give it in a file or in the environment. Nothing was changed.",
        ));
    }
    rows(place)
        .await?
        .into_iter()
        .find(|row| row.login == login)
        .ok_or_else(|| {
            Failure::new(
                "not_found",
                format!("No desk has the login {login:?}; nothing was changed. Look at csctl desk list."),
            )
        })
}

async fn hand_over(
    place: &Place,
    handover: &Handover,
    label: DeskLabel,
    replaces: Option<String>,
) -> Result<Report, Failure> {
    let administrator = address::find(place, &mut Input::new())?;
    let way = way(&administrator, handover)?;
    let file = handover.invitation.as_deref().or(handover.credentials_file.as_deref());
    if let Some(file) = file.filter(|file| file.exists()) {
        return Err(Failure::usage(format!(
            "The file {} exists already; nothing was changed. Name a new one.",
            file.display()
        )));
    }
    let verb = if replaces.is_some() { "replace" } else { "add" };
    if handover.dry_run {
        return Ok(Report {
            lines: vec![format!(
                "Would {verb} the desk {label}, which would connect to {}, port {}.",
                way.host, way.port
            )],
            json: json!({ "would": verb, "label": label.as_str(), "login": replaces, "host": way.host, "port": way.port }),
        });
    }
    let failed = |error: AppError| match error {
        AppError::Export(cause) => Failure::new(
            "file_not_written",
            format!("The file can't be written ({cause}); nothing was changed."),
        ),
        other => Failure::of(other, &administrator),
    };
    if let Some(file) = &handover.invitation {
        let workspace_key = handover
            .workspace_key_file
            .as_deref()
            .map(crate::key::in_file)
            .transpose()?;
        let near = is_near(&way.host);
        let new = NewInvitation {
            label: label.clone(),
            replaces: replaces.clone(),
            way,
            workspace_key,
        };
        let done = invitation::write(&administrator, CLIENT, new, file)
            .await
            .map_err(failed)?;
        return Ok(invited(verb, &label, &done, near));
    }
    let file = handover
        .credentials_file
        .as_deref()
        .ok_or_else(|| Failure::usage("Give --invitation or --credentials-file; nothing was changed."))?;
    let reached = Address {
        host: way.host,
        port: way.port,
        tls: way.tls,
        ..administrator.clone()
    };
    // The name first: a file that can't be made is found out before the database is changed.
    reserve(file)?;
    let made = match &replaces {
        Some(login) => database::replace_desk(&administrator, CLIENT, login)
            .await
            .map(|(desk, closed)| (desk, closed.held_workspace_key)),
        None => database::add_desk(&administrator, CLIENT, label.as_str())
            .await
            .map(|desk| (desk, false)),
    };
    let (desk, held_workspace_key) = match made {
        Ok(made) => made,
        Err(error) => {
            drop(fs::remove_file(file));
            return Err(failed(error));
        }
    };
    fill(file, &desk, &reached)?;
    let mut lines = vec![format!(
        "The desk {label} has the login {}; its connection URL is in {}.",
        desk.login,
        file.display()
    )];
    if held_workspace_key {
        lines.push(key_held(&desk.login));
    }
    Ok(Report {
        lines,
        json: json!({ "done": verb, "label": label.as_str(), "login": desk.login, "credentials_file": file,
            "held_workspace_key": held_workspace_key }),
    })
}

pub fn reserve(file: &Path) -> Result<(), Failure> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map(drop)
        .map_err(|error| {
            Failure::new(
                "credentials_file",
                format!(
                    "The file {} can't be made ({error}); nothing was changed.",
                    file.display()
                ),
            )
        })
}

pub fn fill(file: &Path, desk: &Credentials, place: &Address) -> Result<(), Failure> {
    let url = desk.address(place).to_url();
    let written = OpenOptions::new().write(true).open(file).and_then(|mut open| {
        writeln!(open, "{url}")?;
        open.sync_all()
    });
    written.map_err(|error| {
        Failure::in_part(
            "credentials_file",
            format!(
                "The login {} was made, but the file {} can't be written ({error}). Give it another password with csctl desk replace.",
                desk.login,
                file.display()
            ),
        )
    })
}

fn is_near(host: &str) -> bool {
    host.starts_with('/') || matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

fn way(administrator: &Address, handover: &Handover) -> Result<Way, Failure> {
    let host = handover.host.clone().unwrap_or_else(|| administrator.host.clone());
    let tls = match handover.tls {
        Some(tls) => tls,
        // What is safe on this computer isn't on the way to another.
        None if is_near(&administrator.host) && !is_near(&host) => TlsMode::VerifyFull,
        None => administrator.tls,
    };
    let certificate = handover
        .certificate
        .as_deref()
        .or(administrator.root_certificate.as_deref())
        .map(invitation::read_certificate)
        .transpose()
        .map_err(|error| Failure::of(error, administrator))?;
    Ok(Way {
        host,
        port: handover.port.unwrap_or(administrator.port),
        tls,
        certificate,
    })
}

fn invited(verb: &str, label: &DeskLabel, done: &Invited, near: bool) -> Report {
    let mut lines = vec![
        format!(
            "The desk {label} has the login {}; its invitation is {}.",
            done.login,
            done.file.display()
        ),
        format!("Passphrase, told only now: {}", done.passphrase.expose_secret()),
        format!(
            "It can be opened once, until {} UTC. Send file and passphrase by different ways.",
            done.until.format("%Y-%m-%d %H:%M")
        ),
    ];
    if done.held_workspace_key {
        lines.push(key_held(&done.login));
    }
    if near {
        lines.push(
            "It leads to a server on this computer, so it works here only; --host names it as others reach it."
                .to_owned(),
        );
    }
    Report {
        lines,
        json: json!({
            "done": verb, "label": label.as_str(), "login": done.login, "invitation": done.file,
            "passphrase": done.passphrase.expose_secret(), "until": done.until, "works_here_only": near,
            "held_workspace_key": done.held_workspace_key,
        }),
    }
}

async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let rows = rows(&arguments.place).await?;
    let mut lines: Vec<String> = rows.iter().map(describe).collect();
    if lines.is_empty() {
        lines.push("There is no desk; csctl desk add makes one.".to_owned());
    }
    Ok(Report {
        lines,
        json: json!({ "desks": rows }),
    })
}

fn describe(row: &DeskRow) -> String {
    let state = match (row.revoked_at, row.invited_until, row.accepted_at) {
        (Some(at), ..) if row.may_connect => format!("revoked {}, its login can still connect", at.format("%Y-%m-%d")),
        (Some(at), ..) => format!("revoked {}", at.format("%Y-%m-%d")),
        (None, Some(until), None) => format!("invited until {}", until.format("%Y-%m-%d %H:%M")),
        _ if row.is_signed_in => "signed in".to_owned(),
        _ => "in use".to_owned(),
    };
    let last = match (&row.last_person, row.last_opened_at) {
        (Some(person), Some(at)) => format!("{person}, {}", at.format("%Y-%m-%d %H:%M")),
        _ => "nobody yet".to_owned(),
    };
    let key = if row.holds_workspace_key {
        "  holds the workspace key"
    } else {
        ""
    };
    format!("{:<16}  {:<32}  {state:<28}  last: {last}{key}", row.login, row.label)
}

async fn revoke(arguments: &RevokeArgs) -> Result<Report, Failure> {
    if arguments.dry_run {
        let row = find(&arguments.place, &arguments.login).await?;
        return Ok(Report {
            lines: vec![format!("Would cut off the desk {} ({}).", row.label, row.login)],
            json: json!({ "would": "revoke", "login": row.login, "label": row.label }),
        });
    }
    let administrator = address::find(&arguments.place, &mut Input::new())?;
    let closed = database::close_desk(&administrator, CLIENT, &arguments.login)
        .await
        .map_err(|error| Failure::of(error, &administrator))?;
    let mut lines = vec![format!(
        "The login {} is closed; its session ended, and {} of its connections.",
        arguments.login, closed.connections_ended
    )];
    if closed.held_workspace_key {
        lines.push(key_held(&arguments.login));
    }
    Ok(Report {
        lines,
        json: json!({ "done": "revoke", "login": arguments.login, "held_workspace_key": closed.held_workspace_key,
            "next": closed.held_workspace_key.then(|| rekey(&arguments.login)), "connections_ended": closed.connections_ended }),
    })
}
