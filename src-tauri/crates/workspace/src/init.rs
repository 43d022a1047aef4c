use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use secrecy::{ExposeSecret, SecretString};

use crate::account::Account;
use crate::folder::Folder;
use crate::spawn::last_lines;
use crate::{Durability, Event, Options, SUPERUSER, WorkspaceError, settings};

/// Makes the data folder beside its place and moves it there when it is complete: what has the name is never half done.
pub(crate) async fn initialize(folder: &Folder, account: &Account, options: &Options) -> Result<(), WorkspaceError> {
    check_password(&options.superuser_password)?;
    options.events.send(&Event::Initializing);
    let partial = folder.new_partial()?;
    let made = fill(folder, &partial, account, options).await;
    if made.is_err() {
        // What is left of it goes at the next start, if not now.
        let _ = fs::remove_dir_all(&partial);
    }
    made
}

async fn fill(folder: &Folder, partial: &Path, account: &Account, options: &Options) -> Result<(), WorkspaceError> {
    account.give(partial)?;
    let password = folder.private_file(options.superuser_password.expose_secret())?;
    account.give(password.path())?;

    let mut command = account.command(&options.binaries.initdb(), folder);
    command
        .arg("-D")
        .arg(partial)
        .args(["-U", SUPERUSER, "-A", "scram-sha-256"])
        .args(["-E", "UTF8", "--locale=C.UTF-8", "--lc-messages=C"])
        .arg(format!("--pwfile={}", password.path().display()))
        .arg("--no-instructions")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    match options.durability {
        Durability::Safe => command.arg("--data-checksums"),
        Durability::Fast => command.arg("--no-sync"),
    };
    // Ctrl-C in a terminal is for the program, which decides what becomes of this.
    let mut command = tokio::process::Command::from(command);
    let running = command.process_group(0).kill_on_drop(true).output();
    let output = tokio::time::timeout(options.timeouts.init, running)
        .await
        .map_err(|_| WorkspaceError::InitFailed {
            detail: "initdb took too long".to_owned(),
        })?
        .map_err(WorkspaceError::io("Running", &options.binaries.initdb()))?;
    drop(password);
    if !output.status.success() {
        return Err(WorkspaceError::InitFailed {
            detail: last_lines(&String::from_utf8_lossy(&output.stderr)),
        });
    }

    settings::include_in(partial)?;
    let pgdata = folder.pgdata();
    fs::rename(partial, &pgdata).map_err(WorkspaceError::io("Naming", &pgdata))?;
    if options.durability == Durability::Safe {
        File::open(folder.root())
            .and_then(|root| root.sync_all())
            .map_err(WorkspaceError::io("Writing", folder.root()))?;
    }
    Ok(())
}

/// `initdb` reads one line, and sets no password at all from an empty one.
pub(crate) fn check_password(password: &SecretString) -> Result<(), WorkspaceError> {
    let password = password.expose_secret();
    if password.is_empty() || password.contains(['\n', '\r', '\0']) {
        return Err(WorkspaceError::BadPassword);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_one_line() {
        for bad in ["", "a\nb", "a\r", "a\0"] {
            assert!(check_password(&bad.into()).is_err(), "{bad:?}");
        }
        check_password(&"it's \"fine\"".into()).unwrap();
    }
}
