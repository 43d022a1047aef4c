//! `csctl user …`: people, and the way back in for those who have lost it.

use app::{
    domain::{
        ids::OrganizationId,
        role::Role,
        user::{EmailAddress, optional_name},
    },
    passwords, second_factor, users,
};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::{
    address::Input,
    business::{organization, wrong},
    cli::Place,
    failure::Failure,
    operator::Operator,
    report::Report,
};

/// `csctl user …`
#[derive(Subcommand)]
pub enum UserCommand {
    /// Create a person with a first password
    Create(CreateUserArgs),
    /// Print a code with which a person chooses a new password at the sign-in screen
    #[command(after_help = RESET_HELP)]
    ResetPassword(PersonArgs),
    /// Take a person's second factor away, whose phone and recovery codes are lost
    #[command(
        after_help = "All sessions of the person end. Needs an administrator's URL: the agent's login can't do it."
    )]
    ResetSecondFactor(PersonArgs),
}

const RESET_HELP: &str = "\
The code is shown once, works once, for an hour; earlier codes of the person are void. Redeeming it ends all sessions of
the person. A second factor stays. Needs an administrator's URL: the agent's login can't do it.";

/// `csctl user create`
#[derive(Args)]
pub struct CreateUserArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The address with which the person signs in
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// admin, support, finance, or user for a customer
    #[arg(long)]
    pub role: String,
    /// Whose customer: an organization's number or name; for customers only
    #[arg(long, value_name = "ORGANIZATION")]
    pub organization: Option<String>,
    /// First name
    #[arg(long, value_name = "NAME")]
    pub first_name: Option<String>,
    /// Last name
    #[arg(long, value_name = "NAME")]
    pub last_name: Option<String>,
    /// Read the first password from standard input (a line, at least 12 characters)
    #[arg(long, required = true)]
    pub password_stdin: bool,
    /// Don't ask the person for another password at the first sign-in: it is their own choice already
    #[arg(long)]
    pub keep_password: bool,
}

/// Somebody.
#[derive(Args)]
pub struct PersonArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The address with which the person signs in
    #[arg(value_name = "ADDRESS")]
    pub email: String,
}

/// Runs `csctl user …`.
pub async fn run(command: &UserCommand) -> Result<Report, Failure> {
    match command {
        UserCommand::Create(arguments) => create(arguments).await,
        UserCommand::ResetPassword(arguments) => reset_password(arguments).await,
        UserCommand::ResetSecondFactor(arguments) => reset_second_factor(arguments).await,
    }
}

async fn create(arguments: &CreateUserArgs) -> Result<Report, Failure> {
    let email = EmailAddress::parse(&arguments.email).map_err(|why| wrong("email", why))?;
    let role = Role::parse(&arguments.role).map_err(|why| wrong("role", why))?;
    let first_name = optional_name(arguments.first_name.as_deref()).map_err(|why| wrong("first-name", why))?;
    let last_name = optional_name(arguments.last_name.as_deref()).map_err(|why| wrong("last-name", why))?;
    let mut input = Input::new();
    let operator = Operator::open(&arguments.place, &mut input).await?;
    let password = SecretString::from(input.line("the password")?);
    let organization = match &arguments.organization {
        Some(text) => Some(OrganizationId::new(organization(&operator, text).await?.id)),
        None => None,
    };
    let id = users::create(
        &operator.session,
        users::NewUser {
            email: email.clone(),
            first_name,
            last_name,
            role,
            organization,
            password,
            must_change_password: !arguments.keep_password,
        },
    )
    .await
    .map_err(|error| operator.failed(error))?;
    Ok(Report {
        lines: vec![format!("Created {email} as {role} with the number {id}.")],
        json: json!({ "id": id, "email": email.as_str(), "role": role }),
    })
}

async fn reset_password(arguments: &PersonArgs) -> Result<Report, Failure> {
    let email = EmailAddress::parse(&arguments.email).map_err(|why| wrong("address", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let failed = |error| operator.failed(error);
    let user = users::find(&operator.session, &email).await.map_err(failed)?;
    let made = passwords::issue_reset(&operator.session, user).await.map_err(failed)?;
    let code = made.code.expose_secret();
    Ok(Report {
        lines: vec![
            code.to_owned(),
            format!(
                "With this code {email} chooses a new password at the sign-in screen, once, until {}. It can't be shown again.",
                made.expires_at.format("%Y-%m-%d %H:%M UTC")
            ),
        ],
        json: json!({ "id": user, "email": email.as_str(), "code": code, "expires_at": made.expires_at }),
    })
}

async fn reset_second_factor(arguments: &PersonArgs) -> Result<Report, Failure> {
    let email = EmailAddress::parse(&arguments.email).map_err(|why| wrong("address", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let failed = |error| operator.failed(error);
    let user = users::find(&operator.session, &email).await.map_err(failed)?;
    second_factor::reset(&operator.session, user).await.map_err(failed)?;
    Ok(Report {
        lines: vec![format!(
            "{email} has no second factor any more; all sessions of that person have ended."
        )],
        json: json!({ "id": user, "email": email.as_str() }),
    })
}
