//! `csctl`: what must happen when no desk is open, and what an administrator does at a terminal.
//!
//! Every command has `--json`. Exit codes: 0 done, 1 failed, 2 bad usage, 3 done in part. A failure is one
//! sentence with a code on standard error (or, with `--json`, an object on standard output); no output ever
//! holds a password. The passphrase of an invitation is told once: nothing else keeps it.

mod address;
mod agent;
mod assign;
mod backup;
mod billing;
mod business;
mod cli;
mod container;
mod credentials;
mod db;
mod demo;
mod desk;
mod doctor;
mod failure;
mod host;
mod invoices;
mod key;
mod key_file;
mod money;
mod network;
mod operator;
mod people;
mod plan;
mod provider;
mod report;
mod rotation;
mod script;
mod server;
mod settings;
mod sync;
mod ticket;

use std::process::ExitCode;

use clap::Parser;

use crate::{cli::Cli, failure::Failure, report::Report};

fn main() -> ExitCode {
    // Asked for before the arguments are understood, so that bad usage is told in the same form.
    let json = std::env::args_os().skip(1).any(|argument| argument == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if json && error.use_stderr() => {
            return report::tell(true, Err(Failure::usage(error.render().to_string().trim_end())));
        }
        Err(error) => error.exit(),
    };
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new("internal", format!("The program could not start: {error}.")))
        .and_then(|runtime| runtime.block_on(run(&cli)));
    report::tell(cli.json, outcome)
}

async fn run(cli: &Cli) -> Result<Report, Failure> {
    match &cli.command {
        cli::Command::Db { command } => db::run(command).await,
        cli::Command::Doctor(arguments) => doctor::run(arguments).await,
        cli::Command::Org { command } => business::org(command).await,
        cli::Command::User { command } => people::run(command).await,
        cli::Command::Billing { command } => billing::run(command, cli.json).await,
        cli::Command::Deposit(arguments) => money::deposit(arguments).await,
        cli::Command::Adjust(arguments) => money::adjust(arguments).await,
        cli::Command::Refund(arguments) => money::refund(arguments).await,
        cli::Command::Request { command } => money::request(command).await,
        cli::Command::Transaction { command } => money::transaction(command).await,
        cli::Command::Agent(arguments) => agent::run(arguments, cli.json).await,
        cli::Command::Invoices { command } => invoices::run(command).await,
        cli::Command::Settings { command } => settings::run(command).await,
        cli::Command::Provider { command } => provider::run(command).await,
        cli::Command::Sync(arguments) => sync::run(arguments).await,
        cli::Command::Script { command } => script::run(command).await,
        cli::Command::Network { command } => network::run(command).await,
        cli::Command::Plan { command } => plan::run(command).await,
        cli::Command::Assign(arguments) => assign::assign(arguments).await,
        cli::Command::Unassign(arguments) => assign::unassign(arguments).await,
        cli::Command::Container { command } => container::run(command, cli.json).await,
        cli::Command::Ticket { command } => ticket::run(command).await,
        cli::Command::Server { command } => server::run(command, cli.json).await,
        cli::Command::Desk { command } => desk::run(command).await,
        cli::Command::Backup { command } => backup::run(command).await,
        cli::Command::Key { command } => rotation::run(command).await,
    }
}
