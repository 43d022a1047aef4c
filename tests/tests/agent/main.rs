//! The agent: what runs by a schedule, alone and beside others.

#[cfg(test)]
mod backups;
#[cfg(test)]
mod grace;
#[cfg(test)]
mod once;
#[cfg(test)]
mod packaging;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod syncs;
