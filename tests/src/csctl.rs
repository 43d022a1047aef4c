//! Where `csctl` is.

use std::path::PathBuf;

/// `csctl` as it was built beside the tests.
#[must_use]
pub fn program() -> PathBuf {
    let here = std::env::current_exe().expect("a test is a file");
    let folder = here.ancestors().find(|folder| folder.join("csctl").is_file());
    folder.expect("csctl is built beside the tests").join("csctl")
}
