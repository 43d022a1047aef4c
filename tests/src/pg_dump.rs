//! Programs of PostgreSQL's with one of them in disguise.

use std::{fs, path::Path, process::Command};

use app::backup::{Toolbox, Tools};
use workspace::{Clients, SearchPath};

/// A folder with a `pg_dump` that is a script, before the real `pg_restore`. `REAL` in it is the real `pg_dump`.
#[expect(clippy::must_use_candidate, reason = "often only the folder is what is asked")]
pub fn with_pg_dump(folder: &Path, script: &str) -> Toolbox {
    fs::create_dir_all(folder).expect("a folder");
    let found = Clients::find_all(&SearchPath::new(std::env::var_os("PATH")));
    let real = found
        .iter()
        .min_by_key(|clients| clients.major())
        .expect("it can be set up");
    let dump = real.folder().join("pg_dump");
    let script = format!("#!/bin/sh\ncase \"$*\" in *--version*) exec REAL \"$@\";; esac\n{script}\n")
        .replace("REAL", dump.to_str().expect("a path of text"));
    // Written by another process: a program that is open for writing anywhere can't be run.
    let written = Command::new("sh")
        .args(["-c", r#"printf %s "$1" > "$2" && chmod 755 "$2""#, "sh", &script])
        .arg(folder.join("pg_dump"))
        .status()
        .expect("it can be set up");
    assert!(written.success());
    std::os::unix::fs::symlink(real.folder().join("pg_restore"), folder.join("pg_restore")).expect("it can be set up");
    Toolbox::new(vec![Tools {
        folder: folder.to_owned(),
        major: real.major(),
    }])
}
