//! Where the database's URL and its password come from. Never from the command line, as far as the password goes:
//! every user of the computer can read that.

use std::fs;
use std::io::{BufRead, StdinLock};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use app::database::Address;
use url::Url;

use crate::{cli::Place, failure::Failure};

/// The ways to name a database.
pub struct Ways {
    /// Of which database, for sentences.
    pub what: &'static str,
    /// The argument with the URL.
    pub argument: &'static str,
    /// The argument with a file of it.
    pub file_argument: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// The name among the credentials that systemd passes on.
    pub credential: &'static str,
    /// Whether PGPASSWORD is this login's.
    pub takes_pgpassword: bool,
}

/// Of the one that a command is about.
const USUAL: Ways = Ways {
    what: "database",
    argument: "--database-url",
    file_argument: "--database-url-file",
    variable: "CONTAINERSTACKS_DATABASE_URL",
    credential: "database-url",
    takes_pgpassword: true,
};
const ELSEWHERE: &str = "Put it in CONTAINERSTACKS_DATABASE_URL, PGPASSWORD, a file of mode 0600 (PGPASSFILE, ~/.pgpass or \
                         --database-url-file), or give the URL on standard input (--database-url -).";

/// Standard input, read line by line: the URL first, if it comes from here, then the password.
pub struct Input(StdinLock<'static>);

impl Input {
    /// There is one.
    pub fn new() -> Self {
        Self(std::io::stdin().lock())
    }

    /// The next line without its end.
    pub fn line(&mut self, what: &str) -> Result<String, Failure> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line);
        if !matches!(read, Ok(length) if length > 0) {
            return Err(Failure::usage(format!(
                "Standard input has no line with {what}; nothing was changed."
            )));
        }
        if line.ends_with('\n') {
            line.pop();
        }
        if line.ends_with('\r') {
            line.pop();
        }
        Ok(line)
    }

    /// All lines that are left.
    pub fn rest(&mut self) -> Result<String, Failure> {
        std::io::read_to_string(&mut self.0)
            .map_err(|_| Failure::usage("Standard input can't be read as text; nothing was changed."))
    }
}

impl Place {
    /// Whether a database is named: by an argument or by the environment.
    pub fn is_given(&self) -> bool {
        self.database_url.is_some()
            || self.database_url_file.is_some()
            || std::env::var(USUAL.variable).is_ok_and(|url| !url.is_empty())
            || credential(USUAL.credential).is_some()
    }
}

/// Finds the address that a command is about.
pub fn find(place: &Place, input: &mut Input) -> Result<Address, Failure> {
    find_by(&USUAL, place, input)
}

/// Finds the address of a database that is named in ways of its own.
pub fn find_by(ways: &Ways, place: &Place, input: &mut Input) -> Result<Address, Failure> {
    let (text, from) = match (&place.database_url, &place.database_url_file) {
        (Some(url), _) if url == "-" => (input.line("the database's URL")?, "standard input"),
        (Some(url), _) => {
            refuse_password(url)?;
            (url.clone(), ways.argument)
        }
        (None, Some(file)) => (first_line(file)?, ways.file_argument),
        (None, None) => match std::env::var(ways.variable) {
            Ok(url) if !url.is_empty() => (url, ways.variable),
            _ => match credential(ways.credential) {
                Some(file) => (first_line(&file)?, "the systemd credential"),
                None => {
                    return Err(Failure::usage(format!(
                        "No {} is named; nothing was changed. Give {}, {}, {} or the systemd credential {}.",
                        ways.what, ways.argument, ways.file_argument, ways.variable, ways.credential
                    )));
                }
            },
        },
    };
    let mut address = Address::from_url(text.trim()).map_err(|_| {
        Failure::usage(format!(
            "{from} is no URL of the form postgres://LOGIN@HOST:PORT/DATABASE; nothing was changed."
        ))
    })?;
    if address.database.is_empty() || address.login.is_empty() {
        return Err(Failure::usage(format!(
            "The URL of {from} names no database or no login; nothing was changed."
        )));
    }
    if address.password.is_empty() {
        address.password = password_for(&address, ways.takes_pgpassword)?;
    }
    Ok(address)
}

fn refuse_password(url: &str) -> Result<(), Failure> {
    // Also in what is no URL after all.
    let holds = Url::parse(url).map_or_else(
        |_| url.contains("password="),
        |url| {
            url.password().is_some_and(|password| !password.is_empty())
                || url.query_pairs().any(|(key, _)| key == "password")
        },
    );
    if holds {
        return Err(Failure::bad(
            "password_on_command_line",
            format!(
                "A password on the command line can be read by every user of this computer, so it is refused (and should be changed); nothing was done. {ELSEWHERE}"
            ),
        ));
    }
    Ok(())
}

/// A credential that systemd has passed on to this unit, if it has.
pub fn credential(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    Some(Path::new(&folder).join(name)).filter(|file| file.is_file())
}

/// Whether a file is one of those. They belong to root or to the unit's user; systemd lets in the unit's user alone, by
/// an access list where the file system has them, which shows as a right of the group.
fn is_credential(file: &Path) -> bool {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").and_then(|folder| fs::canonicalize(folder).ok());
    let within = fs::canonicalize(file).ok();
    folder.is_some_and(|folder| within.is_some_and(|file| file.parent() == Some(&folder)))
}

/// Refuses a file that others may read.
fn check_private(file: &Path) -> Result<(), Failure> {
    let shown = file.display();
    let metadata = fs::metadata(file).map_err(|error| {
        Failure::usage(format!(
            "The file {shown} can't be read ({error}); nothing was changed."
        ))
    })?;
    let passed_on = is_credential(file);
    if metadata.permissions().mode() & (if passed_on { 0o037 } else { 0o077 }) != 0 {
        return Err(Failure::bad(
            "file_not_private",
            format!("Others may read the file {shown}; nothing was changed. Give it the mode 0600."),
        ));
    }
    let me = rustix::process::geteuid().as_raw();
    if metadata.uid() != me && me != 0 && !(passed_on && metadata.uid() == 0) {
        return Err(Failure::bad(
            "file_not_private",
            format!("The file {shown} isn't yours; nothing was changed."),
        ));
    }
    Ok(())
}

/// The first line of a file that only this person may read.
pub fn first_line(file: &Path) -> Result<String, Failure> {
    Ok(private_text(file)?.lines().next().unwrap_or_default().to_owned())
}

/// A file that only this person may read.
pub fn private_text(file: &Path) -> Result<String, Failure> {
    check_private(file)?;
    fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!(
            "The file {} can't be read ({error}); nothing was changed.",
            file.display()
        ))
    })
}

/// From PGPASSWORD or a password file, as PostgreSQL's own programs take it; empty where the server asks for none.
fn password_for(address: &Address, takes_pgpassword: bool) -> Result<String, Failure> {
    if let Some(password) = std::env::var("PGPASSWORD").ok().filter(|_| takes_pgpassword) {
        return Ok(password);
    }
    let file = match std::env::var_os("PGPASSFILE") {
        Some(named) => {
            let named = PathBuf::from(named);
            check_private(&named)?;
            named
        }
        None => match std::env::home_dir().map(|home| home.join(".pgpass")) {
            // PostgreSQL's programs ignore one that others may read.
            Some(usual) if usual.is_file() && check_private(&usual).is_ok() => usual,
            _ => return Ok(String::new()),
        },
    };
    let text = fs::read_to_string(&file).map_err(|error| {
        Failure::usage(format!(
            "The file {} can't be read ({error}); nothing was changed.",
            file.display()
        ))
    })?;
    Ok(text
        .lines()
        .find_map(|line| password_in(line, address))
        .unwrap_or_default())
}

/// The password of a line `host:port:database:login:password`, if it is for this address.
fn password_in(line: &str, address: &Address) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.extend(characters.next()),
            other => fields.last_mut()?.push(other),
        }
    }
    let [host, port, database, login, password] = <[String; 5]>::try_from(fields).ok()?;
    let is = |field: &str, value: &str| field == "*" || field == value;
    let same_host = is(&host, &address.host) || (address.host.starts_with('/') && host == "localhost");
    (same_host
        && is(&port, &address.port.to_string())
        && is(&database, &address.database)
        && is(&login, &address.login))
    .then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address::from_url("postgres://ana@db.example:6543/books").unwrap()
    }

    #[test]
    fn password_files_are_read_as_postgresql_reads_them() {
        for (line, password) in [
            ("db.example:6543:books:ana:s3cret", Some("s3cret")),
            ("*:*:*:*:with:colon", Some("with:colon")),
            (r"*:*:*:ana:back\\slash\:", Some(r"back\slash:")),
            ("#*:*:*:*:x", None),
            ("db.example:5432:books:ana:x", None),
            ("other:6543:books:ana:x", None),
            ("db.example:6543:books:bob:x", None),
            ("*:*:*:ana", None),
            ("", None),
        ] {
            assert_eq!(password_in(line, &address()).as_deref(), password, "{line}");
        }
    }

    #[test]
    fn a_password_in_an_argument_is_refused_wherever_it_stands() {
        for url in ["postgres://a:b@h/d", "postgres://a@h/d?password=b", "host=h password=b"] {
            assert_eq!(
                refuse_password(url).unwrap_err().code,
                "password_on_command_line",
                "{url}"
            );
        }
        for url in [
            "postgres://a@h/d",
            "postgres://a:@h/d",
            "postgres://a@/d?host=/run/postgresql",
        ] {
            assert!(refuse_password(url).is_ok(), "{url}");
        }
    }
}
