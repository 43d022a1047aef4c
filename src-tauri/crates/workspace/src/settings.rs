use std::fs;
use std::io::Write;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::account::Account;
use crate::{Durability, Listen, WorkspaceError};

/// Included by `postgresql.conf`; written anew at every start, so that a newer program's settings reach old folders.
const FILE: &str = "containerstacks.conf";

/// What a statement or its parameters hold (passwords, customers' messages) never gets into the log: neither of a
/// statement that fails nor of a row that breaks a rule.
const COMMON: &str = "\
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
password_encryption = 'scram-sha-256'
ssl = off
jit = off
logging_collector = on
log_destination = 'stderr'
log_directory = 'log'
log_filename = 'server-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] '
log_statement = 'none'
log_min_duration_statement = -1
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
log_connections = off
log_disconnections = off
";

const SAFE: &str = "\
max_connections = 100
fsync = on
full_page_writes = on
synchronous_commit = on
";

const FAST: &str = "\
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
";

/// Makes `postgresql.conf` include our file. Done once, before the data folder gets its name.
pub(crate) fn include_in(pgdata: &Path) -> Result<(), WorkspaceError> {
    let main = pgdata.join("postgresql.conf");
    let text = fs::read_to_string(&main).map_err(WorkspaceError::io("Reading", &main))?;
    let text = format!("{text}\ninclude_if_exists = '{FILE}'\n");
    fs::write(&main, text).map_err(WorkspaceError::io("Writing", &main))
}

/// Writes our file into a data folder.
pub(crate) fn write(pgdata: &Path, durability: Durability, account: &Account) -> Result<(), WorkspaceError> {
    let file = pgdata.join(FILE);
    let own = match durability {
        Durability::Safe => SAFE,
        Durability::Fast => FAST,
    };
    let text = format!("# Written by ContainerStacks at every start.\n{COMMON}{own}");
    // Never half written, and never through a link.
    let writing = || WorkspaceError::io("Writing", &file);
    let mut draft = NamedTempFile::new_in(pgdata).map_err(writing())?;
    draft.write_all(text.as_bytes()).map_err(writing())?;
    account.give(draft.path())?;
    draft.persist(&file).map_err(|error| writing()(error.error))?;
    Ok(())
}

/// Where the server listens, as arguments: no file, not even one that `ALTER SYSTEM` writes, overrides them.
pub(crate) fn listen_arguments(listen: Listen, socket_dir: &Path, port: u16) -> Vec<String> {
    let addresses = match listen {
        Listen::Socket => "",
        Listen::Loopback => "127.0.0.1",
    };
    // A list of folders, in which a comma or a space would end a name that is not quoted.
    let dir = socket_dir.to_string_lossy().replace('"', "\"\"");
    vec![
        "-p".to_owned(),
        port.to_string(),
        "-c".to_owned(),
        format!("listen_addresses={addresses}"),
        "-c".to_owned(),
        format!("unix_socket_directories=\"{dir}\""),
        "-c".to_owned(),
        "unix_socket_permissions=0700".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_socket_is_open_unless_tcp_is_asked_for() {
        let arguments = listen_arguments(Listen::Socket, Path::new("/a, b/run"), 5432);
        assert!(arguments.contains(&"listen_addresses=".to_owned()));
        assert!(arguments.contains(&"unix_socket_directories=\"/a, b/run\"".to_owned()));
        let arguments = listen_arguments(Listen::Loopback, Path::new("/run"), 6000);
        assert!(arguments.contains(&"listen_addresses=127.0.0.1".to_owned()));
    }

    #[test]
    fn our_file_is_written_anew_and_included() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("postgresql.conf");
        fs::write(&main, "port = 5432").unwrap();
        include_in(folder.path()).unwrap();
        assert!(
            fs::read_to_string(&main)
                .unwrap()
                .ends_with("\ninclude_if_exists = 'containerstacks.conf'\n")
        );
        write(folder.path(), Durability::Fast, &Account::Own).unwrap();
        write(folder.path(), Durability::Safe, &Account::Own).unwrap();
        let ours = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(ours.contains("\nfsync = on\n") && !ours.contains("fsync = off"));
    }
}
