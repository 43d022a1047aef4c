use std::io::Write as _;
use std::process::Stdio;

use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncWriteExt;

use crate::account::Account;
use crate::folder::Folder;
use crate::init::check_password;
use crate::lock::{TurnLock, UseLock};
use crate::postmaster::running_server;
use crate::server::end;
use crate::spawn::last_lines;
use crate::{Event, Options, SUPERUSER, WorkspaceError};

/// Gives the superuser the password in `options`, when the old one was lost with a keychain. Whoever owns the folder's
/// files may do that; the server must be used by nobody, and is not running afterwards.
pub async fn reset_superuser_password(options: &Options) -> Result<(), WorkspaceError> {
    check_password(&options.superuser_password)?;
    let folder = Folder::open(&options.data_dir)?;
    let limits = &options.timeouts;
    let _turn = TurnLock::take(&folder.lock_file(), limits.lock, &options.events).await?;
    if !UseLock::share(&folder.users_file())?.give_up().await? {
        return Err(WorkspaceError::Busy {
            waited: std::time::Duration::ZERO,
        });
    }
    if let Some(process) = running_server(&folder.pgdata()) {
        options.events.send(&Event::Stopping { pid: process.pid() });
        end(&folder, process, limits).await?;
    }
    if !folder.check_data(options.binaries.major())? {
        return Err(WorkspaceError::NotADataFolder { path: folder.pgdata() });
    }
    let account = Account::choose(&folder, &options.binaries)?;
    folder.remove_traces()?;
    alter(&folder, &account, options).await
}

/// Runs one statement in single-user mode, where no password is asked for. It goes through standard input: arguments
/// can be read by everybody on the computer.
async fn alter(folder: &Folder, account: &Account, options: &Options) -> Result<(), WorkspaceError> {
    let program = options.binaries.postgres();
    let failed = || WorkspaceError::io("Running", &program);
    let mut command = account.command(&program, folder);
    command
        .arg("--single")
        .arg("-D")
        .arg(folder.pgdata())
        .args(["-c", "logging_collector=off", "-c", "log_min_error_statement=panic"])
        // The first error ends it with a status that tells.
        .args(["-c", "exit_on_error=on", "postgres"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut command = tokio::process::Command::from(command);
    let mut child = command.process_group(0).kill_on_drop(true).spawn().map_err(failed())?;
    if let Some(mut input) = child.stdin.take() {
        let mut line = Vec::new();
        write_statement(&mut line, &options.superuser_password).map_err(failed())?;
        input.write_all(&line).await.map_err(failed())?;
    }
    let output = tokio::time::timeout(options.timeouts.recovery, child.wait_with_output())
        .await
        .map_err(|_| WorkspaceError::StillRecovering {
            waited: options.timeouts.recovery,
        })?
        .map_err(failed())?;
    if output.status.success() {
        return Ok(());
    }
    Err(WorkspaceError::StartFailed {
        detail: last_lines(&String::from_utf8_lossy(&output.stderr)),
    })
}

/// `standard_conforming_strings` may be off, so a backslash is doubled in a string that says so.
fn write_statement(line: &mut Vec<u8>, password: &SecretString) -> std::io::Result<()> {
    let quoted = SecretString::from(password.expose_secret().replace('\\', "\\\\").replace('\'', "''"));
    let quoted = quoted.expose_secret();
    writeln!(line, "ALTER ROLE {SUPERUSER} PASSWORD E'{quoted}'")
}
