//! Accounts and syncs: against the stand-in for Linode, over a real PostgreSQL.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod flow;
#[cfg(test)]
mod gone;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod large;
#[cfg(test)]
mod main_job;
mod odd;
#[cfg(test)]
mod script;
#[cfg(test)]
mod shared;
