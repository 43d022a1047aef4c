//! The UI's types, written from the contract and never by hand.

use std::{fs, path::PathBuf};

use crate::{Failure, shell};

fn file() -> PathBuf {
    shell::root().join("ui/src/bindings/contract.ts")
}

/// Writes them, if they differ: the UI is built again only then.
pub fn write() -> Result<(), Failure> {
    let contract = api::typescript();
    if fs::read_to_string(file()).is_ok_and(|written| written == contract) {
        return Ok(());
    }
    fs::write(file(), contract)?;
    shell::say("Written: ui/src/bindings/contract.ts");
    Ok(())
}

/// Compares them.
pub fn check() -> Result<(), Failure> {
    let contract = api::typescript();
    let written = fs::read_to_string(file())?;
    if written == contract {
        shell::say("The UI's types are those of the contract.");
        return Ok(());
    }
    let line = 1 + written
        .lines()
        .zip(contract.lines())
        .take_while(|(old, new)| old == new)
        .count();
    Err(Failure::Check(format!(
        "ui/src/bindings/contract.ts differs from the contract, first in line {line}: run make bindings."
    )))
}
